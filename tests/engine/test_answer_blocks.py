"""An answer arrives whole, or not at all."""

from __future__ import annotations

import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from polars.testing.parametric import dataframes

from irdb_sql.engine import answer_blocks
from irdb_sql.engine.answer_blocks import IncompleteAnswerError, read_answer, write_error, write_rows
from irdb_sql.engine.errors import AnswerSizeError, QueryError

NO_LIMIT = 2**60


def answer(rows: pl.DataFrame) -> bytes:
    output = io.BytesIO()
    write_rows(output, rows)
    return output.getvalue()


@pytest.mark.slow
@given(dataframes(max_size=5, excluded_dtypes=[pl.Object]))
def test_rows_arrive_as_they_were_sent(rows: pl.DataFrame) -> None:
    received = read_answer(io.BytesIO(answer(rows)), NO_LIMIT)
    assert isinstance(received, pl.DataFrame)
    assert_frame_equal(received, rows)


def test_rows_of_several_blocks_arrive_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_blocks, "_BLOCK_ROWS", 3)
    for height in (0, 1, 3, 7):
        rows = pl.DataFrame(
            {"a": range(height), "b": [f"ü{n}" for n in range(height)]}, {"a": pl.Int64, "b": pl.String}
        )
        received = read_answer(io.BytesIO(answer(rows)), NO_LIMIT)
        assert isinstance(received, pl.DataFrame)
        assert_frame_equal(received, rows)


def test_an_answer_cut_at_any_byte_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_blocks, "_BLOCK_ROWS", 2)
    content = answer(pl.DataFrame({"a": [1, 2, 3], "b": ["x", None, "yz"]}))
    for length in range(len(content)):
        with pytest.raises(IncompleteAnswerError):
            read_answer(io.BytesIO(content[:length]), NO_LIMIT)


def test_an_answer_without_one_of_its_blocks_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_blocks, "_BLOCK_ROWS", 1)
    blocks = [answer(pl.DataFrame({"a": [n]}))[:-17] for n in (1, 2)]
    end = answer(pl.DataFrame({"a": [1, 2]}))[-17:]
    assert b"".join([*blocks, end]) == answer(pl.DataFrame({"a": [1, 2]}))
    for wrong in ([blocks[0], end], [end], [*blocks, blocks[0], end], [b"?" + blocks[0][1:], blocks[1], end]):
        with pytest.raises(IncompleteAnswerError):
            read_answer(io.BytesIO(b"".join(wrong)), NO_LIMIT)


@given(st.binary(max_size=60))
def test_other_bytes_are_no_answer(content: bytes) -> None:
    with pytest.raises((IncompleteAnswerError, AnswerSizeError)):
        read_answer(io.BytesIO(content.replace(b"E", b"R")), 1000)


def test_an_error_arrives_as_an_error() -> None:
    output = io.BytesIO()
    write_error(output, QueryError("Parser Error: ü"))
    received = read_answer(io.BytesIO(output.getvalue()), NO_LIMIT)
    assert isinstance(received, QueryError)
    assert received.sentence == "Parser Error: ü"
    with pytest.raises(IncompleteAnswerError):
        read_answer(io.BytesIO(output.getvalue()[:-1]), NO_LIMIT)


def test_more_bytes_than_allowed_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_blocks, "_BLOCK_ROWS", 10)
    content = io.BytesIO(answer(pl.DataFrame({"a": range(1000)})))
    with pytest.raises(AnswerSizeError, match="more than 1,000 bytes"):
        read_answer(content, 1000)
    assert content.tell() < 2000
    with pytest.raises(AnswerSizeError):
        read_answer(io.BytesIO(b"R" + b"\xff" * 8), 1000)
