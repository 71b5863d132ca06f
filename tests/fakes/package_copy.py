"""A copy of the package and its queries, to which a test adds files, and which runs in processes of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conftest import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class PackageCopy:
    """A copy in a folder.

    Attributes:
        folder: Where `irdb_sql/` and `queries/` are, and from where the processes run.
    """

    folder: Path

    @classmethod
    def into(cls, folder: Path) -> PackageCopy:
        for name in ("irdb_sql", "queries"):
            shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        return cls(folder)

    def add(self, path: str, text: str) -> None:
        """Add a file; its folder may be new."""
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    def python(self, code: str) -> str:
        """Run Python code, and return what it prints."""
        done = self._run("-c", f"import irdb_sql; assert irdb_sql.__file__.startswith({str(self.folder)!r})\n{code}")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def irdb(self, *args: str) -> str:
        """Run the command line, and return what it prints."""
        done = self.failing(*args)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def failing(self, *args: str) -> subprocess.CompletedProcess[str]:
        """Run the command line, whatever its exit code will be."""
        return self._run("-m", "irdb_sql", *args)

    def _run(self, *args: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name != "IRDB_DATA"}
        return subprocess.run(
            [sys.executable, *args],
            capture_output=True,
            check=False,
            text=True,
            cwd=self.folder,
            env=environment | {"PYTHONPATH": str(self.folder)},
            timeout=120,
        )
