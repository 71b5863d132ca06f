"""Removes from the error messages of other libraries what no user can use."""

from __future__ import annotations

import re

_USELESS = re.compile(
    r'\n*Did you mean:? "[^\n]*'  # DuckDB guesses among the names that are defined already, which are not all
    r"|(?:\s*\b(?:Use|Try)|,? or|\n\*) \"?SET \w+ ?(?:=|TO\b)[^\n]*"  # settings that are locked
    r"|\n*Possible (?:solutions|fixes):(?:\n[ *][^\n]*)*"  # such settings, a line each
    r"|\s*(?:You can adjust this setting|To enable temporary buffer eviction set|\bOr set SET) [^\n]*"  # as above
    r"|\n*Try (?:setting|increasing) [^\n]*"  # options of functions that nobody calls
    r"|\n+Stack Trace:\n[\s\S]*"  # the engine's own functions, where it has failed itself
    r"| at 0x[0-9a-fA-F]+",  # the address of an object, another one in each run
    re.IGNORECASE,
)
_BLANK_LINES = re.compile(r"\n{3,}")
_NO_LIST = re.compile(r"Expected top-level JSON array with format='array', but first character is ('.')")
_REPEATED_KEY = re.compile(r'has duplicate key "([^"]*)"')
_PLACE = re.compile(r""" in file (?:"[^"\n]*"|'[^'\n]*')""")
_FAULTS = {
    re.compile(
        r"No magic bytes found|too small to be a Parquet|Footer length error|must end with PAR1|at least 12 bytes"
    ): "its end is not that of a Parquet file, as after an incomplete download",
    re.compile("unexpected end of data"): "a quote is not closed",
    re.compile("Expected OBJECT, but got"): "an element of its list is no object",
    re.compile(
        r"^(?:don't know what type|TProtocolException|Deserialization)|File out of specification"
    ): "its footer is damaged",
}
_CSV_LINE = re.compile(r"CSV Error on Line: (\d+)\n")
_CSV_FAULTS = {
    re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)"): r"line {line} has \2 values, and the first one \1",
    re.compile("unterminated quote"): "a quote in line {line} is not closed",
    re.compile("not utf-8 encoded"): "line {line} is not in UTF-8",
}
_KIND = re.compile(r"^(?:Invalid Input|IO|Conversion|Serialization|Parser) Error: ")


def without_useless_words(text: str) -> str:
    r"""Return an error message of a library without guesses, advice on settings, addresses of objects and stack traces.

    Example:
        >>> without_useless_words('Table with name imagez does not exist!\nDid you mean "pg_type"?')
        'Table with name imagez does not exist!'
    """
    return _BLANK_LINES.sub("\n\n", _USELESS.sub("", text))


def file_fault(text: str) -> str:
    r"""Return what a library says of a broken file, in one line without its own words for kinds of errors.

    Example:
        >>> file_fault("Invalid Input Error: Expected a list.\nTry setting format='auto'")
        'Expected a list'
        >>> file_fault("don't know what type: \x0f")
        'its footer is damaged'
        >>> file_fault('JSON transform error in file "a.json": Object {"id":1,"id":2} has duplicate key "id"')
        "an object has the key 'id' twice"
        >>> file_fault("CSV Error on Line: 3\nOriginal Line: p,a\nExpected Number of Columns: 4 Found: 2\n")
        'line 3 has 2 values, and the first one 4'
    """
    if (line := _CSV_LINE.search(text)) is not None:
        for words, fault in _CSV_FAULTS.items():
            if (match := words.search(text)) is not None:
                return match.expand(fault).format(line=line[1])
    for words, fault in _FAULTS.items():
        if words.search(text):
            return fault
    if (repeated := _REPEATED_KEY.search(text)) is not None:
        return f"an object has the key '{repeated[1]}' twice"
    text = _PLACE.sub("", text)
    plain = _NO_LIST.sub(r"it begins with \1 and is no list", _KIND.sub("", without_useless_words(text)))
    return " ".join(plain.split()).removesuffix(".")
