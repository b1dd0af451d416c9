"""What tests share: the material beside the repository, and a site to build in a temporary folder."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import ARGUMENTS, CHROMIUM
from tests.support.site import REPOSITORY, Site

# Where tests run in the background Ctrl+C is ignored, every child inherits that, and some tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


TESTS = Path(__file__).parent
FOLDERS = ("unit", "integration", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by the folder it is in, for `pytest -m unit`."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in FOLDERS:
            item.add_marker(getattr(pytest.mark, folder))


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """A path in the material beside the repository; the test is skipped where that is absent."""
    root = Path(os.environ.get("HEADSHOTS_SHARED", REPOSITORY.parent / "shared"))

    def find(name: str) -> Path:
        if not (root / name).exists():
            pytest.skip(f"needs {name} from the shared material beside the repository, which is not here")
        return root / name

    return find


@pytest.fixture(scope="session")
def demo_photos() -> Path:
    return REPOSITORY / "content" / "photos"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the whole run: Playwright cannot be started twice in a process."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
