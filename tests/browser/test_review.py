"""The review page in a real browser: decisions are written to `notes.toml`, rebuilt with, and never lost."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.support.browser import ARGUMENTS, CHROMIUM, Windows
from tests.support.review import (
    NIGHT_PHOTOS,
    ReviewClient,
    add_many_photos,
    read_next_url,
    read_note_field,
    read_notes,
    run_review,
    run_review_process,
    send_request,
    wait_until,
)
from tests.support.site import REPOSITORY, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

STOP_POLLING = """() => {
    const real = fetch;
    window.fetch = (path, ...more) => path.endsWith("/version") ? new Promise(() => {}) : real(path, ...more);
}"""
"""A script after which the page no longer asks whether anything has changed."""

PLACE_OF_TILE = """(id) => {
    const box = document.querySelector(`[data-id="${id}"]`).getBoundingClientRect();
    return { id, x: box.x, y: box.y };
}"""
PLACE_OF_THE_FIRST_TILE_NEAR_THE_TOP = f"""() => {{
    document.getElementById("sheet").scrollTop = 50;
    return ({PLACE_OF_TILE})(document.querySelector("[role=option]").dataset.id);
}}"""
"""A script that scrolls to where further tiles are added above, and returns where the first one is."""
HAS_TILE_BEFORE = """(id) => document.querySelector("[role=option]").dataset.id !== id"""

HOLD_DECISIONS = """() => {
    const real = fetch, released = new Promise(done => { window.sendDecisions = done });
    window.fetch = async (path, ...more) => { if (path.includes("/decide/")) await released; return real(path, ...more) };
}"""
"""A script after which decisions are sent when `sendDecisions` is called."""


@pytest.fixture
def site(review_site: Site) -> Site:
    return review_site


def open_review(windows: Windows, url: str) -> Page:
    """Open the review page and wait until it shows a photo."""
    page = windows.open(url, 1280, 900)
    page.wait_for_selector("[role=option]:focus")
    return page


def get_focused_photo(page: Page) -> str:
    name = page.get_attribute("[role=option]:focus", "data-id")
    assert name is not None
    return name


def scroll_down(page: Page) -> bool:
    page.mouse.wheel(0, 4000)
    return False


def focus_photo(page: Page, name: str) -> None:
    page.keyboard.press("Home")
    for _ in range(60):
        if get_focused_photo(page) == name:
            return
        page.keyboard.press("ArrowRight")
    raise AssertionError(f"{name} is not on the page")


def test_kinds_chosen_with_keys_are_used_by_the_build_and_survive_a_rename(site: Site, windows: Windows) -> None:
    wanted = {
        "night/half-light.jpg": "h",
        "night/chair-in-light.jpg": "p",
        "night/reader.jpg": "n",
        "team/jo-clay_assistant.jpg": "p",
    }
    kinds = {"h": "headshot", "p": "portrait", "n": "no-person"}
    with run_review(site) as url:
        page = open_review(windows, url)
        for path, key in wanted.items():
            focus_photo(page, path)
            page.keyboard.press(key)
        wait_until(lambda: len(read_notes(site).get("photos", {})) == 3 and read_notes(site, "team"))
        assert windows.script_errors == []
    assert sum(len(read_notes(site, folder)["photos"]) for folder in ("night", "team")) == len(wanted)
    built = site.build()
    assert {path: built.report[path]["kind"] for path in wanted} == {path: kinds[key] for path, key in wanted.items()}
    (site.photos / "moved").mkdir()
    for number, path in enumerate(wanted):
        (site.photos / path).rename(site.photos / "moved" / f"IMG_{number}.jpg")
    built = site.build()
    assert [built.report[f"moved/IMG_{n}.jpg"]["kind"] for n in range(4)] == [kinds[key] for key in wanted.values()]


def test_with_hundreds_of_photos_only_what_is_near_is_in_the_page_and_all_can_be_decided(
    site: Site, windows: Windows
) -> None:
    count = 450
    add_many_photos(site, count)
    with run_review(site) as url:
        page = open_review(windows, url)
        total = count + len(NIGHT_PHOTOS) + 1
        tiles = page.locator("[role=option]")
        assert tiles.count() < 150
        # While photos are loaded the summary is "200 of 456 photos loaded …".
        page.wait_for_selector(f"#summary:has-text('{total} photos ·')")
        assert tiles.count() < 150
        assert get_focused_photo(page) == "many/0000.jpg", "what could not be analyzed comes first"
        page.keyboard.press("End")
        assert tiles.count() < 200
        last = get_focused_photo(page)
        before = page.evaluate(PLACE_OF_THE_FIRST_TILE_NEAR_THE_TOP)
        wait_until(lambda: page.evaluate(HAS_TILE_BEFORE, before["id"]))
        assert page.evaluate(PLACE_OF_TILE, before["id"]) == before, "tiles moved when others were added above them"
        page.keyboard.press("Home")
        assert tiles.count() < 150
        assert get_focused_photo(page) == "many/0000.jpg"
        page.keyboard.press("End")
        page.keyboard.press("h")
        wait_until(lambda: read_note_field(site, last.rpartition("/")[2], "kind", last.partition("/")[0]) == "headshot")
        page.keyboard.press("u")
        wait_until(lambda: not (site.photos / last.partition("/")[0] / "notes.toml").exists())
        page.select_option("#folder", "many")
        assert tiles.count() < 150
        page.locator("#sheet").hover()
        wait_until(lambda: scroll_down(page) or tiles.count() == count)
        page.locator("[role=option]").last.click()
        page.keyboard.press("Control+a")
        page.wait_for_selector(f"#selection:has-text('{count} photos')")
        page.keyboard.press("n")
        wait_until(lambda: len(read_notes(site, "many").get("photos", {})) == count)
        page.select_option("#show", "decided")
        page.wait_for_selector("#save-status:has-text('saved')")
        page.keyboard.press("a")
        page.keyboard.press("Home")
        page.keyboard.press("Alt+ArrowRight")
        wait_until(lambda: read_notes(site, "many").get("gallery", {}).get("order", [])[:2] == ["0001.jpg", "0000.jpg"])
        assert len(read_notes(site, "many")["gallery"]["order"]) == count
        assert windows.script_errors == []


def test_moving_around_the_page_writes_no_file(site: Site, windows: Windows) -> None:
    before = {path: path.read_bytes() for path in site.photos.rglob("*") if path.is_file()}
    with run_review(site) as url:
        page = open_review(windows, url)
        keys = "ArrowRight ArrowDown d Enter Escape End e Escape u ? Escape a a f Escape"
        for key in keys.split():
            page.keyboard.press(key)
        page.hover("#photo")
        page.wait_for_selector("#save-status:has-text('saved')")  # with "saving" a decision would be on its way
    assert {path: path.read_bytes() for path in site.photos.rglob("*") if path.is_file()} == before


def test_text_focal_point_and_several_photos_are_edited_and_undo_restores_every_byte(
    site: Site, windows: Windows
) -> None:
    original_notes = '# by hand\n[photos."guitar.jpg"]\nalt = "A guitar" # short\n'
    site.write("content/photos/night/notes.toml", original_notes)
    with run_review(site) as url:
        page = open_review(windows, url)
        focus_photo(page, "night/reader.jpg")
        page.keyboard.press("e")
        page.fill("[name=caption]", 'Pages "turned" <slowly>')
        page.keyboard.press("Control+Enter")
        assert wait_until(lambda: read_note_field(site, "reader.jpg", "caption")) == 'Pages "turned" <slowly>'
        box = page.locator("#photo").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.75, steps=4)
        page.mouse.up()
        assert wait_until(lambda: read_note_field(site, "reader.jpg", "focus")) == pytest.approx([0.25, 0.75], abs=0.01)
        for key in ("f", "ArrowRight", "ArrowRight", "Enter"):
            page.keyboard.press(key)
        wait_until(lambda: read_note_field(site, "reader.jpg", "focus") == pytest.approx([0.29, 0.75], abs=0.01))
        page.keyboard.press("Control+a")
        page.keyboard.press("p")
        wait_until(
            lambda: len(read_notes(site)["photos"]) == len(NIGHT_PHOTOS) and read_note_field(site, "guitar.jpg", "kind")
        )
        assert (site.photos / "night" / "notes.toml").read_text().startswith(original_notes)
        for _ in range(4):
            page.keyboard.press("u")
        wait_until(lambda: (site.photos / "night" / "notes.toml").read_text() == original_notes)
        wait_until(lambda: not (site.photos / "team" / "notes.toml").exists())


def test_nothing_moves_under_the_pointer_while_changes_are_saved(site: Site, windows: Windows) -> None:
    places = (
        "['header', '#kinds', '#photo'].map(s => JSON.stringify(document.querySelector(s).getBoundingClientRect()))"
    )
    with run_review(site) as url:
        page = open_review(windows, url)
        for number, width in enumerate((1440, 1280, 1000, 390)):
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate("new Promise(requestAnimationFrame)")  # the page fits the photo into the new window
            before = page.evaluate(places)
            page.keyboard.press("e")
            page.fill("[name=caption]", f"Caption {number}")
            page.evaluate(HOLD_DECISIONS)
            page.keyboard.press("Control+Enter")
            page.wait_for_selector("#save-status:has-text('saving')")
            assert page.evaluate(places) == before, width
            page.evaluate("window.sendDecisions()")
            page.wait_for_selector("#save-status:has-text('saved')")
            assert page.evaluate(places) == before, width
            page.keyboard.press("Control+a")
            page.wait_for_selector("#selection")
            assert page.evaluate(places) == before, width
            page.keyboard.press("Escape")


def test_a_gallery_is_ordered_with_the_keyboard_and_by_dragging(site: Site, windows: Windows) -> None:
    with run_review(site) as url:
        page = open_review(windows, url)
        page.select_option("#folder", "night")
        page.click("#arrange")
        names = page.eval_on_selector_all("[role=option]", "tiles => tiles.map(tile => tile.dataset.id.slice(6))")
        page.keyboard.press("Home")
        focus_photo(page, f"night/{names[0]}")
        page.keyboard.press("Alt+ArrowRight")
        wanted = [names[1], names[0], *names[2:]]
        wait_until(lambda: read_notes(site).get("gallery", {}).get("order") == wanted)
        page.drag_and_drop(
            f'[data-id="night/{wanted[-1]}"]', f'[data-id="night/{wanted[0]}"]', target_position={"x": 5, "y": 20}
        )
        wanted = [wanted[-1], *wanted[:-1]]
        wait_until(lambda: read_notes(site)["gallery"]["order"] == wanted)
    (site.photos / "night" / wanted[0]).rename(site.photos / "night" / "zz.jpg")
    built = site.build()
    links = re.findall(r'/portfolio/night/([\w-]+)/"', built.page("portfolio/night/index.html"))
    cover, *others = dict.fromkeys(links)
    ordered = ["zz", *(name.removesuffix(".jpg") for name in wanted[1:])]
    assert others == [name for name in ordered if name != cover]


def test_a_second_window_with_a_stale_page_loses_no_decision(site: Site, windows: Windows) -> None:
    with run_review_process(site) as (process, url):
        first, second = open_review(windows, url), open_review(windows, read_next_url(process))
        for page in (first, second):
            page.evaluate(STOP_POLLING)
            focus_photo(page, "night/reader.jpg")
        first.keyboard.press("n")
        wait_until(lambda: read_note_field(site, "reader.jpg", "kind") == "no-person")
        second.keyboard.press("h")
        second.wait_for_selector("#message.on:has-text('was changed elsewhere')")
        assert read_note_field(site, "reader.jpg", "kind") == "no-person", "the first decision was overwritten"
        focus_photo(second, "night/reader.jpg")
        second.keyboard.press("h")
        wait_until(lambda: read_note_field(site, "reader.jpg", "kind") == "headshot")
        focus_photo(second, "night/guitar.jpg")
        second.keyboard.press("p")
        wait_until(lambda: read_note_field(site, "guitar.jpg", "kind") == "portrait")
        path = site.photos / "night" / "notes.toml"
        path.write_text(path.read_text() + '\n# by hand\n[photos."weathered.jpg"]\ncaption = "By hand"\n')
        focus_photo(first, "night/weathered.jpg")
        first.keyboard.press("p")
        wait_until(lambda: read_note_field(site, "weathered.jpg", "kind") == "portrait")
        assert read_note_field(site, "weathered.jpg", "caption") == "By hand"
        assert "# by hand" in path.read_text()
        assert read_note_field(site, "guitar.jpg", "kind") == "portrait"


def test_a_decision_about_a_photo_deleted_meanwhile_is_kept_for_its_return(site: Site, windows: Windows) -> None:
    moved_away = site.folder / "away.jpg"
    with run_review(site) as url:
        page = open_review(windows, url)
        focus_photo(page, "team/jo-clay_assistant.jpg")
        (site.photos / "team" / "jo-clay_assistant.jpg").rename(moved_away)
        (site.photos / "team").rmdir()
        page.keyboard.press("p")
        wait_until(lambda: read_note_field(site, "jo-clay_assistant.jpg", "kind", "") == "portrait")
    moved_away.rename(site.photos / "night" / "back.jpg")
    assert site.build().report["night/back.jpg"]["kind"] == "portrait"


def test_a_decision_waits_while_the_notes_cannot_be_read(site: Site, windows: Windows) -> None:
    path = site.photos / "night" / "notes.toml"
    with run_review(site) as url:
        page = open_review(windows, url)
        focus_photo(page, "night/reader.jpg")
        path.write_text("[photos\n")
        page.keyboard.press("h")
        page.wait_for_selector("#error:has-text('not valid TOML')")
        assert "1 change is waiting" in page.inner_text("#error")
        assert path.read_text() == "[photos\n"
        path.write_text('[gallery]\ntitle = "Repaired"\n')
        wait_until(lambda: read_note_field(site, "reader.jpg", "kind") == "headshot")
        assert read_notes(site)["gallery"]["title"] == "Repaired"


def test_a_page_without_its_server_names_the_photos_not_saved_and_takes_no_decisions(
    site: Site, windows: Windows
) -> None:
    with run_review_process(site) as (process, url):
        page = open_review(windows, url)
        focus_photo(page, "night/reader.jpg")
        process.kill()
        process.wait(60)
        page.keyboard.press("h")
        page.wait_for_selector("#error:has-text('Not saved: reader.jpg.')")
        assert "no longer connected to a review" in page.inner_text("#error")
        focus_photo(page, "night/guitar.jpg")
        page.keyboard.press("h")
        assert page.locator("[data-id='night/guitar.jpg'].decided").count() == 0, "a decision was accepted"
        assert not (site.photos / "night" / "notes.toml").exists()
    port = str(urlsplit(url).port)
    with run_review(site, "--port", port) as new_url:
        assert new_url != url
        page.goto(new_url)  # in the same window
        page.wait_for_selector("#error", state="hidden")
        page.wait_for_selector("[role=option]:focus")
        focus_photo(page, "night/guitar.jpg")
        page.keyboard.press("h")
        wait_until(lambda: read_note_field(site, "guitar.jpg", "kind") == "headshot")
        assert read_note_field(site, "reader.jpg", "kind") is None
        page.reload()
        page.wait_for_selector("[data-id='night/guitar.jpg'].decided")


class RequestRecorder(BaseHTTPRequestHandler):
    """Another program's server: records every request and answers each as if it were a review."""

    received: list[tuple[str, str, bytes, str]]

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.received.append((self.command, self.path, body, str(self.headers)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"version": "x", "photos": [], "galleries": [], "before": "x"}')

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


def test_another_program_on_the_same_port_receives_no_secret_and_no_decision(site: Site, windows: Windows) -> None:
    with run_review_process(site) as (process, url):
        page = open_review(windows, url)
        page.keyboard.press("h")
        wait_until(lambda: list(site.photos.rglob("notes.toml")))
        secrets = [page.evaluate("sessionStorage.getItem('review')"), urlsplit(url).fragment]
        focus_photo(page, "night/guitar.jpg")
        process.kill()
    RequestRecorder.received = []
    port = urlsplit(url).port or 0
    other_server = ThreadingHTTPServer(("127.0.0.1", port), RequestRecorder)
    threading.Thread(target=other_server.serve_forever, daemon=True).start()
    try:
        page.keyboard.press("e")
        page.fill("[name=caption]", "Nobody else's business")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#error:has-text('no longer connected')")
        page.keyboard.press("p")
        wait_until(lambda: len(RequestRecorder.received) > 3)  # the page tries again and again
    finally:
        other_server.shutdown()
        other_server.server_close()
    received = list(RequestRecorder.received)
    assert all(len(secret) > 30 for secret in secrets)
    for method, path, body, headers in received:
        assert (method, body) == ("GET", b""), "a decision was sent to another program"
        assert not any(secret in path + headers for secret in secrets)
        assert "Cookie" not in headers
    before = {path: path.read_bytes() for path in site.photos.rglob("notes.toml")}
    with run_review(site, "--port", str(port)) as new_url:
        for _, path, _, _ in received:
            assert send_request(new_url, "GET", path) == 403
        for action, secret in (("enter", secrets[1]), ("undo", secrets[0])):
            assert (
                send_request(new_url, "POST", f"/{action}", json.dumps(secret), Content_Type="application/json") == 403
            )
            assert send_request(new_url, "POST", f"/{secret}/{action}", "{}", Content_Type="application/json") == 403
    assert {path: path.read_bytes() for path in site.photos.rglob("notes.toml")} == before


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt install chromium")
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_no_command_line_of_a_process_holds_a_secret(site: Site, tmp_path: Path) -> None:
    """The review starts the browser itself here, with a command that does not return, and the browser gets access."""
    script = tmp_path / "browser"
    script.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/arguments\n'
        f'exec {CHROMIUM} {" ".join(ARGUMENTS)} --headless=new --user-data-dir={tmp_path}/profile "$@"\n'
    )
    script.chmod(0o755)
    command = [sys.executable, "-m", "pelican_headshots", "review"]
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY), "BROWSER": f"{script} %s"}
    process = subprocess.Popen(
        command, cwd=site.folder, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    printed: list[str] = []
    command_lines: set[str] = set()

    def is_page_open() -> bool:
        command_lines.update(read_command_lines())
        return any("The page was opened" in line for line in printed)

    try:
        url = read_next_url(process)
        assert process.stdout is not None
        threading.Thread(target=printed.extend, args=(process.stdout,), daemon=True).start()
        wait_until(is_page_open, 60)
        wait_until(lambda: (tmp_path / "arguments").exists())
        redirect_page = Path(urlsplit((tmp_path / "arguments").read_text().strip()).path)
        assert redirect_page.stat().st_mode & 0o777 == 0o600
        assert any(str(redirect_page) in line for line in command_lines), "the browser's command line was not read"
        token = urlsplit(url).fragment
        assert token in redirect_page.read_text()
        assert not any(token in line for line in command_lines)
        urls = [found for line in command_lines for found in re.findall(r"http://127\.0\.0\.1:\d+\S*", line)]
        for path in {urlsplit(found).path for found in urls}:
            assert send_request(url, "GET", f"{path}state") == 403
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)
    wait_until(lambda: not redirect_page.exists())


def read_command_lines() -> Iterator[str]:
    """Yield the command line of every process, which every user of the machine can read."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # the process has ended
            yield path.read_bytes().replace(b"\0", b" ").decode(errors="replace")


def test_a_url_that_is_used_twice_locks_both_users_out(site: Site, windows: Windows) -> None:
    with run_review_process(site) as (process, url):
        stranger = ReviewClient(url)
        assert stranger.send("GET", "state") == 200, "the stranger was quicker"
        page = windows.new_page()
        page.goto(url)
        page.wait_for_selector("#error:has-text('no longer connected')")
        assert page.locator("[role=option]").count() == 0
        assert stranger.send("GET", "state") == stranger.send("POST", "undo", "{}") == 403
        read_next_url(process)  # for another window: of the stranger
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "was opened before" in line
        page.goto(line.split()[-1])
        page.wait_for_selector("[role=option]:focus")


@pytest.mark.slow
def test_fifty_photos_decided_with_keys_keep_their_kinds_after_a_rebuild_and_a_move(
    tmp_path: Path, windows: Windows, shared: Callable[[str], Path]
) -> None:
    """Takes minutes. Every seventh decision contradicts the label, so that decisions and classifications differ."""
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
    with run_review(site) as url:
        page = open_review(windows, url)
        page.keyboard.press("Home")
        for _ in rows:
            page.keyboard.press(wanted[get_focused_photo(page).removeprefix("work/")])
        wait_until(lambda: len(read_notes(site, "work").get("photos", {})) == 50, 60)
        assert windows.script_errors == []
    names = {"h": "headshot", "p": "portrait", "n": "no-person"}
    assert {name: note["kind"] for name, note in read_notes(site, "work")["photos"].items()} == {
        n: names[k] for n, k in wanted.items()
    }
    built = site.build(timeout=900)
    assert {
        n.removeprefix("work/"): entry["kind"] for n, entry in built.report.items() if entry["status"] == "built"
    } == {name: names[key] for name, key in wanted.items()}
    for number, name in enumerate(wanted):
        (site.photos / "work" / name).rename(site.add(corpus / name, f"other/{number % 3}/P{number}.jpg"))
    built = site.build(timeout=900)
    kinds_after_move = {n: entry["kind"] for n, entry in built.report.items() if entry["status"] == "built"}
    assert kinds_after_move == {f"other/{i % 3}/P{i}.jpg": names[key] for i, key in enumerate(wanted.values())}
    assert json.loads((site.folder / "build-report.json").read_text())["work"]["analyzed"] == {}
