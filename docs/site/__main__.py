"""The command `python -m docs.site`."""

from __future__ import annotations

import click

from docs.site.reference import write_reference


@click.group()
def main() -> None:
    """Write the documentation."""


@main.command()
def reference() -> None:
    """Write the pages of docs/reference that are stale."""
    for name in write_reference():
        click.echo(f"wrote docs/reference/{name}")


if __name__ == "__main__":
    main()
