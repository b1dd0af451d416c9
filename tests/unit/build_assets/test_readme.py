"""The README at a package index has no link and no picture that leads nowhere."""

from __future__ import annotations

import re

import pytest

from build_assets.readme import render_readme
from tests.support.site import REPOSITORY

ADDRESS = "https://example.com/us/ours"


@pytest.mark.parametrize(
    ("text", "rendered", "without_address"),
    [
        ("[people](docs/people.md#names)", f"[people]({ADDRESS}/blob/v1.2.0/docs/people.md#names)", "people"),
        ("![A gallery](docs/a.jpg)", f"![A gallery]({ADDRESS}/raw/v1.2.0/docs/a.jpg)", "*A gallery*"),
        (
            "[![A gallery](docs/a.jpg)](docs/b.md)",
            f"[![A gallery]({ADDRESS}/raw/v1.2.0/docs/a.jpg)]({ADDRESS}/blob/v1.2.0/docs/b.md)",
            "*A gallery*",
        ),
        (
            '<img src="docs/a.jpg" alt="A gallery">',
            f'<img src="{ADDRESS}/raw/v1.2.0/docs/a.jpg" alt="A gallery">',
            "*A gallery*",
        ),
    ],
)
def test_a_relative_path_becomes_an_address_of_the_release(text: str, rendered: str, without_address: str) -> None:
    assert render_readme(text, ADDRESS, "1.2.0") == rendered
    assert render_readme(text, "", "1.2.0") == without_address


@pytest.mark.parametrize("address", [ADDRESS, ""])
@pytest.mark.parametrize(
    "text",
    [
        "[Pelican](https://getpelican.com) and [below](#below)",
        "![A gallery](https://example.com/a.jpg)",
        "[mail](mailto:us@example.com)",
        "```markdown\n[people](docs/people.md)\n```",
        '[photos."a.jpg"]',
    ],
)
def test_other_text_stays_as_it_is(text: str, address: str) -> None:
    assert render_readme(text, address, "1.2.0") == text


@pytest.mark.parametrize("address", [ADDRESS, ""])
def test_our_readme_has_no_relative_path_at_the_index(address: str) -> None:
    text = render_readme((REPOSITORY / "README.md").read_text("utf-8"), address, "1.2.0")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    targets = re.findall(r"""\]\(([^)]+)\)|\b(?:src|href|srcset)=["']([^"']+)""", prose)
    assert [target for found in targets for target in found if target and not target.startswith(("http", "#"))] == []
