"""Reads and writes structs of Thrift's compact protocol, as in Parquet files.

A struct maps field numbers to fields; a field is a type and a value; the value of a list is the type of its elements
and the elements. The meaning of fields is unknown here, so that a field that nobody uses is written as it was read.
"""

from __future__ import annotations

from typing import Any

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, _MAP, STRUCT = range(1, 13)
_DOUBLE_BYTES = 8
_LONG_SIZE = 15
_MORE = 0x80  # set in each byte of a varint but its last
_SHORT_STEP = 15
Field = tuple[int, Any]
Struct = dict[int, Field]


def read_struct(content: memoryview, offset: int = 0) -> tuple[Struct, int]:
    """Read a struct, and return it and where it ends.

    Example:
        >>> read_struct(memoryview(bytes([0x15, 0x04, 0x00])))
        ({1: (5, 2)}, 3)
    """
    fields: Struct = {}
    number = 0
    while header := content[offset]:
        type_code, step = header & 0x0F, header >> 4
        offset += 1
        if step:
            number += step
        else:
            number, offset = _read_integer(content, offset)
        fields[number], offset = _read_field(content, offset, type_code)
    return fields, offset + 1


def _read_field(content: memoryview, offset: int, type_code: int) -> tuple[Field, int]:
    if type_code in (TRUE, FALSE):
        return (type_code, None), offset
    value, offset = _read_value(content, offset, type_code)
    return (type_code, value), offset


def _read_value(content: memoryview, offset: int, type_code: int) -> tuple[Any, int]:
    if type_code in (I16, I32, I64):
        return _read_integer(content, offset)
    if type_code == BINARY:
        length, offset = _read_varint(content, offset)
        return bytes(content[offset : offset + length]), offset + length
    if type_code == STRUCT:
        return read_struct(content, offset)
    if type_code in (LIST, SET):
        return _read_list(content, offset)
    if type_code in (TRUE, FALSE, BYTE):  # as an element of a list, a boolean is a byte
        return content[offset], offset + 1
    if type_code == DOUBLE:
        return bytes(content[offset : offset + _DOUBLE_BYTES]), offset + _DOUBLE_BYTES
    message = f"no type of Thrift is {type_code}"
    raise ValueError(message)


def _read_list(content: memoryview, offset: int) -> tuple[tuple[int, list[Any]], int]:
    """Read a list: a byte with size and type of its elements, the size again if it is 15 or more, and the elements."""
    header = content[offset]
    type_code, size = header & 0x0F, header >> 4
    offset += 1
    if size == _LONG_SIZE:
        size, offset = _read_varint(content, offset)
    values = []
    for _ in range(size):
        value, offset = _read_value(content, offset, type_code)
        values.append(value)
    return (type_code, values), offset


def _read_varint(content: memoryview, offset: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[offset]
        offset += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < _MORE:
            return value, offset


def _read_integer(content: memoryview, offset: int) -> tuple[int, int]:
    value, offset = _read_varint(content, offset)
    return (value >> 1) ^ -(value & 1), offset


def write_struct(fields: Struct) -> bytes:
    """Write a struct.

    Example:
        >>> write_struct({1: (I32, 2), 20: (LIST, (I32, [3]))}).hex()
        '15040928150600'
    """
    written = bytearray()
    before = 0
    for number, (type_code, value) in sorted(fields.items()):
        step = number - before
        if 0 < step <= _SHORT_STEP:
            written.append(step << 4 | type_code)
        else:
            written.append(type_code)
            written += _integer(number)
        before = number
        if type_code not in (TRUE, FALSE):
            written += _value(type_code, value)
    return bytes(written) + b"\0"


def _value(type_code: int, value: Any) -> bytes:  # noqa: ANN401 - of any type of Thrift
    if type_code in (I16, I32, I64):
        return _integer(value)
    if type_code == BINARY:
        return _varint(len(value)) + bytes(value)
    if type_code == STRUCT:
        return write_struct(value)
    if type_code in (LIST, SET):
        inner, values = value
        size = len(values)
        head = bytes([min(size, _LONG_SIZE) << 4 | inner]) + (_varint(size) if size >= _LONG_SIZE else b"")
        return head + b"".join(_value(inner, each) for each in values)
    return bytes([value]) if type_code in (TRUE, FALSE, BYTE) else bytes(value)


def _varint(value: int) -> bytes:
    written = bytearray()
    while value >= _MORE:
        written.append(value & 0x7F | _MORE)
        value >>= 7
    written.append(value)
    return bytes(written)


def _integer(value: int) -> bytes:
    return _varint(value << 1 if value >= 0 else (-value << 1) - 1)
