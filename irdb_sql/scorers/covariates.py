"""Reads covariates of generators on prompts, and makes them ready for a fit of strengths."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from irdb_sql.errors import ArgumentTypeError, quoted
from irdb_sql.scorers.errors import CovariateError, ScoreColumnError, ScoreValueError
from irdb_sql.scorers.tables import read_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from irdb_sql.scorers.outcomes import Outcomes
    from irdb_sql.scorers.tables import ScoreSource, ScoreTable

    Floats = NDArray[np.float64]

KEYS = ("generator", "prompt_id")


class PairCovariates(NamedTuple):
    """Covariates of the rows of pairs.

    Attributes:
        source: Name of the file or table.
        names: Name of each covariate.
        sizes: The largest absolute value of each.
        differences: Those of a row's first generator minus those of its second, divided by `sizes`: an array of rows
            and covariates.
    """

    source: str
    names: tuple[str, ...]
    sizes: Floats
    differences: Floats


def pair_covariates(source: ScoreSource | None, pairs: pl.DataFrame, generators: Sequence[str]) -> PairCovariates:
    """Read a table of covariates, and subtract those of the two generators of each pair.

    Args:
        source: A file or table with the columns generator, prompt_id, and a number per covariate; None for none.
        pairs: The rows of the macro `generator_pairs`.
        generators: Names of all generators.

    Raises:
        ScoreColumnError: A column is missing, or there is no covariate.
        CovariateError: A value is no finite number, or a row is repeated, missing or of an unknown generator.
    """
    if source is None:
        return PairCovariates("", (), np.empty(0), np.empty((pairs.height, 0)))
    tables = read_tables(source)
    if len(tables) != 1:
        raise ArgumentTypeError("covariates", source, "one file or table")
    (table,) = tables
    rows = _read_rows(table)
    _check_keys(table, rows, pairs, generators)
    names = tuple(name for name in rows.columns if name not in KEYS)
    values = rows.select(names).to_numpy()
    sizes = np.abs(values).max(axis=0, initial=0.0)
    sizes[sizes == 0] = 1.0
    numbered = rows.select(KEYS).with_row_index("place")
    first, second = (
        pairs.select("prompt_id", generator=side).join(numbered, on=KEYS, how="left", maintain_order="left")["place"]
        for side in ("generator", "other_generator")
    )
    scaled = values / sizes
    return PairCovariates(table.source, names, sizes, scaled[first.to_numpy()] - scaled[second.to_numpy()])


def _read_rows(table: ScoreTable) -> pl.DataFrame:
    """Return the columns of `KEYS` as texts, and all others as numbers."""
    generator, prompt = table.column("generator"), table.column("prompt_id")
    names = [name for name in table.frame.columns if name not in (generator, prompt)]
    if generator is None or prompt is None or not names:
        lacks = "generator" if generator is None else "prompt_id" if prompt is None else "of a covariate"
        hint = "call its columns generator and prompt_id; each other column is a covariate."
        raise ScoreColumnError(table.source, f"has no column {lacks}", table.frame.columns, hint)
    columns = [table.texts(generator).alias("generator"), table.texts(prompt).alias("prompt_id")]
    for name in names:
        try:
            numbers = table.numbers(name)
        except ScoreValueError as error:
            raise CovariateError(table.source, _describe_value(error.row, name, error.value)) from None
        is_usable = numbers.abs().is_between(_SMALLEST, _LARGEST) | (numbers == 0)
        for row in (~is_usable.fill_null(value=False)).arg_true().head(1):
            raise CovariateError(table.source, _describe_value(row + 1, name, table.frame[name][row]))
        columns.append(numbers)
    return pl.DataFrame(columns)


def _describe_value(row: int, column: str, value: object) -> str:
    return f"hold {quoted(value)} in row {row:,} of the column {quoted(column)}"


_SMALLEST, _LARGEST = 1e-100, 1e100  # so that products are numbers, too


def _check_keys(table: ScoreTable, rows: pl.DataFrame, pairs: pl.DataFrame, generators: Sequence[str]) -> None:
    """Raise an error unless there is one row for each generator and prompt that are compared."""
    keys = rows.select(KEYS)
    checks = {
        "name no generator, or no prompt": pl.any_horizontal(pl.col(*KEYS).is_null()),
        "name a generator that is not compared": ~pl.col("generator").is_in(generators),
        "have several rows of the same generator and prompt": pl.struct(*KEYS).is_duplicated(),
    }
    for problem, is_wrong in checks.items():
        for number, generator, prompt in keys.with_row_index("number", 1).filter(is_wrong).head(1).iter_rows():
            raise CovariateError(table.source, f"{problem}: row {number:,} is of {_describe_key(generator, prompt)}")
    sides = [pairs.select(pl.col(side).alias("generator"), "prompt_id") for side in ("generator", "other_generator")]
    compared = pl.concat(sides).unique().sort(KEYS)
    missing = compared.join(keys, on=KEYS, how="anti", maintain_order="left")
    for generator, prompt in missing.head(1).iter_rows():
        count = f"{missing.height:,} of the {compared.height:,} that are compared lack one"
        raise CovariateError(table.source, f"have no row of {_describe_key(generator, prompt)}; {count}")


def _describe_key(generator: str | None, prompt: str | None) -> str:
    return f"the generator {quoted(generator)} and the prompt {quoted(prompt)}"


class SeparatedCovariates(NamedTuple):
    """Covariates of cells without what strengths explain of them.

    Attributes:
        residuals: Each with a mean square of 1: an array of cells and covariates.
        scales: The unit of each, in that of the covariate.
        shares: What strengths explain of each, in its unit: an array of covariates and generators.
    """

    residuals: Floats
    scales: Floats
    shares: Floats

    def untangle(self, fitted: Floats) -> Floats:
        """Return strengths and coefficients of the covariates themselves, of those of a fit with residuals."""
        parameters, size = fitted.copy(), self.shares.shape[1]
        parameters[:, :size] -= fitted[:, size:-1] @ self.shares
        parameters[:, size:-1] /= self.scales
        return parameters


def separate_covariates(outcomes: Outcomes, given: PairCovariates, generators: int) -> SeparatedCovariates:
    """Subtract from covariates what strengths explain of them, by least squares.

    Raises:
        CovariateError: Nothing remains of a covariate, or only what others explain.
    """
    met = outcomes.counts(np.ones((1, outcomes.prompts))).met[0]
    residuals, shares = outcomes.differences.copy(), np.zeros((len(given.names), generators))
    sides = np.zeros((generators, generators))
    np.add.at(sides, (outcomes.first, outcomes.second), met)
    sides += sides.T
    normal = np.diag(sides.sum(axis=0)) - sides + 1.0  # the mean of strengths is 0
    for _ in range(2):  # the second time takes what rounding left
        for place in range(len(given.names)):
            weighted = met * residuals[:, place]
            first, second = (np.bincount(of, weighted, generators) for of in (outcomes.first, outcomes.second))
            share = np.linalg.solve(normal, first - second)
            residuals[:, place] -= share[outcomes.first] - share[outcomes.second]
            shares[place] += share
    scales = np.sqrt((met[:, np.newaxis] * residuals**2).sum(axis=0) / met.sum())
    factor = np.linalg.qr(np.sqrt(met)[:, np.newaxis] * residuals / np.where(scales > 0, scales, 1.0), mode="r")
    alone = np.abs(np.diag(factor)) / np.sqrt(met.sum())  # of as many covariates as there are cells
    for place, name in enumerate(given.names):
        if place >= len(alone) or scales[place] <= _ROUNDING or alone[place] <= _COLLINEAR:
            raise CovariateError(
                given.source,
                f"do not tell the effect of {quoted(name)} from strengths: two generators differ in it by the same, "
                "such as 0, on all of their prompts, or as other covariates do",
                f"leave {quoted(name)} out; a covariate tells the images of a prompt apart, as their place does.",
            )
    return SeparatedCovariates(residuals / scales, scales * given.sizes, shares / scales[:, np.newaxis])


_ROUNDING = 1e-14
"""Share of the largest value that rounding may leave of a covariate."""
_COLLINEAR = 1e-6
"""Share of a covariate that others need to leave unexplained."""
