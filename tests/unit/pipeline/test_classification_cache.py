"""Classifications kept between builds: used as long as photos are classified in the same way, and only then."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pelican_headshots import classify
from pelican_headshots.cache.database import Database
from pelican_headshots.people.routing import classify_with_note
from pelican_headshots.pipeline.classification_cache import SavedClassifications
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.notes import Note
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights
from tests.support.analyses import build_analysis

PHOTO = Photo(
    "a.jpg", "ab" * 32, PhotoRecord(Size(90, 60), build_analysis(1), PhotoMetadata(), Rights(), ("#808080",) * 3)
)
KIND = "classification"


def open_cache(folder: Path, fingerprint: str = "16-models") -> tuple[Database, SavedClassifications]:
    database = Database(folder / "cache.sqlite3")
    return database, SavedClassifications(database.get_records(KIND), fingerprint)


def test_a_later_build_uses_what_an_earlier_one_has_saved(tmp_path: Path) -> None:
    database, cache = open_cache(tmp_path)
    classification = classify_with_note(PHOTO, Note(), 0.0, cache)
    database.save()
    database, later = open_cache(tmp_path)
    assert later.get((PHOTO.digest, 0.0)) == classification
    saved = msgspec.structs.replace(classification, reasons=("as saved",))
    later[PHOTO.digest, 0.0] = saved
    assert classify_with_note(PHOTO, Note(), 0.0, later) == saved, "it was computed again"
    by_note = classify_with_note(PHOTO, Note(kind=PhotoKind.NO_PERSON), 0.0, later)
    assert by_note.kind == PhotoKind.NO_PERSON
    assert later.get((PHOTO.digest, 0.0)) == saved, "what a note says is not kept"


def test_another_bias_another_analysis_or_another_classifier_is_classified_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, cache = open_cache(tmp_path)
    classify_with_note(PHOTO, Note(), 0.0, cache)
    database.save()
    assert open_cache(tmp_path)[1].get((PHOTO.digest, 0.5)) is None
    assert open_cache(tmp_path, "17-models")[1].get((PHOTO.digest, 0.0)) is None
    changed = tmp_path / "classify"
    changed.mkdir()
    for file in Path(classify.__file__).parent.iterdir():
        if file.is_file():
            (changed / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(classify, "__file__", str(changed / "__init__.py"))
    assert open_cache(tmp_path)[1].get((PHOTO.digest, 0.0)) is not None, "the same files in another folder"
    with open(changed / "weights.json", "a") as weights:
        weights.write(" ")
    assert open_cache(tmp_path)[1].get((PHOTO.digest, 0.0)) is None


def test_a_damaged_classification_is_made_again(tmp_path: Path) -> None:
    database, cache = open_cache(tmp_path)
    classification = classify_with_note(PHOTO, Note(), 0.0, cache)
    (key,) = database.get_records(KIND).keys()
    for damaged in (b"", b"{}", b'{"kind":"headshot"', b"\xff"):
        database.get_records(KIND).put(key, damaged)
        assert classify_with_note(PHOTO, Note(), 0.0, cache) == classification


def test_what_no_build_uses_any_more_is_deleted(tmp_path: Path) -> None:
    database, cache = open_cache(tmp_path)
    for digest in ("01" * 32, "02" * 32):
        classify_with_note(msgspec.structs.replace(PHOTO, digest=digest), Note(), 0.0, cache)
    database.save()
    database, later = open_cache(tmp_path)
    classify_with_note(msgspec.structs.replace(PHOTO, digest="02" * 32), Note(), 0.0, later)
    later.delete_unused()
    (kept,) = database.get_records(KIND).keys()
    assert kept.startswith("02" * 32)
