"""`irdb explore`, started as a person does: its address, its answers, and how it ends."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import uncovered

import irdb_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import RunCli

    from irdb_sql import ImageRewardDB


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command, and the address that it printed."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-m", "irdb_sql", "explore", "--no-open"],
        stdout=pipe, stderr=pipe, text=True, cwd=tmp_path, env=uncovered(),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()


def test_it_answers_at_its_address_until_ctrl_c(started: tuple[subprocess.Popen[str], str]) -> None:
    process, address = started
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{address}prompts", timeout=60) as answer:  # noqa: S310 - the printed address
        page = answer.read().decode()
    thumbnail = next(part for part in page.split('"') if part.startswith("/thumbnails/"))
    with urllib.request.urlopen(f"{address}{thumbnail[1:]}", timeout=60) as answer:  # noqa: S310
        assert answer.read()[:4] == b"RIFF"  # the sample has images
    request = urllib.request.Request(f"{address}sql?q={'x' * 300_000}")  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=60)  # noqa: S310
    assert caught.value.code == 400
    caught.value.close()
    process.send_signal(signal.SIGINT)
    _, notes = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in notes
    assert notes.splitlines()[-1] == "interrupted"


@pytest.mark.skipif(sys.platform != "linux", reason="statements have a process of their own on Linux alone")
def test_ctrl_c_ends_a_running_statement_too(started: tuple[subprocess.Popen[str], str]) -> None:
    process, address = started
    endless = "SELECT count(*) FROM range(100000000000) AS a, range(1000000000) AS b WHERE a.range + b.range = -77"
    before = children(process.pid)
    asking = threading.Thread(target=ask, args=(f"{address}sql?{urllib.parse.urlencode({'q': endless})}",))
    asking.start()
    while not (running := children(process.pid) - before):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, notes = process.communicate(timeout=20)
    asking.join(timeout=20)
    assert "Traceback" not in notes
    assert not any(Path(f"/proc/{child}").exists() for child in running)


def children(process: int) -> set[str]:
    """The processes that the threads of a process have started."""
    lists = Path(f"/proc/{process}/task").glob("*/children")
    return {child for text in lists for child in text.read_text().split()}


def ask(address: str) -> None:
    with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310
        answer.read()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--host", "0.0.0.0"], "--host lets other machines ask, and needs --token TEXT"),  # noqa: S104 - refused
        (["--token", "short"], "--token has 5 characters, which can be guessed; use at least 16."),
        (["--port", "70000"], "70000 is not in the range"),
    ],
)
def test_who_may_ask_is_checked_before_the_data_is_opened(run_cli: RunCli, options: list[str], words: str) -> None:
    code, out, notes = run_cli("explore", "--data", "nowhere", *options)
    assert (code, out) == (2, "")
    assert words in notes


def test_a_port_that_is_taken_is_an_error(run_cli: RunCli, db: ImageRewardDB) -> None:
    with db.explore() as pages:
        code, _, notes = run_cli("explore", "--no-open", "--port", pages.address.strip("/").rpartition(":")[2])
    assert code == 1
    assert "error: the explorer cannot listen at 127.0.0.1:" in notes


def test_a_notebook_shows_a_frame_and_a_short_table(db: ImageRewardDB) -> None:
    with db.explore(height=300) as pages:
        shown = pages._repr_html_()
        assert f'<iframe src="{pages.address}"' in shown
        assert 'height="300"' in shown
        with urllib.request.urlopen(pages.address, timeout=60) as answer:  # noqa: S310
            assert "frame-ancestors http://localhost:*" in answer.headers["content-security-policy"]
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(pages.address, timeout=5)  # noqa: S310
    table = db._repr_html_()
    assert "<td>validation</td><td>40</td><td>251</td>" in table
    assert len(table) < 1000
    closed = irdb_sql.connect()
    closed.close()
    assert closed._repr_html_().startswith("<p>&lt;ImageRewardDB ")


@pytest.mark.parametrize("options", [{"port": -1}, {"port": "x"}, {"height": 1e9}, {"blur": 1}])
def test_a_wrong_option_is_an_error(db: ImageRewardDB, options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        db.explore(**options)  # type: ignore[arg-type]
