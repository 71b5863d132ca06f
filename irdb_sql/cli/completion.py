"""Completes words of the command line in the user's shell: names, and the parameters of a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from irdb_sql.core.late import late

if TYPE_CHECKING:
    from collections.abc import Iterable

    from irdb_sql.core import catalog
    from irdb_sql.core.catalog import Kind
else:
    catalog = late("irdb_sql.core.catalog")


class NameType(click.ParamType):  # type: ignore[type-arg]  # generic for mypy alone
    """The name of a view, macro or query, which a shell completes.

    Args:
        *kinds: The kinds that it may be of.
        has_files: Whether it may be the path of a file, too.
    """

    name = "name"

    def __init__(self, *kinds: Kind, has_files: bool = False) -> None:
        self._kinds = kinds
        self._has_files = has_files

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - click's own signature
        """Return the names that begin with what is typed, or let the shell complete files."""
        files = [file for file in catalog.load().all() if file.kind in self._kinds and file.name.startswith(incomplete)]
        items = {file.name: CompletionItem(file.name, help=file.summary) for file in files}
        if not items and self._has_files:
            return [CompletionItem(incomplete, type="file")]
        return list(items.values())


class WordType(click.ParamType):  # type: ignore[type-arg]  # generic for mypy alone
    """A text that the command checks, for which a shell offers words.

    Args:
        words: The words.
    """

    name = "text"

    def __init__(self, words: Iterable[str]) -> None:
        self._words = list(words)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002 - click's own signature
        """Return the words that begin with what is typed."""
        return [CompletionItem(word) for word in self._words if word.startswith(incomplete)]


def complete_param(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the parameters of the query that the command names, as NAME=."""
    queries = catalog.load().queries
    words = [ctx.params.get("name"), *ctx.args]  # click puts arguments there while an option has no value yet
    params = next((queries[word].params for word in words if word in queries), {})
    return [CompletionItem(f"{name}=", help=meaning) for name, meaning in params.items() if name.startswith(incomplete)]
