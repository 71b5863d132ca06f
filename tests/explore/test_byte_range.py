"""One range of bytes, or none: compared with a reading of RFC 9110 in plain Python."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from irdb_sql.explore.byte_range import UnsatisfiableRangeError, parse_range

NUMBERS = st.one_of(st.just(""), st.integers(0, 12).map(str))


@given(NUMBERS, NUMBERS, st.integers(0, 10))
@example("", "0", 5)
@example("0", "", 0)
def test_a_range_has_the_bytes_that_it_names(first: str, last: str, size: int) -> None:
    content = bytes(range(size))
    if not first and not last:
        assert parse_range("bytes=-", size) is None
        return
    if first:
        wanted = content[int(first) : int(last) + 1] if last else content[int(first) :]
        is_ignored = bool(last) and int(last) < int(first)
    else:
        wanted, is_ignored = content[max(0, size - int(last)) :] if int(last) else b"", False
    try:
        found = parse_range(f"bytes={first}-{last}", size)
    except UnsatisfiableRangeError:
        assert not wanted
        return
    if is_ignored:
        assert found is None
        return
    assert found is not None
    assert content[slice(*found)] == wanted
    assert wanted


@pytest.mark.parametrize(
    "header",
    [
        None, "", "bytes", "bytes=", "bytes=1", "bytes=a-b", "bytes=0-1,3-4", "bytes = 0-1", "bytes=0 -1", "Bytes=0-1", "items=0-1",
        "bytes=--1", "bytes=+0-1", "bytes=0-1 ", "bytes=\u0661-\u0662", "bytes=0-0x1", "bytes=1_0-", "bytes=" + "9" * 30 + "-",
    ],
)  # fmt: skip
def test_what_is_not_one_range_is_ignored(header: str | None) -> None:
    assert parse_range(header, 10) is None
