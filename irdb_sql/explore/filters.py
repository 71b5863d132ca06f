"""The filters of a page, whose whole state is its address."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from irdb_sql.errors import RangeError
from irdb_sql.explore.errors import PlaceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl


@dataclass(frozen=True)
class Filter:
    """One filter of a page: a parameter of the query behind it, and of its address.

    Attributes:
        name: Its name, that of the query's parameter.
        label: What a reader sees beside it.
        choices: Its values with what a reader sees of each, where there are few.
        kind: The type of its input field where there are no choices: text or number.
        unset: What a reader sees where it has no value.
    """

    name: str
    label: str
    choices: Sequence[tuple[str, str]] = ()
    kind: str = "text"
    unset: str = "any"


@dataclass(frozen=True)
class PageState:
    """What an address asks a page for.

    Attributes:
        path: The path of the page.
        filters: The filters of the page.
        values: The values of those that are set, by name.
        number: The page or pair to show, counted from 1.
        number_name: What the address calls it.
    """

    path: str
    filters: Sequence[Filter] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    number: int = 1
    number_name: str = "page"

    def check(self) -> None:
        """Raise an error for a value of a filter that takes a number, and is none.

        Raises:
            RangeError: There is one.
        """
        for each in self.filters:
            value = self.values.get(each.name)
            if each.kind == "number" and value is not None and not _NUMBER.fullmatch(value):
                raise RangeError(each.label.lower(), value, "a number")

    def address(self, number: int = 1, **changes: str | None) -> str:
        """Return the address of this page with other values, and at another number; None takes a filter away."""
        values = {name: value for name, value in {**self.values, **changes}.items() if value}
        if number != 1:
            values[self.number_name] = str(number)
        return address(self.path, values)


def page_of(rows: pl.DataFrame, state: PageState, size: int) -> tuple[pl.DataFrame, int]:
    """Return the rows of the page that an address asks for, and the number of pages.

    Raises:
        PlaceError: There is no such page.
    """
    pages = max(1, -(-rows.height // size))
    if state.number > pages:
        raise PlaceError(state.number_name, state.number, pages)
    return rows.slice((state.number - 1) * size, size), pages


def address(path: str, values: Mapping[str, object]) -> str:
    """Return the address of a page.

    Example:
        >>> address("/pairs", {"containing": "a b", "split": "test"})
        '/pairs?containing=a+b&split=test'
    """
    return f"{path}?{urlencode(values, errors='replace')}" if values else path


def read_state(path: str, params: Mapping[str, str], filters: Sequence[Filter], number_name: str = "page") -> PageState:
    """Read an address; parameters that are no filters are left out, and so are empty ones.

    Raises:
        PlaceError: The number of the page or pair is none.
    """
    values = {each.name: params[each.name] for each in filters if params.get(each.name)}
    number = params.get(number_name) or "1"
    if not (number.isascii() and number.isdigit() and int(number[:12]) > 0 and len(number) < len("1,000,000,000")):
        raise PlaceError(number_name, number, 10**9)
    return PageState(path, filters, values, int(number), number_name)


_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?")


def has_empty_value(params: Mapping[str, str]) -> bool:
    """Whether an address has parameters without a value, as a form sends those that are not filled in."""
    return any(not value for value in params.values())
