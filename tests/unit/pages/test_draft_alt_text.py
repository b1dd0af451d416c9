"""Drafts of alternative text: only what is certain, and only in `alt` attributes."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pelican_headshots.pages import structured_data
from pelican_headshots.pages.alt_text import draft_alt_text
from pelican_headshots.pages.translations import load_translations
from pelican_headshots.values.analysis import Analysis, SeenObject
from pelican_headshots.values.classification import Classification, PhotoKind
from pelican_headshots.values.geometry import Box
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.portfolio import PhotoView
from tests.support.analyses import build_analysis
from tests.support.photos import compose_photos, photo

BESIDE, FAR = Box(0.15, 0.6, 0.4, 1.0), Box(0.7, 0.6, 0.95, 1.0)


def draft(
    analysis: Analysis,
    kind: PhotoKind = PhotoKind.PORTRAIT,
    is_unsure: bool = False,
    subject: str = "",
    lang: str = "en",
    people: int | None = 1,
) -> str:
    shot = Classification(kind, 0.6 if is_unsure else 0.9, is_unsure, (), "medium shot", "low-key", people)
    return draft_alt_text(shot, analysis, subject, load_translations(lang))


def with_objects(*objects: tuple[str, float, Box]) -> Analysis:
    one = build_analysis(1)
    return replace(one, objects=(*one.objects, *(SeenObject(*each) for each in objects)))


def test_where_little_is_known_the_draft_is_modest() -> None:
    assert draft(Analysis(1, (), {})) == "Portrait"
    assert draft(Analysis(1, (), {}), is_unsure=True) == "Photo"
    assert draft(build_analysis(1), is_unsure=True) == "Portrait of one person"
    assert draft(Analysis(1, (), {}), PhotoKind.HEADSHOT, is_unsure=True, subject="Jo Clay") == "Jo Clay"


def test_the_gallerys_title_is_said_where_little_else_is_known() -> None:
    shot = Classification(PhotoKind.PORTRAIT, 0.9, False, (), None, "normal", people_count=1)
    english = load_translations("en")
    assert draft_alt_text(shot, Analysis(1, (), {}), "", english, "Evening") == "Evening: portrait"
    assert draft_alt_text(shot, Analysis(1, (), {}), "Lamp", english, "Evening") == "Lamp: portrait"
    assert draft_alt_text(shot, build_analysis(1), "", english, "Evening") == "Portrait of one person"


def test_four_people_are_not_one_person() -> None:
    assert draft(build_analysis(1, seen=4), people=None) == "Portrait of more than one person"
    assert draft(build_analysis(1, seen=4)) == "Portrait", "the readings contradict each other"
    assert draft(build_analysis(1, seen=4, second_body=0.0), people=None) == "Portrait"
    assert draft(build_analysis(4), people=2) == "Portrait of two people"


def test_black_clothes_do_not_make_a_dark_picture() -> None:
    assert draft(build_analysis(1, dark_share=0.6, ground_light=70.0)) == "Portrait of one person"
    assert draft(build_analysis(1, dark_share=0.6, ground_light=8.0)) == "Portrait of one person, mostly dark"


def test_what_the_detector_is_sure_of_is_named_if_it_is_near_the_person() -> None:
    assert draft(with_objects(("dog", 0.8, BESIDE))) == "Portrait of one person with a dog"
    assert draft(with_objects(("dog", 0.5, BESIDE))) == "Portrait of one person"
    assert draft(with_objects(("dog", 0.8, FAR))) == "Portrait of one person"
    assert draft(with_objects(("chair", 0.9, BESIDE), ("tie", 0.9, BESIDE))) == "Portrait of one person"
    several = with_objects(("book", 0.7, BESIDE), ("dog", 0.9, BESIDE), ("dog", 0.8, BESIDE), ("laptop", 0.66, BESIDE))
    assert draft(several) == "Portrait of one person with a dog and with a book"


@pytest.mark.parametrize(
    ("language", "text"), [("de", "Porträt einer Person mit Hund"), ("fr", "Portrait d’une personne avec un chien")]
)
def test_things_are_named_in_the_sites_language(language: str, text: str) -> None:
    assert draft(with_objects(("dog", 0.8, BESIDE)), lang=language) == text


def view(note: Note) -> PhotoView:
    made, _ = compose_photos([photo("a/DSC_0412.jpg")], {"a": Notes(photos={"DSC_0412.jpg": note})})
    return made.galleries[0].photos[0]


def test_a_draft_is_no_caption_in_structured_data() -> None:
    drafted, written = view(Note(kind=PhotoKind.PORTRAIT)), view(Note(kind=PhotoKind.PORTRAIT, alt="Two friends"))
    assert (drafted.alt, drafted.written_alt) == ("A: portrait", "")
    assert (written.alt, written.written_alt) == ("Two friends", "Two friends")
    assert "portrait" not in str(structured_data.describe_photo_page("https://a.example", drafted))
    assert structured_data.describe_photo_page("https://a.example", written)["caption"] == "Two friends"


def test_shoulders_outside_the_frame_are_not_named() -> None:
    tight = build_analysis(1, chin_to_bottom=0.1)
    assert draft(tight, PhotoKind.HEADSHOT, subject="Jo Clay") == "Portrait of Jo Clay"
    assert draft(tight, PhotoKind.HEADSHOT) == "Portrait"
    assert draft(build_analysis(1), PhotoKind.HEADSHOT, subject="Jo Clay") == "Head-and-shoulders portrait of Jo Clay"
