"""Draws answers as SVG charts, from Vega-Lite specifications and without a network."""

from __future__ import annotations

import contextlib
import hashlib
import html
import json
import re
import subprocess
import sys
import weakref
from typing import TYPE_CHECKING, Any

from irdb_sql.charts.look import DARK, LIMIT_COLOUR, PALETTE
from irdb_sql.core.late import late
from irdb_sql.core.tasks import Task, Worker

if TYPE_CHECKING:
    import vl_convert
else:
    vl_convert = late("vl_convert")


class ChartDrawer:
    """Draws charts in a process of its own, because the library stops all other threads of Python while it draws."""

    def __init__(self) -> None:
        self._worker = Worker()
        self._process: subprocess.Popen[str] | None = None
        weakref.finalize(self, self._worker.close)

    def start(self, specification: dict[str, Any], label: str) -> Task[str]:
        """Start to draw a specification as an SVG picture.

        Args:
            specification: The specification.
            label: What a person hears who does not see the picture.
        """
        convert = vl_convert.vegalite_to_svg
        if self._process is None:
            self._process = _spares.pop() if _spares else _start_process()
            weakref.finalize(self, _end_process, self._process)
        process = self._process
        return self._worker.start(
            Task(lambda: _accessible(_draw(process, specification) or convert(specification), label), _do_nothing)
        )


_spares: list[subprocess.Popen[str]] = []


def preload() -> None:
    """Start the process of the next drawer, which takes a while to load its library, before there is a chart."""
    _spares.append(_start_process())


_PROGRAM = """
import json, sys, vl_convert
vl_convert.vegalite_to_svg({"mark": "bar", "data": {"values": []}})
for line in sys.stdin:
    print(json.dumps(vl_convert.vegalite_to_svg(json.loads(line))), flush=True)
"""


def _start_process() -> subprocess.Popen[str]:
    """Start a process that draws the specification of each line it reads, and writes it as a line of JSON."""
    pipe = subprocess.PIPE
    return subprocess.Popen(  # noqa: S603 - Python itself
        [sys.executable, "-I", "-c", _PROGRAM], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    )


def _end_process(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(OSError), process:  # it may have ended with a line that it did not read
        process.kill()


def _draw(process: subprocess.Popen[str], specification: dict[str, Any]) -> str:
    """Let a process draw a specification, and return its SVG, or nothing if the process has ended."""
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    try:
        process.stdin.write(f"{json.dumps(specification)}\n")
        process.stdin.flush()
    except OSError:
        return ""
    line = process.stdout.readline()
    return str(json.loads(line)) if line else ""


def _do_nothing() -> None:
    """Let a chart be drawn to its end, which does not take long."""


def _accessible(svg: str, label: str) -> str:
    """Label a drawing for screen readers, make its ids unique on the page, and take its colours from the page."""
    plain = re.sub(r' (?:role|aria-[a-z]+|class|xmlns:xlink|version)="[^"]*"', "", svg)
    named = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>c{hashlib.sha256(svg.encode()).hexdigest()[:8]}-", plain)
    coloured = _COLOURS.sub(lambda match: f'{match[1]}"var(--colour-{_NUMBERS[match[2].upper()]})"', named)
    return coloured.replace("<svg ", f'<svg role="img" aria-label="{html.escape(label)}" ', 1)


def chart_style() -> str:
    """Write the style that charts need on a page, or in a picture of its own: their colours, lighter in the dark."""
    light, dark = (
        "".join(f"--colour-{number}:{colours[colour]};" for colour, number in _NUMBERS.items())
        for colours in ({colour: colour for colour in _NUMBERS}, DARK)
    )
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


_NUMBERS = {colour: number for number, colour in enumerate((*PALETTE, LIMIT_COLOUR), start=1)}
_COLOURS = re.compile(rf'\b((?:fill|stroke)=)"({"|".join(_NUMBERS)})"', re.IGNORECASE)
"""Attributes with colours that a style defines."""
