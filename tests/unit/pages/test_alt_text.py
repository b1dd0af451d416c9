"""Alt text: what was written, else a draft in the site's language."""

from __future__ import annotations

import pytest

from pelican_headshots.pages.alt_text import (
    PEOPLE_COUNT_PHRASES,
    SHOT_SCALE_PHRASES,
    TONAL_KEY_PHRASES,
    draft_alt_text,
    get_written_alt_text,
)
from pelican_headshots.pages.translations import load_translations
from pelican_headshots.values.analysis import Analysis
from pelican_headshots.values.classification import Classification, PhotoKind
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.notes import Note
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights


def build_classification(kind: PhotoKind, scale: str | None = None, key: str = "normal") -> Classification:
    return Classification(kind, 0.9, False, (), scale, key)


EXAMPLES = [
    (build_classification(PhotoKind.HEADSHOT), 1, "Jo Clay"),
    (build_classification(PhotoKind.PORTRAIT, "medium shot", "low-key"), 2, ""),
    (build_classification(PhotoKind.PORTRAIT, "extreme close-up"), 1, "Lamp"),
    (build_classification(PhotoKind.PORTRAIT, "full", "high-key"), 9, ""),
    (build_classification(PhotoKind.NO_PERSON, key="low-key"), 0, ""),
    (build_classification(PhotoKind.NO_PERSON), 0, "Stairs"),
]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "en",
            [
                "Head-and-shoulders portrait of Jo Clay",
                "Half-length portrait of two people, mostly dark",
                "Lamp: extreme close-up of one person",
                "Full-length portrait of a group of people, mostly bright",
                "Photo, mostly dark",
                "Stairs",
            ],
        ),
        (
            "de",
            [
                "Kopf-Schulter-Porträt von Jo Clay",
                "Halbporträt zweier Personen, überwiegend dunkel",
                "Lamp: extreme Nahaufnahme einer Person",
                "Ganzkörperporträt einer Gruppe von Menschen, überwiegend hell",
                "Foto, überwiegend dunkel",
                "Stairs",
            ],
        ),
        (
            "fr-BE",
            [
                "Portrait tête et épaules : Jo Clay",
                "Portrait à mi-corps de deux personnes, dans les tons sombres",
                "Lamp : très gros plan d’une personne",
                "Portrait en pied d’un groupe de personnes, dans les tons clairs",
                "Photo, dans les tons sombres",
                "Stairs",
            ],
        ),
    ],
)
def test_a_draft_is_in_the_language_of_the_site(language: str, texts: list[str]) -> None:
    translations = load_translations(language)
    assert [
        draft_alt_text(one, Analysis(people, (), {}), subject, translations) for one, people, subject in EXAMPLES
    ] == texts


def test_translations_have_every_phrase_of_a_draft() -> None:
    phrases = load_translations("en").words
    assert {
        *SHOT_SCALE_PHRASES.values(),
        *PEOPLE_COUNT_PHRASES.values(),
        *TONAL_KEY_PHRASES.values(),
        "alt_portrait",
        "alt_of_group",
    } <= phrases.keys()


def build_photo(alt: str) -> Photo:
    return Photo("a/b.jpg", "0" * 32, PhotoRecord(Size(3, 2), None, PhotoMetadata(alt=alt), Rights(), ("#000000",) * 3))


@pytest.mark.parametrize("text", ["Rome 2024", "Gala 2024 dinner", "Room 101", "2024 dinner", "Opus 111 at night"])
def test_text_with_a_number_is_alt_text(text: str) -> None:
    assert (
        get_written_alt_text(Note(), build_photo(text)) == text == get_written_alt_text(Note(alt=text), build_photo(""))
    )


@pytest.mark.parametrize("text", ["DSC_0412", "IMG-2034 2", "_MG_1234", "P1010001", "IMG_1.JPG", "forum-3.jpeg", "b"])
def test_a_file_name_is_no_alt_text(text: str) -> None:
    assert get_written_alt_text(Note(), build_photo(text)) == ""
