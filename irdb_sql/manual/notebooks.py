"""Opens the notebooks of `examples/` as pages, each served by marimo from a process of its own."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from irdb_sql.manual import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = CHECKOUT / "examples"
_PATIENCE = 60  # seconds until a notebook is served


@contextlib.contextmanager
def serve_notebook(notebook: Path) -> Iterator[str]:
    """Serve a notebook while the block runs, and return its address.

    Raises:
        TimeoutError: It is not served after a minute.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "--quiet", "run", str(notebook.resolve()), "--headless", "--no-token"]
    command += ["--port", str(port)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as server,  # noqa: S603 - marimo
    ):
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    """Wait until something listens at a port."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > end:
                message = f"nothing listens at port {port}"
                raise TimeoutError(message) from None
            time.sleep(0.1)
        else:
            return
