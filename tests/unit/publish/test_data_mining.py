"""A site that says no to training says it in robots.txt, tdmrep.json and its pictures, and overwrites nobody's file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest

from pelican_headshots.metadata.writer import build_xmp_packet
from pelican_headshots.publish.data_mining import (
    ROBOTS_FILE,
    TDMREP_FILE,
    TRAINING_CRAWLERS,
    build_root_files,
    describe_gaps,
)
from pelican_headshots.publish.publisher import Publisher
from pelican_headshots.values.rendition import PLUS_DATA_MINING_PREFIX, Rights
from tests.support.cache import publish, read_tree
from tests.support.site import REPOSITORY

NO = Rights(data_mining="no")


def test_robots_txt_refuses_training_crawlers_and_nobody_else() -> None:
    robots = RobotFileParser()
    robots.parse(build_root_files(NO, "https://ada.example")[ROBOTS_FILE].splitlines())
    for crawler in TRAINING_CRAWLERS:
        assert not robots.can_fetch(crawler.name, "/pictures/a.jpg")
    for name in ("Googlebot", "Bingbot", "OAI-SearchBot", "PerplexityBot"):
        assert robots.can_fetch(name, "/pictures/a.jpg")


@pytest.mark.parametrize(
    ("rights", "policy"),
    [
        (NO, {}),
        (Rights(data_mining="no", web_statement="https://ada.example/terms"), "https://ada.example/terms"),
        (
            Rights(data_mining="no", web_statement="https://ada.example/terms", licensor_url="https://ada.example/ask"),
            "https://ada.example/ask",
        ),
    ],
)
def test_tdmrep_json_reserves_every_kind_of_picture(rights: Rights, policy: str) -> None:
    rules = json.loads(build_root_files(rights, "")[TDMREP_FILE])
    assert [rule.pop("location") for rule in rules] == ["/*.avif", "/*.jpg", "/*.png", "/*.webp"]
    assert rules == [{"tdm-reservation": 1, **({"tdm-policy": policy} if policy else {})}] * 4


def test_only_no_writes_files_and_only_at_the_root_of_a_host() -> None:
    assert build_root_files(Rights(), "https://ada.example") == {}
    assert build_root_files(Rights(data_mining=f"{PLUS_DATA_MINING_PREFIX}PROHIBITED"), "") == {}
    assert build_root_files(NO, "https://ada.example/site") == {}
    assert set(build_root_files(NO, "https://ada.example/")) == {ROBOTS_FILE, TDMREP_FILE}


def test_in_pictures_no_is_the_strongest_value_of_plus() -> None:
    assert f">{PLUS_DATA_MINING_PREFIX}PROHIBITED<".encode() in build_xmp_packet(NO)


def test_a_site_in_a_subfolder_is_told_that_nobody_would_read_the_files(tmp_path: Path) -> None:
    (sentence,) = describe_gaps(NO, "https://ada.example/site/", tmp_path, ())
    assert "at the root of ada.example only, and this site is in /site/" in sentence
    assert list(describe_gaps(Rights(), "https://ada.example/site/", tmp_path, ())) == []


@pytest.mark.parametrize(
    ("robots", "welcome"),
    [
        ("User-agent: *\nDisallow: /drafts/\n", [crawler.name for crawler in TRAINING_CRAWLERS]),
        ("User-agent: GPTBot\nUser-agent: ccbot\nDisallow: /\n", None),
        ("User-agent: *\nDisallow: /\n", []),
    ],
)
def test_a_robots_txt_of_the_sites_own_is_named_with_the_lines_that_it_lacks(
    robots: str, welcome: list[str] | None, tmp_path: Path
) -> None:
    if welcome is None:
        welcome = [crawler.name for crawler in TRAINING_CRAWLERS if crawler.name not in ("GPTBot", "CCBot")]
    (tmp_path / ROBOTS_FILE).write_text(robots)
    sentences = list(describe_gaps(NO, "", tmp_path, [TDMREP_FILE]))
    assert len(sentences) == bool(welcome)
    for sentence in sentences:
        assert f"does not refuse {', '.join(welcome)}." in sentence
        assert re.findall(r"User-agent: ([\w-]+)", sentence) == welcome
    assert (tmp_path / ROBOTS_FILE).read_text() == robots


@pytest.mark.parametrize(("reservation", "sentence_count"), [(1, 0), (0, 1)])
def test_a_tdmrep_json_of_the_sites_own_is_named_if_it_reserves_nothing(
    reservation: int, sentence_count: int, tmp_path: Path
) -> None:
    (tmp_path / TDMREP_FILE).parent.mkdir()
    (tmp_path / TDMREP_FILE).write_text(json.dumps([{"location": "/", "tdm-reservation": reservation}]))
    assert len(list(describe_gaps(NO, "", tmp_path, [ROBOTS_FILE]))) == sentence_count


def test_a_later_build_without_them_removes_the_files(tmp_path: Path) -> None:
    store = publish(tmp_path, {}, (ROBOTS_FILE, TDMREP_FILE))
    for name in (ROBOTS_FILE, TDMREP_FILE):
        (tmp_path / "output" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "output" / name).write_text("ours")
    assert sorted(Publisher(tmp_path / "output", store).publish_files()[1]) == [TDMREP_FILE, ROBOTS_FILE]
    assert read_tree(tmp_path / "output") == {}


def test_the_documents_list_the_same_crawlers_with_the_same_sources() -> None:
    page = (REPOSITORY / "docs" / "pictures.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| ([\w ]+) \| (https://\S+) \|", page, re.MULTILINE)
    assert rows == [tuple(crawler) for crawler in TRAINING_CRAWLERS]
