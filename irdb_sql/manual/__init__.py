"""Writes the reference and the pictures of the manual, and builds its site: `python -m irdb_sql.manual`.

It reads a checkout, so wheels do not hold it.
"""

from __future__ import annotations

from pathlib import Path

CHECKOUT = Path(__file__).parent.parent.parent
