"""Judge two reward models: a leaderboard, their difference, where they are wrong, and a report."""

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
    # Judge two reward models

    A reward model gives each image a number. Put your own scores in place of these two: `saturated` looks at
    the colours of an image, and `blend` is the rounded mean of two of people's ratings. A function gets prompts
    and images; a table has `image_path` and a column for each model.
    """)
    return


@app.cell
def _(irdb_sql, pl):
    db = irdb_sql.connect()

    def saturated(prompts, images):
        """Return how colourful each image is."""
        return [image.convert("HSV").resize((1, 1)).getpixel((0, 0))[1] for image in images]

    blend = db.images().select("image_path", blend=pl.mean_horizontal("overall_rating", "fidelity_rating").round())
    scores = [db.score(saturated), blend]
    return db, scores


@app.cell
def _(mo):
    mo.md("""
    ## Who agrees with people?

    `random` guesses and `ceiling` orders images as people did. A dot is a model's accuracy, and its line the 95
    % interval.
    """)
    return


@app.cell
def _(db, pl, scores):
    board = db.leaderboard([*scores, "baselines"], split="test", metrics=["acc_micro", "tau_b"])
    board.with_columns(pl.selectors.float().round(3)).select(
        "rank_best", "rank_worst", "scorer", "acc_micro", "lower", "upper", "tau_b", "pairs"
    )
    return (board,)


@app.cell
def _(board, db):
    db.plot(board, "dots", x="acc_micro", y="scorer")
    return


@app.cell
def _(mo):
    mo.md("""
    ## Is the difference more than chance?

    Two models are separated if the interval of their difference leaves out 0.
    """)
    return


@app.cell
def _(db, pl, scores):
    differences = db.scorer_differences(scores, split="test")
    differences.filter(pl.col("metric") == "acc_micro")
    return


@app.cell
def _(mo):
    mo.md("""
    ## Where do they differ most?
    """)
    return


@app.cell
def _(db, irdb_sql, mo, scores):
    with irdb_sql.connect(scores=scores) as scored:
        conflicts = scored.query("scorer_conflicts", scorer="blend", other_scorer="saturated", split="test", pairs=3)
    shown = db.with_images(conflicts, ["better_path", "worse_path"])
    pictures = [
        mo.hstack(
            [
                mo.image(picture)
                for picture in irdb_sql.decode([row["better_image"], row["worse_image"]], "pil", size=(160, 160))
            ],
            justify="start",
        )
        for row in shown.iter_rows(named=True)
    ]
    mo.vstack([mo.md("The better image stands left:"), *pictures])
    return


@app.cell
def _(mo):
    mo.md("""
    ## Write the report

    One page without scripts, which can be sent as it is.
    """)
    return


@app.cell
def _(irdb_sql, scores):
    from pathlib import Path

    with irdb_sql.connect(scores=[*scores, "baselines"]) as reported:
        size = Path("two_models.html").write_text(irdb_sql.render(reported, "scorers", "html"))
    f"two_models.html has {size:,} characters"
    return


if __name__ == "__main__":
    app.run()
    print("wrote two_models.html")
