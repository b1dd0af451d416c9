"""File names: names, roles and titles read from them, and slugs made of them."""

from __future__ import annotations

import pytest

from pelican_headshots.support import filenames


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("jane-doe_head-of-print", ("Jane Doe", "Head of print")),
        ("jane-doe", ("Jane Doe", "")),
        ("jan-van-der-berg_CEO", ("Jan van der Berg", "CEO")),
        ("Zoë McAllister_photographer", ("Zoë McAllister", "Photographer")),
        ("DSC_0412", ("", "")),
        ("_MG_1234", ("", "")),
        ("IMG-20240101-WA0001", ("", "")),
        ("jane-doe-2_printer", ("", "")),
    ],
)
def test_name_and_role_are_read_from_a_file_name(stem: str, expected: tuple[str, str]) -> None:
    assert filenames.parse_name_and_role(stem) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ångström & Söhne", "angstrom-sohne"),
        ("../../etc/passwd", "etc-passwd"),
        ("☃", "untitled"),
        ("Анна Иванова", "anna-ivanova"),
        ("Łukasz – Δέλτα", "lukasz-delta"),
        ("a\udce4b\nc", "ab-c"),
        ("CON", "con-1"),
        ("a" * 255, "a" * 60),
        ("<script>alert(1)</script>", "script-alert-1-script"),
    ],
)
def test_a_slug_is_safe_as_a_file_name_on_any_system(text: str, expected: str) -> None:
    assert filenames.slugify(text) == expected


GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jürgen Schröder", "juergen-schroeder"),
        ("JU\u0308RGEN GROẞ", "juergen-gross"),  # decomposed, and the capital ß
        ("Ångström, Café Übersee", "angstroem-cafe-uebersee"),
        ("Анна", "anna"),
    ],
)
def test_a_slug_writes_letters_as_the_site_asks_and_all_others_as_before(text: str, expected: str) -> None:
    assert filenames.slugify(text, replacements=GERMAN) == expected
    assert filenames.slugify("Jürgen Schröder") == "jurgen-schroder"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("José-María O’Neil", "jose maria o neil", True),
        ("Άννα Παππά", "ΑΝΝΑ ΠΑΠΠΑ", True),
        ("Анна Иванова", "анна-иванова", True),
        ("Анна Иванова", "Борис Петров", False),
        ("王伟", "王玮", False),  # both are Wang Wei in Latin letters
        ("राम", "रीम", False),
        ("が", "か", False),
        ("☃", "★", False),
    ],
)
def test_spellings_of_one_name_have_one_key_and_other_names_another(one: str, other: str, same: bool) -> None:
    assert (filenames.make_name_key(one) == filenames.make_name_key(other)) is same


def test_a_name_that_is_taken_gets_a_number() -> None:
    taken: set[str] = set()
    assert [filenames.make_unique("anna", taken) for _ in range(3)] == ["anna", "anna-2", "anna-3"]


def test_a_title_is_made_of_words_and_not_of_a_camera_number() -> None:
    assert filenames.parse_title("rocking-chair_2") == "Rocking chair 2"
    assert filenames.parse_title("P1010042") == ""
    assert filenames.parse_title("2024-06-01 At the lake") == "2024-06-01 At the lake"


@pytest.mark.parametrize(
    "stem",
    ["DSC_0412", "dsc_2024", "DSCF2001", "IMG_2034", "img-2034 2", "IMG_E1234", "IMG-20240612-WA0003", "_MG_1999"]
    + ["MVIMG_20240612_101112", "PXL_20240612_101112", "P1010001", "L1001234", "GX010123", "100_1234", "JMD_0412"]
    + ["GOPR2019", "PICT0001", "20240612_101112", "DSC_0412-Edit", "image 3", "abc_001"],
)
def test_a_camera_number_is_no_title(stem: str) -> None:
    assert filenames.parse_title(stem) == ""


@pytest.mark.parametrize(
    ("stem", "title"),
    [
        ("rome-2024-forum", "Rome 2024 forum"),
        ("gala_2024", "Gala 2024"),
        ("expo1958", "Expo1958"),
        ("room-101", "Room 101"),
        ("bmw-320-coupe", "Bmw 320 coupe"),
        ("untitled-study-of-hands", "Untitled study of hands"),
    ],
)
def test_words_with_a_number_are_a_title(stem: str, title: str) -> None:
    assert filenames.parse_title(stem) == title


def test_control_and_undecodable_characters_are_removed() -> None:
    assert filenames.strip_unprintable("a\nb\udce4c") == "a bc"
