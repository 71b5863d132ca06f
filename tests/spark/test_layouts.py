"""What Apache Spark says of files with votes, which it does not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from oracles.vote_files import EXPECTED, write_votes

from irdb_sql.spark.errors import NotOnSparkError
from irdb_sql.spark.sources import metadata_statement

if TYPE_CHECKING:
    from pathlib import Path

NO_SESSION = cast("Any", None)  # the files are looked at before a session is needed


@pytest.mark.parametrize("name", EXPECTED)
def test_a_layout_with_votes_says_which_file_and_what_to_do(name: str, tmp_path: Path) -> None:
    file = write_votes(tmp_path / "in", name)
    for place in (file, file.parent):
        with pytest.raises(NotOnSparkError) as caught:
            metadata_statement(NO_SESSION, place)
        assert caught.value.sentence == (
            f"the layout {name.partition(' ')[0]} of {str(file)!r} is not available on Apache Spark: votes are not read there"
        )
        assert ".export('metadata', FOLDER)" in caught.value.hint


def test_a_ranking_file_says_that_it_is_one(tmp_path: Path) -> None:
    (tmp_path / "test.json").write_text('[{"id": "1", "prompt": "p", "generations": ["a"], "ranking": [1]}]')
    with pytest.raises(NotOnSparkError, match="a ranking file is not available"):
        metadata_statement(NO_SESSION, tmp_path / "test.json")
