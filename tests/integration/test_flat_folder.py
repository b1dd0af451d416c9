"""Twenty pictures as a camera names them, straight in the photos folder, and a page with nothing but `Template: team`."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

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


def test_in_a_flat_folder_headshots_go_to_the_team_page_and_portraits_to_the_gallery(
    site: Site, shared: Callable[[str], Path]
) -> None:
    corpus = shared("corpus")
    pictures = [*choose_pictures(corpus, "headshot", 8), *choose_pictures(corpus, "portrait", 12)]
    assert len(pictures) == 20
    for number, picture in enumerate(pictures):
        site.add(picture, f"DSC_{number * 7 + 113:04}.jpg")
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\n")
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    built = site.build()
    assert built.status == 0, built.log
    team = len(re.findall(r"<li id=", built.page("team/index.html")))
    gallery = built.page("portfolio/photographs/index.html")
    kinds = {path: entry["kind"] for path, entry in built.report.items()}
    assert len(kinds) == 20 and 6 <= team == list(kinds.values()).count("headshot") <= 10, kinds
    for path, entry in built.report.items():
        is_headshot = entry["kind"] == "headshot"
        assert entry["places"] == (["people"] if is_headshot else ["gallery"]), path
        assert RoutingRule(entry["rule"]) in RoutingRule and entry["outputs" if not is_headshot else "crops"]
        assert (f"pictures/{path[:-4].lower().replace('_', '-')}-" in gallery) is not is_headshot, path

    planned = command(site, "plan", "--json")
    assert planned.returncode == 0, planned.stderr
    photos = json.loads(planned.stdout)["photos"]
    assert photos == {path: {key: entry[key] for key in ("places", "rule")} for path, entry in built.report.items()}
    assert "on people's pages" in command(site, "plan").stdout
