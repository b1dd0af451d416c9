"""Twenty pictures as a camera names them, straight in the photos folder, and a page with `Template: team`."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pelican_headshots.cli.scaffold import TEMPLATES_FOLDER
from pelican_headshots.people.classified_photo import RoutingRule
from tests.support.site import Site, command


def choose_pictures(corpus: Path, label: str, count: int) -> list[Path]:
    """Return the first pictures with this label that are not difficult, each of one person."""
    with (corpus / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["label"], row["n_people"], row["hard"], row["depiction"]) == (label, "1", "n", "n")
        ]
    return [corpus / row["file"] for row in rows[:count]]


INIT_PAGE = (TEMPLATES_FOLDER / "en/content/pages/team.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["Title: Team\nTemplate: team\n", INIT_PAGE], ids=["bare page", "page of init"])
def test_in_a_flat_folder_headshots_go_to_the_team_page_and_portraits_to_the_gallery(
    site: Site, shared: Callable[[str], Path], page: str
) -> None:
    corpus = shared("corpus")
    pictures = [*choose_pictures(corpus, "headshot", 8), *choose_pictures(corpus, "portrait", 12)]
    assert len(pictures) == 20
    for number, picture in enumerate(pictures):
        site.add(picture, f"DSC_{number * 7 + 113:04}.jpg")
    site.write("content/pages/team.md", page)
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    built = site.build()
    assert built.status == 0, built.log
    assert ("directly in the photos folder" in built.log) is ("Photos:" in page)
    team = len(re.findall(r"<li id=", built.page("team/index.html")))
    gallery = built.page("portfolio/photographs/index.html")
    kinds = {path: entry["kind"] for path, entry in built.report.items()}
    assert len(kinds) == 20
    assert team == list(kinds.values()).count("headshot")
    assert 6 <= team <= 10, kinds
    for path, entry in built.report.items():
        is_headshot = entry["kind"] == "headshot"
        assert entry["places"] == (["people"] if is_headshot else ["gallery"]), path
        assert RoutingRule(entry["rule"]) in RoutingRule
        assert entry["outputs" if not is_headshot else "crops"]
        assert (f"pictures/{path[:-4].lower().replace('_', '-')}-" in gallery) is not is_headshot, path

    planned = command(site, "plan", "--json")
    assert planned.returncode == 0, planned.stderr
    photos = json.loads(planned.stdout)["photos"]
    assert photos == {path: {key: entry[key] for key in ("places", "rule")} for path, entry in built.report.items()}
    assert "on team pages (" in command(site, "plan").stdout


def test_a_colleague_is_not_missing_from_the_team_page_because_of_an_elbow(
    site: Site, shared: Callable[[str], Path]
) -> None:
    corpus = shared("corpus")
    for name, picture in zip(("ann-lee", "bob-ray", "cleo-dox"), choose_pictures(corpus, "headshot", 3), strict=True):
        site.add(picture, f"team/{name}.jpg")
    site.add(corpus / "c0022.jpg", "team/ida-jung.jpg")  # waist-up
    site.add(corpus / "c0275.jpg", "team/kim-lund.jpg")  # a small full figure
    site.write("content/photos/team/people.csv", "name,role\nIda Jung,Sales\nKim Lund,Driver\n")
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\nPhotos: team\n")
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    built = site.build()
    assert built.status == 0, built.log
    ida, kim = built.report["team/ida-jung.jpg"], built.report["team/kim-lund.jpg"]
    assert (ida["kind"], ida["places"], ida["rule"]) == ("portrait", ["people"], RoutingRule.NAMED_PORTRAIT)
    assert ida["crops"]
    assert not ida["outputs"]
    assert (kim["kind"], kim["places"], kim["rule"]) == ("portrait", ["gallery"], RoutingRule.PORTRAIT)
    assert "pixels wide" in kim["remark"]
    assert "team/kim-lund.jpg is a portrait" in built.log
    assert "1 portrait is on people's pages, cropped to head and shoulders" in built.log
    page = built.page("team/index.html")
    assert "pictures/ida-jung-" in page
    assert "pictures/kim-lund-" not in page.partition("<main")[2]
    assert re.findall(r'<li id="([\w-]+)"', page)[:2] == ["ida-jung", "kim-lund"]
