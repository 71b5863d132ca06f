"""Draws the packages in the order in which they may import each other, as `lint-imports` checks it."""

from __future__ import annotations

import tomllib

from irdb_sql.manual import CHECKOUT

_WIDTH, _ROW, _GAP, _BOX = 720, 56, 12, 36


def layers() -> list[list[str]]:
    """Return the packages of each layer, from the one that may import all others to the one that imports none."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    (contract,) = [
        contract for contract in project["tool"]["importlinter"]["contracts"] if contract["type"] == "layers"
    ]
    return [layer.replace(":", "|").replace(" ", "").split("|") for layer in contract["layers"]]


def draw_map() -> str:
    """Return a drawing of the layers, each of whose packages may import those below it."""
    rows = layers()
    height = _ROW * len(rows) + 2 * _GAP
    shapes = [shape for row, names in enumerate(rows) for shape in _draw_row(row, names)]
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    font = 'font-family="system-ui, sans-serif" font-size="15" text-anchor="middle"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {font}>',
            "<title>Packages of irdb_sql: each may import those below it</title>",
            f'<rect width="{_WIDTH}" height="{height}" rx="8" fill="#fff"/>',
            *shapes,
            "</svg>\n",
        ]
    )


def _draw_row(row: int, names: list[str]) -> list[str]:
    """Draw the packages of a layer side by side, with an arrow from the layer above."""
    top = _GAP + row * _ROW + (_ROW - _BOX) // 2
    width = (_WIDTH - 2 * _GAP - (len(names) - 1) * _GAP) / len(names)
    shapes = []
    if row:
        arrow = f"M{_WIDTH // 2} {top - _ROW + _BOX} V{top - 3} m-4 -5 l4 5 l4 -5"
        shapes.append(f'<path d="{arrow}" stroke="#667" fill="none"/>')
    for place, name in enumerate(names):
        left = _GAP + place * (width + _GAP)
        box = f'x="{left:.0f}" y="{top}" width="{width:.0f}" height="{_BOX}" rx="6"'
        shapes += [
            f'<rect {box} fill="#e8eef9" stroke="#7a93c4"/>',
            f'<text x="{left + width / 2:.0f}" y="{top + 23}" fill="#1a2340">{name}</text>',
        ]
    return shapes
