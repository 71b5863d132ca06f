"""Outcomes of generator pairs on prompts, counted for any weights of prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from irdb_sql.scorers.errors import FewGeneratorsError, UnidentifiedError, first_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Wholes = NDArray[np.int64]


class Counts(NamedTuple):
    """Sums over prompts, each with its weight; the first axis is that of vectors of weights.

    Attributes:
        met: How often each cell occurs: an array of weights and cells.
        balance: Half of the wins minus losses of each cell's first generator: an array of weights and cells.
        ties: Number of ties.
        total: Number of outcomes.
    """

    met: Floats
    balance: Floats
    ties: Floats
    total: Floats


class Outcomes:
    """Outcomes of generator pairs on prompts, in cells: two generators and the differences of their covariates.

    Args:
        pairs: The rows of the macro `generator_pairs`.
        generators: Names of all generators, sorted.
        differences: Covariates of a row's first generator minus those of its second: an array of rows and covariates.

    Attributes:
        first: Number of the first generator of each cell; cells are sorted by the pair of generators.
        second: Number of the second generator of each cell.
        differences: Those of each cell: an array of cells and covariates.
        prompts: Number of prompts.
    """

    def __init__(self, pairs: pl.DataFrame, generators: Sequence[str], differences: Floats) -> None:
        self._generators = generators
        numbers = pl.Series(range(len(generators)), dtype=pl.Int64)
        first, second = (pairs[side].replace_strict(generators, numbers).to_numpy() for side in _SIDES)
        # Prompts are numbered in the order of their ids, so that the order of rows changes no interval.
        prompt = pairs["prompt_id"].rank("dense").to_numpy().astype(np.int64) - 1
        order = np.lexsort((prompt, *differences.T[::-1], second, first))
        self._first, self._second, self._prompt = first[order], second[order], prompt[order]
        self._outcome = pairs["outcome"].to_numpy()[order].astype(np.float64)
        keys = np.column_stack([self._first, self._second, differences[order]])
        is_new = np.any(keys[1:] != keys[:-1], axis=1)
        self._starts = np.flatnonzero(np.concatenate([np.ones(min(len(order), 1), bool), is_new]))
        self.first, self.second = self._first[self._starts], self._second[self._starts]
        self.differences = differences[order][self._starts]
        self.prompts = int(prompt.max(initial=-1)) + 1
        self._ties = np.bincount(self._prompt, self._outcome == 0, minlength=self.prompts)
        self._total = np.bincount(self._prompt, minlength=self.prompts).astype(np.float64)
        self._tables = self._dense_tables() if self.prompts * len(self.first) <= _SPARSE * len(order) else None

    @property
    def width(self) -> int:
        """Number of values that are taken at a time to count outcomes for one row of weights."""
        return max(self.prompts, len(self.first) if self._tables is not None else len(self._prompt))

    def counts(self, weights: Floats) -> Counts:
        """Count outcomes, for each row of weights of prompts."""
        if self._tables is not None:
            met, balance = (weights @ table for table in self._tables)
        else:
            drawn = weights[:, self._prompt]
            met, balance = (np.add.reduceat(of, self._starts, axis=1) for of in (drawn, drawn * self._outcome / 2))
        return Counts(met, balance, weights @ self._ties, weights @ self._total)

    def _dense_tables(self) -> tuple[Floats, Floats]:
        """Return what each prompt adds to `met` and `balance`: arrays of prompts and cells."""
        cell = np.repeat(np.arange(len(self.first)), np.diff(np.append(self._starts, len(self._prompt))))
        tables = np.zeros((2, self.prompts, len(self.first)))
        tables[0, self._prompt, cell], tables[1, self._prompt, cell] = 1.0, self._outcome / 2
        return tables[0], tables[1]

    def totals(self) -> tuple[Wholes, Wholes, Wholes, Wholes]:
        """Count each generator's wins, ties, losses, and prompts shared with another."""
        size, sides = len(self._generators), (self._first, self._second)

        def count(result: int) -> Wholes:
            first, second = sides[0][self._outcome == result], sides[1][self._outcome == -result]
            return np.bincount(first, minlength=size) + np.bincount(second, minlength=size)

        of_prompts = np.unique(np.concatenate([side * self.prompts + self._prompt for side in sides]))
        shared = np.bincount(of_prompts // max(self.prompts, 1), minlength=size)
        return count(1), count(0), count(-1), shared

    def check_identified(self) -> None:
        """Raise an error that names generators whose strengths cannot be compared.

        Ford 1957: finite strengths fit if each generator won or tied against each other one, or did through others.

        Raises:
            FewGeneratorsError: There are fewer than two generators.
            UnidentifiedError: No finite strengths fit.
        """
        size = len(self._generators)
        if size < 2:  # noqa: PLR2004 - a pair
            raise FewGeneratorsError(self._generators)
        beaten = np.eye(size, dtype=bool)
        beaten[self._first[self._outcome >= 0], self._second[self._outcome >= 0]] = True
        beaten[self._second[self._outcome <= 0], self._first[self._outcome <= 0]] = True
        for middle in range(size):
            beaten |= np.outer(beaten[:, middle], beaten[middle])
        for below in beaten:
            if not below.all():
                # No generator of this set won or tied against one outside of it, which would then be in the set.
                weak, strong = (first_names(np.array(self._generators)[members]) for members in (below, ~below))
                if beaten[np.ix_(~below, below)].any():
                    raise UnidentifiedError(
                        f": {weak} won or tied no prompt against {strong}",
                        "leave out generators that always win or always lose; a single image is no generator.",
                    )
                raise UnidentifiedError(
                    f": {strong} share no prompt with {weak}, nor through others",
                    "pass scores of images that these generators made for the same prompts.",
                )


_SIDES = ("generator", "other_generator")
_SPARSE = 4
"""Cells are counted with a dense table if it has at most this many entries per outcome; it takes 16 bytes per entry."""
