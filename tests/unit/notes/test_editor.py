"""What review writes into `notes.toml`: only what was decided, comments and order kept, readable by a build."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest
import tomlkit

from pelican_headshots.notes import loader
from pelican_headshots.notes.editor import NotesEditor, set_gallery_order, set_note_fields
from pelican_headshots.notes.edits import EDITABLE_FIELDS, get_editable_fields
from pelican_headshots.values.notes import Notes

D = "d" * 32

WRITTEN = """# my notes
[gallery]
title = "Night" # keep

# about the chair
[photos."a.jpg"]
kind = "portrait"   # sure
alt = "x"

# about b
[photos."b.jpg"]
name = "B"
"""


def edited(text: str, *changes: tuple[str, dict[str, object]]) -> str:
    document = tomlkit.parse(text)
    for name, fields in changes:
        set_note_fields(document, name, D, fields)
    return tomlkit.dumps(document)


def test_lines_that_were_not_decided_stay_to_the_letter() -> None:
    after = edited(WRITTEN, ("b.jpg", {"role": "Chair", "focus": [0.1, 0.25]}), ("c.jpg", {"kind": "headshot"}))
    assert [line for line in WRITTEN.splitlines() if line not in after.splitlines()] == []
    assert after.index("# about the chair") < after.index('[photos."a.jpg"]') < after.index("# about b")
    read = tomllib.loads(after)["photos"]
    assert read["b.jpg"] == {"name": "B", "digest": D, "role": "Chair", "focus": [0.1, 0.25]}
    assert read["c.jpg"] == {"digest": D, "kind": "headshot"}


def test_a_changed_line_keeps_its_comment() -> None:
    assert 'kind = "headshot"   # sure' in edited(WRITTEN, ("a.jpg", {"kind": "headshot"}))


def test_a_new_line_goes_before_the_comment_about_the_next_note() -> None:
    after = edited(WRITTEN, ("a.jpg", {"caption": "Words"}))
    assert after.index("caption") < after.index("# about b") < after.index('[photos."b.jpg"]')


def test_an_order_is_written_with_contents_and_loses_no_comment() -> None:
    document = tomlkit.parse(WRITTEN)
    set_gallery_order(document, ["b.jpg", "a.jpg"], ["2" * 32, "1" * 32])
    set_gallery_order(document, ["a.jpg", "b.jpg", "c.jpg"], ["1" * 32, "2" * 32, "3" * 32])
    set_gallery_order(document, ["c.jpg", "a.jpg"], ["3" * 32, "1" * 32])
    after = tomlkit.dumps(document)
    for comment in ("# my notes", "# keep", "# about the chair", "# sure", "# about b"):
        assert comment in after
    gallery = msgspec.convert(tomllib.loads(after), Notes).gallery
    assert gallery.order == ("c.jpg", "a.jpg")
    assert gallery.contents == {"c.jpg": "3" * 32, "a.jpg": "1" * 32}


@pytest.mark.parametrize(
    "text",
    [
        "",
        '[photos]\n"x.jpg" = {kind="portrait"}\n',
        'photos."x.jpg".kind="portrait"\n[gallery]\ntitle="s"\n',
        '[photos."x.jpg"]\nkind="portrait"\n[gallery]\ntitle="s"\n[photos."y.jpg"]\nkind="portrait"\n',
        '[photos."x.jpg"]\r\nkind="portrait"\r\n',
        "[gallery]\ntitle='only'",
    ],
)
def test_every_way_of_writing_notes_can_be_edited(text: str) -> None:
    before = tomllib.loads(text).get("photos", {})
    after = edited(text, ("x.jpg", {"name": "X"}), ('new " ü.jpg', {"kind": "headshot"}))
    read = tomllib.loads(after)
    assert read["photos"].pop("x.jpg") == {**before.pop("x.jpg", {}), "name": "X", "digest": D}
    assert read["photos"].pop('new " ü.jpg') == {"kind": "headshot", "digest": D}
    assert read["photos"] == before
    assert read.get("gallery") == tomllib.loads(text).get("gallery")


def test_a_note_that_says_nothing_goes_unless_comments_are_in_it() -> None:
    assert tomllib.loads(edited("", ("c.jpg", {"kind": "headshot"}), ("c.jpg", {"kind": None}))).get("photos", {}) == {}
    assert "# about b" in edited(WRITTEN, ("a.jpg", {"kind": None, "alt": None}))


def test_undo_is_exact_and_refuses_where_somebody_wrote_since(tmp_path: Path) -> None:
    path, editor = tmp_path / "notes.toml", NotesEditor(tmp_path / "lock")
    edit = editor.edit(path, lambda document: set_note_fields(document, "c.jpg", D, {"kind": "headshot"}))
    assert loader.read_notes(path).photos["c.jpg"].kind == "headshot"
    assert editor.restore(edit)
    assert not path.exists()
    path.write_text(WRITTEN)
    edit = editor.edit(path, lambda document: set_note_fields(document, "a.jpg", D, {"kind": "headshot"}))
    assert editor.restore(edit)
    assert path.read_text() == WRITTEN
    edit = editor.edit(path, lambda document: set_note_fields(document, "a.jpg", D, {"kind": "headshot"}))
    path.write_text(path.read_text() + "# by hand\n")
    assert not editor.restore(edit)
    assert "# by hand" in path.read_text()


def test_a_broken_file_is_named_and_left_alone(tmp_path: Path) -> None:
    path, editor = tmp_path / "notes.toml", NotesEditor(tmp_path / "lock")
    path.write_text("[photos\n")
    with pytest.raises(loader.NotesError, match="notes.toml"):
        editor.edit(path, lambda document: set_note_fields(document, "a.jpg", D, {"kind": "headshot"}))
    assert path.read_text() == "[photos\n"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            '[photos."a.jpg"]\n[photos."b.jpg"]\nkind = "queen"',
            "photos.\"b.jpg\".kind: 'queen' is not possible here. Choose from: headshot, ",
        ),
        ('[photos."a.jpg"]\nkynd = "portrait"', "photos.\"a.jpg\": there is no 'kynd'. Did you mean 'kind'?"),
        ('[photos."a.jpg"]\nfocus = [0.5, 2]', 'photos."a.jpg".focus[1]: Expected a number <= 1.0.'),
        ('[gallery]\nmood = "blue"', "gallery.mood: 'blue' is not possible here. Choose from: auto, ember, "),
        ("photos = 5", "photos: Expected a table, got a number."),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(tmp_path: Path, written: str, told: str) -> None:
    (tmp_path / "notes.toml").write_text(written)
    with pytest.raises(loader.NotesError) as refused:
        loader.read_notes(tmp_path / "notes.toml")
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("written", "renamed"),
    [
        ('[gallery]\nlede = "One lamp."', "`lede` is now called `intro`"),
        ('[photos."a.jpg"]\npause = "A line."', "`pause` is now called `text_before`"),
        ('[photos."a.jpg"]\nkynd = 1\n[photos."b.jpg"]\npause = ""', "`pause` is now called `text_before`"),
        (
            'gallery = {lede = "x", mood = "blue"}\n[photos]\n"a.jpg" = {pause = "y"}\n"b.jpg" = {pause = "z"}',
            "`lede` is now called `intro` and `pause` is now called `text_before`",
        ),
    ],
)
def test_an_old_key_is_one_sentence_with_the_file_and_the_new_name(tmp_path: Path, written: str, renamed: str) -> None:
    path, editor = tmp_path / "notes.toml", NotesEditor(tmp_path / "lock")
    path.write_text(written)
    with pytest.raises(loader.NotesError) as from_build:
        loader.read_notes(path)
    assert str(from_build.value) == f"{path}: {renamed}."
    with pytest.raises(loader.NotesError) as from_review:
        editor.edit(path, lambda document: set_note_fields(document, "a.jpg", D, {"kind": "headshot"}))
    assert str(from_review.value) == f"{path}: {renamed}."
    assert path.read_text() == written


@pytest.mark.parametrize(
    "written", ['[gallery]\npause = "x"', '[photos."a.jpg"]\nlede = "x"', 'gallery = "lede"', 'photos = ["pause"]']
)
def test_an_old_key_elsewhere_is_not_a_renamed_one(tmp_path: Path, written: str) -> None:
    (tmp_path / "notes.toml").write_text(written)
    with pytest.raises(loader.NotesError) as error:
        loader.read_notes(tmp_path / "notes.toml")
    assert "is now called" not in str(error.value)


def test_a_build_reads_every_field_that_review_writes(tmp_path: Path) -> None:
    fields = dict.fromkeys(EDITABLE_FIELDS, "x") | {
        "kind": "headshot",
        "focus": [0.25, 0.5],
        "hidden": True,
        "gallery": False,
    }
    path = tmp_path / "notes.toml"

    def change(document: tomlkit.TOMLDocument) -> None:
        set_note_fields(document, "a.jpg", D, fields)
        set_gallery_order(document, ["a.jpg"], [D])

    NotesEditor(tmp_path / "lock").edit(path, change)
    assert set(tomllib.loads(path.read_text())["photos"]["a.jpg"]) == {"digest", *EDITABLE_FIELDS}
    read_back = loader.read_notes(path)
    assert get_editable_fields(read_back.photos["a.jpg"]) == fields
    assert (read_back.gallery.order, read_back.gallery.contents) == (("a.jpg",), {"a.jpg": D})


def test_a_mark_of_utf_8_at_the_beginning_is_read_and_kept(tmp_path: Path) -> None:
    path, editor = tmp_path / "notes.toml", NotesEditor(tmp_path / "lock")
    path.write_text(WRITTEN, encoding="utf-8-sig")
    assert loader.read_notes(path).gallery.title == "Night"
    editor.edit(path, lambda document: set_note_fields(document, "a.jpg", D, {"kind": "headshot"}))
    assert path.read_text("utf-8") == "\ufeff" + edited(WRITTEN, ("a.jpg", {"kind": "headshot"}))


def test_what_a_build_would_refuse_is_not_written(tmp_path: Path) -> None:
    path, editor = tmp_path / "notes.toml", NotesEditor(tmp_path / "lock")
    with pytest.raises(loader.NotesError):
        editor.edit(path, lambda document: set_note_fields(document, "a.jpg", D, {"kind": "queen"}))
    assert not path.exists()
