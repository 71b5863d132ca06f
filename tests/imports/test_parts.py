"""The JSON files of parts: metadata made of them, compared with them, and what is said of those that are not right."""

from __future__ import annotations

import errno
import itertools
import json
import os
import random
import struct
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec
import polars as pl
import pytest
from conftest import Row, RunCli, image, write_metadata
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import irdb_sql
from irdb_sql.core.schema import PUBLISHED
from irdb_sql.errors import NotFoundError, UnwritableError
from irdb_sql.imports import errors as part_errors
from irdb_sql.imports.parts import import_parts
from irdb_sql.sources.errors import BrokenFileError, NoMetadataError, UnreadableError
from irdb_sql.sources.sample.dataset import embedded_sample
from irdb_sql.storage.zips import LARGEST_IMAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from irdb_sql.imports.parts import ImportedParts

ZIP = "images/test/test_1.zip"
SCHEMA = pl.Schema({
    "split": pl.String, "part": pl.Int16, "image_path": pl.String, "difference": pl.String, "column_name": pl.String,
    "parquet_value": pl.String, "json_value": pl.String, "parquet_row": pl.Int64, "json_row": pl.Int64,
})  # fmt: skip
Seen = tuple[str, str | None, str | None, str | None, str | None]


def row(name: str, rank: int | None = 1, *, part: int = 1, split: str = "test", **more: Any) -> Row:
    path = f"images/{split}/{split}_{part}/{name}.webp"
    return image("p", name, rank, 7, 6, 5, split=split, **{"image_path": path} | more)


def write_part(folder: Path, rows: object, part: int = 1, *, split: str = "test", unpacked: bool = False) -> Path:
    """Write the JSON file of a part, in a zip or unpacked; text stands as it is."""
    if isinstance(rows, list):
        rows = [
            {name: each[name] for name in each if name != "split"} if isinstance(each, dict) else each for each in rows
        ]
    text = rows if isinstance(rows, str | bytes) else json.dumps(rows)
    name = f"{split}_{part}"
    (folder / "images" / split).mkdir(parents=True, exist_ok=True)
    if unpacked:
        path = folder / "images" / split / name / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path
    path = folder / "images" / split / f"{name}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.webp", b"an image")
        archive.writestr(zipfile.ZipInfo(f"{name}.json"), text, zipfile.ZIP_DEFLATED)
    return path


def seen(imported: ImportedParts) -> list[Seen]:
    """What differs: of which image, and how."""
    columns = ("image_path", "difference", "column_name", "parquet_value", "json_value")
    return [
        tuple(None if value is None else value.rpartition("/")[2].removesuffix(".webp") for value in values)  # type: ignore[misc]
        for values in imported.differences.select(columns).iter_rows()
    ]


def names(path: Path) -> list[str]:
    return [Path(name).stem for name in pl.read_parquet(path)["image_path"]]


def test_metadata_that_is_made_of_the_zips_is_that_of_the_dataset(tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []
    imported = import_parts(embedded_sample(), tmp_path / "new", progress=lambda *done: progress.append(done))
    assert progress == [(number, 36) for number in range(1, 37)]
    assert (imported.differences.schema, imported.differences.height) == (SCHEMA, 0)
    for split in imported.splits:
        assert split.path == tmp_path / "new" / f"metadata-{split.split}.parquet"
        assert (split.is_new, split.missing) == (True, ())
        made = pl.read_parquet(split.path)
        published = pl.read_parquet(embedded_sample() / split.path.name)
        assert made.equals(published)
        assert made.schema == published.schema
        listed = []
        for part in split.parts:  # in plain Python
            with zipfile.ZipFile(embedded_sample() / f"images/{split.split}/{split.split}_{part}.zip") as archive:
                listed += json.loads(archive.read(f"{split.split}_{part}.json"))
        assert made.to_dicts() == listed
    assert import_parts(embedded_sample(), tmp_path / "new").differences.is_empty()
    with irdb_sql.connect(tmp_path / "new") as db, irdb_sql.connect() as sample:
        assert db.pairs().equals(sample.pairs())


def test_parts_stand_in_the_order_of_their_numbers_and_an_unpacked_file_goes_first(tmp_path: Path) -> None:
    for part in range(1, 12):
        write_part(tmp_path, [row(f"{part}b", part=part), row(f"{part}a", part=part)], part, split="train")
    write_part(tmp_path, [row("unpacked", part=2)], 2, split="train", unpacked=True)
    (split,) = import_parts(tmp_path).splits
    assert (split.parts, split.missing, split.rows) == (tuple(range(1, 12)), tuple(range(12, 33)), 21)
    expected = [f"{part}{letter}" for part in range(1, 12) for letter in "ba"]
    expected[2:4] = ["unpacked"]
    assert names(tmp_path / "metadata-train.parquet") == expected


def test_what_is_null_stays_null_and_hostile_text_is_only_text(tmp_path: Path) -> None:
    rows = [row("a", None, classification=None, prompt="'; DROP TABLE images; --\n\x1b[31m \u202e\ud83e\udd8a \\ \"")]
    rows += [row("b", 2, image_path=None), {**row("c"), "extra": [1], "rank": 3.0}]
    rows[0]["prompt"] = rows[0]["prompt"].encode("utf-16", "surrogatepass").decode("utf-16")
    write_part(tmp_path, rows)
    import_parts(tmp_path)
    assert pl.read_parquet(tmp_path / "metadata-test.parquet").to_dicts() == [
        {name: each[name] for name in PUBLISHED} for each in rows
    ]


def test_a_part_without_rows_is_one(tmp_path: Path) -> None:
    write_part(tmp_path, [])
    write_part(tmp_path, [row("a", part=2)], 2)
    (split,) = import_parts(tmp_path).splits
    assert (split.parts, split.rows, names(tmp_path / "metadata-test.parquet")) == ((1, 2), 1, ["a"])


def test_metadata_that_is_there_is_compared_and_never_changed(tmp_path: Path) -> None:
    rows = [row("a"), row("b"), row("c", classification=None)]
    write_part(tmp_path, rows)
    write_part(tmp_path, [row("t", split="train")], split="train")
    write_metadata(tmp_path, [rows[0] | {"rank": 4}, rows[1] | {"prompt": None}, rows[2] | {"classification": "Arts"}])
    (tmp_path / "metadata-train.parquet").unlink()
    before = (tmp_path / "metadata-test.parquet").read_bytes()
    compared = import_parts(tmp_path, write=False)
    assert not (tmp_path / "metadata-train.parquet").exists()
    assert [(split.split, split.path, split.is_new) for split in compared.splits] == [
        ("train", None, False),
        ("test", tmp_path / "metadata-test.parquet", False),
    ]
    imported = import_parts(tmp_path)
    assert imported.differences.equals(compared.differences)
    assert seen(imported) == [
        ("a", "value", "rank", "4", "1"),
        ("b", "value", "prompt", None, "text of p"),
        ("c", "value", "classification", "Arts", None),
    ]
    assert imported.differences.row(0)[:2] + imported.differences.row(0)[-2:] == ("test", 1, 0, 0)
    assert (tmp_path / "metadata-test.parquet").read_bytes() == before
    assert names(tmp_path / "metadata-train.parquet") == ["t"]


def test_a_row_that_only_one_of_the_two_has_is_listed_once(tmp_path: Path) -> None:
    write_part(tmp_path, [row("a"), row("b"), row("c")])
    write_part(tmp_path, [row("d", part=2), row("e", part=2)], 2)
    write_metadata(tmp_path, [row("a"), row("c"), row("x"), row("d", part=2), row("e", part=2)])
    imported = import_parts(tmp_path)
    assert seen(imported) == [("x", "only in parquet", None, None, None), ("b", "only in JSON", None, None, None)]
    assert imported.differences.select("part", "parquet_row", "json_row").rows() == [(1, 2, None), (1, None, 1)]


def test_a_row_in_another_place_is_a_difference_of_order(tmp_path: Path) -> None:
    write_part(tmp_path, [row(name) for name in "abcd"])
    write_metadata(tmp_path, [row(name) for name in "abdc"])
    assert seen(import_parts(tmp_path)) == [
        ("d", "order", None, "b", "c"),
        ("c", "order", None, "d", "b"),
    ]
    write_metadata(tmp_path, [row(name) for name in "dabc"])
    assert seen(import_parts(tmp_path)) == [("d", "order", None, None, "c"), ("a", "order", None, "d", None)]


def test_only_rows_of_parts_with_a_json_file_are_compared(tmp_path: Path) -> None:
    write_part(tmp_path, [row("a", split="train")], split="train")
    rows = [row("a", split="train"), row("b", part=2, split="train"), row("t"), row("v", split="validation")]
    write_metadata(tmp_path, [*rows, row("n", split="train", image_path="elsewhere.webp")])
    assert seen(import_parts(tmp_path)) == [("elsewhere", "only in parquet", None, None, None)]


def test_a_metadata_file_without_rows_lacks_them_all(tmp_path: Path) -> None:
    write_part(tmp_path, [row("a")])
    write_metadata(tmp_path, [])
    assert seen(import_parts(tmp_path)) == [("a", "only in JSON", None, None, None)]


def test_rows_that_share_a_path_are_matched_one_by_one(tmp_path: Path) -> None:
    write_part(tmp_path, [row("a", 1), row("a", 2), row("a", 3), row("n", image_path=None)])
    write_metadata(tmp_path, [row("a", 1), row("a", 5), row("n", image_path=None)])
    assert seen(import_parts(tmp_path)) == [
        ("a", "value", "rank", "5", "2"),
        ("a", "only in JSON", None, None, None),
    ]


def differences(parquet: list[Row], listed: list[Row]) -> Counter[tuple[str, str | None]]:
    """Count in plain Python what differs between two lists of rows."""
    sides: list[dict[tuple[str, int], tuple[int, Row]]] = []
    for rows in (parquet, listed):
        copies: defaultdict[str, int] = defaultdict(int)
        side = {}
        for place, each in enumerate(rows):
            copies[each["image_path"]] += 1
            side[each["image_path"], copies[each["image_path"]]] = (place, each)
        sides.append(side)
    actual: Counter[tuple[str, str | None]] = Counter()
    actual["only in parquet", None] += len(sides[0].keys() - sides[1].keys())
    actual["only in JSON", None] += len(sides[1].keys() - sides[0].keys())
    both = sorted(sides[0].keys() & sides[1].keys(), key=lambda key: sides[1][key][0])
    for key in both:
        for column in PUBLISHED:
            actual["value", column] += sides[0][key][1][column] != sides[1][key][1][column]
    in_parquet = sorted(both, key=lambda key: sides[0][key][0])
    before = dict(zip(in_parquet, [None, *in_parquet], strict=False))
    actual["order", None] += sum(before[key] != last for key, last in zip(both, [None, *both], strict=False))
    return +actual


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_differences_are_those_that_plain_python_counts(tmp_path: Path, data: st.DataObject) -> None:
    rows = st.lists(
        st.builds(
            row,
            st.sampled_from("abcdef"),
            st.sampled_from([None, 1, 2]),
            classification=st.sampled_from([None, "", "Arts"]),
            fidelity_rating=st.sampled_from([None, 3]),
        ),
        max_size=8,
    )
    listed = data.draw(rows)
    parquet = data.draw(st.one_of(rows, st.permutations(listed)))
    write_part(tmp_path, listed)
    write_metadata(tmp_path, parquet)
    actual = import_parts(tmp_path).differences
    assert Counter(actual.select("difference", "column_name").iter_rows()) == differences(parquet, listed)
    assert actual.schema == SCHEMA


def test_a_missing_part_before_others_is_an_error_without_partial(tmp_path: Path) -> None:
    for part in (1, 2, 4, 7):
        write_part(tmp_path, [row(str(part), part=part, split="train")], part, split="train")
    with zipfile.ZipFile(tmp_path / "images/train/train_5.zip", "w") as archive:
        archive.writestr("a.webp", b"an image")
    with pytest.raises(part_errors.MissingPartError) as raised:
        import_parts(tmp_path)
    assert raised.value.parts == [3, 5, 6]
    assert str(raised.value) == (
        "parts 3, 5 to 6 of train cannot be imported, and later ones can: there is neither this archive nor an unpacked "
        "file ('images/train/train_3.zip')\n\nHint: get images/train/train_3.zip, or import the present parts with partial=True "
        "(--partial)."
    )
    assert list(tmp_path.iterdir()) == [tmp_path / "images"]
    (split,) = import_parts(tmp_path, partial=True).splits
    assert (split.parts, split.missing) == ((1, 2, 4, 7), (3, 5, 6, *range(8, 33)))
    assert names(tmp_path / "metadata-train.parquet") == ["1", "2", "4", "7"]
    assert import_parts(tmp_path).differences.is_empty()  # to compare what is there, no part is needed


def test_what_holds_no_part_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "images" / "train").mkdir(parents=True)
    (tmp_path / "images" / "train" / "notes.txt").write_text("x")
    with pytest.raises(part_errors.NoPartsError, match="holds no JSON file of a part"):
        import_parts(tmp_path)
    for place in (tmp_path / "nowhere", tmp_path / "images" / "train" / "notes.txt"):
        with pytest.raises(NotFoundError, match="no folder is called"):
            import_parts(place)
    write_part(tmp_path, [row("a")])
    with pytest.raises(NoMetadataError, match="there is no metadata-test.parquet"):
        import_parts(tmp_path, write=False)


ROW = {name: value for name, value in row("a").items() if name != "split"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "in 'images/test/test_1.zip' cannot be read: its member of the archive has no bytes"),
        (" ", "'test_1.json' in 'images/test/test_1.zip' is not a JSON list of at most 100,000 rows, or is truncated"),
        ("{}", "is not a JSON list"),
        ("null", "is not a JSON list"),
        (json.dumps([ROW])[:-3], "is not a JSON list of at most 100,000 rows, or is truncated"),
        (json.dumps([ROW]) + "x", "is not a JSON list"),
        (b"\xff[]", "cannot be read: it is not UTF-8"),
        (json.dumps([ROW]).encode("utf-16"), "cannot be read: it is not UTF-8"),
        ('["\\ud800"]', "is not a JSON list"),
        ([ROW, 5], "row 2 of 'test_1.json' in 'images/test/test_1.zip' is not an object but UBIGINT"),
        ([None], "row 1 of 'test_1.json' in 'images/test/test_1.zip' is not an object but NULL"),
        ([[ROW]], "is not an object but ARRAY"),
        (json.dumps([ROW])[:-2] + ', "rank": 2}]', "row 1 of 'test_1.json' in 'images/test/test_1.zip' repeats a key"),
        ([{name: value for name, value in ROW.items() if name != "rank"}], "column 'rank' of row 1 of 'test_1.json'"),
        ([ROW, ROW | {"Rank": 1, "prompt": 5}], "column 'prompt' of row 2 of 'test_1.json' in 'images/test/test_1.zip' is not text but 5"),
        ([ROW | {"image_path": ["a"]}], "column 'image_path' of row 1"),
        ([ROW | {"rank": "1"}], "'rank' of row 1 of 'test_1.json' in 'images/test/test_1.zip' is \"1\", which is no whole number"),
        ([ROW | {"rank": 1.5}], "is 1.5, which is no whole number from -128 to 127"),
        ([ROW | {"rank": 128}], "is 128, which is no whole number"),
        ([ROW | {"rank": True}], "is true, which is no whole number"),
        ([ROW | {"rank": 10**30}], "which is no whole number"),
        ([ROW | {"rank": float("nan")}], "which is no whole number"),
        ([ROW | {"rank": float("inf")}], "which is no whole number"),
        ("[" * 1_000_000 + "]" * 1_000_000, "row 1 of 'test_1.json' in 'images/test/test_1.zip' is not an object but ARRAY"),
        ("[" * 1_000_000, "is not a JSON list"),
        ("[" + "1," * 100_000 + "1]", "is not a JSON list of at most 100,000 rows"),
        (" " * 17_000_000, "cannot be read: it has 17,000,000 bytes, more than 16,777,216"),
        ('[{"rank":' * 100_000 + "1" + "}]" * 100_000, "is missing"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_as_published_is_one_sentence_that_names_file_member_and_row(
    tmp_path: Path, content: object, words: str
) -> None:
    write_part(tmp_path, content)
    with pytest.raises((part_errors.PartFileError, part_errors.PartRowError)) as raised:
        import_parts(tmp_path)
    assert words in raised.value.sentence, raised.value.sentence
    assert "'images/test/test_1.zip'" in raised.value.sentence
    assert "\n" not in raised.value.sentence
    assert len(raised.value.sentence) < 400
    assert list(tmp_path.iterdir()) == [tmp_path / "images"]


def test_the_first_fault_of_the_first_file_is_reported_though_another_is_no_json(tmp_path: Path) -> None:
    write_part(tmp_path, [ROW, ROW | {"rank": "x"}], unpacked=True)
    write_part(tmp_path, "nothing", 2)
    with pytest.raises(part_errors.PartRowError, match="'rank' of row 2 of 'images/test/test_1/test_1.json' is"):
        import_parts(tmp_path)


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"LIES HERE", b"lies here"))


def directory(*, offset: int, kind: str, value: int) -> Callable[[Path], None]:
    """Change a field of the last member in the central directory of a zip."""

    def change(path: Path) -> None:
        content = bytearray(path.read_bytes())
        struct.pack_into(kind, content, content.rindex(b"PK\x01\x02") + offset, value)
        path.write_bytes(content)

    return change


def stored(content: str) -> Callable[[Path], None]:
    """Store the JSON as it is, behind the images."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("test_1.json", content)
        damaged(path)

    return write


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def twice(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("test_1.json", "[]")


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("test_1.json", b" " * (LARGEST_IMAGE + 1))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (stored(json.dumps([ROW | {"prompt": "LIES HERE"}])), "its CRC-32 is"),
        (directory(offset=24, kind="<I", value=0xFFFFFFF0), "it is to have 4,294,967,280 bytes, more than 67,108,864"),
        (directory(offset=24, kind="<I", value=10), "it inflates to"),
        (directory(offset=8, kind="<H", value=1), "it is encrypted"),
        (directory(offset=10, kind="<H", value=12), "it is compressed by method 12"),
        (directory(offset=42, kind="<I", value=5), "stands in its place"),
        (bomb, "it is to have 67,108,865 bytes, more than 67,108,864"),
        (twice, "its name stands twice in the archive"),
        (cut, "the archive cannot be read: it does not end as a zip archive does"),
        (lambda path: path.write_bytes(b""), "the archive has no bytes"),
        (lambda path: os.truncate(path.with_suffix("") / "test_1.json", LARGEST_IMAGE + 1), "has more than 67,108,864 bytes"),
    ],
)  # fmt: skip
def test_a_zip_that_lies_is_one_sentence(tmp_path: Path, spoil: Callable[[Path], object], words: str) -> None:
    path = write_part(tmp_path, [ROW])
    if "has more" in words:
        write_part(tmp_path, [ROW], unpacked=True)
    spoil(path)
    with pytest.raises(part_errors.PartFileError) as raised:
        import_parts(tmp_path)
    assert words in raised.value.sentence, raised.value.sentence
    assert raised.value.sentence.startswith(
        "'images/test/test_1/test_1.json'" if "has more" in words else "'test_1.json' in 'images/test/test_1.zip'"
    )


@pytest.mark.parametrize("name", ["test/test_1/test_1.json", "test/test_1", "test/test_1.zip", "test"])
def test_a_link_that_leads_out_is_refused_and_no_missing_part(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    place = tmp_path / "data" / "images" / name
    place.parent.mkdir(parents=True)
    write_part(tmp_path, [ROW], unpacked=".zip" not in name)
    place.symlink_to(tmp_path / "images" / name)
    with pytest.raises(part_errors.PartFileError, match=f"the link 'images/{name}' leads out of the folder"):
        import_parts(tmp_path / "data")


def test_broken_metadata_that_is_there_is_reported_and_nothing_is_written(tmp_path: Path) -> None:
    write_part(tmp_path, [ROW])
    write_part(tmp_path, [row("t", split="train")], split="train")
    (tmp_path / "metadata-test.parquet").write_bytes(b"x")
    with pytest.raises(BrokenFileError, match="metadata-test.parquet"):
        import_parts(tmp_path)
    assert not (tmp_path / "metadata-train.parquet").exists()
    with pytest.raises(UnwritableError, match="could not be written"):
        import_parts(tmp_path, tmp_path / "metadata-test.parquet")


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_full_disk_leaves_no_file_or_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    write_bytes, calls = Path.write_bytes, itertools.count(1)

    def write(path: Path, content: bytes) -> int:
        if next(calls) == failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", write)
    with pytest.raises(UnwritableError, match=r"metadata-.*could not be written: No space left on device"):
        import_parts(embedded_sample(), tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def test_metadata_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    write_part(tmp_path, [ROW])
    os.mkfifo(tmp_path / "metadata-test.parquet")
    with pytest.raises(UnreadableError, match="it is a device, pipe or socket"):
        import_parts(tmp_path)


def test_only_a_leading_tilde_is_a_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_part(tmp_path / "~", [row("a")])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (split,) = import_parts("./~", "~/made").splits
    assert split.path == tmp_path / "home" / "made" / "metadata-test.parquet"
    assert names(split.path) == ["a"]


def test_parts_come_from_any_filesystem_and_metadata_goes_to_a_folder_of_this_machine(tmp_path: Path) -> None:
    url = f"memory://parts-{random.random()}"  # noqa: S311 - any name
    filesystem = fsspec.filesystem("memory")
    write_part(tmp_path, [row("a")])
    filesystem.pipe(f"{url}/{ZIP}", (tmp_path / ZIP).read_bytes())
    filesystem.pipe(f"{url}/images/test/test_2/test_2.json", json.dumps([row("b", part=2)]).encode())
    with pytest.raises(part_errors.ImportTargetError, match="is no folder of this machine"):
        import_parts(url)
    (split,) = import_parts(url, tmp_path / "new").splits
    assert (split.parts, names(tmp_path / "new" / "metadata-test.parquet")) == ((1, 2), ["a", "b"])


def test_the_command_writes_what_is_missing_and_exits_with_1_where_something_differs(
    tmp_path: Path, run_cli: RunCli
) -> None:
    data = tmp_path / "data"
    write_part(data, [row("a"), row("b", 2)])
    write_part(data, [row("t", split="train")], split="train")
    header = "split,part,image_path,difference,column_name,parquet_value,json_value,parquet_row,json_row\n"
    code, out, err = run_cli("import", "data", "--compare")
    assert (code, out, err.splitlines()[0]) == (
        3, "", "error: the folder 'data' holds no metadata: there is no metadata-train.parquet or metadata-test.parquet",
    )  # fmt: skip
    assert run_cli("import", "data", "--format", "csv") == (
        0,
        header,
        "note: wrote 1 rows of 1 JSON files of train to data/metadata-train.parquet; no JSON of parts 2 to 32\n"
        "note: wrote 2 rows of 1 JSON files of test to data/metadata-test.parquet; no JSON of part 2\n",
    )
    assert sorted(path.name for path in data.iterdir()) == ["images", "metadata-test.parquet", "metadata-train.parquet"]
    write_part(data, [row("a"), row("b", 3)])
    difference = "test,1,images/test/test_1/b.webp,value,rank,2,3,1,1\n"
    (data / "metadata-train.parquet").unlink()
    notes = (
        "note: read 1 rows of 1 JSON files of train; there is no metadata to compare with; no JSON of parts 2 to 32\n"
        "note: compared 2 rows of 1 JSON files of test with data/metadata-test.parquet: 1 differences; no JSON of part 2\n"
    )
    assert run_cli("import", "data", "--compare", "--format", "csv") == (1, header + difference, notes)
    assert run_cli("import", "data", "--compare", "-o", "found.csv") == (
        1,
        "",
        f"note: wrote 1 row to found.csv\n{notes}",
    )
    assert (tmp_path / "found.csv").read_text() == header + difference
    for target in ("data/metadata-validation.parquet", f"data/{ZIP}"):
        code, out, err = run_cli("import", "data", "-o", target, "--format", "csv")
        assert (code, out) == (1, "")
        assert "is an input file" in err
    code, out, err = run_cli("import", "nowhere")
    assert (code, out) == (3, "")
    assert err.startswith("error: no folder is called 'nowhere'")
    assert sorted(path.name for path in data.iterdir()) == ["images", "metadata-test.parquet"]
    assert {path.name for path in tmp_path.iterdir()} == {"data", "found.csv"}
