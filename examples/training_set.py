"""From the data to a training set: count, leave out what is broken, split by prompt, find leaks, and load it."""

import marimo

__generated_with = "0.25.2"

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    import polars as pl

    import irdb_sql

    return irdb_sql, mo, pl


@app.cell
def _(mo):
    mo.md("""
    # From the data to a training set

    `data = None` is the sample that comes with irdb_sql. For the real data, download it once,
    `irdb_sql.download("ImageRewardDB", images=True)`, and set `data = "ImageRewardDB"`.
    """)
    return


@app.cell
def _():
    data = None
    return (data,)


@app.cell
def _(data, irdb_sql):
    db = irdb_sql.connect(data, images="ok")  # images that are there and seem whole
    db.pair_counts()
    return (db,)


@app.cell
def _(mo):
    mo.md("""
    ## How far apart are two images?

    A training set may leave out pairs whose ranks are next to each other, and begin with a rank gap of 2.
    """)
    return


@app.cell
def _(db):
    db.plot(db.query("rank_gaps"), x="rank_gap", y="pairs", by="split")
    return


@app.cell
def _(mo):
    mo.md("""
    ## Write two sets

    Nine tenths of the prompts of train are for training, one tenth for choosing a model. Both are drawn by
    prompt, so they share no prompt and no text. At most five pairs of a prompt are taken, so that no prompt
    weighs much more than others.
    """)
    return


@app.cell
def _(db, pl):
    options = {"split": "train", "min_rank_gap": 2, "per_prompt": 5}
    manifests = [
        db.export("preference", "training.parquet", sample=(0, 0.9), **options),
        db.export("preference", "choosing.parquet", sample=(0.9, 1), **options),
    ]
    pl.DataFrame([manifest["totals"] for manifest in manifests])
    return (manifests,)


@app.cell
def _(db, manifests, pl):
    leaks = db.check_split("training.parquet", "choosing.parquet") if manifests else pl.DataFrame()
    leaks  # no rows: nothing is shared
    return (leaks,)


@app.cell
def _(mo):
    mo.md("""
    ## Load it

    A batch is two arrays of images of one size, and a list of prompts. `torch.from_numpy` makes tensors of them
    without a copy.
    """)
    return


@app.cell
def _(irdb_sql, leaks, pl):
    assert leaks.is_empty()
    batch = pl.read_parquet("training.parquet", n_rows=8)
    chosen = irdb_sql.decode(batch["chosen"].struct.field("bytes"), size=(224, 224))
    rejected = irdb_sql.decode(batch["rejected"].struct.field("bytes"), size=(224, 224))
    chosen.shape, rejected.shape
    return (batch,)


@app.cell
def _(batch, irdb_sql, mo):
    _better = irdb_sql.decode(batch["chosen"].struct.field("bytes"), "pil", size=(128, 128))
    _worse = irdb_sql.decode(batch["rejected"].struct.field("bytes"), "pil", size=(128, 128))
    mo.vstack(
        [
            mo.md("Chosen above, rejected below:"),
            mo.hstack([mo.image(p) for p in _better]),
            mo.hstack([mo.image(p) for p in _worse]),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
    print("wrote training.parquet and choosing.parquet, and a manifest of each")
