"""Writing `notes.toml` from review: only what was edited changes, and a build can read it."""

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

DIGEST = "d" * 32


NOTES = """# my notes
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


def edit_notes(text: str, *changes: tuple[str, dict[str, object]]) -> str:
    document = tomlkit.parse(text)
    for name, fields in changes:
        set_note_fields(document, name, DIGEST, fields)
    return tomlkit.dumps(document)


def test_lines_that_were_not_edited_stay_exactly_as_they_are() -> None:
    after = edit_notes(NOTES, ("b.jpg", {"role": "Chair", "focus": [0.1, 0.25]}), ("c.jpg", {"kind": "headshot"}))
    assert [line for line in NOTES.splitlines() if line not in after.splitlines()] == []
    assert after.index("# about the chair") < after.index('[photos."a.jpg"]') < after.index("# about b")
    parsed = tomllib.loads(after)["photos"]
    assert parsed["b.jpg"] == {"name": "B", "digest": DIGEST, "role": "Chair", "focus": [0.1, 0.25]}
    assert parsed["c.jpg"] == {"digest": DIGEST, "kind": "headshot"}


def test_a_changed_line_keeps_its_comment() -> None:
    assert 'kind = "headshot"   # sure' in edit_notes(NOTES, ("a.jpg", {"kind": "headshot"}))


def test_a_new_line_is_written_before_the_comment_about_the_next_note() -> None:
    after = edit_notes(NOTES, ("a.jpg", {"caption": "Words"}))
    assert after.index("caption") < after.index("# about b") < after.index('[photos."b.jpg"]')


def test_an_order_is_written_with_digests_and_loses_no_comment() -> None:
    document = tomlkit.parse(NOTES)
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
    after = edit_notes(text, ("x.jpg", {"name": "X"}), ('new " ü.jpg', {"kind": "headshot"}))
    parsed = tomllib.loads(after)
    assert parsed["photos"].pop("x.jpg") == {**before.pop("x.jpg", {}), "name": "X", "digest": DIGEST}
    assert parsed["photos"].pop('new " ü.jpg') == {"kind": "headshot", "digest": DIGEST}
    assert parsed["photos"] == before
    assert parsed.get("gallery") == tomllib.loads(text).get("gallery")


def test_an_empty_note_is_removed_unless_it_has_comments() -> None:
    assert (
        tomllib.loads(edit_notes("", ("c.jpg", {"kind": "headshot"}), ("c.jpg", {"kind": None}))).get("photos", {})
        == {}
    )
    assert "# about b" in edit_notes(NOTES, ("a.jpg", {"kind": None, "alt": None}))


def test_undo_restores_the_file_exactly_and_is_refused_if_it_was_changed_since(tmp_path: Path) -> None:
    path, editor = tmp_path / "notes.toml", NotesEditor(tmp_path / "lock")
    edit = editor.edit(path, lambda document: set_note_fields(document, "c.jpg", DIGEST, {"kind": "headshot"}))
    assert loader.read_notes(path).photos["c.jpg"].kind == "headshot"
    assert editor.restore(edit)
    assert not path.exists()
    path.write_text(NOTES)
    edit = editor.edit(path, lambda document: set_note_fields(document, "a.jpg", DIGEST, {"kind": "headshot"}))
    assert editor.restore(edit)
    assert path.read_text() == NOTES
    edit = editor.edit(path, lambda document: set_note_fields(document, "a.jpg", DIGEST, {"kind": "headshot"}))
    path.write_text(path.read_text() + "# by hand\n")
    assert not editor.restore(edit)
    assert "# by hand" in path.read_text()


def test_an_invalid_file_is_named_and_not_changed(tmp_path: Path) -> None:
    path, editor = tmp_path / "notes.toml", NotesEditor(tmp_path / "lock")
    path.write_text("[photos\n")
    with pytest.raises(loader.NotesError, match="notes.toml"):
        editor.edit(path, lambda document: set_note_fields(document, "a.jpg", DIGEST, {"kind": "headshot"}))
    assert path.read_text() == "[photos\n"


@pytest.mark.parametrize(
    ("written", "sentence"),
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
def test_a_renamed_key_is_refused_with_the_file_and_its_new_name(tmp_path: Path, written: str, sentence: str) -> None:
    path, editor = tmp_path / "notes.toml", NotesEditor(tmp_path / "lock")
    path.write_text(written)
    with pytest.raises(loader.NotesError) as from_build:
        loader.read_notes(path)
    assert str(from_build.value) == f"{path}: {sentence}."
    with pytest.raises(loader.NotesError) as from_review:
        editor.edit(path, lambda document: set_note_fields(document, "a.jpg", DIGEST, {"kind": "headshot"}))
    assert str(from_review.value) == f"{path}: {sentence}."
    assert path.read_text() == written


def test_a_build_reads_every_field_that_review_writes(tmp_path: Path) -> None:
    fields = dict.fromkeys(EDITABLE_FIELDS, "x") | {
        "kind": "headshot",
        "focus": [0.25, 0.5],
        "hidden": True,
        "gallery": False,
    }
    path = tmp_path / "notes.toml"

    def change(document: tomlkit.TOMLDocument) -> None:
        set_note_fields(document, "a.jpg", DIGEST, fields)
        set_gallery_order(document, ["a.jpg"], [DIGEST])

    NotesEditor(tmp_path / "lock").edit(path, change)
    assert set(tomllib.loads(path.read_text())["photos"]["a.jpg"]) == {"digest", *EDITABLE_FIELDS}
    read_back = loader.read_notes(path)
    assert get_editable_fields(read_back.photos["a.jpg"]) == fields
    assert (read_back.gallery.order, read_back.gallery.contents) == (("a.jpg",), {"a.jpg": DIGEST})


def test_a_byte_order_mark_is_accepted_and_kept(tmp_path: Path) -> None:
    path, editor = tmp_path / "notes.toml", NotesEditor(tmp_path / "lock")
    path.write_text(NOTES, encoding="utf-8-sig")
    assert loader.read_notes(path).gallery.title == "Night"
    editor.edit(path, lambda document: set_note_fields(document, "a.jpg", DIGEST, {"kind": "headshot"}))
    assert path.read_text("utf-8") == "\ufeff" + edit_notes(NOTES, ("a.jpg", {"kind": "headshot"}))


def test_a_note_that_a_build_would_refuse_is_not_written(tmp_path: Path) -> None:
    path, editor = tmp_path / "notes.toml", NotesEditor(tmp_path / "lock")
    with pytest.raises(loader.NotesError):
        editor.edit(path, lambda document: set_note_fields(document, "a.jpg", DIGEST, {"kind": "queen"}))
    assert not path.exists()
