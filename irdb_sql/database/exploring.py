"""The facade method that shows a database in a browser, and what a notebook shows of one."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from irdb_sql.core.late import late
from irdb_sql.core.options import check_flags, check_type
from irdb_sql.errors import IrdbError, RangeError

if TYPE_CHECKING:
    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.explore import guard, server
    from irdb_sql.explore.server import Exploration
else:
    guard = late("irdb_sql.explore.guard")
    server = late("irdb_sql.explore.server", extra="explore")

_LARGEST_PORT = 65_535


def explore(self: ImageRewardDB, *, port: int = 0, height: int = 800, blur: bool = False) -> Exploration:
    """Show the database in a browser: prompts, pairs, scores, findings and SQL.

    The pages are those of `irdb explore`. A notebook shows them in a frame below the cell; elsewhere, open `address` in
    a browser on the same machine. Requests are answered in the background, until `close()` is called or the process
    ends; close it before the database. Needs the extra `explore`.

    Args:
        port: The port to listen at; 0 for one that is free.
        height: Height of the frame in pixels.
        blur: Blur images until they are clicked.

    Raises:
        PortError: The port is taken.
        RangeError: There is no such port, or height.
        MissingPackageError: The extra is not installed.

    Example:
        >>> from irdb_sql import connect
        >>> with connect() as db, db.explore() as pages:
        ...     pages.address.startswith("http://127.0.0.1:")
        True
    """
    for name, value, most in (("port", port, _LARGEST_PORT), ("height", height, 100_000)):
        check_type(name, value, int, "a whole number")
        if not 0 <= value <= most:
            raise RangeError(name, value, f"a whole number from 0 to {most:,}")
    check_flags(blur=blur)
    access = guard.Access(frames=guard.NOTEBOOKS)
    return server.Exploration(server.ExploreServer(self, access, port, blur=blur), height)


def repr_html(self: ImageRewardDB) -> str:
    """Return the name of a database and its numbers per split, as a notebook shows it."""
    try:
        counts = self.pair_counts().select("split", "prompts", "images", "strict_pairs", "tied_pairs")
    except IrdbError:  # such as of a database that is closed
        return f"<p>{html.escape(repr(self))}</p>"
    head = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in counts.columns)
    rows = "".join(
        f"<tr><td>{html.escape(str(split))}</td>{''.join(f'<td>{number:,}</td>' for number in numbers)}</tr>"
        for split, *numbers in counts.iter_rows()
    )
    name = html.escape(self.source.name)
    return f"<p><b>{name}</b></p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
