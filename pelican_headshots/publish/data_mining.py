"""Say no to data mining and training at the root of the site: `robots.txt` and `.well-known/tdmrep.json`.

`docs/pictures.md` says what each of them is worth.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from ..values.formats import FORMATS
from ..values.rendition import NO_DATA_MINING, Rights

ROBOTS_FILE = "robots.txt"
TDMREP_FILE = ".well-known/tdmrep.json"


class Crawler(NamedTuple):
    """A name in `robots.txt` whose maker documents that disallowing it keeps a site out of training."""

    name: str
    maker: str
    source: str
    """The maker's page."""


TRAINING_CRAWLERS = (
    Crawler("Amazonbot", "Amazon", "https://developer.amazon.com/amazonbot"),
    Crawler("Applebot-Extended", "Apple", "https://support.apple.com/119829"),
    Crawler("CCBot", "Common Crawl", "https://commoncrawl.org/ccbot"),
    Crawler("ClaudeBot", "Anthropic", "https://support.claude.com/en/articles/8896518"),
    Crawler("Google-Extended", "Google", "https://developers.google.com/crawling/docs/google-extended"),
    Crawler("GPTBot", "OpenAI", "https://developers.openai.com/docs/bots"),
    Crawler("meta-externalagent", "Meta", "https://developers.facebook.com/docs/sharing/webmasters/web-crawlers"),
)
"""As of 2026-11-30. Left out: Bytespider, which its maker does not document, and PerplexityBot, OAI-SearchBot and others,
whose makers say that they search and do not train."""


def build_root_files(rights: Rights, site_url: str) -> dict[str, str]:
    """Return the files of a site with *rights*, by name; none unless it says no and is at the root of its host."""
    if rights.data_mining != NO_DATA_MINING or _get_subfolder(site_url):
        return {}
    names = "".join(f"User-agent: {crawler.name}\n" for crawler in TRAINING_CRAWLERS)
    return {
        ROBOTS_FILE: f"# Made by pelican-headshots: HEADSHOTS['rights']['data_mining'] is 'no'.\n{names}Disallow: /\n",
        TDMREP_FILE: json.dumps(_build_tdmrep_rules(rights), indent=1) + "\n",
    }


def describe_gaps(rights: Rights, site_url: str, output_folder: Path, own_files: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each place where a site that says no does not say it.

    Args:
        rights: The rights of the site.
        site_url: Its URL; may be empty.
        output_folder: The finished site.
        own_files: Those of `build_root_files` that were written. The others exist already and stay as they are.
    """
    if rights.data_mining != NO_DATA_MINING:
        return
    if subfolder := _get_subfolder(site_url):
        yield (
            f"{ROBOTS_FILE} and {TDMREP_FILE} were not written: crawlers read them at the root of "
            f"{urlsplit(site_url).netloc} only, and this site is in {subfolder}/. "
            "Build once with an empty SITEURL to get them, and put them there."
        )
        return
    if ROBOTS_FILE not in own_files:
        robots = RobotFileParser()
        robots.parse((output_folder / ROBOTS_FILE).read_text(encoding="utf-8", errors="replace").splitlines())
        if welcome := [crawler.name for crawler in TRAINING_CRAWLERS if robots.can_fetch(crawler.name, "/")]:
            lines = ", ".join(f"User-agent: {name}" for name in welcome)
            yield (
                f"The site has a {ROBOTS_FILE} of its own, which does not refuse {', '.join(welcome)}. It was left alone: "
                f"add these lines to it: {lines}, Disallow: /"
            )
    if TDMREP_FILE not in own_files:
        present = (output_folder / TDMREP_FILE).read_text(encoding="utf-8", errors="replace")
        if '"tdm-reservation":1' not in "".join(present.split()):
            rules = json.dumps(_build_tdmrep_rules(rights))
            yield (
                f"The site has a {TDMREP_FILE} of its own, which reserves nothing. It was left alone: "
                f"add these rules to it: {rules}"
            )


def _get_subfolder(site_url: str) -> str:
    return urlsplit(site_url).path.rstrip("/")


def _build_tdmrep_rules(rights: Rights) -> list[dict[str, object]]:
    """Return a rule for each kind of picture, in the terms of the TDM Reservation Protocol.

    W3C Community Group, Final Report of 10 May 2024: the pattern of a location is that of robots.txt; a policy is a web page
    or a file that says how to get a license.
    """
    policy_url = rights.licensor_url or rights.web_statement
    policy = {"tdm-policy": policy_url} if policy_url else {}
    extensions = sorted({each.suffix.rpartition(".")[2] for each in FORMATS.values()})
    return [{"location": f"/*.{extension}", "tdm-reservation": 1, **policy} for extension in extensions]
