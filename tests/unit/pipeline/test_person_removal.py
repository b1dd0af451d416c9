"""Removing what is kept about a person, without a site: notes, the cache, exports and texts."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import tomlkit

from pelican_headshots.cache.remote import RemoteCache
from pelican_headshots.cache.store import Store
from pelican_headshots.notes import editor
from pelican_headshots.notes.index import NoteLocation
from pelican_headshots.notes.loader import IGNORED_BY_NOTE, leave_out_ignored_files
from pelican_headshots.people.person_search import FoundPerson, ListedPerson, NamedPhoto
from pelican_headshots.pipeline.person_removal import (
    edit_files,
    find_exports,
    find_files_beside,
    find_mentions,
    find_named_files,
    list_texts,
)
from pelican_headshots.pipeline.site_build import SiteBuild
from pelican_headshots.scan.files import scan_folder
from pelican_headshots.settings import Settings
from pelican_headshots.values.notes import Note, Notes
from tests.support.cache import read_tree

JANE, JOHN = "a1" * 16, "b2" * 16


def test_deleted_records_leave_no_byte_in_the_cache(tmp_path: Path) -> None:
    store = Store(tmp_path)
    originals = store.database.get_records("original")
    for number in range(40):
        store.photo_records.put(f"{JANE}.-.{number}", b"Jane Doe " * 30)
        originals.put(f"team/jane-doe_{number}.jpg", b"x")
    store.photo_records.put(f"{JOHN}.-.1", b"John Roe")
    store.classifications.put(f"{JANE}.1.0", b"Jane Doe")
    store.classifications.put(f"{JOHN}.1.0", b"John Roe")
    originals.put("team/john-roe.jpg", b"x")
    store.renditions.put(f"{'c3' * 16}.jpg", b"a picture of her")
    store.renditions.put(f"{'d4' * 16}.jpg", b"a picture of him")
    store.published_files.put("../gone", b"people/jane-doe/index.html")
    store.save()
    paths = {key for key in originals.keys() if "jane" in key}  # noqa: SIM118 - not a dict
    assert store.forget({JANE}, paths, {JANE, JOHN}, {f"{'d4' * 16}.jpg"}) == 1
    store.save()
    left = read_tree(tmp_path)
    assert not [name for name, data in left.items() if b"ane" in data.replace(b"-", b" ") or b"of her" in data]
    assert Store(tmp_path).photo_records.keys() == [f"{JOHN}.-.1"]
    assert Store(tmp_path).classifications.keys() == [f"{JOHN}.1.0"]
    assert b"a picture of him" in left.values()


def test_a_shared_cache_loses_the_records_and_renditions_of_the_originals() -> None:
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed: pip install pelican-headshots[remote]")
    files = fsspec.filesystem("memory")
    files.store.clear()
    remote = RemoteCache("memory://team/forget")
    for key in (f"{JANE}.-.1", f"{JANE}.x.2", f"{JOHN}.-.1", "c3c3.jpg", "d4d4.jpg"):
        remote.put(key, b"a value")
    remote.flush()
    assert remote.delete(["c3c3.jpg", "e5e5.jpg"], [f"{JANE}."])
    left = {path.rpartition("/")[2] for path in files.find("/team/forget")}
    files.store.clear()
    assert left == {f"{JOHN}.-.1", "d4d4.jpg"}


NOTES = """[gallery]
cover = "jane.jpg" # the best
order = ["a.jpg", "jane.jpg"]
[gallery.contents]
"a.jpg" = "1"
"jane.jpg" = "2"

# a chair
[photos."a.jpg"]
alt = "x"

[photos."jane.jpg"]
name = "Jane Doe"
role = "Printer"
focus = [0.1, 0.2]

[photos."b.jpg"]
alt = "y"
"""


def test_an_ignored_file_is_taken_out_of_the_notes() -> None:
    document = tomlkit.parse(NOTES)
    editor.ignore_file(document, "jane.jpg")
    text = tomlkit.dumps(document)
    expected = NOTES.replace('cover = "jane.jpg" # the best\n', "").replace(', "jane.jpg"', "")
    expected = expected.replace('"jane.jpg" = "2"\n', "")
    expected = expected.replace('name = "Jane Doe"\nrole = "Printer"\nfocus = [0.1, 0.2]\n', "ignored = true\n")
    assert text == expected


def test_a_group_photo_only_loses_whose_headshot_it_is() -> None:
    document = tomlkit.parse(NOTES)
    editor.remove_person_fields(document, "jane.jpg", is_nobody=True)
    editor.remove_person_fields(document, "c.jpg", is_nobody=True)
    editor.remove_person_fields(document, "d.jpg", is_nobody=False)
    photos = tomlkit.parse(tomlkit.dumps(document)).unwrap()["photos"]
    assert photos["jane.jpg"] == {"focus": [0.1, 0.2], "name": ""}
    assert photos["c.jpg"] == {"name": ""}
    assert "d.jpg" not in photos


def test_ignored_files_are_never_opened(tmp_path: Path) -> None:
    for name in ("jane.jpg", "empty.jpg", "john.jpg", "jane.xmp"):
        (tmp_path / name).write_bytes(b"" if name == "empty.jpg" else b"x")
    notes = {"": Notes(photos={"jane.jpg": Note(ignored=True), "empty.jpg": Note(ignored=True)})}
    files = {file.path: file for file in leave_out_ignored_files(scan_folder(tmp_path), notes)}
    assert [path for path, file in files.items() if file.is_usable] == ["john.jpg"]
    assert files["empty.jpg"].unusable_reason == ""
    assert files["jane.jpg"].ignored_reason == IGNORED_BY_NOTE
    beside = find_files_beside(files.values(), [NamedPhoto("jane.jpg", ("file name",))], "jane")
    assert beside == ["jane.xmp"]


def test_exports_of_the_person_are_found_and_no_others(tmp_path: Path) -> None:
    names = ("jane-doe-square.jpg", "jane-doe-2-circle.png", "jane-doe_press.jpg", "jane-doe.jpg")
    others = ("jane-doe-smith-square.jpg", "john-roe-square.jpg", "jane-doer-square.jpg", "jane-doe-notes.txt")
    for name in (*names, *others):
        (tmp_path / name).write_bytes(b"x")
    for archive, content in (("set.zip", names[0]), ("other.zip", others[0])):
        with zipfile.ZipFile(tmp_path / archive, "w") as file:
            file.writestr(content, b"x")
    found = find_exports([tmp_path], {"jane-doe", "jane-doe-2"}, {"john-roe"})
    assert {Path(name).name for name in found.files} == set(names)
    assert [Path(name).name for name in found.archives] == ["set.zip"]


def test_lines_that_name_the_person_or_show_a_photo_are_found(tmp_path: Path) -> None:
    article, notes = tmp_path / "content" / "a.md", tmp_path / "content" / "photos" / "notes.toml"
    notes.parent.mkdir(parents=True)
    article.write_text("One\nJane  Doe\n![](photos/dsc_1.jpg)\n")
    notes.write_text('[gallery]\nintro = "By Jane Doe"\n[photos."dsc_1.jpg"]\nignored = true\n')
    found = find_mentions(
        tmp_path, [article, notes], "jane doe", [NamedPhoto("dsc_1.jpg", ("metadata",))], notes.parent
    )
    assert [(each.file, each.line, each.reason) for each in found] == [
        ("content/a.md", 2, "names the person"),
        ("content/a.md", 3, "shows dsc_1.jpg"),
        ("content/photos/notes.toml", 2, "names the person"),
    ]


def test_texts_and_file_names_in_the_whole_content_are_searched(tmp_path: Path) -> None:
    names = (
        "a.md",
        "images/jane-doe.png",
        "talk-with-Jane_Doe.md",
        "photos/jane-doe.jpg",
        "photos/notes.toml",
        "photos/x.jpg",
    )
    for name in names:
        (tmp_path / "content" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "content" / name).write_bytes(b"x")
    (tmp_path / "pelicanconf.py").write_bytes(b"x")
    content = tmp_path / "content"
    named = find_named_files(content, content / "photos", "jane doe")
    assert [path.relative_to(content).as_posix() for path in named] == ["images/jane-doe.png", "talk-with-Jane_Doe.md"]
    texts = {path.relative_to(tmp_path).as_posix() for path in list_texts([content], tmp_path)}
    assert texts == {"pelicanconf.py", "content/a.md", "content/talk-with-Jane_Doe.md", "content/photos/notes.toml"}


@pytest.fixture
def noted_site(tmp_path: Path) -> SiteBuild:
    """A site with notes about a photo of the person, one that was moved to another folder, and one with others."""
    photos = tmp_path / "content" / "photos"
    (photos / "a").mkdir(parents=True)
    (photos / "b").mkdir()
    (photos / "notes.toml").write_text('[gallery]\ncover = "a/jane.jpg"\ntitle = "All"\n')
    (photos / "a" / "notes.toml").write_text(
        '[photos."jane.jpg"]\nname = "Jane Doe"\n\n[photos."moved.jpg"]\ndigest = "ab"\nname = "Jane Doe"\n\n'
        '[photos."both.jpg"]\nname = "Jane Doe"\nalt = "Two people"\n\n[photos."gone.jpg"]\nname = "Jane Doe"\n'
    )
    (photos / "people.csv").write_text("name\nJane Doe\nJohn Roe\n")
    return SiteBuild(Settings(), photos, site_folder=tmp_path, output_folder=tmp_path / "output", remember=False)


FOUND = FoundPerson(
    photos=(
        NamedPhoto("a/jane.jpg", ("a note",), note=NoteLocation("a", "jane.jpg")),
        NamedPhoto("b/moved.jpg", ("a note",), note=NoteLocation("a", "moved.jpg")),
    ),
    group_photos=(
        NamedPhoto("a/both.jpg", ("a note",), others=("John Roe",), note=NoteLocation("a", "both.jpg")),
        NamedPhoto("b/jane-doe.jpg", ("file name",), others=("John Roe",)),
        NamedPhoto("b/dsc_1.jpg", ("metadata",), others=("John Roe",)),
    ),
    lone_notes=(NoteLocation("a", "gone.jpg"),),
    entries=(ListedPerson("people.csv", 0, "Jane Doe"),),
    similar_paths=(),
    texts=(),
)


def read_notes_of(site: SiteBuild, folder: str) -> dict[str, object]:
    return tomlkit.parse((site.originals_folder / folder / "notes.toml").read_text()).unwrap()


def test_a_photo_with_others_stays_without_the_name(noted_site: SiteBuild, tmp_path: Path) -> None:
    changed = edit_files(noted_site, FOUND, tmp_path, with_groups=False)
    assert set(changed) == {"people.csv", "notes.toml", "a/notes.toml", "b/notes.toml"}
    assert read_notes_of(noted_site, "") == {"gallery": {"title": "All"}}
    assert read_notes_of(noted_site, "a") == {
        "photos": {"jane.jpg": {"ignored": True}, "both.jpg": {"alt": "Two people"}}
    }
    assert read_notes_of(noted_site, "b") == {"photos": {"moved.jpg": {"ignored": True}, "jane-doe.jpg": {"name": ""}}}
    assert (noted_site.originals_folder / "people.csv").read_text() == "name\nJohn Roe\n"


def test_with_groups_all_photos_are_ignored(noted_site: SiteBuild, tmp_path: Path) -> None:
    edit_files(noted_site, FOUND, tmp_path, with_groups=True)
    assert read_notes_of(noted_site, "a") == {"photos": {name: {"ignored": True} for name in ("jane.jpg", "both.jpg")}}
    ignored = {name: {"ignored": True} for name in ("moved.jpg", "jane-doe.jpg", "dsc_1.jpg")}
    assert read_notes_of(noted_site, "b") == {"photos": ignored}
