"""The review page in a real browser: what a person decides is written, holds, and is never lost."""

from __future__ import annotations

import csv
import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pelican_headshots.cli import site as sites
from pelican_headshots.cli.review import ReviewApi
from pelican_headshots.notes.edits import NoteEdit
from pelican_headshots.review.previews import PreviewRenderer
from pelican_headshots.review.session import ReviewSession
from pelican_headshots.review.state import ReviewState
from tests.support.browser import ARGUMENTS, CHROMIUM
from tests.support.site import REPOSITORY, Site

in_a_browser = pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")

PHOTOS = ("half-light", "chair-in-light", "window-light", "reader", "guitar", "weathered")


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site whose photographs have been looked at once, so that each test's own copy need not be."""
    site = Site(tmp_path_factory.mktemp("review") / "site")
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    for name in PHOTOS:
        site.add(REPOSITORY / "content" / "photos" / "night" / f"{name}.jpg", f"night/{name}.jpg")
    site.add(REPOSITORY / "content" / "photos" / "team" / "ochre-clay_assistant.jpg", "team/jo-clay_assistant.jpg")
    assert site.build().status == 0
    return site


@pytest.fixture
def desk_site(looked_at: Site, tmp_path: Path) -> Site:
    shutil.copytree(looked_at.folder, tmp_path / "site", dirs_exist_ok=True)
    site = Site(tmp_path / "site")
    site.settings = dict(looked_at.settings)
    return site


def started(site: Site, *flags: str, **more: Any) -> tuple[subprocess.Popen[str], str]:
    """A review of *site* as somebody would start it, and the page's address."""
    running = subprocess.Popen(
        [sys.executable, "-m", "pelican_headshots", "review", "--no-open", *flags],
        cwd=site.folder, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, stdout=subprocess.PIPE, text=True, **more,
    )  # fmt: skip
    assert running.stdout is not None
    return running, next_address(running)


def next_address(running: subprocess.Popen[str]) -> str:
    """The address that the program prints next."""
    assert running.stdout is not None
    said = ""
    while not (found := re.search(r"http://\S+", said)):
        line = running.stdout.readline()
        assert line or running.poll() is None, f"it ended: {said}"
        said += line
    return found.group()


@contextmanager
def reviewing(site: Site, *flags: str) -> Iterator[str]:
    """A review of *site*, ended afterwards; gives the page's address."""
    with until_the_end(*started(site, *flags)) as (_, address):
        yield address


@contextmanager
def until_the_end(running: subprocess.Popen[str], address: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """What `started` gave, ended afterwards."""
    assert running.stdout is not None
    try:
        yield running, address
    finally:
        running.terminate()
        running.wait(20)
        running.stdout.close()


@pytest.fixture
def browser(chromium: Any) -> Any:
    return chromium


def opened(browser: Any, address: str) -> Any:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(address)
    page.wait_for_selector("[role=option]:focus")
    return page


def at(page: Any) -> str:
    """The file looked at."""
    name: str = page.get_attribute("[role=option]:focus", "data-id")
    return name


def go(page: Any, name: str) -> None:
    page.keyboard.press("Home")
    for _ in range(60):
        if at(page) == name:
            return
        page.keyboard.press("ArrowRight")
    raise AssertionError(f"{name} is not on the page")


def notes(site: Site, folder: str = "night") -> dict[str, Any]:
    path = site.photos / folder / "notes.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def until(true: Callable[[], Any], seconds: float = 15) -> Any:
    end = time.monotonic() + seconds
    while not (value := true()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)
    return value


def written(site: Site, name: str, field: str, folder: str = "night") -> Any:
    return notes(site, folder).get("photos", {}).get(name, {}).get(field)


@in_a_browser
def test_the_keyboard_decides_the_build_obeys_and_a_rename_changes_nothing(desk_site: Site, browser: Any) -> None:
    wanted = {
        "night/half-light.jpg": "h",
        "night/chair-in-light.jpg": "p",
        "night/reader.jpg": "n",
        "team/jo-clay_assistant.jpg": "p",
    }
    kinds = {"h": "headshot", "p": "portrait", "n": "no-person"}
    with reviewing(desk_site) as address:
        page = opened(browser, address)
        for path, key in wanted.items():
            go(page, path)
            page.keyboard.press(key)
        until(lambda: len(notes(desk_site)["photos"]) == 3 and notes(desk_site, "team"))
        assert page.faults == []
    assert sum(len(notes(desk_site, folder)["photos"]) for folder in ("night", "team")) == len(wanted)
    built = desk_site.build()
    assert {path: built.report[path]["kind"] for path in wanted} == {path: kinds[key] for path, key in wanted.items()}
    (desk_site.photos / "moved").mkdir()
    for number, path in enumerate(wanted):
        (desk_site.photos / path).rename(desk_site.photos / "moved" / f"IMG_{number}.jpg")
    built = desk_site.build()
    assert [built.report[f"moved/IMG_{n}.jpg"]["kind"] for n in range(4)] == [kinds[key] for key in wanted.values()]


@in_a_browser
def test_looking_around_writes_nothing(desk_site: Site, browser: Any) -> None:
    before = {path: path.read_bytes() for path in desk_site.photos.rglob("*") if path.is_file()}
    with reviewing(desk_site) as address:
        page = opened(browser, address)
        keys = "ArrowRight ArrowDown d Enter Escape End e Escape u ? Escape a a f Escape"
        for key in keys.split():
            page.keyboard.press(key)
        page.hover("#photo")
        time.sleep(1)
    assert {path: path.read_bytes() for path in desk_site.photos.rglob("*") if path.is_file()} == before


@in_a_browser
def test_words_focus_several_at_once_and_undo_to_the_letter(desk_site: Site, browser: Any) -> None:
    mine = '# mine\n[photos."guitar.jpg"]\nalt = "A guitar" # short\n'
    desk_site.write("content/photos/night/notes.toml", mine)
    with reviewing(desk_site) as address:
        page = opened(browser, address)
        go(page, "night/reader.jpg")
        page.keyboard.press("e")
        page.fill("[name=caption]", 'Pages "turned" <slowly>')
        page.keyboard.press("Control+Enter")
        assert until(lambda: written(desk_site, "reader.jpg", "caption")) == 'Pages "turned" <slowly>'
        box = page.locator("#photo").bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.75, steps=4)
        page.mouse.up()
        assert until(lambda: written(desk_site, "reader.jpg", "focus")) == pytest.approx([0.25, 0.75], abs=0.01)
        for key in ("f", "ArrowRight", "ArrowRight", "Enter"):
            page.keyboard.press(key)
        until(lambda: written(desk_site, "reader.jpg", "focus") == pytest.approx([0.29, 0.75], abs=0.01))
        page.keyboard.press("Control+a")
        page.keyboard.press("p")
        until(lambda: len(notes(desk_site)["photos"]) == len(PHOTOS) and written(desk_site, "guitar.jpg", "kind"))
        assert (desk_site.photos / "night" / "notes.toml").read_text().startswith(mine)
        for _ in range(4):
            page.keyboard.press("u")
        until(lambda: (desk_site.photos / "night" / "notes.toml").read_text() == mine)
        until(lambda: not (desk_site.photos / "team" / "notes.toml").exists())


@in_a_browser
def test_a_gallery_is_arranged_by_keyboard_and_by_dragging(desk_site: Site, browser: Any) -> None:
    with reviewing(desk_site) as address:
        page = opened(browser, address)
        page.select_option("#folder", "night")
        page.click("#arrange")
        shown = page.eval_on_selector_all("[role=option]", "tiles => tiles.map(tile => tile.dataset.id.slice(6))")
        page.keyboard.press("Home")
        go(page, f"night/{shown[0]}")
        page.keyboard.press("Alt+ArrowRight")
        wanted = [shown[1], shown[0], *shown[2:]]
        until(lambda: notes(desk_site).get("gallery", {}).get("order") == wanted)
        page.drag_and_drop(
            f'[data-id="night/{wanted[-1]}"]', f'[data-id="night/{wanted[0]}"]', target_position={"x": 5, "y": 20}
        )
        wanted = [wanted[-1], *wanted[:-1]]
        until(lambda: notes(desk_site)["gallery"]["order"] == wanted)
    (desk_site.photos / "night" / wanted[0]).rename(desk_site.photos / "night" / "zz.jpg")
    built = desk_site.build()
    hung = [name for name in re.findall(r'/portfolio/night/([\w-]+)/"', built.page("portfolio/night/index.html"))]
    assert list(dict.fromkeys(hung)) == ["zz", *(name.removesuffix(".jpg") for name in wanted[1:])]


@in_a_browser
def test_a_second_window_and_a_stale_page_lose_no_decision(desk_site: Site, browser: Any) -> None:
    with until_the_end(*started(desk_site)) as (running, address):
        first, second = opened(browser, address), opened(browser, next_address(running))
        for page in (first, second):
            page.evaluate(STALE)
            go(page, "night/reader.jpg")
        first.keyboard.press("n")
        until(lambda: written(desk_site, "reader.jpg", "kind") == "no-person")
        second.keyboard.press("h")
        second.wait_for_selector("#message.on:has-text('was changed elsewhere')")
        assert written(desk_site, "reader.jpg", "kind") == "no-person", "the first decision stands"
        go(second, "night/reader.jpg")
        second.keyboard.press("h")
        until(lambda: written(desk_site, "reader.jpg", "kind") == "headshot")
        go(second, "night/guitar.jpg")
        second.keyboard.press("p")
        until(lambda: written(desk_site, "guitar.jpg", "kind") == "portrait")
        path = desk_site.photos / "night" / "notes.toml"
        path.write_text(path.read_text() + '\n# by hand\n[photos."weathered.jpg"]\ncaption = "By hand"\n')
        go(first, "night/weathered.jpg")
        first.keyboard.press("p")
        until(lambda: written(desk_site, "weathered.jpg", "kind") == "portrait")
        assert written(desk_site, "weathered.jpg", "caption") == "By hand" and "# by hand" in path.read_text()
        assert written(desk_site, "guitar.jpg", "kind") == "portrait"


@in_a_browser
def test_a_photograph_deleted_meanwhile_keeps_its_decision(desk_site: Site, browser: Any) -> None:
    away = desk_site.folder / "away.jpg"
    with reviewing(desk_site) as address:
        page = opened(browser, address)
        go(page, "team/jo-clay_assistant.jpg")
        (desk_site.photos / "team" / "jo-clay_assistant.jpg").rename(away)
        (desk_site.photos / "team").rmdir()
        page.keyboard.press("p")
        until(lambda: written(desk_site, "jo-clay_assistant.jpg", "kind", "") == "portrait")
    away.rename(desk_site.photos / "night" / "back.jpg")
    assert desk_site.build().report["night/back.jpg"]["kind"] == "portrait"


@in_a_browser
def test_a_decision_waits_while_the_notes_cannot_be_read(desk_site: Site, browser: Any) -> None:
    path = desk_site.photos / "night" / "notes.toml"
    with reviewing(desk_site) as address:
        page = opened(browser, address)
        go(page, "night/reader.jpg")
        path.write_text("[photos\n")
        page.keyboard.press("h")
        page.wait_for_selector("#error:has-text('not valid TOML')")
        assert "1 change is waiting" in page.inner_text("#error") and path.read_text() == "[photos\n"
        path.write_text('[gallery]\ntitle = "Mended"\n')
        until(lambda: written(desk_site, "reader.jpg", "kind") == "headshot")
        assert notes(desk_site)["gallery"]["title"] == "Mended"


@in_a_browser
def test_a_page_whose_program_has_ended_says_so_and_names_what_is_not_written(desk_site: Site, browser: Any) -> None:
    with until_the_end(*started(desk_site)) as (running, address):
        page = opened(browser, address)
        go(page, "night/reader.jpg")
        running.kill()
        running.wait(20)
        page.keyboard.press("h")
        page.wait_for_selector("#error:has-text('Not saved: reader.jpg.')")
        assert "no longer connected to a review" in page.inner_text("#error")
        go(page, "night/guitar.jpg")
        page.keyboard.press("h")
        assert page.locator("[data-id='night/guitar.jpg'].decided").count() == 0, "it takes no decision any more"
        assert not (desk_site.photos / "night" / "notes.toml").exists()
    port = str(urlsplit(address).port)
    with reviewing(desk_site, "--port", port) as again:
        assert again != address
        page.goto(again)  # in the same window
        page.wait_for_selector("#error", state="hidden")
        page.wait_for_selector("[role=option]:focus")
        go(page, "night/guitar.jpg")
        page.keyboard.press("h")
        until(lambda: written(desk_site, "guitar.jpg", "kind") == "headshot")
        assert written(desk_site, "reader.jpg", "kind") is None
        page.reload()
        page.wait_for_selector("[data-id='night/guitar.jpg'].decided")


class Recorder(BaseHTTPRequestHandler):
    """Somebody else's server: takes down what it is sent, and answers everything kindly."""

    received: list[tuple[str, str, bytes, str]]

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.received.append((self.command, self.path, body, str(self.headers)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"version": "x", "photos": [], "galleries": [], "before": "x"}')

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@in_a_browser
def test_whoever_takes_the_port_gets_nothing_that_a_review_accepts(desk_site: Site, browser: Any) -> None:
    with until_the_end(*started(desk_site)) as (running, address):
        page = opened(browser, address)
        page.keyboard.press("h")
        until(lambda: list(desk_site.photos.rglob("notes.toml")))
        secrets = [page.evaluate("sessionStorage.getItem('review')"), urlsplit(address).fragment]
        go(page, "night/guitar.jpg")
        running.kill()
    Recorder.received = []
    port = urlsplit(address).port or 0
    taken = ThreadingHTTPServer(("127.0.0.1", port), Recorder)
    threading.Thread(target=taken.serve_forever, daemon=True).start()
    try:
        page.keyboard.press("e")
        page.fill("[name=caption]", "Nobody else's business")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#error:has-text('no longer connected')")
        page.keyboard.press("p")
        until(lambda: len(Recorder.received) > 3)  # it asks again and again
    finally:
        taken.shutdown()
        taken.server_close()
    received = list(Recorder.received)
    assert all(len(secret) > 30 for secret in secrets)
    for method, path, body, headers in received:
        assert method == "GET" and body == b"", "no decision is given away"
        assert not any(secret in path + headers for secret in secrets)
        assert "Cookie" not in headers
    before = {path: path.read_bytes() for path in desk_site.photos.rglob("notes.toml")}
    with reviewing(desk_site, "--port", str(port)) as again:
        for _, path, _, _ in received:
            assert ask(again, "GET", path) == 403
        for method, secret in (("enter", secrets[1]), ("undo", secrets[0])):
            assert ask(again, "POST", f"/{method}", json.dumps(secret), Content_Type="application/json") == 403
            assert ask(again, "POST", f"/{secret}/{method}", "{}", Content_Type="application/json") == 403
    assert {path: path.read_bytes() for path in desk_site.photos.rglob("notes.toml")} == before


@in_a_browser
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_nothing_in_the_list_of_processes_lets_anybody_in(desk_site: Site, tmp_path: Path) -> None:
    """The browser that the program itself starts, and that does not return, gets in; no command line says how."""
    script = tmp_path / "browser"
    script.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/asked\n'
        f'exec {CHROMIUM} {" ".join(ARGUMENTS)} --headless=new --user-data-dir={tmp_path}/profile "$@"\n'
    )
    script.chmod(0o755)
    command = [sys.executable, "-m", "pelican_headshots", "review"]
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY), "BROWSER": f"{script} %s"}
    running = subprocess.Popen(
        command, cwd=desk_site.folder, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    seen: set[str] = set()
    try:
        address = next_address(running)
        assert running.stdout is not None
        heard: list[str] = []
        listening = threading.Thread(target=lambda: heard.extend(running.stdout), daemon=True)
        listening.start()
        until(lambda: seen.update(command_lines()) or any("The page was opened" in line for line in heard), 60)
        until(lambda: (tmp_path / "asked").exists())
        opener = Path(urlsplit((tmp_path / "asked").read_text().strip()).path)
        assert opener.stat().st_mode & 0o777 == 0o600
        assert any(str(opener) in line for line in seen), "the browser's own command line was among those read"
        token = urlsplit(address).fragment
        assert token in opener.read_text() and not any(token in line for line in seen)
        for path in {urlsplit(url).path for line in seen for url in re.findall(r"http://127\.0\.0\.1:\d+\S*", line)}:
            assert ask(address, "GET", f"{path}state") == 403
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(20)
    until(lambda: not opener.exists())


def command_lines() -> Iterator[str]:
    """What anybody on the machine can read of every program."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            yield path.read_bytes().replace(b"\0", b" ").decode(errors="replace")


@in_a_browser
def test_an_address_that_is_used_twice_locks_everybody_out(desk_site: Site, browser: Any) -> None:
    with until_the_end(*started(desk_site)) as (running, address):
        stranger = Caller(address)
        assert stranger.ask("GET", "state") == 200, "somebody was quicker"
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector("#error:has-text('no longer connected')")
        assert page.locator("[role=option]").count() == 0
        assert stranger.ask("GET", "state") == stranger.ask("POST", "undo", "{}") == 403
        next_address(running)  # for another window, of the stranger's
        assert running.stdout is not None
        said = running.stdout.readline()
        assert "was opened before" in said
        page.goto(said.split()[-1])
        page.wait_for_selector("[role=option]:focus")


@pytest.mark.skipif(os.name == "nt", reason="sends signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_while_previews_are_made(desk_site: Site, how: signal.Signals) -> None:
    """Its children get the Ctrl+C of a terminal as well."""
    shutil.rmtree(desk_site.folder / ".headshots" / "renditions", ignore_errors=True)
    running, _ = started(desk_site, stderr=subprocess.PIPE, start_new_session=True)
    time.sleep(1.0)
    os.killpg(running.pid, how) if how == signal.SIGINT else running.send_signal(how)
    said, complaints = running.communicate(timeout=60)
    assert (running.returncode, complaints) == (0, "")
    assert "Your decisions are saved in notes.toml" in said


def test_an_answer_says_what_the_page_has_missed(desk_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk_site.folder)
    desk = ReviewSession(sites.SiteProject(Path("pelicanconf.py")).create_build(remember=False))
    shown = desk.get_page_data()
    first, second = (photo["digest"] for photo in shown["photos"][:2])
    answer = desk.apply_changes([NoteEdit(first, {"kind": "portrait"})])
    assert answer["before"] == shown["version"] and answer["undoes"] == shown["photos"][0]["file"]
    desk_site.write("content/photos/team/notes.toml", "# by hand\n")
    later = desk.apply_changes([NoteEdit(second, {"kind": "portrait"})])
    assert later["before"] != answer["version"], "the page has not seen the note by hand"
    assert desk.compute_version() == later["version"]
    (desk_site.photos / "night" / "guitar.jpg").unlink()
    after = desk.undo()
    assert after["version"] != desk.compute_version(), "the page must ask for everything: a photograph has gone"


def test_a_broken_list_of_people_is_a_sentence_on_the_page(desk_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk_site.folder)
    desk = ReviewSession(sites.SiteProject(Path("pelicanconf.py")).create_build(remember=False))
    counter = ReviewApi(desk, PreviewRenderer(desk.site_build.processor, desk.site_build.store), "Test")
    desk_site.write("content/photos/team/people.csv", "nom\nJo Clay\n")
    decision = [{"digest": desk.photos[0].digest, "fields": {"kind": "portrait"}}]
    for answer in (counter.get("state", {}), counter.get("version", {}), counter.post("decide", decision)):
        assert answer and answer.status == 422 and "team/people.csv has a column 'nom'" in answer.body.decode()


def test_what_is_settled_anew_is_what_a_whole_judgement_finds(desk_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk_site.folder)
    desk = ReviewSession(sites.SiteProject(Path("pelicanconf.py")).create_build(remember=False))
    photos = desk.get_page_data()["photos"]
    moved = next(photo for photo in photos if photo["id"] == "team/jo-clay_assistant.jpg")
    # A note about it that lies in another folder.
    desk_site.write("content/photos/night/notes.toml", f'[photos.x]\ndigest = "{moved["digest"]}"\nname = "Else"\n')
    for change in (
        NoteEdit(photos[0]["digest"], {"kind": "headshot"}),
        NoteEdit(moved["digest"], {"kind": "portrait", "hidden": True}),
        NoteEdit(photos[2]["digest"], {"hidden": True}),
        NoteEdit(moved["digest"], {"hidden": None}),
    ):
        desk.apply_changes([change])
        whole = ReviewState(desk.site_build.settings)
        whole.update(desk.photos, desk.site_build.notes, desk.site_build.routing_context)
        assert (
            desk.review_state.folders == whole.folders
            and desk.review_state.reports_by_folder == whole.reports_by_folder
        )
    assert written(desk_site, "x", "kind") == "portrait"


STALE = """() => {
    const real = fetch;
    window.fetch = (path, ...more) => path.endsWith("/version") ? new Promise(() => {}) : real(path, ...more);
}"""
"""A page that no longer asks whether anything has changed."""


def ask(address: str, method: str, path: str, body: str = "", **headers: str) -> int:
    split = urlsplit(address)
    connection = http.client.HTTPConnection("127.0.0.1", split.port, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    if method == "POST":
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body.encode() or None)
    status = connection.getresponse().status
    connection.close()
    return status


class Caller:
    """Somebody who has opened *address*, and seals what is asked for as the page does."""

    def __init__(self, address: str) -> None:
        self.address = address
        split = urlsplit(address)
        connection = http.client.HTTPConnection("127.0.0.1", split.port, timeout=20)
        connection.request("POST", "/enter", json.dumps(split.fragment), {"Content-Type": "application/json"})
        self.key = json.loads(connection.getresponse().read())
        connection.close()

    def path(self, method: str, path: str) -> str:
        text = f"{method} {path.partition('?')[0]}"
        return f"/{hmac.new(self.key.encode(), text.encode(), 'sha256').hexdigest()}/{path}"

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> int:
        if method == "POST":
            path += f"/{hashlib.sha256(body.encode()).hexdigest()}"
            headers = {"Content_Type": "application/json", **headers}
        return ask(self.address, method, self.path(method, path), body, **headers)


def test_only_the_person_who_started_it_is_let_in(desk_site: Site) -> None:
    with reviewing(desk_site) as address:
        assert urlsplit(address).hostname == "127.0.0.1"
        mine = Caller(address)
        assert mine.ask("GET", "state") == 200
        assert ask(address, "GET", "/") == 200, "in which there is nothing of anybody"
        assert ask(address, "GET", "/", Sec_Fetch_Site="cross-site") == 200, "a link leads there"
        assert ask(address, "GET", "/", Host="evil.example") == 403
        assert ask(address, "GET", "/review.js", Sec_Fetch_Site="cross-site") == 403
        assert ask(address, "GET", "/state") == 403
        assert ask(address, "GET", f"/{'x' * 64}/state") == 403
        assert ask(address, "GET", mine.path("GET", "version").replace("version", "state")) == 403
        assert ask(address, "GET", mine.path("POST", "state")) == 403
        assert mine.ask("GET", "../../../pelicanconf.py") == 404
        assert mine.ask("GET", "..%2f..%2fpelicanconf.py") == 404
        assert mine.ask("GET", "state", Host="evil.example") == 403
        assert mine.ask("GET", "state", Sec_Fetch_Site="cross-site") == 403
        assert mine.ask("POST", "undo", "{}") == 409, "let in; there is nothing to undo"
        assert mine.ask("POST", "undo", "{}", Origin="http://evil.example") == 403
        assert mine.ask("POST", "undo", "{}", Origin="null") == 403
        assert mine.ask("POST", "undo", "{}", Sec_Fetch_Site="same-site") == 403
        assert mine.ask("POST", "undo", "{}", Content_Type="text/plain") == 403
        assert ask(address, "POST", "/undo", "{}", Content_Type="application/json") == 403
        other = mine.path("POST", f"undo/{hashlib.sha256(b'{}').hexdigest()}")
        assert ask(address, "POST", other, "[]", Content_Type="application/json") == 400, "another body than was sealed"
        assert mine.ask("POST", "decide", '[{"digest": "unknown", "fields": {"kind": "portrait"}}]') == 409
        assert mine.ask("POST", "decide", '[{"digest": "x", "fields": {"order": 1}}]') == 409
        for nonsense in ("[{}]", "nonsense", '"\\ud800"', '[{"digest": "\\ud800", "fields": {}}]', ""):
            assert mine.ask("POST", "decide", nonsense) == 400
    assert not list(desk_site.photos.rglob("notes.toml"))


def test_it_listens_on_this_machine_alone(desk_site: Site) -> None:
    with reviewing(desk_site) as address:
        port = urlsplit(address).port
        listening = Path("/proc/net/tcp")
        if not listening.exists():
            pytest.skip("needs /proc")
        local = [line.split()[1] for line in listening.read_text().splitlines()[1:] if line.split()[3] == "0A"]
        assert f"0100007F:{port:04X}" in local and f"00000000:{port:04X}" not in local


@pytest.mark.slow
@in_a_browser
def test_fifty_photographs_of_the_corpus(tmp_path: Path, browser: Any, shared: Callable[[str], Path]) -> None:
    """Fifty real photographs, each decided with a key, some against the machine; rebuilt, then renamed and moved."""
    corpus = shared("corpus")
    kinds = {"headshot": "h", "portrait": "p", "other": "n"}
    with (corpus / "labels.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in kinds][:50]
    site = Site(tmp_path / "site")
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    for row in rows:
        site.add(corpus / row["file"], f"work/{row['file']}")
    wanted = {row["file"]: kinds[row["label"]] for row in rows}
    for name in list(wanted)[::7]:
        wanted[name] = {"h": "p", "p": "n", "n": "h"}[wanted[name]]
    site.configure()
    with reviewing(site) as address:
        page = opened(browser, address)
        page.keyboard.press("Home")
        for _ in rows:
            page.keyboard.press(wanted[at(page).removeprefix("work/")])
        until(lambda: len(notes(site, "work").get("photos", {})) == 50, 60)
        assert page.faults == []
    names = {"h": "headshot", "p": "portrait", "n": "no-person"}
    assert {name: note["kind"] for name, note in notes(site, "work")["photos"].items()} == {
        n: names[k] for n, k in wanted.items()
    }
    built = site.build(timeout=900)
    assert {
        n.removeprefix("work/"): entry["kind"] for n, entry in built.report.items() if entry["status"] == "built"
    } == {name: names[key] for name, key in wanted.items()}
    for number, name in enumerate(wanted):
        (site.photos / "work" / name).rename(site.add(corpus / name, f"other/{number % 3}/P{number}.jpg"))
    built = site.build(timeout=900)
    again = {n: entry["kind"] for n, entry in built.report.items() if entry["status"] == "built"}
    assert again == {f"other/{i % 3}/P{i}.jpg": names[key] for i, key in enumerate(wanted.values())}
    assert json.loads((site.folder / "build-report.json").read_text())["work"]["looked"] == {}
