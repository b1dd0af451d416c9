"""Alternative text that nobody wrote, in the language of the site."""

from __future__ import annotations

import pytest

from pelican_headshots.pages.alt_text import (
    FRAMING_PHRASES,
    OBJECT_PHRASES,
    PEOPLE_COUNT_PHRASES,
    TONAL_KEY_PHRASES,
    draft_alt_text,
    get_alt_text,
    get_written_alt_text,
)
from pelican_headshots.pages.translations import load_translations
from pelican_headshots.people.classified_photo import ClassifiedPhoto
from pelican_headshots.values.analysis import Analysis
from pelican_headshots.values.classification import Classification, PhotoKind
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.notes import Note
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights
from tests.support.analyses import build_analysis


def build_classification(
    kind: PhotoKind, scale: str | None = None, key: str = "normal", people: int | None = None
) -> Classification:
    return Classification(kind, 0.9, False, (), scale, key, people)


EXAMPLES = [
    (build_classification(PhotoKind.HEADSHOT), build_analysis(1), "Jo Clay"),
    (
        build_classification(PhotoKind.PORTRAIT, "medium shot", "low-key", people=2),
        build_analysis(2, dark_share=0.7, ground_light=8.0),
        "",
    ),
    (
        build_classification(PhotoKind.PORTRAIT, "medium close-up", people=1),
        build_analysis(1, chin_to_bottom=1.0),
        "Lamp",
    ),
    (
        build_classification(PhotoKind.PORTRAIT, "full", "high-key"),
        build_analysis(1, seen=4, second_candidate=0.8, bright_share=0.7, ground_light=90.0),
        "",
    ),
    (build_classification(PhotoKind.PORTRAIT, "full"), Analysis(1, (), {}), ""),
    (
        build_classification(PhotoKind.NO_PERSON, key="low-key"),
        Analysis(0, (), {"dark_share": 0.7, "ground_light": 8.0}),
        "",
    ),
    (build_classification(PhotoKind.NO_PERSON), Analysis(0, (), {}), "Stairs"),
]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "en",
            [
                "Head-and-shoulders portrait of Jo Clay",
                "Portrait of two people, mostly dark",
                "Lamp: head-and-shoulders portrait of one person",
                "Portrait of more than one person, mostly bright",
                "Portrait",
                "Photo, mostly dark",
                "Stairs",
            ],
        ),
        (
            "de",
            [
                "Kopf-Schulter-Porträt von Jo Clay",
                "Porträt zweier Personen, überwiegend dunkel",
                "Lamp: Kopf-Schulter-Porträt einer Person",
                "Porträt von mehr als einer Person, überwiegend hell",
                "Porträt",
                "Foto, überwiegend dunkel",
                "Stairs",
            ],
        ),
        (
            "fr-BE",
            [
                "Portrait tête et épaules : Jo Clay",
                "Portrait de deux personnes, dans les tons sombres",
                "Lamp : portrait tête et épaules d’une personne",
                "Portrait de plus d’une personne, dans les tons clairs",
                "Portrait",
                "Photo, dans les tons sombres",
                "Stairs",
            ],
        ),
    ],
)
def test_a_draft_is_in_the_language_of_the_site(language: str, texts: list[str]) -> None:
    words = load_translations(language)
    assert [draft_alt_text(one, analysis, subject, words) for one, analysis, subject in EXAMPLES] == texts


def test_a_words_file_has_every_phrase_a_draft_may_need() -> None:
    spoken = load_translations("en").phrases
    assert {
        *FRAMING_PHRASES.values(),
        *OBJECT_PHRASES.values(),
        *PEOPLE_COUNT_PHRASES.values(),
        *TONAL_KEY_PHRASES.values(),
        "alt_portrait",
        "alt_of_group",
    } <= spoken.keys()


@pytest.mark.parametrize(
    ("people", "analysis", "text"),
    [
        (1, build_analysis(1), "Portrait of one person"),
        (None, build_analysis(1), "Portrait"),
        (1, build_analysis(2), "Portrait"),
        (2, build_analysis(1), "Portrait"),
        (None, build_analysis(2), "Portrait of more than one person"),
        (1, Analysis(1, (), {}), "Portrait"),
    ],
)
def test_a_draft_says_the_number_of_people_if_the_analysis_does_not_contradict(
    people: int | None, analysis: Analysis, text: str
) -> None:
    one = build_classification(PhotoKind.PORTRAIT, people=people)
    assert draft_alt_text(one, analysis, "", load_translations("en")) == text


def photo(alt: str) -> Photo:
    return Photo("a/b.jpg", "0" * 32, PhotoRecord(Size(3, 2), None, PhotoMetadata(alt=alt), Rights(), ("#000000",) * 3))


@pytest.mark.parametrize("text", ["Rome 2024", "Gala 2024 dinner", "Room 101", "2024 dinner", "Opus 111 at night"])
def test_words_with_a_number_are_alternative_text(text: str) -> None:
    assert get_written_alt_text(Note(), photo(text)) == text == get_written_alt_text(Note(alt=text), photo(""))


@pytest.mark.parametrize("text", ["DSC_0412", "IMG-2034 2", "_MG_1234", "P1010001", "IMG_1.JPG", "forum-3.jpeg", "b"])
def test_the_name_of_a_file_is_no_alternative_text(text: str) -> None:
    assert get_written_alt_text(Note(), photo(text)) == ""


def test_an_empty_text_in_a_note_is_not_replaced_by_a_draft() -> None:
    portrait = build_classification(PhotoKind.PORTRAIT)
    for note, text in ((Note(), "B: portrait"), (Note(alt=""), ""), (Note(alt="A gate"), "A gate")):
        assert get_alt_text(ClassifiedPhoto(photo(""), portrait, note), load_translations("en")) == text
    of_metadata = ClassifiedPhoto(photo("A gate"), portrait, Note(alt=""))
    assert get_alt_text(of_metadata, load_translations("en")) == ""
