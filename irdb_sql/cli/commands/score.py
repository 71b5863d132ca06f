"""The command `irdb score`: scores images with a function of the user's."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irdb_sql.cli.answers import STANDARD_OUTPUT
from irdb_sql.cli.data import data_options, open_database, subset_name_option
from irdb_sql.cli.errors import FunctionNotFoundError, ModuleImportError
from irdb_sql.cli.notes import note
from irdb_sql.cli.progress import progress_bar
from irdb_sql.core.late import late
from irdb_sql.images.errors import ImageError
from irdb_sql.scorers.errors import ScorerFailedError, ScorerResultError
from irdb_sql.scorers.options import BATCH_SIZE, IMAGE_FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    from irdb_sql.scorers import calls
else:
    calls = late("irdb_sql.scorers.calls")


@click.command("score")
@click.argument("function", metavar="MODULE:FUNCTION")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="File of scores: .parquet, .csv, .json or .ndjson. Images with a score in it are not scored again.",
)
@click.option("--name", metavar="NAME", help="Name of the scorer. Default: that of the function.")
@subset_name_option
@click.option(
    "--image-format",
    type=click.Choice(IMAGE_FORMATS),
    default="pil",
    show_default=True,
    help="Images of Pillow, arrays of NumPy, or bytes.",
)
@click.option("--batch-size", type=int, default=BATCH_SIZE, show_default=True, help="Number of images in a batch.")
@click.option(
    "--on-error",
    type=click.Choice(["raise", "skip"]),
    default="raise",
    show_default=True,
    help="What to do with an image that cannot be read.",
)
@data_options
def command(*, function: str, output: Path, data: dict[str, Any], **options: Any) -> None:  # noqa: ANN401 - the facade checks them
    """Score images with a function of yours, and resume an interrupted run.

    FUNCTION takes a list of prompts and a list of as many images, and returns a number for each, higher is
    better. MODULE is a module in the current folder or an installed one. Progress is saved in
    FILE.unfinished, and the same command resumes an interrupted run.

    \b
    irdb score my_model:score --split test -o scores.parquet
    irdb evaluate scores.parquet baselines --split test
    """  # noqa: D301 - click keeps the lines behind a backspace as they are
    if output == Path("-"):
        message = f"-o names a file, in which scores are kept; {STANDARD_OUTPUT} is none."
        raise click.UsageError(message)
    calls.check_score_file(output)  # before a module loads a model
    score = _find_function(function)
    with open_database(data) as db:
        try:
            with progress_bar("images") as progress:
                scores = db.score(score, score_file=output, progress=progress, **options)
        except (KeyboardInterrupt, ImageError, ScorerFailedError, ScorerResultError):
            unfinished = output.with_name(f"{output.name}.unfinished")
            if unfinished.exists():
                note(f"note: run the same command again to resume from {unfinished}")
            raise
    note(f"note: {output} has the scores of {scores.height:,} images; irdb evaluate {output} evaluates them")


def _find_function(text: str) -> Callable[..., Any]:
    """Import the function that `MODULE:FUNCTION` names.

    Raises:
        FunctionNotFoundError: There is no such module or function.
        ModuleImportError: The module raises an error when it is imported.
    """
    module_name, _, name = text.partition(":")
    if not module_name or not name:
        message = f"{text!r} is no MODULE:FUNCTION, such as my_model:score."
        raise click.UsageError(message)
    sys.path.insert(0, "")
    try:
        module = importlib.import_module(module_name)
        sys.path.append(sys.path.pop(0))  # for what it imports later, without hiding what irdb does
    except ModuleNotFoundError as error:
        if error.name is not None and (module_name == error.name or module_name.startswith(f"{error.name}.")):
            raise FunctionNotFoundError(module_name, None, ()) from error
        raise ModuleImportError(module_name, error) from error
    except (Exception, SystemExit) as error:
        raise ModuleImportError(module_name, error) from error
    function: object = getattr(module, name, None)
    if not callable(function):
        functions = [each for each, value in vars(module).items() if callable(value) and not each.startswith("_")]
        raise FunctionNotFoundError(module_name, name, functions)
    return function
