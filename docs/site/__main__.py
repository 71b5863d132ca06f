"""The command `python -m docs.site`."""

from __future__ import annotations

import click

from docs.site.pictures import make_pictures
from docs.site.reference import write_reference


@click.group()
def main() -> None:
    """Write the documentation."""


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


if __name__ == "__main__":
    main()
