"""Editing galleries in review, and its preview of the site: who may see it, and that it shows the notes as they are now."""

from __future__ import annotations

import http.client
import json
import re
import time
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from pelican_headshots.cli.review import make_site_opener
from pelican_headshots.cli.site import SiteProject
from pelican_headshots.notes.edits import GalleryEdit, NoteEdit
from pelican_headshots.review import view
from pelican_headshots.review.crop_preview import CropPreviewer
from pelican_headshots.review.previews import PreviewRenderer
from pelican_headshots.review.session import EditRejectedError, ReviewSession
from pelican_headshots.review.site_preview import SitePreview
from tests.support.review import ReviewClient, read_notes, run_review, send_request
from tests.support.site import Site


@pytest.fixture
def site(review_site: Site) -> Site:
    return review_site


@pytest.fixture
def session(site: Site, monkeypatch: pytest.MonkeyPatch) -> ReviewSession:
    """A session in this process, with the site's folder as the working directory."""
    monkeypatch.chdir(site.folder)
    return ReviewSession(SiteProject(Path("pelicanconf.py")).create_build())


def open_preview(session: ReviewSession) -> SitePreview:
    """Return the preview of a session whose site is in the working directory."""
    previews = PreviewRenderer(session.site_build.processor, session.site_build.store)
    return SitePreview(session, previews, make_site_opener(SiteProject(Path("pelicanconf.py"))))


def read_page(preview: SitePreview, url: str) -> str:
    response = preview.get(url)
    assert response is not None
    assert response.status == 200, response.body.decode()
    return response.body.decode()


def fetch(client: ReviewClient, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(client.url).port, timeout=60)
    connection.request("GET", path)
    response = connection.getresponse()
    answer = response.status, response.headers, response.read()
    connection.close()
    return answer


def test_the_preview_needs_the_key_and_runs_no_script(site: Site) -> None:
    with run_review(site) as url:
        client = ReviewClient(url)
        folder = client.sign_path("GET", "site")
        status, headers, page = fetch(client, f"{folder}/portfolio/night/")
        assert status == 200
        assert b"<h1" in page
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert policy.endswith("sandbox allow-same-origin")
        assert "unsafe" not in policy
        for reference in re.findall(r'(?:href|src)="([^"#]+\.(?:css|woff2|jpg))"', page.decode()):
            assert fetch(client, urljoin(f"{folder}/portfolio/night/", reference))[0] in (200, 204), reference
        assert send_request(url, "GET", "/site/portfolio/night/") == 403
        assert send_request(url, "GET", f"/{'x' * 64}/site/portfolio/night/") == 403
        assert send_request(url, "GET", f"{client.sign_path('GET', 'picture')[:65]}/site/") == 403
        assert send_request(url, "GET", f"{folder[:65]}/state") == 403, "this signature is for the site only"
        assert send_request(url, "POST", f"{folder}/decide", "[]", Content_Type="application/json") == 403
        assert send_request(url, "GET", f"{folder}/", Host="evil.example") == 403
        assert send_request(url, "GET", f"{folder}/", Sec_Fetch_Site="cross-site") == 403
        for name in ("../../pelicanconf.py", "..%2f..%2fpelicanconf.py", "%2fetc%2fpasswd", "nothing.html", "theme"):
            assert fetch(client, f"{folder}/{name}")[0] == 404, name
        pages = json.loads(fetch(client, client.sign_path("GET", "pages"))[2])
        assert "portfolio/night/" in {page["url"] for page in pages["pages"]}
        assert pages["url_by_photo"]["night/guitar.jpg"] == "portfolio/night/#guitar"
        assert send_request(url, "GET", "/pages") == 403
    assert not list(site.photos.rglob("notes.toml"))
    assert not (site.folder / "output" / "theme" / "css" / "inline.css").exists(), "nothing is written into the site"


def test_it_shows_each_edit_as_a_build_would(site: Site, session: ReviewSession) -> None:
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\n\nWords.\n")
    preview = open_preview(session)
    before = read_page(preview, "portfolio/night/")
    assert read_page(preview, "portfolio/night/") == before
    edit = GalleryEdit("night", {"title": "Low <light>", "intro": "One lamp.", "mood": "paper", "cover": "guitar.jpg"})
    session.apply_gallery_edits([edit])
    guitar = next(photo.digest for photo in session.photos if photo.path == "night/guitar.jpg")
    assistant = next(photo.digest for photo in session.photos if photo.path.startswith("team/"))
    session.apply_changes(
        [
            NoteEdit(
                assistant, {"kind": "headshot", "department": "Print", "bio": "Since 1998.", "email": "jo@example.com"}
            )
        ]
    )
    session.apply_changes([NoteEdit(guitar, {"hidden": True})])
    session.undo()
    page, team = read_page(preview, "portfolio/night/"), read_page(preview, "team/")
    person = read_page(preview, "people/jo-clay/")
    preview.close()
    assert "Low &lt;light&gt;" in page
    assert "One lamp." in page
    assert 'data-mood="paper"' in page
    assert "Jo Clay" in team
    assert "jo@example.com" in person
    assert "Since 1998." in person
    site.settings |= {"strict_csp": True}
    site.extra_settings = "RELATIVE_URLS = True\n"
    built = site.build()
    assert built.status == 0, built.log
    preview = open_preview(ReviewSession(SiteProject(Path("pelicanconf.py")).create_build()))
    for url in ("portfolio/night/", "portfolio/night/guitar/", "team/", "people/jo-clay/"):
        assert read_page(preview, url) == built.page(f"{url}index.html"), "everything is in the cache now"
    preview.close()


def test_pictures_that_the_cache_lacks_are_rendered_when_they_are_requested(session: ReviewSession) -> None:
    preview = open_preview(session)
    guitar = next(photo for photo in session.photos if photo.path == "night/guitar.jpg")
    session.apply_changes([NoteEdit(guitar.digest, {"focus": [0.9, 0.9]})])
    session.apply_gallery_edits([GalleryEdit("night", {"cover": "guitar.jpg"})])
    page = read_page(preview, "portfolio/night/")
    names = {name for name in re.findall(r"pictures/[\w.-]+", page) if "guitar" in name}
    deadline = time.monotonic() + 60
    while missing := [name for name in names if (one := preview.get(name)) is None or one.status != 200]:
        assert time.monotonic() < deadline, missing
        time.sleep(0.1)
    preview.close()


def test_an_error_in_a_template_or_people_file_is_shown_and_ends_nothing(site: Site, session: ReviewSession) -> None:
    site.write("content/pages/own.md", "Title: Own\nTemplate: own\n\nWords.\n")
    preview = open_preview(session)
    response = preview.get("portfolio/night/")
    assert response is not None
    assert (response.status, b"own" in response.body) == (500, True)
    (site.folder / "content/pages/own.md").unlink()
    assert "<h1" in read_page(preview, "portfolio/night/")
    preview.close()


def test_every_page_of_a_paginated_list_is_shown(site: Site, session: ReviewSession) -> None:
    settings = (site.folder / "pelicanconf.py").read_text()
    site.write("pelicanconf.py", f"{settings}DEFAULT_PAGINATION = 1\n")
    for number in (1, 2):
        site.write(f"content/{number}.md", f"Title: Article {number}\nDate: 2026-01-0{number}\n\nWords.\n")
    preview = open_preview(session)
    assert "Article 1" in read_page(preview, "category/misc2.html")
    assert "Article 2" in read_page(preview, "category/misc.html")
    assert "Article 1" in read_page(preview, "article-1.html")
    assert preview.get("category/misc3.html") is None
    preview.close()


def test_galleries_are_edited_together_and_undo_restores_every_byte(site: Site, session: ReviewSession) -> None:
    text = '# by hand\n[gallery]\ntitle = "Night" # short\n'
    site.write("content/photos/night/notes.toml", text)
    session.get_page_data()
    edits = [GalleryEdit("night", {"position": 2}, {"position": None}), GalleryEdit("team", {"position": 1})]
    answer = session.apply_gallery_edits(edits)
    assert [gallery["folder"] for gallery in answer["galleries"]] == ["team", "night"]
    assert answer["undoes"] == "the order of the galleries"
    with pytest.raises(EditRejectedError, match="changed elsewhere") as rejected:
        session.apply_gallery_edits(
            [GalleryEdit("team", {"title": "X"}), GalleryEdit("night", {"title": "Y"}, {"title": "Z"})]
        )
    assert [(conflict.subject, conflict.now) for conflict in rejected.value.conflicts] == [("night", "Night")]
    assert "title" not in read_notes(site, "team")["gallery"], "nothing of a rejected edit is written"
    site.write("content/photos/night/notes.toml", (site.photos / "night" / "notes.toml").read_text() + "# later\n")
    session.undo()
    assert (site.photos / "night" / "notes.toml").read_text() == text + "# later\n"
    assert not (site.photos / "team" / "notes.toml").exists()
    session.apply_gallery_edits([GalleryEdit("", {"cover": "night/guitar.jpg"})])
    assert session.get_page_data()["home_photo"] == "night/guitar.jpg"
    with pytest.raises(EditRejectedError, match="no mood 'blue'"):
        session.apply_gallery_edits([GalleryEdit("night", {"mood": "blue"})])
    for folder in ("elsewhere", "../content", "night/.."):
        with pytest.raises(EditRejectedError, match="not there any more"):
            session.apply_gallery_edits([GalleryEdit(folder, {"title": "X"})])


def test_a_person_in_a_people_file_is_offered_as_the_automatic_text(site: Site, session: ReviewSession) -> None:
    site.write("content/photos/team/people.csv", "name,department,email\nJo Clay,Print,jo@example.com\n")
    assistant = next(photo.digest for photo in session.photos if photo.path.startswith("team/"))
    session.apply_changes([NoteEdit(assistant, {"kind": "headshot"})])
    photos = {photo["id"]: photo for photo in session.get_page_data()["photos"]}
    texts = photos["team/jo-clay_assistant.jpg"]["automatic_texts"]
    assert (texts["department"], texts["email"], texts["role"]) == ("Print", "jo@example.com", "Assistant")


def test_a_crop_that_cuts_a_face_because_of_the_focal_point_is_marked(session: ReviewSession) -> None:
    def find_cut_slots() -> dict[str, bool]:
        folder = next(each for each in session.review_state.folders if each.path == "night")
        settings = session.site_build.settings
        crops = view.compute_slot_crops(folder, settings.max_width, settings.rights)["night/guitar.jpg"]
        return {crop["slot"]: crop["cuts_head"] for crop in crops}

    guitar = next(photo for photo in session.photos if photo.path == "night/guitar.jpg")
    assert guitar.record.analysis is not None
    face = guitar.record.analysis.faces[0].box
    assert not any(find_cut_slots().values())
    session.apply_changes([NoteEdit(guitar.digest, {"focus": [face.center.x, face.center.y]})])
    assert not any(find_cut_slots().values())
    session.apply_changes([NoteEdit(guitar.digest, {"focus": [0.5, 1.0]})])
    assert find_cut_slots()["link preview"]


def test_the_crops_of_headshots_follow_the_framing_of_their_folder(session: ReviewSession) -> None:
    assistant = next(photo for photo in session.photos if photo.path.startswith("team/"))
    session.apply_changes([NoteEdit(assistant.digest, {"kind": "headshot"})])
    previewer = CropPreviewer(session.site_build.settings, session.find_photo_and_folder)

    def measure_crop_height() -> float:
        slots = {slot["slot"]: slot["box"] for slot in previewer.get_slot_crops(assistant.digest)}
        _, top, _, bottom = slots["team page"]
        return float(bottom - top)

    try:
        normal = measure_crop_height()
        version = session.compute_version()
        session.apply_gallery_edits([GalleryEdit("team", {"framing": "tight"})])
        assert session.compute_version() != version
        assert measure_crop_height() < normal
        session.apply_gallery_edits([GalleryEdit("team", {"framing": None})])
        assert measure_crop_height() == normal
        with pytest.raises(EditRejectedError, match="framing"):
            session.apply_gallery_edits([GalleryEdit("team", {"framing": "huge"})])
    finally:
        previewer.close()
