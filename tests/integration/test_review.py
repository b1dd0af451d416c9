"""A review's server without a browser: who may send requests, what answers contain, and how it ends."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from pelican_headshots.cli.review import ReviewApi, make_site_opener
from pelican_headshots.cli.site import SiteProject
from pelican_headshots.notes.edits import NoteEdit
from pelican_headshots.review import session as review_session
from pelican_headshots.review.previews import PreviewRenderer
from pelican_headshots.review.session import ReviewSession
from pelican_headshots.review.site_preview import SitePreview
from pelican_headshots.review.state import ReviewState
from pelican_headshots.support.errors import DaskUnavailableError
from tests.support.review import (
    ReviewClient,
    read_note_field,
    run_review,
    send_request,
    start_review,
    wait_until,
)
from tests.support.site import Site


@pytest.fixture
def site(review_site: Site) -> Site:
    return review_site


@pytest.fixture
def session(site: Site, monkeypatch: pytest.MonkeyPatch) -> ReviewSession:
    """A session in this process, with the site's folder as the working directory."""
    monkeypatch.chdir(site.folder)
    return ReviewSession(SiteProject(Path("pelicanconf.py")).create_build(remember=False))


def make_api(session: ReviewSession) -> ReviewApi:
    """Return the API of a session whose site is in the working directory."""
    previews = PreviewRenderer(session.site_build.processor, session.site_build.store)
    site_preview = SitePreview(session, previews, make_site_opener(SiteProject(Path("pelicanconf.py"))))
    return ReviewApi(session, previews, site_preview, "Test")


@pytest.mark.skipif(os.name == "nt", reason="sends signals")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_while_previews_are_made(site: Site, sent: signal.Signals) -> None:
    """Ctrl+C in a terminal reaches the worker processes as well."""
    shutil.rmtree(site.folder / ".headshots" / "renditions", ignore_errors=True)
    process, _ = start_review(site, stderr=subprocess.PIPE, start_new_session=True)
    time.sleep(1.0)
    if sent == signal.SIGINT:
        os.killpg(process.pid, sent)
    else:
        process.send_signal(sent)
    printed, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert "Your decisions are saved in notes.toml" in printed


def test_previews_are_made_again_when_dask_answers_again(
    session: ReviewSession, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    processor = session.site_build.processor
    render_missing, failures = processor.render_missing, [DaskUnavailableError("The scheduler does not answer.")]

    def render(*arguments: Any) -> dict[str, str]:
        if failures:
            raise failures.pop()
        return render_missing(*arguments)

    monkeypatch.setattr(processor, "render_missing", render)
    first, second = session.photos[:2]
    previews = PreviewRenderer(processor, session.site_build.store)
    previews.get(first, 480)
    wait_until(lambda: "The scheduler does not answer." in caplog.text)
    wait_until(lambda: previews.get(second, 480))
    previews.close()


def test_an_answer_tells_the_page_whether_it_missed_a_change(site: Site, session: ReviewSession) -> None:
    page_data = session.get_page_data()
    first, second = (photo["digest"] for photo in page_data["photos"][:2])
    answer = session.apply_changes([NoteEdit(first, {"kind": "portrait"})])
    assert answer["before"] == page_data["version"]
    assert answer["undoes"] == page_data["photos"][0]["file"]
    site.write("content/photos/team/notes.toml", "# by hand\n")
    later = session.apply_changes([NoteEdit(second, {"kind": "portrait"})])
    assert later["before"] != answer["version"], "the note written by hand went unnoticed"
    assert session.compute_version() == later["version"]
    (site.photos / "night" / "guitar.jpg").unlink()
    after = session.undo()
    assert after["version"] != session.compute_version(), "a photo was deleted, so the page must load everything"


def test_the_page_gets_the_least_certain_photos_first_and_the_others_when_it_asks(
    session: ReviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = session.get_page_data()
    photos = everything["photos"]
    assert everything["order"] == [photo["id"] for photo in photos]
    ranks = [(not photo["unsure"], photo["confidence"]) for photo in photos]
    assert ranks == sorted(ranks)
    session.apply_changes([NoteEdit(photos[0]["digest"], {"kind": "portrait"})])
    monkeypatch.setattr(review_session, "FIRST_PHOTOS_COUNT", 2)
    page_data = session.get_page_data()
    assert page_data["order"] == [*everything["order"][1:], everything["order"][0]], "what is decided comes last"
    assert [photo["id"] for photo in page_data["photos"]] == page_data["order"][:2]
    api = make_api(session)
    answer = api.post("photos", [*page_data["order"][2:], "gone.jpg"])
    assert answer is not None
    rest = json.loads(answer.body)
    assert rest["version"] == page_data["version"]
    assert [photo["id"] for photo in rest["photos"]] == page_data["order"][2:]
    assert rest["photos"][-1]["note"] == {"kind": "portrait"}
    undecided = {photo["id"]: photo for photo in json.loads(msgspec.json.encode(photos))}
    assert all(photo == undecided[photo["id"]] for photo in rest["photos"][:-1])


def test_an_error_in_people_csv_is_explained_on_the_page(site: Site, session: ReviewSession) -> None:
    api = make_api(session)
    site.write("content/photos/team/people.csv", "nam\nJo Clay\n")
    decision = [{"digest": session.photos[0].digest, "fields": {"kind": "portrait"}}]
    for answer in (api.get("state", {}), api.get("version", {}), api.post("decide", decision)):
        assert answer is not None
        assert answer.status == 422
        assert "team/people.csv has a column 'nam'" in answer.body.decode()


def test_an_incremental_update_equals_a_complete_classification(site: Site, session: ReviewSession) -> None:
    photos = session.get_page_data()["photos"]
    moved = next(photo for photo in photos if photo["id"] == "team/jo-clay_assistant.jpg")
    # A note about this photo in another folder.
    site.write("content/photos/night/notes.toml", f'[photos.x]\ndigest = "{moved["digest"]}"\nname = "Else"\n')
    for change in (
        NoteEdit(photos[0]["digest"], {"kind": "headshot"}),
        NoteEdit(moved["digest"], {"kind": "portrait", "hidden": True}),
        NoteEdit(photos[2]["digest"], {"hidden": True}),
        NoteEdit(moved["digest"], {"hidden": None}),
    ):
        session.apply_changes([change])
        complete = ReviewState(session.site_build.settings, {})
        complete.update(session.photos, session.site_build.notes, session.site_build.routing_context)
        assert session.review_state.folders == complete.folders
        assert session.review_state.reports_by_folder == complete.reports_by_folder
    assert read_note_field(site, "x", "kind") == "portrait"


def test_only_the_user_who_started_the_review_gets_access(site: Site) -> None:
    with run_review(site) as url:
        assert urlsplit(url).hostname == "127.0.0.1"
        client = ReviewClient(url)
        assert client.send("GET", "state") == 200
        assert send_request(url, "GET", "/") == 200, "the empty page holds no data"
        assert send_request(url, "GET", "/", Sec_Fetch_Site="cross-site") == 200, "a link may lead to the page"
        assert send_request(url, "GET", "/", Host="evil.example") == 403
        assert send_request(url, "GET", "/review.js", Sec_Fetch_Site="cross-site") == 403
        assert send_request(url, "GET", "/state") == 403
        assert send_request(url, "GET", f"/{'x' * 64}/state") == 403
        assert send_request(url, "GET", client.sign_path("GET", "version").replace("version", "state")) == 403
        assert send_request(url, "GET", client.sign_path("POST", "state")) == 403
        assert client.send("GET", "../../../pelicanconf.py") == 404
        assert client.send("GET", "..%2f..%2fpelicanconf.py") == 404
        assert client.send("GET", "state", Host="evil.example") == 403
        assert client.send("GET", "state", Sec_Fetch_Site="cross-site") == 403
        assert client.send("POST", "undo", "{}") == 409, "access is granted, but there is nothing to undo"
        assert client.send("POST", "undo", "{}", Origin="http://evil.example") == 403
        assert client.send("POST", "undo", "{}", Origin="null") == 403
        assert client.send("POST", "undo", "{}", Sec_Fetch_Site="same-site") == 403
        assert client.send("POST", "undo", "{}", Content_Type="text/plain") == 403
        assert send_request(url, "POST", "/undo", "{}", Content_Type="application/json") == 403
        signed_path = client.sign_path("POST", f"undo/{hashlib.sha256(b'{}').hexdigest()}")
        assert send_request(url, "POST", signed_path, "[]", Content_Type="application/json") == 400, (
            "the body is not the signed one"
        )
        assert client.send("POST", "decide", '[{"digest": "unknown", "fields": {"kind": "portrait"}}]') == 409
        assert client.send("POST", "decide", '[{"digest": "x", "fields": {"order": 1}}]') == 409
        for body in ("[{}]", "nonsense", '"\\ud800"', '[{"digest": "\\ud800", "fields": {}}]', ""):
            assert client.send("POST", "decide", body) == 400
    assert not list(site.photos.rglob("notes.toml"))


def test_it_listens_on_the_loopback_address_only(site: Site) -> None:
    with run_review(site) as url:
        port = urlsplit(url).port
        socket_table = Path("/proc/net/tcp")
        if not socket_table.exists():
            pytest.skip("needs /proc")
        listening = [line.split()[1] for line in socket_table.read_text().splitlines()[1:] if line.split()[3] == "0A"]
        assert f"0100007F:{port:04X}" in listening
        assert f"00000000:{port:04X}" not in listening
