"""Who is on the pages, and who said so."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pelican_headshots.notes import loader
from pelican_headshots.pages import vcard
from pelican_headshots.pages.person_query import select_people
from pelican_headshots.people.gather import PERSON_FIELDS, PeopleFile, Person, PersonRecord, gather_people
from pelican_headshots.people.people_file import PeopleFileError, read_people_file
from pelican_headshots.people.routing import ClassifiedPhoto
from pelican_headshots.values.analysis import Analysis, Face
from pelican_headshots.values.classification import Classification, PhotoKind
from pelican_headshots.values.geometry import Box, Point, Size
from pelican_headshots.values.notes import Note
from pelican_headshots.values.photo import FaceRegion, Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.portfolio import PersonView
from pelican_headshots.values.rendition import Rights

MIDDLE, LEFT = Box(0.4, 0.3, 0.7, 0.7), Box(0.1, 0.35, 0.3, 0.6)


def entry(
    path: str,
    kind: PhotoKind = PhotoKind.HEADSHOT,
    note: Note = Note(),
    people: tuple[str, ...] = (),
    faces: tuple[Box, ...] = (),
    regions: tuple[FaceRegion, ...] = (),
) -> ClassifiedPhoto:
    point = Point(0.5, 0.5)
    seen = tuple(Face(box, 0.9, 0.0, 0.0, 0.0, point, point, point, point) for box in faces)
    words = PhotoMetadata(person_names=(*people, *(region.name for region in regions)), face_regions=regions)
    exam = PhotoRecord(Size(800, 1000), Analysis(1, seen, {}), words, Rights(), ("#102030",) * 3)
    return ClassifiedPhoto(Photo(path, path, exam), Classification(kind, 0.9, False, (), None, "normal"), note)


def listed(*people: PersonRecord, folder: str = "team", departments: tuple[str, ...] = ()) -> PeopleFile:
    return PeopleFile(folder, f"{folder}/people.toml", people, departments)


def names(everybody: tuple[Person, ...]) -> list[str]:
    return [who.fields.get("name", "") for who in everybody]


def test_a_file_name_is_enough_to_appear() -> None:
    (jane,) = gather_people([entry("team/jane-doe_head-of-print.jpg")])
    assert jane.fields == {"name": "Jane Doe", "role": "Head of print"}
    assert jane.sources == {"name": "file name", "role": "file name"}


def test_a_note_beats_the_people_file_which_beats_metadata_which_beats_the_file_name() -> None:
    photo = entry("team/jane-doe_printer.jpg", note=Note(role="Head of print"), people=("Jane D. Doe",))
    file = listed(
        PersonRecord(name="Jane Doe", role="Printer", email="jane@example.com", photos=("jane-doe_printer.jpg",))
    )
    (jane,) = gather_people([photo], [file], names_from_metadata=True)
    assert (jane.fields["name"], jane.sources["name"]) == ("Jane Doe", "team/people.toml")
    assert (jane.fields["role"], jane.sources["role"]) == ("Head of print", "notes.toml")
    assert jane.sources["email"] == "team/people.toml"
    (jane,) = gather_people([photo], names_from_metadata=True)
    assert (jane.fields["name"], jane.sources["name"]) == ("Jane D. Doe", "metadata")


def test_names_in_metadata_are_left_alone_unless_asked_for_or_ambiguous() -> None:
    (somebody,) = gather_people([entry("team/dsc_0001.jpg", people=("Jane Doe",))])
    assert somebody.fields == {}
    assert somebody.sources == {}
    (somebody,) = gather_people([entry("team/dsc_0001.jpg", people=("Jane Doe", "John Roe"))], names_from_metadata=True)
    assert somebody.fields == {}


@pytest.mark.parametrize(
    ("people", "faces", "regions", "name"),
    [
        ((), (MIDDLE, LEFT), {"John Roe": LEFT, "Jane Doe": MIDDLE}, "Jane Doe"),
        ((), (MIDDLE,), {"Jane Doe": Box(0.3, 0.1, 0.8, 0.8)}, "Jane Doe"),  # around the whole head
        ((), (MIDDLE, LEFT), {"John Roe": LEFT}, ""),
        ((), (MIDDLE,), {"John Roe": LEFT}, ""),  # a face that was not seen
        (("Jane Doe",), (MIDDLE, LEFT), {"John Roe": LEFT}, "Jane Doe"),
        (("Jane Doe",), (MIDDLE, LEFT, Box(0.8, 0.4, 0.9, 0.5)), {"John Roe": LEFT}, ""),
        (("Jane Doe",), (MIDDLE, LEFT), {}, ""),
        (("Jane Doe",), (MIDDLE,), {}, "Jane Doe"),
    ],
)
def test_a_name_in_metadata_belongs_to_the_face_it_was_written_beside(
    people: tuple[str, ...], faces: tuple[Box, ...], regions: dict[str, Box], name: str
) -> None:
    places = tuple(FaceRegion(who, box) for who, box in regions.items())
    photo = entry("team/dsc_0001.jpg", people=people, faces=faces, regions=places)
    (somebody,) = gather_people([photo], names_from_metadata=True)
    assert somebody.fields.get("name", "") == name
    (somebody,) = gather_people([photo])
    assert somebody.fields == {}


def test_several_photographs_of_one_person_are_one_person() -> None:
    everybody = gather_people(
        [
            entry("team/jane-doe_2.jpg"),
            entry("team/jane-doe_printer.jpg"),
            entry("clients/jane-doe_baker.jpg"),
            entry("night/lamp.jpg", PhotoKind.PORTRAIT),
        ],
        [listed(PersonRecord(name="Jane Doe", photos=("jane-doe_printer.jpg", "night/lamp.jpg")))],
    )
    assert names(everybody) == ["Jane Doe", "Jane Doe"]
    assert [e.photo.path for e in everybody[0].entries] == [
        "team/jane-doe_printer.jpg",
        "team/jane-doe_2.jpg",
        "night/lamp.jpg",
    ]
    assert [e.photo.path for e in everybody[1].entries] == ["clients/jane-doe_baker.jpg"]


def test_people_whose_names_have_no_latin_letters_stay_apart() -> None:
    file = listed(
        PersonRecord(name="Анна Иванова", role="Фотограф"), PersonRecord(name="Борис Петров", role="Печатник")
    )
    photos = [entry("team/борис-петров.jpg"), entry("team/анна-иванова.jpg"), entry("team/мария-ким.jpg")]
    told = [(who.fields["name"], who.fields.get("role"), len(who.entries)) for who in gather_people(photos, [file])]
    assert told == [("Анна Иванова", "Фотограф", 1), ("Борис Петров", "Печатник", 1), ("Мария Ким", None, 1)]


def test_a_record_without_a_photograph_and_a_photograph_without_a_name_both_appear() -> None:
    everybody = gather_people([entry("team/dsc_0001.jpg")], [listed(PersonRecord(name="Jane Doe"))])
    assert names(everybody) == ["Jane Doe", ""]
    assert (everybody[0].entries, everybody[0].folder) == ((), "team")


def test_portraits_join_nobody_unless_somebody_says_so() -> None:
    photos = [
        entry("night/jane-doe.jpg", PhotoKind.PORTRAIT),
        entry("night/two.jpg", PhotoKind.PORTRAIT, Note(name="John Roe")),
    ]
    assert gather_people(photos) == ()


def test_departments_then_order_then_as_listed() -> None:
    file = listed(
        PersonRecord(name="A", department="Print"),
        PersonRecord(name="B", department="Office", order=2),
        PersonRecord(name="C", department="Office", order=1),
        PersonRecord(name="D"),
        departments=("Office", "Print"),
    )
    assert names(gather_people([], [file])) == ["C", "B", "A", "D"]


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> PeopleFile:
    (folder / name).write_bytes(text.encode(encoding))
    return read_people_file(folder / name, f"team/{name}")


def test_toml_and_a_spreadsheets_csv_say_the_same(tmp_path: Path) -> None:
    toml = write(
        tmp_path,
        "people.toml",
        'departments = ["Print"]\n[[people]]\nname = "Zoë Doe"\nrole = "Printer"\norder = 1.5\nphoto = "zoe.jpg"\n'
        'email = "zoe@example.com"\nphone = "+32 2 555 01 02"\nlinks = { Work = "https://example.com/zoe" }\n',
    )
    csv = write(
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
def test_what_excel_writes_is_read(tmp_path: Path, text: str, encoding: str) -> None:
    assert write(tmp_path, "people.csv", text, encoding).people == (PersonRecord(name="Zoë Doe", role="Printer, head"),)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("people.toml", "people = [", "not valid TOML"),
        ("people.toml", "a = " + "[" * 5000, "not valid TOML"),
        ("people.toml", '[[people]]\nnme = "Jane"', "nme"),
        ("people.toml", '[[people]]\nrole = "Printer"', "person 1 has no name"),
        ("people.toml", '[[people]]\nname = "J"\nemail = "jane at example"', "'jane at example' is not an e-mail"),
        ("people.toml", '[[people]]\nname = "J"\nlinks = { x = "javascript:alert(1)" }', "https://"),
        ("people.csv", "role,photo\nPrinter,a.jpg\n", "no column 'name'"),
        ("people.csv", "name,salary\nJane,1\n", "has a column 'salary'"),
        ("people.csv", "name,order\nJane,first\n", "line 2: the order 'first' is not a number"),
        ("people.csv", "sep=;\nname;order\nJane;first\n", "line 3: the order 'first' is not a number"),
        ("people.csv", "name,order\nJane,nan\n", "line 2: the order nan is not a number between -1000000000 and 1"),
        ("people.csv", 'name\n"Jane', "not a valid CSV"),
        ("people.csv", "name,role\nJane,Head of print, proofs\n", "line 2 has more columns than the first line names"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(PeopleFileError) as wrong:
        write(tmp_path, name, text)
    assert words in str(wrong.value)
    assert f"team/{name}" in str(wrong.value)


def test_undecodable_too_large_and_links_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PeopleFileError, match="CSV UTF-8"):
        write(tmp_path, "people.csv", "name\nZoë\n", "latin-1")
    with pytest.raises(PeopleFileError, match="CSV UTF-8"):
        write(tmp_path, "people.csv", "\ufeffname\nZoë\n", "utf-16-le")
        (tmp_path / "people.csv").write_bytes((tmp_path / "people.csv").read_bytes()[:-1])
        read_people_file(tmp_path / "people.csv", "team/people.csv")
    with pytest.raises(PeopleFileError, match="larger than 4 MB"):
        write(tmp_path, "people.csv", "name\n" + "x" * (4 << 20))
    (tmp_path / "people.csv").unlink()
    (tmp_path / "people.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(PeopleFileError, match="not a file"):
        read_people_file(tmp_path / "people.csv", "team/people.csv")


def person(name: str, **more: object) -> PersonView:
    empty = {field: "" for field in PersonView.__struct_fields__ if field != "downloads"}
    values = (
        empty | {"photo": None, "photos": (), "links": (), "sources": {}, "slug": name.lower(), "name": name} | more
    )
    return msgspec.convert(values, PersonView)


def test_a_vcard_comes_back_from_a_parser_as_it_was_written() -> None:
    vobject = pytest.importorskip("vobject")
    who = person(
        "Jan van der Berg",
        role="Printer; binder, and more",
        department="Größe",
        email="jan@example.com",
        phone="+32 2 555 01 02",
        links=[("Work", "https://example.com/jan")],
    )
    photo = bytes(range(256)) * 8
    card = vobject.readOne(vcard.build_vcard(who, "Print & Co, Ltd", "https://example.com/people/jan/", photo).decode())
    assert (card.n.value.family, card.n.value.given) == ("van der Berg", "Jan")
    assert card.fn.value == "Jan van der Berg"
    assert card.org.value == ["Print & Co, Ltd", "Größe"]
    assert card.title.value == "Printer; binder, and more"
    assert card.email.value == "jan@example.com"
    assert card.tel.value == "+32 2 555 01 02"
    assert [url.value for url in card.url_list] == ["https://example.com/people/jan/", "https://example.com/jan"]
    assert card.photo.value == photo


def test_no_line_of_a_vcard_is_longer_than_75_octets() -> None:
    card = vcard.build_vcard(person("Ж" * 200), "", "", b"x" * 1000)
    assert max(len(line) for line in card.split(b"\r\n")) <= 75
    assert card.decode().replace("\r\n ", "").count("Ж" * 200) == 2


def test_a_page_chooses_by_folder_file_department_and_person_in_the_order_it_asks() -> None:
    people = [
        person("Ann", folder="team/print", file="team/print/ann.jpg", department="Print"),
        person("Bob", folder="team", file="team/bob.jpg", department="Office"),
        person("Cid", folder="clients", file="clients/cid.jpg"),
    ]

    def chosen(asked: str) -> list[str]:
        return [who.name for who in select_people(people, asked)[0]]

    assert chosen("") == ["Ann", "Bob", "Cid"]
    assert chosen("team") == ["Ann", "Bob"]
    assert chosen("clients, office") == ["Cid", "Bob"]
    assert chosen("team/print/ann.jpg,/team/, cid") == ["Ann", "Bob", "Cid"]
    zoe = person("Zoë d'Arc", folder="clients", file="clients/zoe.jpg")
    assert select_people([*people, zoe], "zoe d’arc, BOB") == ((zoe, people[1]), ())
    assert select_people(people, "team, nobody") == (tuple(people[:2]), ("nobody",))


def test_no_control_or_direction_character_of_notes_or_people_files_is_kept(tmp_path: Path) -> None:
    odd = r"A\u001b[31m\u202enn\u0007 \u2066B\nC"
    texts = [*PERSON_FIELDS, "title", "caption", "alt", "place", "date", "text_before"]
    notes = f'[gallery]\ntitle = "{odd}"\nintro = "{odd}"\n[photos."a.jpg"]\n'
    (tmp_path / "notes.toml").write_text(notes + "".join(f'{field} = "{odd}"\n' for field in texts))
    read_back = loader.read_notes(tmp_path / "notes.toml")
    note = read_back.photos["a.jpg"]
    assert {getattr(note, field) for field in texts} == {"A[31mnn B\nC"}
    assert (read_back.gallery.title, read_back.gallery.intro) == ("A[31mnn B\nC",) * 2
    listed = write(
        tmp_path,
        "people.toml",
        f'departments = ["{odd}"]\n[[people]]\nname = "{odd}"\nrole = "{odd}"\nbio = "{odd}"\n'
        'email = "a\\u202e@example.com"\nlinks = {"W\\u202eeb" = "https://example.com/\\u001b\\u202ex"}\n',
    )
    (who,) = listed.people
    assert (listed.departments, who.name, who.role, who.bio) == (("A[31mnn B\nC",), *("A[31mnn B\nC",) * 3)
    assert (who.email, who.links) == ("a@example.com", (("Web", "https://example.com/x"),))
    table = write(tmp_path, "people.csv", "name,phone,links\nA\u202enn\x1b,12\x1b3,We\u202eb https://x.org/\u202ey\n")
    assert (table.people[0].name, table.people[0].phone) == ("Ann", "123")
    assert table.people[0].links == (("Web", "https://x.org/y"),)
