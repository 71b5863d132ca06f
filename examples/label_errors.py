"""Find label errors by looking: the checks of the audit, and the images of what they find."""

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
    # Find label errors by looking

    The audit counts what contradicts the rules of the dataset (errors), what is suspicious (warnings), and what
    is good to know (notes).
    """)
    return


@app.cell
def _(irdb_sql, pl):
    db = irdb_sql.connect()
    findings = db.audit().filter(pl.col("findings") > 0)
    findings
    return (db,)


@app.cell
def _(mo):
    mo.md("""
    ## Better rank, lower rating

    Each check is a query of its name. `rating_conflicts` lists pairs whose better image has the lower overall
    rating. The tool of the annotators forbids this, so such a pair is suspicious.
    """)
    return


@app.cell
def _(db):
    conflicts = db.query("rating_conflicts")
    conflicts
    return (conflicts,)


@app.cell
def _(conflicts, db, irdb_sql, mo):
    shown = db.with_images(conflicts.head(4), ["better_path", "worse_path"])
    rows = [
        mo.vstack(
            [
                mo.md(f"**{row['prompt']}**"),
                mo.hstack(
                    [
                        mo.image(picture)
                        for picture in irdb_sql.decode(
                            [row["better_image"], row["worse_image"]], "pil", size=(160, 160)
                        )
                    ],
                    justify="start",
                ),
            ]
        )
        for row in shown.iter_rows(named=True)
    ]
    mo.vstack([mo.md("The image with the better rank stands left:"), *rows])
    return


@app.cell
def _(mo):
    mo.md("""
    ## The same text in two splits

    A model that has seen a prompt in training is not tested by it. `shared_prompts` lists such texts.
    """)
    return


@app.cell
def _(db):
    db.query("shared_prompts")
    return


@app.cell
def _(mo):
    mo.md("""
    ## Keep what you found

    Look at each pair, and write down which labels you do not trust. Here all of them are written, for a
    training script to leave out.
    """)
    return


@app.cell
def _(conflicts):
    suspects = conflicts.select("prompt_id", "better_path", "worse_path")
    suspects.write_csv("suspects.csv")
    suspects.height
    return


if __name__ == "__main__":
    app.run()
    print("wrote suspects.csv")
