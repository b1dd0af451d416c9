"""The report on a folder's headshots: which of them are several frames of one person."""

from __future__ import annotations

from msgspec.structs import replace

from pelican_headshots.advice.report import report_sets
from pelican_headshots.people import routing
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import Note, Notes
from tests.support.headshots import build_sample
from tests.support.photos import photo


def test_frames_of_one_person_have_a_name_in_common_that_no_camera_gave() -> None:
    analysis = build_sample().analysis
    names = ["DSC_0412.jpg", "DSC_0415.jpg", "jo-clay-1.jpg", "jo-clay-2.jpg", "IMG_1.jpg", "IMG_2.jpg", "ada.jpg"]
    plain = [photo(f"team/{name}", (2400, 3000)) for name in names]
    photos = [replace(each, record=replace(each.record, analysis=analysis)) for each in plain]
    notes = {name: Note(kind=PhotoKind.HEADSHOT) for name in names}
    notes |= {name: replace(notes[name], name="Maria Lopez") for name in ("IMG_1.jpg", "IMG_2.jpg")}
    (report,) = report_sets(routing.build_gallery_folders(photos, {"team": Notes(photos=notes)}))
    assert report.frames == {
        "Jo Clay": ("team/jo-clay-1.jpg", "team/jo-clay-2.jpg"),
        "Maria Lopez": ("team/IMG_1.jpg", "team/IMG_2.jpg"),
    }
