"""What review writes about galleries: only edited values change, and a build can read them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import tomlkit

from pelican_headshots.notes import loader
from pelican_headshots.notes.editor import NotesEditor, set_gallery_fields, set_gallery_order, set_note_fields
from pelican_headshots.notes.edits import (
    EDITABLE_GALLERY_FIELDS,
    EditConflict,
    GalleryEdit,
    NoteEdit,
    explain_invalid_edit,
    find_conflicts,
    get_editable_gallery_fields,
)
from pelican_headshots.values.notes import GalleryNote

NOTES = """# my notes
[gallery]
title = "Night" # keep
mood  = "ember"

# about the chair
[photos."a.jpg"]
kind = "portrait"   # sure
"""


def edit_gallery(text: str, **fields: object) -> str:
    document = tomlkit.parse(text)
    set_gallery_fields(document, fields)
    return tomlkit.dumps(document)


def test_comments_and_lines_that_were_not_edited_stay() -> None:
    after = edit_gallery(NOTES, title="Low light", intro="One lamp.", mood=None, cover="a.jpg", position=2)
    assert 'title = "Low light" # keep' in after
    kept = [line for line in NOTES.splitlines() if not line.startswith(("title", "mood"))]
    assert [line for line in kept if line not in after.splitlines()] == []
    assert after.index("intro") < after.index("# about the chair") < after.index('[photos."a.jpg"]')
    gallery = {"title": "Low light", "intro": "One lamp.", "cover": "a.jpg", "position": 2}
    assert tomllib.loads(after)["gallery"] == gallery


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gallery = {title = 'x'}\n",
        "gallery.title = 'x'\n[photos.'a.jpg']\nkind = 'portrait'\n",
        "[photos.'a.jpg']\nkind = 'portrait'\n",
        "[gallery]\ntitle = 'x'\n[gallery.contents]\n'a.jpg' = '1'\n[photos.'a.jpg']\nkind = 'portrait'\n",
        "[gallery.contents]\n'a.jpg' = '1'\n",
        "[gallery]\r\ntitle = 'x'\r\n",
    ],
)
def test_every_way_of_writing_a_gallery_can_be_edited(text: str) -> None:
    before = tomllib.loads(text)
    parsed = tomllib.loads(edit_gallery(text, title="Y", intro="Words.", position=3))
    assert parsed.pop("gallery") == {**before.pop("gallery", {}), "title": "Y", "intro": "Words.", "position": 3}
    assert parsed == before


def test_an_empty_gallery_is_removed_unless_it_has_comments() -> None:
    assert edit_gallery(edit_gallery("", title="X"), title=None).strip() == ""
    assert "# keep" in edit_gallery("[gallery]\n# keep\ntitle = 'x'\n", title=None)


def test_a_text_of_several_lines_is_written_as_one(tmp_path: Path) -> None:
    bio = 'Prints since 1998.\n\nA blank line, "quotes" and \\ and """three""".'
    path = tmp_path / "notes.toml"
    NotesEditor(tmp_path / "lock").edit(path, lambda document: set_note_fields(document, "a.jpg", "1", {"bio": bio}))
    assert "Prints since 1998.\n\nA blank line" in path.read_text()
    assert loader.read_notes(path).photos["a.jpg"].bio == bio


def test_a_build_reads_every_gallery_field_that_review_writes(tmp_path: Path) -> None:
    fields = {
        "title": "Low light",
        "intro": "One\nlamp.",
        "mood": "paper",
        "cover": "a.jpg",
        "position": 2.0,
        "arrangement": "grid",
        "framing": "loose",
    }
    assert set(fields) == set(EDITABLE_GALLERY_FIELDS)
    path, editor = tmp_path / "notes.toml", NotesEditor(tmp_path / "lock")
    editor.edit(path, lambda document: set_gallery_order(document, ["a.jpg"], ["1"]))
    editor.edit(path, lambda document: set_gallery_fields(document, fields))
    gallery = loader.read_notes(path).gallery
    assert get_editable_gallery_fields(gallery) == fields
    assert gallery.order == ("a.jpg",)
    assert get_editable_gallery_fields(GalleryNote()) == {}


def test_a_field_that_somebody_else_changed_is_a_conflict() -> None:
    edit = GalleryEdit("night", {"title": "B", "mood": "ink"}, {"title": "A", "mood": None})
    assert find_conflicts(edit, {"title": "A"}) == []
    assert find_conflicts(edit, {"title": "B", "mood": "ink"}) == [], "both wrote the same"
    assert find_conflicts(edit, {"title": "C"}) == [EditConflict("night", "title", "C")]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (GalleryEdit("night", {"arrangement": "heap"}), "cannot be written into notes.toml"),
        (GalleryEdit("night", {"position": "first"}), "cannot be written into notes.toml"),
        (GalleryEdit("night", {"hidden": True}), "hidden cannot be edited in review"),
        (NoteEdit("1", {"position": 1}), "position cannot be edited in review"),
    ],
)
def test_what_a_note_cannot_contain_is_explained(edit: GalleryEdit | NoteEdit, words: str) -> None:
    assert words in explain_invalid_edit(edit, ("slate",))
    assert explain_invalid_edit(GalleryEdit("night", {"mood": None, "title": "X"})) == ""
    assert explain_invalid_edit(GalleryEdit("night", {"mood": "slate"}), ("slate",)) == ""
