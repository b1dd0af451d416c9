"""Alternative text that nobody wrote, in the language of the site."""

from __future__ import annotations

import pytest

from pelican_headshots.adapters.written.words_file import phrases
from pelican_headshots.core.analysis import Analysis
from pelican_headshots.core.geometry import Size
from pelican_headshots.core.photo import Exam, Photo, Words
from pelican_headshots.core.rendition import Rights
from pelican_headshots.core.said.notes import Note
from pelican_headshots.core.shot import Kind, Shot
from pelican_headshots.core.shown.alt import COUNTS, FRAMES, TONES, drafted, written


def shot(kind: Kind, scale: str | None = None, key: str = "normal") -> Shot:
    return Shot(kind, 0.9, False, (), scale, key)


SEEN = [
    (shot(Kind.HEADSHOT), 1, "Jo Clay"),
    (shot(Kind.PORTRAIT, "medium shot", "low-key"), 2, ""),
    (shot(Kind.PORTRAIT, "extreme close-up"), 1, "Lamp"),
    (shot(Kind.PORTRAIT, "full", "high-key"), 9, ""),
    (shot(Kind.NO_PERSON, key="low-key"), 0, ""),
    (shot(Kind.NO_PERSON), 0, "Stairs"),
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
                "Photograph, mostly dark",
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
                "Fotografie, überwiegend dunkel",
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
                "Photographie, dans les tons sombres",
                "Stairs",
            ],
        ),
    ],
)
def test_what_was_seen_is_said_in_the_sites_language(language: str, texts: list[str]) -> None:
    words = phrases(language)
    assert [drafted(one, Analysis(people, (), {}), subject, words) for one, people, subject in SEEN] == texts


def test_a_words_file_has_every_phrase_a_draft_may_need() -> None:
    spoken = phrases("en").words
    assert {*FRAMES.values(), *COUNTS.values(), *TONES.values(), "alt_portrait", "alt_of_group"} <= spoken.keys()


def photo(alt: str) -> Photo:
    return Photo("a/b.jpg", "0" * 32, Exam(Size(3, 2), None, Words(alt=alt), Rights(), ("#000000",) * 3))


@pytest.mark.parametrize("text", ["Rome 2024", "Gala 2024 dinner", "Room 101", "2024 dinner", "Opus 111 at night"])
def test_words_with_a_number_are_alternative_text(text: str) -> None:
    assert written(Note(), photo(text)) == text == written(Note(alt=text), photo(""))


@pytest.mark.parametrize("text", ["DSC_0412", "IMG-2034 2", "_MG_1234", "P1010001", "IMG_1.JPG", "forum-3.jpeg", "b"])
def test_the_name_of_a_file_is_no_alternative_text(text: str) -> None:
    assert written(Note(), photo(text)) == ""
