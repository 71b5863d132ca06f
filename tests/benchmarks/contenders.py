"""Each job as it is done here, and as one would write it by hand with Polars, pandas, DuckDB or plain Python.

All start at the metadata files, and all give the same columns; those here are in the order of the query besides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import duckdb
import pandas as pd
import polars as pl

from irdb_sql.core.schema import SPLITS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from irdb_sql import ImageRewardDB

Engine = Literal["streaming", "in-memory"]
RATINGS = {"overall": "overall_rating", "alignment": "image_text_alignment_rating", "fidelity": "fidelity_rating"}
NARROW = ["rank_gap", "better_row", "worse_row"]
PAIRS = [
    "split", "part", "prompt_id", "prompt", "classification", "better_path", "worse_path", "better_rank", "worse_rank",
    "rank_gap", "overall_gap", "alignment_gap", "fidelity_gap", "better_row", "worse_row",
]  # fmt: skip


class Polars:
    """What one writes with Polars alone."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._folder = folder
        self._engine = engine

    def _images(self) -> pl.LazyFrame:
        return pl.concat(
            pl.scan_parquet(self._folder / f"metadata-{split}.parquet").with_columns(split=pl.lit(split))
            for split in SPLITS
        )

    def _pairs(self) -> pl.LazyFrame:
        numbers = pl.col("rank", *RATINGS.values()).cast(pl.Int8)
        part = pl.col("image_path").str.extract(r"_(\d+)/").cast(pl.Int16)
        better = self._images().with_row_index("row").with_columns(numbers, part=part)
        worse = better.select("split", "prompt_id", "image_path", "rank", *RATINGS.values(), "row")
        joined = better.join(worse, on=["split", "prompt_id"], suffix="_worse")
        pairs = joined.filter(pl.col("rank") < pl.col("rank_worse"))
        wide = pl.Int16
        return pairs.select(
            "split", "part", "prompt_id", "prompt", "classification",
            better_path="image_path",
            worse_path="image_path_worse",
            better_rank="rank",
            worse_rank="rank_worse",
            rank_gap=pl.col("rank_worse").cast(wide) - pl.col("rank"),
            **{f"{kind}_gap": pl.col(name).cast(wide) - pl.col(f"{name}_worse") for kind, name in RATINGS.items()},
            better_row=pl.col("row").cast(pl.Int64),
            worse_row=pl.col("row_worse").cast(pl.Int64),
        )  # fmt: skip

    def pairs(self) -> pl.DataFrame:
        return self._pairs().collect(engine=self._engine)

    def narrow(self) -> pl.DataFrame:
        images = self._images().select("split", "prompt_id", pl.col("rank").cast(pl.Int8)).with_row_index("row")
        joined = images.join(images, on=["split", "prompt_id"], suffix="_worse")
        return (
            joined.filter(pl.col("rank") < pl.col("rank_worse"))
            .select(
                rank_gap=pl.col("rank_worse").cast(pl.Int16) - pl.col("rank"),
                better_row=pl.col("row").cast(pl.Int64),
                worse_row=pl.col("row_worse").cast(pl.Int64),
            )
            .collect(engine=self._engine)
        )

    def parquet(self, target: Path) -> None:
        self._pairs().sink_parquet(target, engine=self._engine)

    def pair_counts(self) -> pl.DataFrame:
        ranks = range(1, 6)
        prompts = (
            self._images()
            .group_by("split", "prompt_id")
            .agg(
                pl.col("classification").min(),
                images=pl.len().cast(pl.Int64),
                **{f"rank_{rank}": (pl.col("rank") == rank).sum().cast(pl.Int64) for rank in ranks},
            )
        )
        return (
            prompts.with_columns(
                pairs=_two_of(pl.col("images")), tied_pairs=sum(_two_of(pl.col(f"rank_{rank}")) for rank in ranks)
            )
            .group_by("split", "classification")
            .agg(
                prompts=pl.len().cast(pl.Int64),
                images=pl.col("images").sum(),
                pairs=pl.col("pairs").sum(),
                tied_pairs=pl.col("tied_pairs").sum(),
            )
            .sort("split", "classification")
            .collect(engine=self._engine)
        )

    def rating_stats(self) -> pl.DataFrame:
        def stats(name: str) -> pl.Expr:
            rating = pl.col(name)
            return pl.struct(
                rating.count().cast(pl.Int64).alias("n"),
                rating.null_count().cast(pl.Int64).alias("missing"),
                rating.mean().alias("mean"),
                rating.std().alias("std"),
                rating.quantile(0.25, "linear").alias("q1"),
                rating.median().alias("median"),
                rating.quantile(0.75, "linear").alias("q3"),
                rating.mode().min().cast(pl.Int8).alias("mode"),
                *((rating == value).mean().alias(f"share_{value}") for value in range(1, 8)),
            )

        found = self._images().group_by("split", "classification").agg(**{k: stats(n) for k, n in RATINGS.items()})
        return (
            found.collect(engine=self._engine)
            .unpivot(index=["split", "classification"], variable_name="kind")
            .unnest("value")
            .sort("split", "classification", "kind")
        )

    def agreement(self) -> pl.DataFrame:
        images = self._images().select("split", "prompt_id", "classification", "rank", *RATINGS.values())
        pairs = images.join(images.drop("classification"), on=["split", "prompt_id"], suffix="_worse").filter(
            pl.col("rank") < pl.col("rank_worse")
        )
        found = pairs.group_by("split", "classification").agg(
            pl.struct(
                (pl.col(name) > pl.col(f"{name}_worse")).sum().cast(pl.Int64).alias("agreeing"),
                (pl.col(name) == pl.col(f"{name}_worse")).sum().cast(pl.Int64).alias("tied"),
                (pl.col(name) < pl.col(f"{name}_worse")).sum().cast(pl.Int64).alias("disagreeing"),
            ).alias(kind)
            for kind, name in RATINGS.items()
        )
        return (
            found.collect(engine=self._engine)
            .unpivot(index=["split", "classification"], variable_name="kind")
            .unnest("value")
            .sort("split", "classification", "kind")
        )


class Pandas:
    """What one writes with pandas."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _images(self) -> Any:
        columns = ["image_path", "prompt_id", "prompt", "classification", "rank", *RATINGS.values()]
        tables = [
            pd.read_parquet(self._folder / f"metadata-{split}.parquet", columns=columns).assign(split=split)
            for split in SPLITS
        ]
        images = pd.concat(tables, ignore_index=True)
        return images.astype(dict.fromkeys(("rank", *RATINGS.values()), "int8"))

    def pairs(self) -> Any:
        images = self._images().reset_index(names="row")
        images["part"] = images["image_path"].str.extract(r"_(\d+)/", expand=False).astype("int16")
        worse = images[["split", "prompt_id", "image_path", "rank", *RATINGS.values(), "row"]]
        pairs = images.merge(worse, on=["split", "prompt_id"], suffixes=("", "_worse"))
        pairs = pairs[pairs["rank"] < pairs["rank_worse"]]
        pairs = pairs.assign(
            rank_gap=(pairs["rank_worse"].astype("int16") - pairs["rank"]),
            **{f"{kind}_gap": (pairs[name].astype("int16") - pairs[f"{name}_worse"]) for kind, name in RATINGS.items()},
        )
        names = {
            "image_path": "better_path", "image_path_worse": "worse_path", "rank": "better_rank",
            "rank_worse": "worse_rank", "row": "better_row", "row_worse": "worse_row",
        }  # fmt: skip
        return pairs.rename(columns=names)[PAIRS]

    def pair_counts(self) -> Any:
        images = self._images()
        at_rank = images.groupby(["split", "prompt_id", "rank"], as_index=False).agg(
            images=("rank", "size"), classification=("classification", "min")
        )
        at_rank["tied_pairs"] = at_rank["images"] * (at_rank["images"] - 1) // 2
        prompts = at_rank.groupby(["split", "prompt_id"], as_index=False).agg(
            images=("images", "sum"), tied_pairs=("tied_pairs", "sum"), classification=("classification", "min")
        )
        prompts["pairs"] = prompts["images"] * (prompts["images"] - 1) // 2
        return prompts.groupby(["split", "classification"], as_index=False).agg(
            prompts=("images", "size"),
            images=("images", "sum"),
            pairs=("pairs", "sum"),
            tied_pairs=("tied_pairs", "sum"),
        )


class DuckDB:
    """What one writes in SQL, handed to Polars."""

    def __init__(self, folder: Path) -> None:
        self._connection = duckdb.connect()
        first_row = 0
        for split in SPLITS:
            file = folder / f"metadata-{split}.parquet"
            self._connection.read_parquet(str(file), file_row_number=True).create_view(f"file_{split}")
            self._connection.execute(
                f"CREATE VIEW {split}_images AS "  # noqa: S608 - its own names
                f"SELECT *, '{split}' AS split, {first_row} + file_row_number AS row_index FROM file_{split}"
            )
            first_row += pl.scan_parquet(file).select(pl.len()).collect().item()
        self._connection.execute(
            "CREATE VIEW images AS FROM train_images UNION ALL FROM validation_images UNION ALL FROM test_images"
        )

    def pairs(self) -> pl.DataFrame:
        return self._frame(
            """
            SELECT
                better.split, cast(regexp_extract(better.image_path, '_([0-9]+)/', 1) AS SMALLINT) AS part,
                better.prompt_id, better.prompt, better.classification,
                better.image_path AS better_path, worse.image_path AS worse_path,
                better.rank::TINYINT AS better_rank, worse.rank::TINYINT AS worse_rank,
                cast(worse.rank - better.rank AS SMALLINT) AS rank_gap,
                cast(better.overall_rating - worse.overall_rating AS SMALLINT) AS overall_gap,
                cast(better.image_text_alignment_rating - worse.image_text_alignment_rating AS SMALLINT)
                    AS alignment_gap,
                cast(better.fidelity_rating - worse.fidelity_rating AS SMALLINT) AS fidelity_gap,
                better.row_index AS better_row, worse.row_index AS worse_row
            FROM images AS better JOIN images AS worse USING (split, prompt_id)
            WHERE better.rank < worse.rank
            """
        )

    def narrow(self) -> pl.DataFrame:
        return self._frame(
            """
            SELECT
                cast(worse.rank - better.rank AS SMALLINT) AS rank_gap,
                better.row_index AS better_row, worse.row_index AS worse_row
            FROM images AS better JOIN images AS worse USING (split, prompt_id)
            WHERE better.rank < worse.rank
            """
        )

    def _frame(self, text: str) -> pl.DataFrame:
        frame: pl.DataFrame = self._connection.sql(text).pl()
        return frame


def python_loop(folder: Path) -> pl.DataFrame:
    """Expand pairs as the published loading script did: a loop over groups of rows, and over any two of each."""
    pairs = []
    begin = 0
    for split in SPLITS:
        rows = pl.read_parquet(folder / f"metadata-{split}.parquet").to_dicts()
        place = 0
        while place < len(rows):
            size = rows[place]["image_amount_in_total"]
            for i in range(place, place + size):
                for j in range(i + 1, place + size):
                    if rows[i]["rank"] != rows[j]["rank"]:
                        better, worse = (i, j) if rows[i]["rank"] < rows[j]["rank"] else (j, i)
                        pairs.append(_pair(split, rows, better, worse, begin))
            place += size
        begin += len(rows)
    return pl.DataFrame(pairs)


def _pair(split: str, rows: list[dict[str, Any]], better: int, worse: int, begin: int) -> dict[str, Any]:
    one, other = rows[better], rows[worse]
    return {
        "split": split,
        "part": int(one["image_path"].split("/")[2].split("_")[1]),
        "prompt_id": one["prompt_id"],
        "prompt": one["prompt"],
        "classification": one["classification"],
        "better_path": one["image_path"],
        "worse_path": other["image_path"],
        "better_rank": one["rank"],
        "worse_rank": other["rank"],
        "rank_gap": other["rank"] - one["rank"],
        **{f"{kind}_gap": one[name] - other[name] for kind, name in RATINGS.items()},
        "better_row": begin + better,
        "worse_row": begin + worse,
    }


def frame_of(found: Any) -> pl.DataFrame:
    """Return what a contender returns as a frame."""
    return found if isinstance(found, pl.DataFrame) else pl.from_pandas(found)


def fingerprint(frame: pl.DataFrame) -> dict[str, Any]:
    """Return what tells frames of the same rows apart, in whatever order and integer types they are.

    For each column, the sum over its rows of hashes of the value and of what names the row; of floats, which differ in
    their last bits by the order of sums, the sum of values.
    """
    keys = [name for name in ("split", "classification", "kind", "better_row", "worse_row") if name in frame.columns]
    rows = frame.select(keys).hash_rows()

    def digest(values: pl.Series) -> Any:
        if values.dtype.is_float():
            return round(values.sum(), 6)
        return int((rows ^ (values.cast(pl.Int64) if values.dtype.is_integer() else values).hash()).sum())

    return {values.name: digest(values) for values in frame}


def _two_of(count: pl.Expr) -> pl.Expr:
    return count * (count - 1) // 2


def jobs(folder: Path, db: ImageRewardDB, target: Path, *, is_small: bool) -> dict[str, dict[str, Callable[[], Any]]]:
    """Return the contenders of each job, ours first; those that take minutes only where the dataset is small."""
    streaming, in_memory = Polars(folder, "streaming"), Polars(folder, "in-memory")
    pandas, engine = Pandas(folder), DuckDB(folder)
    found: dict[str, dict[str, Callable[[], Any]]] = {
        "pairs with text": {
            "ours": db.pairs,
            "Polars streaming": streaming.pairs,
            "Polars in-memory": in_memory.pairs,
            "DuckDB": engine.pairs,
            "pandas": pandas.pairs,
            "Python loop": lambda: python_loop(folder),
        },
        "pairs, three narrow columns, lazy": {
            "ours": lambda: db.pairs(lazy=True).select(NARROW).collect(),
            "Polars streaming": streaming.narrow,
            "Polars in-memory": in_memory.narrow,
            "DuckDB": engine.narrow,
        },
        "pairs to Parquet": {
            "ours": lambda: db.pairs(lazy=True).sink_parquet(target),
            "Polars streaming": lambda: streaming.parquet(target),
        },
        "pair counts by class": {
            "ours": lambda: db.pair_counts(by_classification=True),
            "Polars streaming": streaming.pair_counts,
            "Polars in-memory": in_memory.pair_counts,
            "pandas": pandas.pair_counts,
        },
        "rating statistics by class": {
            "ours": lambda: db.rating_stats(by_classification=True),
            "Polars streaming": streaming.rating_stats,
            "Polars in-memory": in_memory.rating_stats,
        },
        "rating agreement by class": {
            "ours": lambda: db.rating_agreement(by_classification=True),
            "Polars streaming": streaming.agreement,
            "Polars in-memory": in_memory.agreement,
        },
    }
    if not is_small:
        del found["pairs with text"]["Python loop"]
    return found
