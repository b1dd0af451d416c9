"""What photo programs decide about pictures is read as they show it: who is in, who is out, and in which order.

The files are written by exiftool and by exiv2, in the shape that each program documents or was seen to write: exiftool
writes elements, exiv2 attributes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pelican_headshots.notes.selector import PhotoSelector
from pelican_headshots.people.routing import build_gallery_folders
from pelican_headshots.pipeline import tasks
from pelican_headshots.scan import files
from pelican_headshots.support.digest import compute_digest
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.notes import GalleryNote, Notes
from pelican_headshots.values.photo import Photo, PhotoRecord
from pelican_headshots.values.selection import Selection

pytest.importorskip("exiv2", reason="exiv2 is not installed: it is in requirements/test.txt")
from tests.support.programs import (
    EXIFTOOL,
    Properties,
    WrittenPhoto,
    write_photos,
    write_with_exiftool,
    write_with_exiv2,
)


@dataclass(frozen=True)
class Program:
    """Photos as one program leaves them, and what its filter shows, best first."""

    photos: list[WrittenPhoto]
    selection: Selection
    shown: list[str]
    hidden: dict[str, str] = field(default_factory=dict)
    """Each photo that is not shown → a part of the reason."""


PORTFOLIO = Selection(min_rating=3, keywords=("portfolio",), exclude=("private",))


def keywords(*paths: str) -> Properties:
    """Return nested keywords as Lightroom Classic, Bridge and Capture One write them: leaves, and paths with `|`."""
    return {"dc:subject": [path.rpartition("|")[2] for path in paths], "lr:hierarchicalSubject": list(paths)}


def digikam(rating: str, *paths: str, **labels: str) -> Properties:
    """Return what digiKam writes: paths with `/` and `|`, leaves, and its own numbers of labels."""
    return {
        "xmp:Rating": rating,
        "MicrosoftPhoto:Rating": {"1": "1", "2": "25", "3": "50", "4": "75", "5": "99"}.get(rating, "0"),
        "digiKam:TagsList": list(paths),
        "dc:subject": [path.rpartition("/")[2] for path in paths],
        "lr:hierarchicalSubject": [path.replace("/", "|") for path in paths],
        "MicrosoftPhoto:LastKeywordXMP": list(paths),
    } | {f"digiKam:{name}": number for name, number in labels.items()}


def darktable(rating: str, *paths: str, colors: list[str] | None = None) -> Properties:
    """Return what darktable writes: every part of a path as a keyword of its own, and color labels as numbers."""
    parts = sorted({part for path in paths for part in path.split("|")})
    tags = {"dc:subject": parts, "lr:hierarchicalSubject": list(paths)} if paths else {}
    return (
        {"xmp:Rating": rating, "darktable:xmp_version": "5"}
        | tags
        | ({"darktable:colorlabels": colors} if colors else {})
    )


PROGRAMS = {
    "Lightroom Classic": Program(
        [
            WrittenPhoto("a.jpg", {"xmp:Rating": "3", **keywords("work|portfolio")}),
            WrittenPhoto("b.jpg", {"xmp:Rating": "5", "xmp:Label": "Red", **keywords("portfolio", "places|Basel")}),
            WrittenPhoto("c.jpg", {"xmp:Rating": "2", **keywords("portfolio")}),
            WrittenPhoto("d.jpg", {"xmp:Rating": "5", **keywords("portfolio", "family|private|birthday")}),
            WrittenPhoto("e.jpg", {"xmp:Rating": "5", "xmpDM:pick": "-1", "xmpDM:good": "False", **keywords("portfolio")}),
            WrittenPhoto("f.jpg", {"xmp:Rating": "4", "xmpDM:pick": "1", "xmpDM:good": "True",
                                   **keywords("Portfolio|Best")}),
            WrittenPhoto("g.jpg", {"xmp:Rating": "5", **keywords("portfolios")}),
            WrittenPhoto("h.jpg", keywords("portfolio")),
        ],
        PORTFOLIO,
        ["b.jpg", "f.jpg", "a.jpg"],
        {"c.jpg": "rating 2 (embedded XMP)", "d.jpg": "family|private|birthday (embedded XMP) is excluded",
         "e.jpg": "rejected (embedded XMP)", "g.jpg": "no keyword portfolio", "h.jpg": "no rating"},
    ),
    "Lightroom Classic sidecars": Program(
        [
            WrittenPhoto("a.jpg", sidecar={"xmp:Rating": "3", **keywords("portfolio")}),
            WrittenPhoto("b.jpg", sidecar={"xmp:Rating": "4", "xmp:Label": "Yellow", **keywords("x|portfolio|y")}),
            WrittenPhoto("c.jpg", sidecar={"xmp:Label": "Blue", **keywords("portfolio")}),
        ],
        PORTFOLIO,
        ["b.jpg", "a.jpg"],
        {"c.jpg": "no rating"},
    ),
    "Capture One": Program(
        [
            WrittenPhoto("a.jpg", sidecar={"xmp:Rating": "3", "xmp:Label": "Green", "photoshop:Urgency": "4",
                                           **keywords("Portfolio|Portraits")}),
            WrittenPhoto("b.jpg", sidecar={"xmp:Rating": "5", "xmp:Label": "Red", **keywords("Portfolio|Portraits")}),
            WrittenPhoto("c.jpg", sidecar={"xmp:Rating": "4", "xmp:Label": "green", **keywords("Portfolio|People")}),
            WrittenPhoto("d.jpg", sidecar={"xmp:Rating": "4", **keywords("Portfolio|Portraits")}),
        ],
        Selection(min_rating=1, keywords=("portfolio",), labels=("Green",)),
        ["c.jpg", "a.jpg"],
        {"b.jpg": "no label Green", "d.jpg": "no label Green"},
    ),
    "digiKam": Program(
        [
            WrittenPhoto("a.jpg", digikam("3", "Events/Portfolio/Best", ColorLabel="4", PickLabel="3")),
            WrittenPhoto("b.jpg", sidecar=digikam("4", "Portfolio"), full_sidecar_name=True),
            WrittenPhoto("c.jpg", sidecar=digikam("5", "Portfolio", PickLabel="1"), full_sidecar_name=True),
            WrittenPhoto("d.jpg", sidecar=digikam("5", "Portfolio", "Family/Private"), full_sidecar_name=True),
            WrittenPhoto("e.jpg", digikam("5", "Portfolio", PickLabel="2"), digikam("0", "Portfolio"),
                         full_sidecar_name=True),
            WrittenPhoto("f.jpg", {"xmp:Rating": "5", "digiKam:TagsList": ["Events/Portfolio"]}),
            WrittenPhoto("g.jpg", sidecar={"digiKam:PickLabel": "1", "digiKam:ColorLabel": "0"}, full_sidecar_name=True),
        ],
        PORTFOLIO,
        ["f.jpg", "b.jpg", "a.jpg"],
        {"c.jpg": "rejected (sidecar)", "d.jpg": "excluded", "e.jpg": "no rating (sidecar)",
         "g.jpg": "rejected (sidecar)"},
    ),
    "digiKam labels": Program(
        [
            WrittenPhoto("a.jpg", digikam("0", "x", ColorLabel="4")),
            WrittenPhoto("b.jpg", sidecar=digikam("2", "x", ColorLabel="1"), full_sidecar_name=True),
            WrittenPhoto("c.jpg", digikam("1", "x", ColorLabel="0")),
            WrittenPhoto("d.jpg", {"xmp:Label": "Green", **digikam("5", "x", ColorLabel="4")}),
            WrittenPhoto("e.jpg", {"xmp:Label": "Purple", **digikam("4", "x", ColorLabel="6")}),
        ],
        Selection(labels=("green", "red", "magenta")),
        ["d.jpg", "e.jpg", "b.jpg", "a.jpg"],
        {"c.jpg": "no label green or red or magenta"},
    ),
    "darktable": Program(
        [
            WrittenPhoto("a.jpg", sidecar=darktable("3", "genre|portrait|studio", "portfolio"), full_sidecar_name=True),
            WrittenPhoto("b.jpg", sidecar=darktable("5", "clients|private", "portfolio"), full_sidecar_name=True),
            WrittenPhoto("c.jpg", sidecar=darktable("-1", "portfolio"), full_sidecar_name=True),
            WrittenPhoto("d.jpg", sidecar=darktable("4", "portfolio|web"), full_sidecar_name=True),
            WrittenPhoto("e.jpg", sidecar=darktable("1"), full_sidecar_name=True),
        ],
        PORTFOLIO,
        ["d.jpg", "a.jpg"],
        {"b.jpg": "private", "c.jpg": "rejected (sidecar)", "e.jpg": "rating 1 (sidecar)"},
    ),
    "darktable labels": Program(
        [
            WrittenPhoto("a.jpg", sidecar=darktable("1", colors=["1", "2"]), full_sidecar_name=True),
            WrittenPhoto("b.jpg", sidecar=darktable("2", colors=["4"]), full_sidecar_name=True),
            WrittenPhoto("c.jpg", sidecar=darktable("3", colors=["0"]), full_sidecar_name=True),
        ],
        Selection(labels=("Green", "Purple")),
        ["b.jpg", "a.jpg"],
        {"c.jpg": "no label Green or Purple"},
    ),
    "Bridge": Program(
        [
            WrittenPhoto("a.jpg", {"xmp:Rating": "3", "xmp:Label": "Approved", **keywords("portfolio")}),
            WrittenPhoto("b.jpg", {"xmp:Rating": "-1", **keywords("portfolio")}),
            WrittenPhoto("c.jpg", {"xmp:Rating": "5", "xmp:Label": "Select", **keywords("portfolio")}),
            WrittenPhoto("d.jpg", {"xmp:Label": "Approved", **keywords("portfolio")}),
        ],
        Selection(labels=("approved",)),
        ["a.jpg", "d.jpg"],
        {"b.jpg": "rejected (embedded XMP)", "c.jpg": "no label approved"},
    ),
    "Apple Photos": Program(
        [
            WrittenPhoto("a.jpg", sidecar={"dc:subject": ["Portfolio", "Holidays"]}),
            WrittenPhoto("b.jpg", {"dc:subject": ["Portfolio"], "iptc:Keywords": ["Portfolio"]}),
            WrittenPhoto("c.jpg", sidecar={"dc:subject": ["Portfolio", "Private"]}),
            WrittenPhoto("d.jpg"),
        ],
        Selection(keywords=("portfolio",), exclude=("private",)),
        ["a.jpg", "b.jpg"],
        {"c.jpg": "Private (sidecar) is excluded", "d.jpg": "no keyword portfolio"},
    ),
    "Photo Mechanic": Program(
        [
            WrittenPhoto("a.jpg", {"xmp:Rating": "4", "xmp:Label": "Winner", "photomechanic:ColorClass": "1",
                                   "iptc:Keywords": ["portfolio"]}),
            WrittenPhoto("b.jpg", {"xmp:Rating": "5", "dc:subject": ["portfolio"], "iptc:Keywords": ["portfolio"]}),
            WrittenPhoto("c.jpg", {"xmp:Rating": "5", "iptc:Keywords": ["portfolio", "private"]}),
            WrittenPhoto("d.jpg", {"xmp:Rating": "0", "photomechanic:ColorClass": "0", "iptc:Keywords": ["portfolio"]}),
        ],
        PORTFOLIO,
        ["b.jpg", "a.jpg"],
        {"c.jpg": "private (embedded IPTC) is excluded", "d.jpg": "no rating (embedded XMP)"},
    ),
    "a sidecar that contradicts the file": Program(
        [
            WrittenPhoto("a.jpg", {"xmp:Rating": "1", **keywords("portfolio")}, {"xmp:Rating": "4"}),
            WrittenPhoto("b.jpg", {"xmp:Rating": "5", **keywords("portfolio")}, {"xmp:Rating": "0"}),
            WrittenPhoto("c.jpg", {"xmp:Rating": "-1", **keywords("portfolio")}, darktable("3", "portfolio"),
                         full_sidecar_name=True),
            WrittenPhoto("d.jpg", {"xmp:Rating": "5", **keywords("portfolio")}, darktable("-1"), full_sidecar_name=True),
            WrittenPhoto("e.jpg", {"xmp:Rating": "5", **keywords("private")}, keywords("portfolio")),
            WrittenPhoto("f.jpg", digikam("5", "portfolio", PickLabel="1"), darktable("3"), full_sidecar_name=True),
            WrittenPhoto("g.jpg", {"xmp:Rating": "0"}, {"xmp:Rating": "3", **keywords("portfolio")}),
            WrittenPhoto("h.jpg", digikam("5", "portfolio", PickLabel="1"), {"digiKam:PickLabel": "0"}),
        ],
        PORTFOLIO,
        ["e.jpg", "h.jpg", "a.jpg", "c.jpg", "g.jpg"],
        {"b.jpg": "no rating (sidecar)", "d.jpg": "rejected (sidecar)", "f.jpg": "rejected (embedded XMP)"},
    ),
    "no selection": Program(
        [
            WrittenPhoto("a.jpg"),
            WrittenPhoto("b.jpg", {"xmp:Rating": "-1"}),
            WrittenPhoto("c10.jpg", {"xmp:Rating": "2"}),
            WrittenPhoto("c9.jpg", sidecar={"xmp:Rating": "2"}),
            WrittenPhoto("d.jpg", {"xmp:Rating": "3.0"}),
            WrittenPhoto("e.jpg", {"digiKam:PickLabel": "1"}),
        ],
        Selection(),
        ["d.jpg", "c9.jpg", "c10.jpg", "a.jpg"],
        {"b.jpg": "rejected", "e.jpg": "rejected"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def written_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a folder for each writer, in which each program has one."""
    root = tmp_path_factory.mktemp("programs")
    for writer in ("exiftool", "exiv2"):
        work = [
            file for name, program in PROGRAMS.items() for file in write_photos(root / writer / name, program.photos)
        ]
        if writer == "exiv2":
            write_with_exiv2(work)
        elif EXIFTOOL:
            write_with_exiftool(work, root)
    return root


def read_photos(folder: Path) -> list[Photo]:
    """Return the photos of *folder* with their decisions, not analyzed."""
    photos = []
    for file in files.scan_folder(folder):
        if file.is_usable:
            data = files.read(folder, file)
            sidecar = files.read(folder, file.sidecar) if file.sidecar else None
            metadata, rights, decisions = tasks.read_metadata(data, sidecar, 10**6)
            record = PhotoRecord(Size(60, 40), None, metadata, rights, ("#000000",) * 3, decisions=decisions)
            photos.append(Photo(file.path, compute_digest(data), record))
    return photos


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("writer", ["exiftool", "exiv2"])
def test_what_a_program_decides_is_read_as_it_shows_it(written_files: Path, writer: str, name: str) -> None:
    if writer == "exiftool" and not EXIFTOOL:
        pytest.skip("no exiftool on this machine: apt install libimage-exiftool-perl")
    program = PROGRAMS[name]
    photos = read_photos(written_files / writer / name)
    selector = PhotoSelector(program.selection)
    choices = {photo.path: selector.choose(photo, photo.record.decisions) for photo in photos}
    notes = {"": Notes(GalleryNote(order="rating"))}
    folders = build_gallery_folders((photo for photo in photos if choices[photo.path].is_shown), notes)
    assert [entry.photo.path for folder in folders for entry in folder.entries] == program.shown
    reasons = {path: choice.reason for path, choice in choices.items() if not choice.is_shown}
    assert reasons.keys() == program.hidden.keys()
    assert {path: part for path, part in program.hidden.items() if part not in reasons[path]} == {}


def test_a_sidecar_with_the_full_name_of_its_photo_is_preferred(tmp_path: Path) -> None:
    short = WrittenPhoto("a.jpg", sidecar={"xmp:Rating": "5"})
    full = WrittenPhoto("a.jpg", sidecar={"xmp:Rating": "2"}, full_sidecar_name=True)
    write_with_exiv2([*write_photos(tmp_path / "photos", [short]), *full.list_files(tmp_path / "photos")])
    assert [photo.record.decisions.rating for photo in read_photos(tmp_path / "photos")] == [2]
