"""People files: TOML and CSV as spreadsheets write it, and errors that name the line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from pelican_headshots.notes import loader
from pelican_headshots.people.csv_columns import find_columns
from pelican_headshots.people.gather import PeopleFile, PersonRecord
from pelican_headshots.people.people_file import CSV_COLUMNS, PeopleFileError, read_all_people_files, read_people_file
from pelican_headshots.settings import SettingsError
from pelican_headshots.values.notes import PERSON_FIELDS
from tests.support.site import REPOSITORY


def write_and_read(
    folder: Path, name: str, text: str, encoding: str = "utf-8", columns: Mapping[str, str] = MappingProxyType({})
) -> PeopleFile:
    (folder / name).write_bytes(text.encode(encoding))
    return read_people_file(folder / name, f"team/{name}", columns)


def test_toml_and_csv_give_the_same_people(tmp_path: Path) -> None:
    toml = write_and_read(
        tmp_path,
        "people.toml",
        'departments = ["Print"]\n[[people]]\nname = "Zoë Doe"\nrole = "Printer"\norder = 1.5\nphoto = "zoe.jpg"\n'
        'email = "zoe@example.com"\nphone = "+32 2 555 01 02"\nlinks = { Work = "https://example.com/zoe" }\n',
    )
    csv = write_and_read(
        tmp_path,
        "people.csv",
        "Name;Role;Order;Photo;Email;Phone;Links\r\n"
        "Zoë Doe;Printer;1,5;zoe.jpg;zoe@example.com;+32 2 555 01 02;Work https://example.com/zoe\r\n;;;;;;\r\n",
        "utf-8-sig",
    )
    assert toml.people == csv.people
    assert toml.people[0].links == (("Work", "https://example.com/zoe"),)
    assert toml.departments == ("Print",)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("sep=;\r\nname;role\r\nZoë Doe;Printer, head\r\n", "utf-8-sig"),
        ('"SEP=|"\nname|role\nZoë Doe|Printer, head\n', "utf-8"),
        ("name\trole\r\nZoë Doe\tPrinter, head\r\n", "utf-16"),  # Excel's "Unicode text"
        ("\ufeffsep=\t\r\nname\trole\r\nZoë Doe\tPrinter, head\r\n", "utf-16-be"),
    ],
)
def test_files_written_by_excel_are_read(tmp_path: Path, text: str, encoding: str) -> None:
    assert write_and_read(tmp_path, "people.csv", text, encoding).people == (
        PersonRecord(name="Zoë Doe", role="Printer, head"),
    )


@pytest.mark.parametrize(
    ("name", "text", "phrase"),
    [
        ("people.toml", "people = [", "not valid TOML"),
        ("people.toml", "a = " + "[" * 5000, "not valid TOML"),
        ("people.toml", '[[people]]\nnme = "Jane"', "nme"),
        ("people.toml", '[[people]]\nrole = "Printer"', "person 1 has no name"),
        ("people.toml", '[[people]]\nname = "J"\nemail = "jane at example"', "'jane at example' is not an e-mail"),
        ("people.toml", '[[people]]\nname = "J"\nlinks = { x = "javascript:alert(1)" }', "https://"),
        ("people.csv", "role,photo\nPrinter,a.jpg\n", "no column 'name'"),
        ("people.csv", "name,salary\nJane,1\n", "has a column 'salary'"),
        ("people.csv", "#,name\n1,Jane\n", "has a column '#'"),
        ("people.csv", "Name;Funktoin\nJane;Printer\n", "a column 'Funktoin' (did you mean 'Funktion'?)"),
        ("people.csv", "name,emial,salary\nJane,,\n", "has columns 'emial' (did you mean 'email'?), 'salary' with an"),
        ("people.csv", "name,salary\nJane,1\n", """HEADSHOTS = {"columns": {'salary': "role"}}"""),
        ("people.csv", "Nom;Fonction;Poste\nJane;A;B\n", "more than one column for 'role': 'Fonction', 'Poste'"),
        ("people.csv", "Vorname;Rolle\nJane;A\n", "no column 'name'"),
        ("people.csv", "name,order\nJane,first\n", "line 2: the order 'first' is not a number"),
        ("people.csv", "sep=;\nname;order\nJane;first\n", "line 3: the order 'first' is not a number"),
        ("people.csv", "name,order\nJane,nan\n", "line 2: the order nan is not a number between -1000000000 and 1"),
        ("people.csv", 'name\n"Jane', "not a valid CSV"),
        ("people.csv", "name,role\nJane,Head of print, proofs\n", "line 2 has more columns than the first line names"),
    ],
)
def test_an_error_names_the_people_file_and_what_is_wrong(tmp_path: Path, name: str, text: str, phrase: str) -> None:
    with pytest.raises(PeopleFileError) as error:
        write_and_read(tmp_path, name, text)
    assert phrase in str(error.value)
    assert f"team/{name}" in str(error.value)


def test_undecodable_or_too_large_files_and_links_are_refused(tmp_path: Path) -> None:
    for encoding in ("mac_roman", "cp850"):
        for name in ("Jäger", "Müller", "Groß und Schröder, Éric Jäger"):
            with pytest.raises(PeopleFileError, match="CSV UTF-8"):
                write_and_read(tmp_path, "people.csv", f"name\n{name}\n", encoding)
    with pytest.raises(PeopleFileError, match="CSV UTF-8"):
        write_and_read(tmp_path, "people.toml", '[[people]]\nname = "Zoë"\n', "cp1252")
    (tmp_path / "people.csv").write_bytes("\ufeffname\nZoë\n".encode("utf-16-le")[:-1])
    with pytest.raises(PeopleFileError, match="CSV UTF-8"):
        read_people_file(tmp_path / "people.csv", "team/people.csv")
    with pytest.raises(PeopleFileError, match="larger than 4 MB"):
        write_and_read(tmp_path, "people.csv", "name\n" + "x" * (4 << 20))
    (tmp_path / "people.csv").unlink()
    (tmp_path / "people.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(PeopleFileError, match="not a file"):
        read_people_file(tmp_path / "people.csv", "team/people.csv")


@pytest.mark.parametrize(
    ("heading", "row", "encoding"),
    [
        # Excel in German: "CSV UTF-8 (durch Trennzeichen getrennt)" and "CSV (Trennzeichen-getrennt)".
        ("Name;Funktion;Abteilung;E-Mail;Telefon", "Zoë Weiß;Leiterin;Büro;z@example.com;+49 30 1", "utf-8-sig"),
        (
            "Nachname;Vorname;POSITION;abteilung;E-Mail-Adresse;Tel.",
            "Weiß;Zoë;Leiterin;Büro;z@example.com;+49 30 1",
            "cp1252",
        ),
        ("Name;Vorname;Rolle;Bereich;Mail;Telefonnummer", "Weiß;Zoë;Leiterin;Büro;z@example.com;+49 30 1", "cp1252"),
        # Excel in French: "CSV UTF-8 (délimité par des virgules)" and "CSV (séparateur : point-virgule)".
        ("Nom;Prénom;Poste;Service;Courriel;Téléphone", "Weiß;Zoë;Leiterin;Büro;z@example.com;+49 30 1", "cp1252"),
        (
            "NOM ;PRENOM;Fonction;Departement;E-mail;Telephone",
            "Weiß;Zoë;Leiterin;Büro;z@example.com;+49 30 1",
            "utf-8-sig",
        ),
        (
            "First name,Last name,Job title,Department,E-mail,Phone",
            "Zoë,Weiß,Leiterin,Büro,z@example.com,+49 30 1",
            "utf-8",
        ),
    ],
)
def test_columns_have_german_and_french_names_too(tmp_path: Path, heading: str, row: str, encoding: str) -> None:
    assert write_and_read(tmp_path, "people.csv", f"{heading}\r\n{row}\r\n", encoding).people == (
        PersonRecord(name="Zoë Weiß", role="Leiterin", department="Büro", email="z@example.com", phone="+49 30 1"),
    )


@pytest.mark.parametrize(
    ("heading", "row", "name"),
    [
        ("Name;Vorname", "Zoë Weiß;Zoë", "Zoë Weiß"),
        ("Name;Vorname", "von der Leyen;Zoë", "Zoë von der Leyen"),
        ("Nom;Prénom", "Jean;Jean", "Jean Jean"),
        ("Name;Vorname;Nachname", "Dr. Zoë Weiß;Zoë;Weiß", "Dr. Zoë Weiß"),
        ("Name;Vorname;Nachname", ";Zoë;Weiß", "Zoë Weiß"),
        ("Name;Vorname", ";Zoë", "Zoë"),
    ],
)
def test_first_and_last_names_are_joined(tmp_path: Path, heading: str, row: str, name: str) -> None:
    assert write_and_read(tmp_path, "people.csv", f"{heading}\n{row}\n").people[0].name == name


def test_the_setting_maps_other_columns_and_leaves_columns_out(tmp_path: Path) -> None:
    table = "Personalnummer;Wer;Stelle;Rolle\n17;Ann;Druckerin;intern\n18;;;\n"
    columns = {"wer": "name", "STELLE": "role", "Personalnummer": "", "Rolle": ""}
    assert write_and_read(tmp_path, "people.csv", table, columns=columns).people == (
        PersonRecord(name="Ann", role="Druckerin"),
    )
    with pytest.raises(
        SettingsError, match=r"HEADSHOTS\['columns'\]\['Stelle'\].*there is no 'rolle'. Did you mean 'role'"
    ):
        read_all_people_files(tmp_path, (), {"Stelle": "rolle"})


def test_the_documented_names_of_columns_are_understood() -> None:
    table = (REPOSITORY / "docs" / "people.md").read_text("utf-8").partition("| column | also |\n|---|---|\n")[2]
    rows = [line.strip("| ").split(" | ") for line in table.partition("\n\n")[0].splitlines()]
    assert len(rows) == 11
    for column, names in rows:
        for name in re.split("[,;] ", names.partition(". Beside")[0]):
            headings = [name] if column == "`name`" else [name, "Who"]
            held = find_columns(headings, {"Who": "name"}, CSV_COLUMNS)[0]
            assert held == column.strip("`") or (column.startswith("first and last") and held.endswith(" name")), name


def test_an_endless_heading_makes_a_short_error(tmp_path: Path) -> None:
    with pytest.raises(PeopleFileError) as error:
        write_and_read(tmp_path, "people.csv", ",".join("x" * 100_000 for _ in range(30)) + "\n")
    assert len(str(error.value)) < 1000


def test_control_and_direction_characters_are_removed_from_notes_and_people_files(tmp_path: Path) -> None:
    unclean = r"A\u001b[31m\u202enn\u0007 \u2066B\nC"
    texts = [*PERSON_FIELDS, "title", "caption", "alt", "place", "date", "text_before"]
    notes = f'[gallery]\ntitle = "{unclean}"\nintro = "{unclean}"\n[photos."a.jpg"]\n'
    (tmp_path / "notes.toml").write_text(notes + "".join(f'{field} = "{unclean}"\n' for field in texts))
    read_back = loader.read_notes(tmp_path / "notes.toml")
    note = read_back.photos["a.jpg"]
    assert {getattr(note, field) for field in texts} == {"A[31mnn B\nC"}
    assert (read_back.gallery.title, read_back.gallery.intro) == ("A[31mnn B\nC",) * 2
    people_file = write_and_read(
        tmp_path,
        "people.toml",
        f'departments = ["{unclean}"]\n[[people]]\nname = "{unclean}"\nrole = "{unclean}"\nbio = "{unclean}"\n'
        'email = "a\\u202e@example.com"\nlinks = {"W\\u202eeb" = "https://example.com/\\u001b\\u202ex"}\n',
    )
    (person,) = people_file.people
    assert (people_file.departments, person.name, person.role, person.bio) == (
        ("A[31mnn B\nC",),
        *("A[31mnn B\nC",) * 3,
    )
    assert (person.email, person.links) == ("a@example.com", (("Web", "https://example.com/x"),))
    table = write_and_read(
        tmp_path, "people.csv", "name,phone,links\nA\u202enn\x1b,12\x1b3,We\u202eb https://x.org/\u202ey\n"
    )
    assert (table.people[0].name, table.people[0].phone) == ("Ann", "123")
    assert table.people[0].links == (("Web", "https://x.org/y"),)
