"""Writes the reference of Python from signatures and docstrings."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import textwrap
from typing import TYPE_CHECKING, get_args

import irdb_sql
from irdb_sql.errors import IrdbError
from irdb_sql.manual.markdown import escape_text, page, table
from irdb_sql.spark import register
from irdb_sql.spark.database import SparkDatabase

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDTH = 100
_SECTION = re.compile(r"^(Args|Attributes|Returns|Yields|Raises|Example):$", re.MULTILINE)
_ITEM = re.compile(r"^(\*{0,2}\w+(?:, \w+)*): ", re.MULTILINE)
_TITLES = {"Args": "argument", "Attributes": "attribute", "Raises": "error"}


def python_pages() -> dict[str, str]:
    """Return the pages by their paths below the folder of the reference."""
    return {"python.md": _functions_page(), "database.md": _database_page(), "errors.md": _errors_page()}


def _functions_page() -> str:
    functions = [name for name in irdb_sql.__all__ if inspect.isfunction(getattr(irdb_sql, name))]
    kinds = {name: getattr(irdb_sql, name) for name in irdb_sql.__all__ if get_args(getattr(irdb_sql, name))}
    choices = [(f"`{name}`", ", ".join(f"`{value!r}`" for value in get_args(kind))) for name, kind in kinds.items()]
    return page(
        "# Python: functions",
        "What `import irdb_sql` has. `connect` opens a dataset and returns a database, "
        "whose methods [are on a page of their own](database.md); [errors](errors.md) are on another.",
        *(_member(f"irdb_sql.{name}", getattr(irdb_sql, name)) for name in functions),
        _member("irdb_sql.spark.register", register),
        "## Types\n\n" + table(["name", "values"], choices),
    )


def _database_page() -> str:
    of_spark = ["to_spark", *(name for name in ("sql", "export") if name in vars(SparkDatabase))]
    return page(
        "# Python: the database",
        _docstring(irdb_sql.ImageRewardDB, leave_out=("Args",)),
        *(_member(f"db.{name}", member) for name, member in _methods(irdb_sql.ImageRewardDB)),
        "## On Apache Spark",
        _docstring(SparkDatabase, leave_out=("Args",)),
        *(_member(f"db.{name} (Spark)", vars(SparkDatabase)[name]) for name in of_spark),
    )


def _methods(kind: type) -> list[tuple[str, Callable[..., object]]]:
    return [(name, member) for name, member in sorted(vars(kind).items()) if name[0] != "_" and callable(member)]


def _errors_page() -> str:
    for module in pkgutil.walk_packages(irdb_sql.__path__, "irdb_sql."):
        if module.name.endswith(".errors"):
            importlib.import_module(module.name)
    rows = [
        (f"`{error.__name__}`", ", ".join(f"`{base.__name__}`" for base in error.__bases__), _first_line(error))
        for error in sorted(_descendants(IrdbError), key=lambda error: error.__name__)
    ]
    return page(
        "# Python: errors",
        "Every error is an `irdb_sql.IrdbError` and also the builtin exception that fits. Its text is one sentence "
        "with the offending value, and a hint what to do next. `irdb_sql.errors` has each by its name:",
        "```pycon\n>>> import irdb_sql\n>>> issubclass(irdb_sql.errors.UnknownSplitError, ValueError)\nTrue\n```",
        table(["error", "is a", "when"], rows),
    )


def _first_line(member: object) -> str:
    return escape_text((inspect.getdoc(member) or "").partition("\n")[0])


def _descendants(error: type[IrdbError]) -> set[type[IrdbError]]:
    return {error}.union(*(_descendants(child) for child in error.__subclasses__() if "irdb_sql." in child.__module__))


def _member(name: str, member: Callable[..., object]) -> str:
    return page(f"## {name}", f"```python\n{_signature(name, member)}\n```", _docstring(member)).rstrip()


def _signature(name: str, member: Callable[..., object]) -> str:
    """Return a signature as source code, with one parameter per line where it is long."""
    signature = inspect.signature(member)
    texts: list[str] = []
    for parameter in signature.parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and "*" not in texts:
            texts.append("*")
        stars = "**" if parameter.kind is inspect.Parameter.VAR_KEYWORD else ""
        if parameter.name != "self":
            texts.append(f"{stars}{parameter.name}: {parameter.annotation}{_default(parameter)}")
    call = name.removesuffix(" (Spark)")
    line = f"{call}({', '.join(texts)}) -> {signature.return_annotation}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"{call}(", *(f"    {text}," for text in texts), f") -> {signature.return_annotation}"])


def _default(parameter: inspect.Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return ""
    return " = …" if inspect.isfunction(parameter.default) else f" = {parameter.default!r}"


def _docstring(member: object, leave_out: tuple[str, ...] = ()) -> str:
    """Return a docstring in the style of Google as Markdown."""
    text, *sections = re.split(_SECTION, inspect.getdoc(member) or "")
    blocks = [escape_text(text.strip())]
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        content = textwrap.dedent(body.strip("\n")).strip()
        if title in leave_out:
            continue
        if title == "Example":
            blocks.append(f"```pycon\n{content}\n```")
        elif title in _TITLES:
            blocks.append(table([_TITLES[title], "meaning"], _items(content)))
        else:
            blocks.append(f"{title} {escape_text(content[0].lower() + content[1:])}")
    return page(*blocks).rstrip()


def _items(content: str) -> list[tuple[str, str]]:
    """Return names and meanings of a section, whose items begin at the margin."""
    _, *parts = re.split(_ITEM, content)
    return [
        (f"`{name}`", escape_text(" ".join(text.split()))) for name, text in zip(parts[::2], parts[1::2], strict=True)
    ]
