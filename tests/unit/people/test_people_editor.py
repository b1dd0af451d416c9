"""Removing somebody from a people file: every other byte stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from pelican_headshots.people.people_editor import remove_people
from pelican_headshots.people.people_file import PeopleFileError

TOML = """# Who is who
departments = ["Print"]

# the boss
[[people]]
name = "Jane Doe"   # Jane
bio = \"\"\"
[[people]] is only a text here\"\"\"
[people.links]
Work = "https://example.com/jane"

# since 2020
[[people]]
name   =  "John Roe" # not Row

[[ people ]]
name = "Ada Clay"
"""


def remove(folder: Path, name: str, data: bytes, *indexes: int) -> bytes:
    (folder / name).write_bytes(data)
    remove_people(folder / name, name, indexes)
    return (folder / name).read_bytes()


PLAIN_TOML = TOML.replace("[[people]] is only", "This is only")
JANE = PLAIN_TOML[PLAIN_TOML.index("# the boss") : PLAIN_TOML.index("# since")]
ADA = "\n" + PLAIN_TOML[PLAIN_TOML.index("[[ people ]]") :]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_an_entry_is_removed_with_the_comment_above_it(tmp_path: Path, line_end: str) -> None:
    text = PLAIN_TOML.replace("\n", line_end)
    for indexes, gone in (((0,), [JANE]), ((2,), [ADA]), ((0, 2), [JANE, ADA])):
        expected = text
        for part in gone:
            expected = expected.replace(part.replace("\n", line_end), "")
        assert remove(tmp_path, "people.toml", text.encode(), *indexes) == expected.encode()


def test_the_comment_at_the_top_of_the_file_stays(tmp_path: Path) -> None:
    text = b'# Who is who\n[[people]]\nname = "Jane Doe"\n'
    assert remove(tmp_path, "people.toml", text, 0) == b"# Who is who\n"


def test_a_german_table_in_windows_1252_stays_one(tmp_path: Path) -> None:
    table = "Name;Vorname;Stelle\r\nSchröder;Jürgen;A\r\nWeiß;Zoë;B\r\n"
    (tmp_path / "people.csv").write_bytes(table.encode("cp1252"))
    remove_people(tmp_path / "people.csv", "people.csv", (0,), {"Stelle": "role"})
    assert (tmp_path / "people.csv").read_bytes() == "Name;Vorname;Stelle\r\nWeiß;Zoë;B\r\n".encode("cp1252")


def test_an_entry_in_a_list_is_removed(tmp_path: Path) -> None:
    text = b'people = [ {name = "Jane Doe"}, {name = "John Roe"} ] # all\n'
    assert b"Jane" not in remove(tmp_path, "people.toml", text, 0)
    assert b"# all" in (tmp_path / "people.toml").read_bytes()


def test_a_header_inside_a_text_does_not_mislead(tmp_path: Path) -> None:
    after = remove(tmp_path, "people.toml", TOML.encode(), 1).decode()
    assert "John" not in after
    assert "[[people]] is only a text here" in after


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")],
)
def test_the_lines_of_a_row_are_removed(tmp_path: Path, encoding: str, bom: bytes) -> None:
    head, jane, rest = (
        "sep=;\r\nName;Role;Bio\r\n;;\r\n",
        'Jane Doe;Printer;"two\r\nlines; ""and"" a quote"\r\n',
        "Zoë Roe;\r\n\r\nJohn Roe;x;y",
    )
    data = bom + (head + jane + rest).encode(encoding)
    assert remove(tmp_path, "people.csv", data, 0) == bom + (head + rest).encode(encoding)


def test_nothing_is_written_if_the_file_is_broken(tmp_path: Path) -> None:
    with pytest.raises(PeopleFileError):
        remove(tmp_path, "people.toml", b"people = [", 0)
    assert (tmp_path / "people.toml").read_bytes() == b"people = ["
