"""Reads and writes structs of Thrift's compact protocol, as in Parquet files.

A struct maps field numbers to fields; a field is a type and a value; the value of a list is the type of its elements
and the elements. The meaning of fields is unknown here, so that a field that nobody uses is written as it was read.
"""

from __future__ import annotations

from typing import Any

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, _MAP, STRUCT = range(1, 13)
_DOUBLE_BYTES = 8
_LONG_LIST = 15
_MORE = 0x80  # set in each byte of a varint but its last
_SHORT_STEP = 15
Field = tuple[int, Any]
Struct = dict[int, Field]


def read_struct(content: memoryview, place: int = 0) -> tuple[Struct, int]:
    """Read a struct, and return it and where it ends.

    Example:
        >>> read_struct(memoryview(bytes([0x15, 0x04, 0x00])))
        ({1: (5, 2)}, 3)
    """
    fields: Struct = {}
    number = 0
    while header := content[place]:
        kind, step = header & 0x0F, header >> 4
        place += 1
        if step:
            number += step
        else:
            number, place = _read_integer(content, place)
        fields[number], place = _read_field(content, place, kind)
    return fields, place + 1


def _read_field(content: memoryview, place: int, kind: int) -> tuple[Field, int]:
    if kind in (TRUE, FALSE):
        return (kind, None), place
    value, place = _read_value(content, place, kind)
    return (kind, value), place


def _read_value(content: memoryview, place: int, kind: int) -> tuple[Any, int]:
    if kind in (I16, I32, I64):
        return _read_integer(content, place)
    if kind == BINARY:
        length, place = _read_varint(content, place)
        return bytes(content[place : place + length]), place + length
    if kind == STRUCT:
        return read_struct(content, place)
    if kind in (LIST, SET):
        return _read_list(content, place)
    if kind in (TRUE, FALSE, BYTE):  # as an element of a list, a boolean is a byte
        return content[place], place + 1
    if kind == DOUBLE:
        return bytes(content[place : place + _DOUBLE_BYTES]), place + _DOUBLE_BYTES
    message = f"no type of Thrift is {kind}"
    raise ValueError(message)


def _read_list(content: memoryview, place: int) -> tuple[tuple[int, list[Any]], int]:
    header = content[place]
    kind, size = header & 0x0F, header >> 4
    place += 1
    if size == _LONG_LIST:
        size, place = _read_varint(content, place)
    values = []
    for _ in range(size):
        value, place = _read_value(content, place, kind)
        values.append(value)
    return (kind, values), place


def _read_varint(content: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[place]
        place += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < _MORE:
            return value, place


def _read_integer(content: memoryview, place: int) -> tuple[int, int]:
    value, place = _read_varint(content, place)
    return (value >> 1) ^ -(value & 1), place


def write_struct(fields: Struct) -> bytes:
    """Write a struct.

    Example:
        >>> write_struct({1: (I32, 2), 20: (LIST, (I32, [3]))}).hex()
        '15040928150600'
    """
    written = bytearray()
    before = 0
    for number, (kind, value) in sorted(fields.items()):
        step = number - before
        if 0 < step <= _SHORT_STEP:
            written.append(step << 4 | kind)
        else:
            written.append(kind)
            written += _integer(number)
        before = number
        if kind not in (TRUE, FALSE):
            written += _value(kind, value)
    return bytes(written) + b"\0"


def _value(kind: int, value: Any) -> bytes:  # noqa: ANN401 - of any type of Thrift
    if kind in (I16, I32, I64):
        return _integer(value)
    if kind == BINARY:
        return _varint(len(value)) + bytes(value)
    if kind == STRUCT:
        return write_struct(value)
    if kind in (LIST, SET):
        inner, values = value
        size = len(values)
        head = bytes([min(size, _LONG_LIST) << 4 | inner]) + (_varint(size) if size >= _LONG_LIST else b"")
        return head + b"".join(_value(inner, each) for each in values)
    return bytes([value]) if kind in (TRUE, FALSE, BYTE) else bytes(value)


def _varint(value: int) -> bytes:
    written = bytearray()
    while value >= _MORE:
        written.append(value & 0x7F | _MORE)
        value >>= 7
    written.append(value)
    return bytes(written)


def _integer(value: int) -> bytes:
    return _varint(value << 1 if value >= 0 else (-value << 1) - 1)
