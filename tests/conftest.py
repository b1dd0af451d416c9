"""Fixtures and markers that all tests share."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pelican_headshots.support.atomic_files import hold_lock
from pelican_headshots.workers.pool import count_processors
from tests.support.browser import ARGUMENTS, CHROMIUM
from tests.support.review import build_review_site, copy_review_site
from tests.support.site import REPOSITORY, BuildOnce, Site
from tests.support.skipped import pytest_terminal_summary as pytest_terminal_summary

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Where tests run in the background SIGINT is ignored and every child inherits that, but some tests send SIGINT.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


TESTS = Path(__file__).parent
FOLDERS = ("unit", "integration", "browser")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test by the folder it is in, for `pytest -m unit`, and leave out slow tests unless `-m` names them."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in FOLDERS:
            item.add_marker(getattr(pytest.mark, folder))
        if sys.platform == "win32" and item.get_closest_marker("unix"):
            item.add_marker(pytest.mark.skip(reason="needs pipes, links, signals or file names that Windows lacks"))
    if "slow" not in config.getoption("-m"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("slow")])
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Start one worker more than there are processors, for `-n auto`: tests often wait for a browser or a timer."""
    return count_processors() + 1


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Return a function that finds a path in the material beside the repository, or skips the test."""
    root = Path(os.environ.get("HEADSHOTS_SHARED", REPOSITORY.parent / "shared"))

    def find(name: str) -> Path:
        if not (root / name).exists():
            pytest.skip(f"needs {name} from the shared material beside the repository, which is not here")
        return root / name

    return find


@pytest.fixture(scope="session")
def demo_photos() -> Path:
    """Return the photos folder of the demo site."""
    return REPOSITORY / "content" / "photos"


@pytest.fixture(scope="session")
def build_once(tmp_path_factory: pytest.TempPathFactory) -> BuildOnce:
    """Return a function that returns a folder of a name, filled once in a run, by whichever worker is the first."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # of all workers

    def build(name: str, fill: Callable[[Path], object]) -> Path:
        filled = folder / f"{name}.filled"
        with hold_lock(folder / f"{name}.lock"):
            if not filled.exists():
                fill(folder / name)
                filled.touch()
        return folder / name

    return build


@pytest.fixture(scope="session")
def analyzed_review_site(build_once: BuildOnce) -> Path:
    """Return the folder of the site that `review_site` copies: its photos are in the cache."""
    return build_once("review-site", build_review_site)


@pytest.fixture
def review_site(analyzed_review_site: Path, tmp_path: Path) -> Site:
    """Return a copy of a site whose photos are in the cache, for tests of review."""
    return copy_review_site(analyzed_review_site, tmp_path / "site")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return an empty site in a temporary folder."""
    return Site(tmp_path / "site")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start one browser for the whole run, because Playwright cannot be started twice in a process."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs requirements/test.txt")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt install chromium")
    with sync_api.sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
