"""Sets of headshots: remarks about those that do not match."""

from __future__ import annotations

from pelican_headshots.crop.frame_limits import UPRIGHT_SHAPE
from pelican_headshots.crop.headshot_sets import align_sets
from pelican_headshots.people import routing
from pelican_headshots.people.gather import gather_people
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import GalleryNote, Note, Notes, collect_set_framings
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights
from tests.support.headshots import build_head


def test_the_remark_about_a_headshot_names_all_that_differs_from_its_set() -> None:
    heads = {f"{name}.jpg": build_head(at=(1000, 1200), apart=150) for name in "abcd"}
    # The head leans too far, and the photo ends below the chin.
    heads["e.jpg"] = build_head(at=(1000, 2060), apart=230, roll=26)
    photos = [
        Photo(f"team/{name}", name * 4, PhotoRecord(size, analysis, PhotoMetadata(), Rights(), (color,) * 3))
        for name, (_, analysis, size, color) in heads.items()
    ]
    notes = {"team": Notes(photos={name: Note(kind=PhotoKind.HEADSHOT) for name in heads})}
    entries = [entry for folder in routing.build_gallery_folders(photos, notes) for entry in folder.entries]
    (remark,) = align_sets(gather_people(entries)).remarks.values()
    assert remark.startswith("team/e.jpg has its eyes ")
    assert " below the line and still leans by " in remark


def test_a_top_level_folder_has_a_framing_of_its_own_which_holds_in_the_folders_inside() -> None:
    face, analysis, size, color = build_head(at=(1000, 1200), apart=150)
    paths = ["team/a.jpg", "team/print/b.jpg", "board/c.jpg"]
    photos = [Photo(path, path, PhotoRecord(size, analysis, PhotoMetadata(), Rights(), (color,) * 3)) for path in paths]
    notes = {
        folder: Notes(photos={name: Note(kind=PhotoKind.HEADSHOT)})
        for folder, name in (("team", "a.jpg"), ("team/print", "b.jpg"), ("board", "c.jpg"))
    }
    entries = [entry for folder in routing.build_gallery_folders(photos, notes) for entry in folder.entries]
    set_framings = collect_set_framings(
        {
            "team": Notes(gallery=GalleryNote(framing="loose")),
            "team/print": Notes(gallery=GalleryNote(framing="tight")),
            "board": Notes(),
        }
    )
    assert set_framings == {"team": "loose"}
    alignment = align_sets(gather_people(entries), set_framings=set_framings)
    heights = [crop.box.height for path in paths if (crop := alignment.find_crop(path, UPRIGHT_SHAPE))]
    assert heights[0] == heights[1] > heights[2]
