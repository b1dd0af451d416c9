"""The lines that end a build: what is wrong, in which files, what to do."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pelican_headshots.cli.scaffold import TEMPLATES_FOLDER
from pelican_headshots.publish.report_content import STARTER_FILE_NAMES, find_unnamed_headshots
from pelican_headshots.publish.summary import Summary, describe_unsure, format_summary
from pelican_headshots.scan.file_extensions import IMAGE_EXTENSIONS
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import Note, Notes
from tests.support.photos import classify_photos, compose_photos, photo

SUMMARY = Summary(
    built=8,
    kinds={"headshot": 8},
    analyzed=8,
    unchanged=0,
    encoded=0,
    bytes=0,
    placed=0,
    removed=0,
    skipped=0,
    hidden=0,
    unsure=0,
)


def find_line(start: str, summary: Summary) -> str:
    """Return the only line that begins with *start*, or an empty string."""
    lines = [line for line in format_summary(summary) if line.startswith(start)]
    assert len(lines) <= 1
    return lines[0] if lines else ""


def test_a_build_without_anything_to_mend_has_one_line() -> None:
    assert len([*format_summary(SUMMARY)]) == 1


def test_at_most_five_headshots_without_a_name_are_listed() -> None:
    paths = tuple(f"team/DSC_{number}.jpg" for number in range(7))
    line = find_line("Names:", replace(SUMMARY, unnamed_headshots=paths))
    assert line.startswith("Names: 7 headshots on team pages have none (team/DSC_0.jpg, ")
    assert "team/DSC_4.jpg and 2 more)" in line
    assert "press e" in line.lower()
    assert "1 headshot on a team page has none" in find_line(
        "Names:", replace(SUMMARY, unnamed_headshots=("team/a\x1b.jpg",))
    )
    assert "\x1b" not in find_line("Names:", replace(SUMMARY, unnamed_headshots=("team/a\x1b.jpg",)))


@pytest.mark.parametrize(
    ("names", "unnamed"),
    [
        (("jo-clay_designer.jpg", "DSC_1.jpg", "DSC_2.jpg"), ("team/DSC_1.jpg", "team/DSC_2.jpg")),
        (("DSC_1.jpg", "DSC_2.jpg"), ()),
        (("jo-clay.jpg", "no_name.jpg"), ()),
    ],
)
def test_names_are_missed_where_somebody_has_one_and_no_note_says_otherwise(
    names: tuple[str, ...], unnamed: tuple[str, ...]
) -> None:
    notes = {"team": Notes(photos={name: Note(kind=PhotoKind.HEADSHOT) for name in names})}
    if "no_name.jpg" in names:
        notes["team"].photos["no_name.jpg"] = Note(kind=PhotoKind.HEADSHOT, name="")
    photos = [photo(f"team/{name}") for name in names]
    portfolio, _ = compose_photos(photos, notes)
    assert find_unnamed_headshots(classify_photos(photos, notes), portfolio) == unnamed


def test_the_reasons_of_at_most_three_heads_are_in_the_summary() -> None:
    remarks = tuple(f"team/{name}.jpg leans, because of the wind." for name in "abcd")
    assert find_line("Heads:", replace(SUMMARY, heads=4, head_remarks=remarks[:1])) == (
        "Heads: 1 of 4 could not be cropped like the others: team/a.jpg leans, because of the wind."
    )
    assert find_line("Heads:", replace(SUMMARY, heads=9, head_remarks=remarks)) == (
        "Heads: 4 of 9 could not be cropped like the others; build-report.json says why for each (remark)."
    )


def test_covers_that_are_too_small_are_named_with_what_helps() -> None:
    line = find_line("Covers:", replace(SUMMARY, small_covers=tuple(f"{name}/1.jpg" for name in "abcd")))
    assert line.startswith(
        "Covers: 4 are too small to fill a wide window (a/1.jpg, b/1.jpg, c/1.jpg and 1 more). Choose another "
    )
    assert line.endswith("or export them at least 1,970 pixels wide.")


def test_placeholders_have_one_line_with_the_first_three() -> None:
    places = ("pages/about.md:4", "pages/about.md:6", "pages/contact.md:5", "pages/team.md:6")
    line = find_line("Placeholders:", replace(SUMMARY, placeholders=4, placeholder_lines=places))
    assert line.startswith(
        "Placeholders: 4 in 3 files (pages/about.md:4, pages/about.md:6, pages/contact.md:5 and 1 more):"
    )


def test_photos_that_need_checking_are_named() -> None:
    assert describe_unsure(["a.jpg"]) == "1 photo needs checking (a.jpg): run `pelican-headshots review`."
    assert describe_unsure(["a", "b", "c", "d"]).startswith("4 photos need checking (a, b, c and 1 more): ")
    assert describe_unsure(["a"]) in [*format_summary(replace(SUMMARY, unsure=1, unsure_photos=("a",)))]


def test_the_line_about_alternative_text_says_what_it_is_for_and_where_to_write_it() -> None:
    line = find_line("Alternative text", replace(SUMMARY, without_alt=6))
    assert "blind visitors" in line
    assert "6 photos" in line
    assert "`pelican-headshots review` (press e)" in line


def test_the_files_that_init_writes_beside_the_photos_are_known() -> None:
    files = {path.name for path in TEMPLATES_FOLDER.glob("*/content/photos/**/*") if path.is_file()}
    assert {name for name in files if not name.endswith(tuple(IMAGE_EXTENSIONS))} == set(STARTER_FILE_NAMES)
