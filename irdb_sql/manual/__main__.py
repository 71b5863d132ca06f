"""The command `python -m irdb_sql.manual`."""

from __future__ import annotations

from pathlib import Path

import click

from irdb_sql.manual.pages import SiteError, build_site
from irdb_sql.manual.pictures import make_pictures
from irdb_sql.manual.reference import write_reference


@click.group()
def main() -> None:
    """Write the manual."""


@main.command()
def reference() -> None:
    """Write the pages of docs/reference that are stale."""
    for name in write_reference():
        click.echo(f"wrote docs/reference/{name}")


@main.command()
def pictures() -> None:
    """Make docs/pictures from the sample, with Chromium."""
    for name in make_pictures():
        click.echo(f"made docs/pictures/{name}")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), default="build/site")
def build(folder: Path) -> None:
    """Build the site in FOLDER, by default build/site; any warning is an error."""
    try:
        build_site(folder)
    except SiteError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"built {folder}/index.html")


if __name__ == "__main__":
    main()
