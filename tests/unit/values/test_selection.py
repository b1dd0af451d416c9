"""Which photos are shown, by their ratings, keywords and color labels."""

from __future__ import annotations

import pytest

from pelican_headshots.values.selection import Choice, Decisions, Selection, choose, matches_keyword


@pytest.mark.parametrize(
    ("written", "wanted", "expected"),
    [
        ("portfolio", "Portfolio", True),
        ("work|portfolio", "portfolio", True),
        ("work/portfolio", "portfolio", True),
        ("work|portfolio|best", "portfolio", True),
        ("work|portfolio|best", "work", True),
        ("work|portfolio|best", "WORK/Portfolio", True),
        ("work/portfolio/best", "portfolio|best", True),
        ("work|portfolio|best", "work|best", False),
        ("work|portfolios", "portfolio", False),
        ("work", "work|portfolio", False),
        ("b/w", "b/w", True),
        ("Zu\u0308rich", "Z\u00fcrich", True),
        (" work | portfolio ", "portfolio", True),
        ("anything", "|", False),
        ("|", "|", False),
    ],
)
def test_a_keyword_matches_by_its_name_its_path_and_what_contains_it(written: str, wanted: str, expected: bool) -> None:
    assert matches_keyword(written, wanted) == expected


FULL = Decisions(
    3, ("Green", "Red"), ("portfolio", "x|family"), {"rating": "sidecar", "labels": "xmp", "keywords": "iptc"}
)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), Choice(True)),
        (Selection(min_rating=3), Choice(True, "it has rating 3 (sidecar)")),
        (Selection(min_rating=4), Choice(False, "it has rating 3 (sidecar), and 4 is asked for")),
        (Selection(keywords=("a", "Family")), Choice(True, "it has keyword x|family (embedded IPTC)")),
        (Selection(keywords=("a", "b")), Choice(False, "it has no keyword a or b")),
        (Selection(labels=("red",)), Choice(True, "it has label Red (embedded XMP)")),
        (Selection(labels=("blue",)), Choice(False, "it has no label blue")),
        (Selection(exclude=("family",)), Choice(False, "its keyword x|family (embedded IPTC) is excluded")),
        (Selection(exclude=("other",)), Choice(True, "none of its keywords is excluded")),
        (
            Selection(1, ("portfolio",), ("green",), ("other",)),
            Choice(
                True,
                "it has rating 3 (sidecar), keyword portfolio (embedded IPTC), label Green (embedded XMP)",
            ),
        ),
        (Selection(keywords=(), labels=(), exclude=()), Choice(True, "nothing is asked for")),
    ],
)
def test_all_conditions_must_hold_and_the_reason_names_the_source(selection: Selection, expected: Choice) -> None:
    assert choose(FULL, selection) == expected


def test_a_photo_without_a_rating_has_0() -> None:
    assert choose(Decisions(), Selection(min_rating=0)).is_shown
    assert choose(Decisions(), Selection(min_rating=1)) == Choice(False, "it has no rating, and 1 is asked for")


@pytest.mark.parametrize("selection", [Selection(), Selection(min_rating=0), Selection(keywords=("portfolio",))])
def test_a_rejected_photo_is_never_shown(selection: Selection) -> None:
    rejected = Decisions(-1, (), ("portfolio",), {"rating": "sidecar", "keywords": "sidecar"})
    assert choose(rejected, selection) == Choice(False, "it is rejected (sidecar)")


def test_a_photo_with_an_unreadable_sidecar_is_not_shown_where_something_is_asked_for() -> None:
    unreadable = Decisions(5, is_sidecar_readable=False)
    assert choose(unreadable, Selection()).is_shown
    assert choose(Decisions(5), Selection(), has_unusable_sidecar=True).is_shown
    for choice in (
        choose(unreadable, Selection(exclude=("private",))),
        choose(Decisions(5), Selection(min_rating=1), has_unusable_sidecar=True),
    ):
        assert not choice.is_shown
        assert "its sidecar cannot be read" in choice.reason


def test_a_folder_overrides_only_what_it_sets() -> None:
    site = Selection(min_rating=3, keywords=("portfolio",), exclude=("private",))
    assert site.override(Selection()) == site
    assert site.override(Selection(min_rating=0, keywords=())) == Selection(0, (), exclude=("private",))
