"""Placeholder texts of a new site are found, and nothing else."""

from __future__ import annotations

import unicodedata

import pytest

from pelican_headshots.cli.scaffold import TEAM_FOLDERS, TEMPLATES_FOLDER
from pelican_headshots.pages.placeholders import describe_placeholders, find_placeholder_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Title: About\n\n[Placeholder: who you\nare.]\n\nI am Ada. [Placeholder: more]", [3, 6]),
        ("[Platzhalter: Straße] [Platzhalter: Ort]", [1, 1]),
        ("Un texte.\r\n[À compléter\N{NO-BREAK SPACE}: adresse]", [2]),
        (unicodedata.normalize("NFD", "[À compléter : adresse]"), [1]),
        ("[Placeholder: never closed", [1]),
        (
            "A placeholder: [a link](x) ![Placeholder](a.jpg) [Placeholder](b) Placeholder: text, [placeholder art: 3]",
            [],
        ),
    ],
)
def test_a_placeholder_is_found_by_its_line_and_finished_text_is_not(text: str, lines: list[int]) -> None:
    assert find_placeholder_lines(text) == lines


def test_the_sentence_names_file_and_lines() -> None:
    assert describe_placeholders("pages/about.md", [3]).startswith(
        "pages/about.md still has a placeholder, in line 3. "
    )
    assert " 4 placeholders, in lines 3, 5 and 9. " in describe_placeholders("pages/about.md", [3, 5, 5, 9])


@pytest.mark.parametrize("lang", TEAM_FOLDERS)
def test_every_page_of_a_new_site_says_that_it_is_to_be_written(lang: str) -> None:
    pages = sorted((TEMPLATES_FOLDER / lang / "content" / "pages").glob("*.md"))
    assert len(pages) >= 4
    assert all(find_placeholder_lines(page.read_text("utf-8")) for page in pages)
