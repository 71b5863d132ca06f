"""What every page of the explorer has: the database, kept answers and pictures, and templates that escape all text."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import html
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2
from markupsafe import Markup

from irdb_sql.charts.labels import heading
from irdb_sql.core.late import late
from irdb_sql.core.text import printable
from irdb_sql.database.opening import details_of
from irdb_sql.engine.completion import Completer
from irdb_sql.errors import IrdbError
from irdb_sql.explore.answers import Answers
from irdb_sql.explore.errors import ForeignRequestError
from irdb_sql.explore.filters import address
from irdb_sql.explore.pictures import Pictures
from irdb_sql.explore.repeating import repeat_query, sql_literal
from irdb_sql.explore.statements import MOST_ROWS, StatementRunner
from irdb_sql.explore.table import pairs_address, prompt_address
from irdb_sql.reports.catalog import TEMPLATES as REPORT_TEMPLATES
from irdb_sql.reports.charts import ChartDrawer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import polars as pl
    from starlette import responses
    from starlette.requests import Request
    from starlette.responses import Response

    from irdb_sql.database.facade import ImageRewardDB
    from irdb_sql.explore.repeating import Repetition
    from irdb_sql.explore.statements import Client
else:
    responses = late("starlette.responses", extra="explore")

_FOLDER = Path(__file__).parent


class Page(NamedTuple):
    """A page of the explorer.

    Attributes:
        path: Its path.
        title: What links to it are called; empty for one that is reached from others.
        place: Its place among the links of every page.
        respond: Answers a request.
        is_part: Whether it is a picture or another part of a page, whose errors are text.
        runs_statements: Whether it may run a statement that a reader typed.
    """

    path: str
    title: str
    place: int
    respond: Callable[[Explorer, Request], Response]
    is_part: bool = False
    runs_statements: bool = False


class Explorer:
    """What pages are made of.

    Args:
        db: The database.
        blur: Whether images are blurred until a reader wants to see them.

    Attributes:
        db: The database.
        blur: Whether images are blurred until a reader wants to see them.
        answers: Answers of named queries.
        pictures: Images and thumbnails.
        static: Style sheets and scripts.
        charts: Draws charts.
        statements: Runs statements that readers type.
    """

    def __init__(self, db: ImageRewardDB, *, blur: bool) -> None:
        self.db = db
        self.blur = blur
        self.answers = Answers(db)
        self.pictures = Pictures(db)
        self.static = StaticFiles()
        self.charts = ChartDrawer()
        self.statements = StatementRunner(db)
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="irdb explore")
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_shown,
        )
        self._templates.globals |= {
            "address": address,
            "blur": self.blur,
            "explorer": self,
            "pairs_address": pairs_address,
            "prompt_address": prompt_address,
            "pages": [page for page in load_pages() if page.title],
            "source": self.db.source.name,
        }
        self._templates.filters |= {
            "heading": heading,
            "exactly": _exactly,
            "literal": sql_literal,
            "shortened": _shorten,
        }

    def show(self, template: str, request: Request, *, status: int = 200, **values: object) -> Response:
        """Make a page of a template."""
        text = self._templates.get_template(template).render(current=request.url.path, status=status, **values)
        return responses.HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-cache"})

    @functools.cached_property
    def scorers(self) -> list[str]:
        """The names of the scorers; those of the baselines where no scores are given."""
        return [str(name) for name in self.answers.ask("score_coverage")["scorer"].unique().sort()]

    @functools.cached_property
    def classes(self) -> list[str]:
        """The classifications of the data."""
        return [
            str(name) for name in self.answers.ask("classifications")["classification"].drop_nulls().unique().sort()
        ]

    @functools.cached_property
    def completer(self) -> Completer:
        """What completes statements."""
        return Completer(details_of(self.db).sql_files, lambda: self.classes)

    def rows_of(self, texts: Iterable[str]) -> dict[str, int]:
        """Return the row_index of the image of each text that is the path of an image."""
        wanted = sorted(set(texts))
        rows = self.db.query("path_rows", paths="\n".join(wanted)) if wanted else None
        return {} if rows is None else dict(rows.select("image_path", "row_index").iter_rows())

    def estimates(self) -> pl.DataFrame:
        """Return every metric of every scorer, which is computed once.

        Raises:
            ScoreError: The scores do not match the images.
        """
        return self.answers.keep(("estimates",), self.db.evaluate)

    def run(self, text: str, request: Request) -> pl.DataFrame:
        """Return the rows of a statement that a reader typed, one more than a page can show if there are more.

        Raises:
            ForeignRequestError: A page of another site sent the reader here.
        """
        client = _own_client(request)
        return self.answers.keep(("statement", text), lambda: self.statements.run(text, MOST_ROWS, client), client)

    def run_whole(self, text: str, request: Request) -> pl.DataFrame:
        """Return all rows of such a statement, which are not kept; errors are those of `run`."""
        return self.statements.run(text, None, _own_client(request))

    def warm_up(self) -> None:
        """Ask what the first page shows, and prepare its template."""
        self._templates.get_template("overview.html.jinja")
        self.answers.ask("totals")
        self.answers.ask("pair_counts")
        self.answers.ask("pair_counts", {"by_classification": True})

    def ask_ahead(self, asks: Iterable[tuple[str, dict[str, object], Sequence[str]]]) -> None:
        """Ask for columns of named queries, which a reader may want next, while this answer is looked at."""
        for query, params, columns in asks:
            self._ahead.submit(self._try, query, params, columns)

    def _try(self, query: str, params: dict[str, object], columns: Sequence[str]) -> None:
        with contextlib.suppress(IrdbError):  # the page that needs it tells
            self.answers.ask(query, params, columns)

    @functools.cached_property
    def has_pictures(self) -> bool:
        """Whether any image can be read: of the first and the last of each split, which stand for all."""
        for row in self.db.query("example_rows")["row_index"]:
            with contextlib.suppress(IrdbError):
                self.pictures.thumbnail(row)
                return True
        return False

    def repeat(self, query: str, params: Mapping[str, object]) -> Repetition:
        """Return what repeats a named query."""
        return repeat_query(self.db, query, params)

    def image(self, row: int) -> str:
        """Return the address of the image of a row."""
        return f"/images/{self.pictures.key}/{row}"

    def thumbnail(self, row: int) -> str:
        """Return the address of the thumbnail of a row."""
        return f"/thumbnails/{self.pictures.key}/{row}"


class StaticFile(NamedTuple):
    """A style sheet or script.

    Attributes:
        content: Its bytes.
        media_type: Its type.
    """

    content: bytes
    media_type: str


class StaticFiles:
    """The style sheets and scripts of the package, read once: no name in a request reaches the disk.

    Attributes:
        key: A text that is another one for other files, for addresses that a browser may keep.
    """

    def __init__(self) -> None:
        paths = [*sorted((_FOLDER / "static").iterdir()), REPORT_TEMPLATES / "report.css"]
        self._files = {
            path.name: StaticFile(path.read_bytes(), _MEDIA_TYPES[path.suffix])
            for path in paths if path.suffix in _MEDIA_TYPES
        }  # fmt: skip
        contents = b"".join(file.content for file in self._files.values())
        self.key = hashlib.sha256(contents).hexdigest()[:12]

    def get(self, name: str) -> StaticFile | None:
        """Return a file by its name."""
        return self._files.get(name)

    def address(self, name: str) -> str:
        """Return the address of a file."""
        return f"/static/{self.key}/{name}"


_MEDIA_TYPES = {
    ".svg": "image/svg+xml",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}


def load_pages() -> list[Page]:
    """Return every page: each module of the folder `pages` has one."""
    folder = f"{__package__}.pages"
    modules = [import_module(f"{folder}.{info.name}") for info in iter_modules([str(_FOLDER / "pages")])]
    pages: list[Page] = [module.page for module in modules]
    return sorted(pages, key=lambda page: page.place)


def _shown(value: Any) -> Any:  # noqa: ANN401 - templates print values of any type
    """Show characters of text that would move, reverse or hide what stands around them."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _shorten(text: str | None) -> str:
    """Crop a prompt's text."""
    shown = (text or "").strip() or "(no text)"
    return shown if len(shown) <= LONGEST_TEXT else f"{shown[:LONGEST_TEXT]}…"


LONGEST_TEXT = 400
"""Characters of a prompt that lists and headings show."""


def _exactly(text: str) -> Markup:
    """Write a text that a form sends back: as it is, escaped."""
    return Markup(html.escape(text))  # noqa: S704 - escaped


def _own_client(request: Request) -> Client:
    """Return who waits for a statement, unless another site sent the reader here: no page may forget to look."""
    if is_foreign(request):
        raise ForeignRequestError
    client: Client = request.state.client
    return client


def is_foreign(request: Request) -> bool:
    """Whether a page of another site sent the reader here, which shall not start a statement."""
    return request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
