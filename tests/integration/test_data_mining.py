"""A site that says no to training, built by Pelican."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.site import Site

OWN_ROBOTS = "User-agent: *\nDisallow: /drafts/\n"


def test_the_files_come_and_go_with_the_setting_and_a_robots_txt_of_the_sites_own_stays(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.settings = {"rights": {"creator": "Ada Lamp", "data_mining": "no"}}
    site.extra_settings = "DELETE_OUTPUT_DIRECTORY = True"
    built = site.build()
    assert built.status == 0, built.log
    assert "User-agent: GPTBot" in built.page("robots.txt")
    assert {rule["tdm-reservation"] for rule in json.loads(built.page(".well-known/tdmrep.json"))} == {1}

    site.write("content/extra/robots.txt", OWN_ROBOTS)
    site.extra_settings = "STATIC_PATHS = ['extra']\nEXTRA_PATH_METADATA = {'extra/robots.txt': {'path': 'robots.txt'}}"
    built = site.build()
    assert built.status == 0, built.log
    assert built.page("robots.txt") == OWN_ROBOTS
    assert "The site has a robots.txt of its own, which does not refuse Amazonbot" in built.log
    assert (built.output / ".well-known" / "tdmrep.json").exists()

    site.settings = {}
    built = site.build()
    assert built.page("robots.txt") == OWN_ROBOTS
    assert "robots.txt" not in built.log
    assert not (built.output / ".well-known").exists()
