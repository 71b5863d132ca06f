"""What a person at a terminal sees while a statement works."""

from __future__ import annotations

import os
import pty
import signal
import subprocess

from fakes.terminals import start


def test_a_statement_that_takes_long_says_so_on_a_terminal_and_ctrl_c_ends_it() -> None:
    heavy = "SELECT count(*) FROM range(100000) AS a (i), range(10000000) AS b (j) WHERE (i * j) % 7 = 3"
    master, slave = pty.openpty()
    with start("sql", heavy, stdout=subprocess.DEVNULL, stderr=slave) as child:
        os.close(slave)
        seen = b""
        while b"working, 1 s; Ctrl-C stops it" not in seen:
            seen += os.read(master, 1024)
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=20) == 130
    os.close(master)
