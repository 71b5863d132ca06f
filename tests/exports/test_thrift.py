"""Headers and footers of Parquet are read and written as they stand."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irdb_sql.exports.thrift import (
    BINARY,
    BYTE,
    DOUBLE,
    FALSE,
    I16,
    I32,
    I64,
    LIST,
    SET,
    STRUCT,
    TRUE,
    read_struct,
    write_struct,
)

values = st.recursive(
    st.one_of(
        st.sampled_from([(TRUE, None), (FALSE, None)]),
        st.tuples(st.just(BYTE), st.integers(0, 255)),
        st.tuples(st.sampled_from([I16, I32, I64]), st.integers(-(2**63), 2**63 - 1)),
        st.tuples(st.just(DOUBLE), st.binary(min_size=8, max_size=8)),
        st.tuples(st.just(BINARY), st.binary(max_size=200)),
        st.tuples(st.sampled_from([LIST, SET]), st.tuples(st.just(I32), st.lists(st.integers(-9, 9), max_size=40))),
        st.tuples(st.just(LIST), st.tuples(st.sampled_from([TRUE, BYTE]), st.lists(st.integers(1, 2), max_size=20))),
    ),
    lambda inner: st.tuples(st.just(STRUCT), st.dictionaries(st.integers(1, 40), inner, max_size=4)),
    max_leaves=12,
)


@pytest.mark.slow
@given(st.dictionaries(st.integers(1, 2**15 - 1), values, max_size=6), st.binary(max_size=3))
def test_what_is_written_is_read(fields: dict[int, tuple[int, object]], behind: bytes) -> None:
    written = write_struct(fields)
    assert read_struct(memoryview(written + behind)) == (fields, len(written))


def test_a_footer_of_arrow_is_written_as_it_was_read(tmp_path: Path) -> None:
    table = pa.table({"x": [[{"a": 1.5, "b": "c"}], None], "flag": [True, None], "n": pa.array([1, 2], pa.int8())})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=1)
    content = (tmp_path / "a.parquet").read_bytes()
    footer = content[-8 - int.from_bytes(content[-8:-4], "little") : -8]
    fields, end = read_struct(memoryview(footer))
    assert end == len(footer)
    assert write_struct(fields) == footer


def test_what_is_no_struct_is_refused() -> None:
    with pytest.raises(ValueError, match="no type of Thrift is 11"):
        read_struct(memoryview(b"\x1b\x00"))
    with pytest.raises(IndexError):
        read_struct(memoryview(b"\x15"))
