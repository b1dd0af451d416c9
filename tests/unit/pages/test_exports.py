"""The files of a headshot for each place: how large, cropped how, and with which texts."""

from __future__ import annotations

import argparse
import io
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from pelican_headshots.cli import export
from pelican_headshots.crop.headshot_sets import SetAlignment, align_sets
from pelican_headshots.images.encode import encode
from pelican_headshots.images.encoding_options import EncodingOptions
from pelican_headshots.images.plan import RenderPlan
from pelican_headshots.metadata.audit import audit
from pelican_headshots.pages.exports import EXPORT_PLACES, PersonExports, list_frame_shapes, plan_exports
from pelican_headshots.people import routing
from pelican_headshots.people.gather import Person, gather_people
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights
from tests.support.headshots import build_head
from tests.support.photos import QUALITY

RIGHTS = Rights(creator="Ada Lamp", credit="Ada Lamp / Studio", copyright="© 2026 Ada Lamp")
ALL = tuple(EXPORT_PLACES.values())


def gather(*notes: Note, size: Size = Size(2000, 2500), apart: float = 220.0) -> list[Person]:
    """Return the people of a folder with one headshot for each of *notes*, the eyes *apart* pixels apart."""
    photos, noted = [], {}
    for i, note in enumerate(notes):
        at = (size.width * (0.5 + 0.02 * i), size.height * 0.4)
        _, analysis, _, color = build_head(at=at, apart=apart, size=size)
        record = PhotoRecord(size, replace(analysis, people_count=1), PhotoMetadata(), Rights(), (color,) * 3)
        photos.append(Photo(f"team/{i}.jpg", f"{i:064}", record))
        noted[f"{i}.jpg"] = replace(note, kind=PhotoKind.HEADSHOT)
    (folder,) = routing.build_gallery_folders(photos, {"team": Notes(photos=noted)})
    return list(gather_people(folder.entries))


def plan_person(person: Person, people: list[Person]) -> tuple[PersonExports, RenderPlan, SetAlignment]:
    alignment = align_sets(people, list_frame_shapes(ALL))
    plan = RenderPlan(EncodingOptions(("avif", "jpeg"), QUALITY, "engine 1", 2560))
    return plan_exports(person, ALL, alignment, plan, RIGHTS, slug="jane-doe"), plan, alignment


def test_each_place_gets_the_size_that_its_documentation_asks_for() -> None:
    people = gather(Note(name="Jane Doe"), size=Size(6000, 7500), apart=660)
    exports, plan, _ = plan_person(people[0], people)
    (renditions,) = plan.renditions.values()
    sizes = {file.url: renditions[plan.cache_keys[file.url]] for file in exports.files}
    assert {name: (each.width, each.height) for name, each in sizes.items()} == {
        "jane-doe_linkedin.jpg": (800, 800),
        "jane-doe_teams.jpg": (648, 648),
        "jane-doe_badge.jpg": (413, 531),
        "jane-doe_signature.jpg": (200, 200),
        "jane-doe_press.jpg": (2806, 3508),
    }
    assert {name.partition("_")[2]: each.quality for name, each in sizes.items()} == {
        "linkedin.jpg": 90, "teams.jpg": 90, "badge.jpg": 90, "signature.jpg": 80, "press.jpg": 90,
    }  # fmt: skip
    assert (exports.small, exports.left_out) == ((), ())


def test_a_small_photo_is_named_and_left_out_where_it_would_be_refused() -> None:
    people = gather(Note(name="Jane Doe"), size=Size(480, 600), apart=50)
    exports, _, _ = plan_person(people[0], people)
    assert {file.url for file in exports.files} == {f"jane-doe_{name}.jpg" for name in EXPORT_PLACES} - {
        "jane-doe_linkedin.jpg"
    }
    (left_out,) = exports.left_out
    assert left_out.startswith("team/0.jpg is too small for LinkedIn: around the head it has 3")
    assert "and 400 are needed. jane-doe_linkedin.jpg was left out." in left_out
    assert [sentence.partition(":")[0] for sentence in exports.small] == [
        f"team/0.jpg is too small for {place}" for place in ("Microsoft Teams", "a badge", "the press")
    ]


def test_heads_are_cropped_as_in_their_set() -> None:
    people = gather(Note(name="Jane Doe"), Note(name="John Roe"))
    for person in people:
        exports, plan, alignment = plan_person(person, people)
        (renditions,) = plan.renditions.values()
        for file in exports.files:
            aligned = alignment.aligned_crops[file.place.frame_shape][person.entries[0].photo.path]
            assert renditions[plan.cache_keys[file.url]].crop == aligned.crop
            assert aligned.is_aligned


@pytest.mark.parametrize(
    ("note", "caption"),
    [
        (Note(name="Jane Doe", role="Printer", caption="At the press, 2026"), "Jane Doe, Printer. At the press, 2026"),
        (Note(name="Jane Doe", caption="Jane Doe at the press"), "Jane Doe at the press"),
        (Note(name="Jane Doe", role="Printer"), "Jane Doe, Printer"),
        (Note(caption="At the press"), "At the press"),
        (Note(), ""),
    ],
)
def test_only_the_press_gets_a_caption_which_names_the_person(note: Note, caption: str) -> None:
    people = gather(note)
    exports, _, _ = plan_person(people[0], people)
    assert {file.place.name: file.caption for file in exports.files if file.caption} == (
        {"press": caption} if caption else {}
    )


def test_a_finished_file_has_caption_credit_and_print_size_and_passes_the_audit(tmp_path: Path) -> None:
    people = gather(Note(name="Zoë Glaze", role="Apprentice", caption="é" * 1200))
    exports, plan, _ = plan_person(people[0], people)
    (renditions,) = plan.renditions.values()
    for file in exports.files:
        rendition = renditions[plan.cache_keys[file.url]]
        image = Image.new("RGB", (rendition.width, rendition.height), "#405060")
        jpeg = encode(image, "jpeg", rendition.quality, rendition.rights)
        (tmp_path / file.url).write_bytes(file.finish(jpeg))
    assert audit(tmp_path).leaks == ()
    with Image.open(tmp_path / "jane-doe_press.jpg") as image:
        image.load()
        assert image.info["dpi"] == (300, 300)
        iptc = image.info["photoshop"][0x0404]
        assert b"\x02\x6e\x00\x11Ada Lamp / Studio" in iptc
        text = iptc[iptc.index(b"\x02\x78") + 4 :].decode()
        assert text.startswith("Zoë Glaze, Apprentice. éé")
        assert 1998 <= len(text.rstrip("\0").encode()) <= 2000
        packet = image.info["xmp"].decode()
        assert "<dc:description>" in packet
        assert "<photoshop:Credit>Ada Lamp / Studio" in packet
    with Image.open(tmp_path / "jane-doe_badge.jpg") as image:
        width, height = (side / density * 25.4 for side, density in zip(image.size, image.info["dpi"], strict=True))
        assert (width, height) == pytest.approx((35, 45), abs=0.2)
    with Image.open(tmp_path / "jane-doe_linkedin.jpg") as image:
        assert image.info["jfif_unit"] == 0
        assert b"description" not in image.info["xmp"]


def test_a_badge_of_a_small_photo_is_printed_as_large_as_the_others() -> None:
    people = gather(Note(name="Jane Doe"), size=Size(480, 600), apart=50)
    exports, _, _ = plan_person(people[0], people)
    (badge,) = (file for file in exports.files if file.place.name == "badge")
    jpeg = encode(Image.new("RGB", (badge.width, round(badge.width * 45 / 35))), "jpeg", 80, badge.rights)
    with Image.open(io.BytesIO(badge.finish(jpeg))) as image:
        assert image.width / image.info["dpi"][0] * 25.4 == pytest.approx(35, abs=0.2)


def test_the_same_files_give_the_same_zip(tmp_path: Path) -> None:
    for folder, names in (("a", ("jane_press.jpg", "ash_press.jpg")), ("b", ("ash_press.jpg", "jane_press.jpg"))):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).write_bytes(name.encode())
    data = export._build_zip(tmp_path / "a", ["jane_press.jpg", "ash_press.jpg"])
    assert data == export._build_zip(tmp_path / "b", ["ash_press.jpg", "jane_press.jpg"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["ash_press.jpg", "jane_press.jpg"]
        assert archive.testzip() is None


def test_an_unknown_place_is_refused_with_the_known_ones() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"no place 'myspace'\. Choose from: linkedin, teams, badge"):
        export._parse_places("linkedin, myspace")
    assert [place.name for place in export._parse_places("Press,linkedin,press")] == ["press", "linkedin"]
