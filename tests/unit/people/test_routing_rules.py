"""Where a photo appears: the rules of `people/routing.py`."""

from __future__ import annotations

import pytest

from pelican_headshots.crop.head_crop import MIN_CROP_WIDTH_PX, find_crop_obstacle
from pelican_headshots.people.classified_photo import Route, RoutingRule
from pelican_headshots.people.gather import PeopleFile, PersonRecord
from pelican_headshots.people.routing import RoutingContext, build_gallery_folders
from pelican_headshots.values.analysis import Analysis, Face
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.geometry import Box, Point, Size
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Rights

HEADSHOT, PORTRAIT, NO_PERSON = PhotoKind.HEADSHOT, PhotoKind.PORTRAIT, PhotoKind.NO_PERSON
PEOPLE, GALLERY, BOTH = ("people",), ("gallery",), ("people", "gallery")


def make_face(x: float = 0.5, y: float = 0.3, size: float = 0.2, yaw: float = 0.0) -> Face:
    """A level head of which *size* is the height, crown to chin, as a fraction of a square picture."""
    half, eye = size * 0.36, size * 0.13
    outline = (Point(x, y), Point(x - half, y + size / 2), Point(x, y + size), Point(x + half, y + size / 2))
    box = Box(x - half, y + size * 0.3, x + half, y + size)
    eyes = Point(x - eye, y + size / 2), Point(x + eye, y + size / 2)
    return Face(box, 0.9, yaw, 0.0, 0.0, *eyes, chin=Point(x, y + size), crown=Point(x, y), outline=outline)


def make_photo(path: str, faces: tuple[Face, ...] | None = None, width: int = 3000, people_count: int = 1) -> Photo:
    faces = (make_face(),) if faces is None else faces
    analysis = Analysis(people_count, faces, {})
    return Photo(path, path, PhotoRecord(Size(width, width), analysis, PhotoMetadata(), Rights(), ("#102030",) * 3))


def route(
    kinds: dict[str, PhotoKind],
    *page_queries: str,
    notes: dict[str, Note] | None = None,
    people_file: PeopleFile | None = None,
    photos: dict[str, Photo] | None = None,
    headshots_in_galleries: bool = False,
) -> dict[str, Route]:
    """Route photos of the given kinds on a site whose pages with people have these *page_queries*."""
    notes_by_folder: dict[str, dict[str, Note]] = {}
    for path, kind in kinds.items():
        folder, _, name = path.rpartition("/")
        fields = {field: getattr((notes or {}).get(path, Note()), field) for field in Note.__struct_fields__}
        notes_by_folder.setdefault(folder, {})[name] = Note(**{**fields, "kind": kind})
    folders = build_gallery_folders(
        [(photos or {}).get(path) or make_photo(path) for path in kinds],
        {folder: Notes(photos=each) for folder, each in notes_by_folder.items()},
        headshots_in_galleries=headshots_in_galleries,
        context=RoutingContext(
            page_queries, (people_file,) if people_file else (), find_crop_obstacle=find_crop_obstacle
        ),
    )
    routes = {entry.photo.path: entry.route for folder in folders for entry in folder.entries}
    in_galleries = {entry.photo.path for folder in folders for entry in folder.gallery_entries}
    assert in_galleries == {path for path, each in routes.items() if each and each.in_gallery}
    return {path: each for path, each in routes.items() if each}


def summarize(routes: dict[str, Route]) -> dict[str, tuple[tuple[str, ...], RoutingRule]]:
    return {path: (each.places, each.rule) for path, each in routes.items()}


def test_a_headshot_with_a_name_is_on_people_pages_wherever_it_lies() -> None:
    kinds = {
        "a/jane-doe.jpg": HEADSHOT,
        "a/img_0001.jpg": PORTRAIT,
        "a/img_0002.jpg": HEADSHOT,
        "a/img_3.jpg": PORTRAIT,
    }
    routes = route(kinds, "", notes={"a/img_0002.jpg": Note(name="Ann")})
    assert summarize(routes)["a/jane-doe.jpg"] == (PEOPLE, RoutingRule.NAMED_HEADSHOT)
    assert summarize(routes)["a/img_0002.jpg"] == (PEOPLE, RoutingRule.NAMED_HEADSHOT)


def test_headshots_without_names_are_on_people_pages_where_most_photos_are_headshots() -> None:
    kinds = {"a/img_1.jpg": HEADSHOT, "a/img_2.jpg": HEADSHOT, "a/img_3.jpg": PORTRAIT}
    routes = summarize(route(kinds, ""))
    assert routes["a/img_1.jpg"] == (PEOPLE, RoutingRule.HEADSHOT_AMONG_HEADSHOTS)
    assert routes["a/img_3.jpg"] == (GALLERY, RoutingRule.PORTRAIT)


def test_a_headshot_without_a_name_among_portraits_stays_in_its_gallery() -> None:
    kinds = {"team/jane-doe.jpg": HEADSHOT, "a/img_1.jpg": HEADSHOT, "a/img_2.jpg": PORTRAIT, "a/img_3.jpg": NO_PERSON}
    routes = route(kinds, "")
    assert summarize(routes)["a/img_1.jpg"] == (GALLERY, RoutingRule.HEADSHOT_AMONG_OTHERS)
    assert summarize(routes)["a/img_3.jpg"] == (GALLERY, RoutingRule.NO_PERSON)
    assert summarize(route(kinds, "", "a"))["a/img_1.jpg"] == (PEOPLE, RoutingRule.REQUESTED_HEADSHOT)
    assert not route(kinds, "", "a")["a/img_1.jpg"].is_listed, "only the page that asks shows it"


def test_a_page_without_a_query_that_would_be_empty_shows_all_headshots() -> None:
    kinds = {"a/img_1.jpg": HEADSHOT, "a/img_2.jpg": PORTRAIT, "b/img_3.jpg": HEADSHOT, "b/img_4.jpg": PORTRAIT}
    routes = summarize(route(kinds, ""))
    assert routes["a/img_1.jpg"] == routes["b/img_3.jpg"] == (BOTH, RoutingRule.HEADSHOT_FOR_EMPTY_PAGE)
    assert routes["a/img_2.jpg"] == (GALLERY, RoutingRule.PORTRAIT)


@pytest.mark.parametrize("queries", [(), ("clients",), ("clients/img_9.jpg",)])
def test_a_headshot_that_no_page_shows_is_in_its_gallery(queries: tuple[str, ...]) -> None:
    kinds = {"img_1.jpg": HEADSHOT, "team/jane-doe.jpg": HEADSHOT, "clients/img_9.jpg": HEADSHOT}
    routes = route(kinds, *queries)
    for path in ("img_1.jpg", "team/jane-doe.jpg"):
        assert routes[path].in_gallery
        assert routes[path].rule == RoutingRule.HEADSHOT_ON_NO_PAGE
    assert routes["clients/img_9.jpg"].in_gallery is not bool(queries)


@pytest.mark.parametrize("query", ["team", "team/jane-doe.jpg", "jane-doe", "Jane  Doé", "print", "clients, team"])
def test_a_page_asks_by_folder_file_person_or_department(query: str) -> None:
    notes = {"team/jane-doe.jpg": Note(department="Print")}
    routes = route({"team/jane-doe.jpg": HEADSHOT}, query, notes=notes)
    assert summarize(routes) == {"team/jane-doe.jpg": (PEOPLE, RoutingRule.NAMED_HEADSHOT)}


def test_in_a_flat_folder_the_kind_decides() -> None:
    kinds = {f"DSC_{number:04}.jpg": PORTRAIT if number % 3 else HEADSHOT for number in range(20)}
    routes = route(kinds, "")
    for path, kind in kinds.items():
        assert routes[path].places == (PEOPLE if kind == HEADSHOT else GALLERY)
    assert routes["DSC_0000.jpg"].rule == RoutingRule.HEADSHOT_OUTSIDE_FOLDERS


def test_headshots_straight_in_the_photos_folder_are_on_pages_whose_request_matches_nobody() -> None:
    flat = {"DSC_0001.jpg": HEADSHOT, "jane-doe.jpg": HEADSHOT, "DSC_0002.jpg": PORTRAIT, "DSC_0003.jpg": PORTRAIT}
    routes = route(flat, "team", "me")
    assert summarize(routes) == {
        "DSC_0001.jpg": (PEOPLE, RoutingRule.HEADSHOT_OUTSIDE_FOLDERS),
        "jane-doe.jpg": (PEOPLE, RoutingRule.NAMED_HEADSHOT),
        "DSC_0002.jpg": (GALLERY, RoutingRule.PORTRAIT),
        "DSC_0003.jpg": (GALLERY, RoutingRule.PORTRAIT),
    }
    elsewhere = route({**flat, "clients/ann-lee.jpg": HEADSHOT}, "team")
    assert elsewhere["clients/ann-lee.jpg"].rule == RoutingRule.HEADSHOT_ON_NO_PAGE, "it lies in another folder"
    assert elsewhere["DSC_0001.jpg"].places == PEOPLE
    assert route({**flat, "team/ann-lee.jpg": HEADSHOT}, "team")["DSC_0001.jpg"].places == GALLERY


def test_a_colleagues_portrait_is_on_the_page_that_asks_for_its_folder() -> None:
    kinds = {"team/ann-lee.jpg": HEADSHOT, "team/bob-ray.jpg": HEADSHOT, "team/img_1.jpg": PORTRAIT}
    routes = route(kinds, "team")
    assert summarize(routes)["team/img_1.jpg"] == (PEOPLE, RoutingRule.REQUESTED_PORTRAIT)
    assert routes["team/img_1.jpg"].is_cropped_portrait
    assert not routes["team/img_1.jpg"].is_listed
    mixed = kinds | {"team/img_2.jpg": NO_PERSON, "team/img_3.jpg": NO_PERSON}
    assert route(mixed, "team")["team/img_1.jpg"].places == BOTH, "a gallery of portraits keeps them"


def test_a_portrait_that_somebody_named_is_on_people_pages() -> None:
    kinds = {
        "night/img_1.jpg": PORTRAIT,
        "night/img_2.jpg": PORTRAIT,
        "night/jo-ray.jpg": PORTRAIT,
        "night/lamp.jpg": PORTRAIT,
    }
    file = PeopleFile(
        "night", "night/people.csv", (PersonRecord(name="Bo", photos=("img_2.jpg",)), PersonRecord(name="Jo Ray"))
    )
    routes = route(kinds, "", notes={"night/img_1.jpg": Note(name="Ann")}, people_file=file)
    for path in ("night/img_1.jpg", "night/img_2.jpg", "night/jo-ray.jpg"):
        assert summarize(routes)[path] == (BOTH, RoutingRule.NAMED_PORTRAIT)
        assert routes[path].is_listed
        assert routes[path].is_cropped_portrait
    assert summarize(routes)["night/lamp.jpg"] == (GALLERY, RoutingRule.PORTRAIT), "a title is no name"


def test_a_file_name_is_a_colleagues_name_where_most_photos_are_headshots() -> None:
    kinds = {"team/ann-lee.jpg": HEADSHOT, "team/bob-ray.jpg": HEADSHOT, "team/jo-kay_cook.jpg": PORTRAIT}
    assert summarize(route(kinds, ""))["team/jo-kay_cook.jpg"] == (PEOPLE, RoutingRule.NAMED_PORTRAIT)


def test_a_group_photo_that_a_page_asks_for_stays_in_its_gallery() -> None:
    group = make_photo("team/all.jpg", (make_face(0.3), make_face(0.7)), people_count=2)
    routes = route({"team/all.jpg": PORTRAIT}, "team", photos={"team/all.jpg": group})
    assert summarize(routes) == {"team/all.jpg": (GALLERY, RoutingRule.PORTRAIT)}
    assert not routes["team/all.jpg"].crop_obstacle, "nobody expects it on the page"


def test_a_portrait_that_cannot_be_cropped_stays_in_its_gallery_and_says_why() -> None:
    small = make_photo("team/jo.jpg", width=600)
    (folder,) = build_gallery_folders(
        [small],
        {"team": Notes(photos={"jo.jpg": Note(kind=PORTRAIT)})},
        context=RoutingContext(("team",), find_crop_obstacle=find_crop_obstacle),
    )
    (entry,) = folder.gallery_entries
    assert not entry.is_for_people
    sentence = entry.describe_crop_obstacle()
    assert sentence.startswith("team/jo.jpg is a portrait")
    assert "pixels wide" in sentence
    assert "notes.toml" in sentence


def test_notes_and_the_setting_decide_about_galleries() -> None:
    kinds = {"team/ann-lee.jpg": HEADSHOT, "team/bob-ray.jpg": HEADSHOT}
    routes = route(kinds, "", notes={"team/ann-lee.jpg": Note(gallery=True)})
    assert [each.places for each in routes.values()] == [BOTH, PEOPLE]
    assert [each.places for each in route(kinds, "", headshots_in_galleries=True).values()] == [BOTH, BOTH]
    routes = route({"night/lamp.jpg": PORTRAIT}, "", notes={"night/lamp.jpg": Note(gallery=False)})
    assert routes["night/lamp.jpg"].places == ()


@pytest.mark.parametrize(
    ("faces", "width", "people_count", "obstacle"),
    [
        ((make_face(),), 3000, 1, ""),
        ((make_face(),), MIN_CROP_WIDTH_PX, 1, "pixels wide"),
        ((make_face(y=0.0),), 3000, 1, "cuts the hair"),
        ((make_face(y=0.8),), 3000, 1, "cuts the chin"),
        ((make_face(x=0.07),), 3000, 1, "cuts the head"),
        ((make_face(yaw=60),), 3000, 1, "turned away"),
        ((), 3000, 1, "no face"),
        ((make_face(),), 3000, 2, "more than one person"),
    ],
)
def test_a_crop_is_refused_where_it_would_cut_a_head_or_has_too_few_pixels(
    faces: tuple[Face, ...], width: int, people_count: int, obstacle: str
) -> None:
    found = find_crop_obstacle(make_photo("a/x.jpg", faces, width, people_count))
    assert (obstacle in found) if obstacle else not found


def test_a_headshot_without_a_name_that_no_page_asks_for_is_in_its_gallery_alone() -> None:
    kinds = {"team/dsc_1.jpg": HEADSHOT, "team/jo-clay.jpg": HEADSHOT}
    routes = route(kinds, "board")
    assert {path: each.places for path, each in routes.items()} == {"team/dsc_1.jpg": GALLERY, "team/jo-clay.jpg": BOTH}
    assert [each.has_own_page for each in routes.values()] == [False, True]
