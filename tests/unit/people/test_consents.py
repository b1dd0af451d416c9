"""Consents: which photos and people are left out on a day and for a use, and what the photographer is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from pelican_headshots.notes.loader import NotesError, read_notes
from pelican_headshots.people.consents import ConsentCheck, check_consents
from pelican_headshots.people.gather import PeopleFile, PersonRecord
from pelican_headshots.people.people_file import PeopleFileError, read_people_file
from pelican_headshots.values.consent import Consent, ConsentUse
from pelican_headshots.values.notes import GalleryNote, Note, Notes
from pelican_headshots.values.photo import Photo, PhotoMetadata
from tests.support.photos import photo

LAST_DAY, NEXT_DAY = date(2027, 6, 30), date(2027, 7, 1)
UNTIL = Consent(until=LAST_DAY)


def named_in_metadata(path: str, name: str) -> Photo:
    plain = photo(path)
    return replace(plain, record=replace(plain.record, metadata=PhotoMetadata(person_names=(name,))))


PHOTOS = (
    photo("team/jane-doe_printer.jpg"),
    photo("night/JANE doe_2.jpg"),
    photo("night/dsc_0412.jpg"),
    photo("night/dsc_0413.jpg"),
    named_in_metadata("night/dsc_0414.jpg", "Jané  Doe"),
    photo("night/anna-jane-doe.jpg"),
    photo("night/john-roe.jpg"),
)
NOTES = {"night": Notes(photos={"dsc_0413.jpg": Note(name="Jane Doe"), "john-roe.jpg": Note()})}
JANES = {photo.path for photo in PHOTOS[:5]}


def check(
    consent: Consent | None,
    day: date,
    use: ConsentUse = "web",
    notes: dict[str, Notes] = NOTES,
) -> ConsentCheck:
    people = (
        PersonRecord(name="Jane Doe", photos=("night/dsc_0412.jpg",), consent=consent),
        PersonRecord(name="John Roe"),
    )
    return check_consents(PHOTOS, notes, (PeopleFile("team", "team/people.toml", people),), use, day)


def test_on_the_day_after_a_consent_all_photos_of_the_person_and_the_entry_are_left_out() -> None:
    assert check(UNTIL, LAST_DAY).left_out == {}
    after = check(UNTIL, NEXT_DAY)
    assert after.left_out.keys() == JANES
    assert [person.name for file in after.people_files for person in file.people] == ["John Roe"]
    assert after.left_out["night/dsc_0412.jpg"] == (
        "night/dsc_0412.jpg is left out: the consent of Jane Doe ended on 2027-06-30."
    )
    (sentence,) = after.notices
    assert sentence.startswith("The consent of Jane Doe ended on 2027-06-30. Left out: team/jane-doe_printer.jpg, ")
    assert sentence.endswith("To change that, correct `consent` in team/people.toml.")


def test_only_the_uses_of_a_consent_are_allowed() -> None:
    press = Consent(uses=("press",))
    assert check(press, LAST_DAY, "press").left_out == {}
    assert check(press, LAST_DAY, "web").left_out.keys() == JANES
    assert 'does not include "web"' in check(press, LAST_DAY, "web").notices[0]
    assert check(Consent(uses=()), LAST_DAY, "press").left_out.keys() == JANES
    assert check(None, NEXT_DAY).left_out == {}


def test_a_consent_for_one_photo_concerns_that_photo_alone() -> None:
    notes = {"night": Notes(photos={"john-roe.jpg": Note(consent=UNTIL), "dsc_0412.jpg": Note(consent=UNTIL)})}
    assert check(None, NEXT_DAY, notes=notes).left_out.keys() == {"night/john-roe.jpg", "night/dsc_0412.jpg"}
    assert "correct `consent` in night/notes.toml" in check(None, NEXT_DAY, notes=notes).notices[0]


def test_the_consent_of_a_photo_does_not_replace_that_of_the_person() -> None:
    notes = {"night": Notes(photos={"dsc_0412.jpg": Note(consent=Consent(until=date(2030, 1, 1)))})}
    assert "night/dsc_0412.jpg" in check(UNTIL, NEXT_DAY, notes=notes).left_out


def test_a_name_in_a_note_tells_a_namesake_apart() -> None:
    notes = {"team": Notes(photos={"jane-doe_printer.jpg": Note(name="Jane Doe of Ghent")})}
    assert "team/jane-doe_printer.jpg" not in check(UNTIL, NEXT_DAY, notes=notes).left_out


def test_a_consent_that_ends_within_30_days_is_announced() -> None:
    assert check(UNTIL, date(2027, 5, 30)).endings == ()
    (sentence,) = check(UNTIL, date(2027, 5, 31)).endings
    assert sentence.startswith("The consent of Jane Doe ends on 2027-06-30.")
    assert check(UNTIL, LAST_DAY).endings
    assert not check(UNTIL, NEXT_DAY).endings


def test_hidden_photos_are_not_named() -> None:
    notes = {
        "night": Notes(gallery=GalleryNote(hidden=True)),
        "team": Notes(photos={"jane-doe_printer.jpg": Note(hidden=True)}),
    }
    assert check(UNTIL, NEXT_DAY, notes=notes).left_out == {}


def test_toml_and_csv_give_the_same_consent(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text(
        '[[people]]\nname = "A"\nconsent = {until = 2027-06-30, uses = ["web", "press"]}\n'
        '[[people]]\nname = "B"\nconsent = {uses = []}\n[[people]]\nname = "C"\nconsent = {until = 2027-06-30}\n'
        '[[people]]\nname = "D"\n'
    )
    (tmp_path / "people.csv").write_text(
        "name,consent_until,consent_uses\nA,2027-06-30,web; Press\nB,,none\nC,2027-06-30,\nD,,\n"
    )
    toml, csv = (read_people_file(tmp_path / name, name).people for name in ("people.toml", "people.csv"))
    assert toml == csv
    assert [person.consent for person in csv] == [
        Consent(LAST_DAY, ("web", "press")),
        Consent(uses=()),
        Consent(LAST_DAY),
        None,
    ]


@pytest.mark.parametrize(
    ("value", "phrase"),
    [
        ('{uses = ["webb"]}', "consent.uses[0]: 'webb' is not possible here. Choose from: badge,"),
        ('{until = "30.6.2027"}', "consent.until: this is not a date such as 2027-06-30"),
        ("{until = 2027}", "consent.until: Expected a date such as 2027-06-30"),
        ("{untill = 2027-06-30}", "Did you mean 'until'?"),
        ("2027-06-30", "consent: Expected a table"),
    ],
)
def test_a_broken_consent_stops_the_build(tmp_path: Path, value: str, phrase: str) -> None:
    (tmp_path / "notes.toml").write_text(f'[photos."a.jpg"]\nconsent = {value}\n')
    (tmp_path / "people.toml").write_text(f'[[people]]\nname = "A"\nconsent = {value}\n')
    with pytest.raises(NotesError) as notes_error:
        read_notes(tmp_path / "notes.toml")
    with pytest.raises(PeopleFileError) as people_error:
        read_people_file(tmp_path / "people.toml", "people.toml")
    assert phrase in str(notes_error.value)
    assert phrase in str(people_error.value)


@pytest.mark.parametrize(
    ("cells", "phrase"),
    [
        (
            "30/06/2027,web",
            "people.csv, line 2: consent_until is '30/06/2027', which is not a date such as 2027-06-30.",
        ),
        ("2027-06-30,webb", "people.csv, line 2: consent_uses is 'webb'. Write `none`, or some of web, "),
    ],
)
def test_a_broken_consent_in_a_table_names_its_line(tmp_path: Path, cells: str, phrase: str) -> None:
    (tmp_path / "people.csv").write_text(f"name,consent_until,consent_uses\nA,{cells}\n")
    with pytest.raises(PeopleFileError, match=phrase.replace("(", r"\(")):
        read_people_file(tmp_path / "people.csv", "people.csv")


def test_an_entry_in_another_people_file_is_left_out_too() -> None:
    files = tuple(
        PeopleFile(folder, f"{folder}/people.toml", (PersonRecord(name=name, consent=consent),))
        for folder, name, consent in (("team", "Jane Doe", UNTIL), ("board", "jane doe", None))
    )
    checked = check_consents((), {}, files, "web", NEXT_DAY)
    assert [file.people for file in checked.people_files] == [(), ()]
    assert checked.notices == (
        "The consent of Jane Doe ended on 2027-06-30. There is no photo that it concerns; the person is left out. To change "
        "that, correct `consent` in team/people.toml.",
    )
