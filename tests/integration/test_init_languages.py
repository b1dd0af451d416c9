"""Sites that `init --lang` creates: pages, menu, footer and addresses in that language, and warnings of placeholders."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pelican_headshots.cli import main
from pelican_headshots.cli.scaffold import TEAM_FOLDERS
from tests.support.site import REPOSITORY, BuildOnce, Site

MENUS = {
    "en": {"about/": "About", "contact/": "Contact", "team/": "Team"},
    "de": {"kontakt/": "Kontakt", "team/": "Team", "ueber-mich/": "Über mich"},
    "fr": {"a-propos/": "À propos", "contact/": "Contact", "equipe/": "Équipe"},
}
FOOTERS = {
    "en": {"privacy/": "Privacy"},
    "de": {"datenschutz/": "Datenschutz", "impressum/": "Impressum"},
    "fr": {"confidentialite/": "Confidentialité", "mentions-legales/": "Mentions légales"},
}


PEOPLE = {
    "en": "Name,Job title\nJürgen Schröder,Leiter Druck\n".encode(),
    "de": "Name;Vorname;Funktion\r\nSchröder;Jürgen;Leiter Druck\r\n".encode("cp1252"),
    "fr": "Nom;Prénom;Poste\r\nSchröder;Jürgen;Leiter Druck\r\n".encode("utf-8-sig"),
}
"""The same person in tables as Excel writes them in these countries."""


@dataclass
class BuiltSite:
    lang: str
    folder: Path
    log: str

    def page(self, name: str) -> str:
        return (self.folder / "output" / name).read_text("utf-8")


@pytest.fixture(scope="module", params=TEAM_FOLDERS)
def built_site(request: pytest.FixtureRequest, build_once: BuildOnce) -> BuiltSite:
    lang: str = request.param

    def build(folder: Path) -> None:
        assert main.main(["init", str(folder), "--yes", "--by", "Zoë Weiß", "--host", "netlify", "--lang", lang]) == 0
        site = Site(folder)
        team = TEAM_FOLDERS[lang]
        (site.photos / team / "people.csv").write_bytes(PEOPLE[lang])
        site.write("content/pages/draft.md", "Title: Draft\nStatus: draft\n\n[Placeholder: later]\n")
        site.write("content/eins.md", "Title: Größe\nDate: 2026-01-01\n\nFinished.\n")
        completed = subprocess.run(
            [sys.executable, "-m", "pelican", "content"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), "COLUMNS": "400"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert completed.returncode == 0, completed.stdout + completed.stderr
        (folder / "log.txt").write_text(completed.stdout + completed.stderr, "utf-8")

    folder = build_once(f"init-{lang}", build)
    return BuiltSite(lang, folder, (folder / "log.txt").read_text("utf-8"))


def list_links(html: str) -> dict[str, str]:
    return {url.removeprefix("./"): label for url, label in re.findall(r'<a href="/?([^"]*)"[^>]*>([^<]*)</a>', html)}


def test_menu_and_footer_are_in_the_language(built_site: BuiltSite) -> None:
    home = built_site.page("index.html")
    assert f' lang="{built_site.lang}"' in home
    nav, footer = re.findall(r"<nav[ >].*?</nav>|<footer[ >].*?</footer>", home, re.S)
    menu = list_links(nav)
    assert {url: menu.get(url) for url in MENUS[built_site.lang]} == MENUS[built_site.lang]
    assert not FOOTERS[built_site.lang].keys() & menu.keys()
    assert list_links(footer) == FOOTERS[built_site.lang]
    for url in (*MENUS[built_site.lang], *FOOTERS[built_site.lang]):
        assert built_site.page(f"{url}index.html")


def test_umlauts_in_addresses_are_written_as_in_the_language(built_site: BuiltSite) -> None:
    is_german = built_site.lang == "de"
    slug = "juergen-schroeder" if is_german else "jurgen-schroder"
    person = built_site.page(f"people/{slug}/index.html")
    assert "Jürgen Schröder" in person
    assert "Leiter Druck" in person
    output = built_site.folder / "output"
    assert (output / "journal" / ("groesse" if is_german else "grosse") / "index.html").exists()
    assert not list(output.rglob("*jurgen*" if is_german else "*juergen*"))


def test_each_page_with_placeholders_is_named_with_its_lines(built_site: BuiltSite) -> None:
    report = json.loads((built_site.folder / "build-report.json").read_text("utf-8"))
    sources = [path for path in (built_site.folder / "content" / "pages").glob("*.md") if path.name != "draft.md"]
    for source in sources:
        (sentence,) = [line for line in report["troubles"] if line.startswith(f"pages/{source.name} ")]
        assert sentence not in built_site.log, "the summary has one line about all of them"
        lines = [
            number for number, line in enumerate(source.read_text("utf-8").splitlines(), 1) if line.startswith("[")
        ]
        assert lines
        assert all(re.search(rf"\b{line}\b", sentence.partition(". ")[0]) for line in lines)
    assert len(report["troubles"]) == len(sources), "finished texts and drafts are not named"
    count = report["summary"]["placeholders"]
    (line,) = [line for line in built_site.log.splitlines() if line.startswith("Placeholders: ")]
    assert line.startswith(f"Placeholders: {count} in {len(sources)} files (pages/")
    assert f" and {count - 3} more)" in line
    assert "Not pictures" not in built_site.log, "the text file that `init` writes is not mentioned"
    assert count == sum(
        sentence.count("a placeholder") or int(re.findall(r"(\d+) pl", sentence)[0]) for sentence in report["troubles"]
    )


def test_the_host_is_named_in_the_page_about_privacy(built_site: BuiltSite) -> None:
    slug = next(url for url in FOOTERS[built_site.lang] if "impressum" not in url and "mentions" not in url)
    page = built_site.page(f"{slug}index.html")
    assert "Netlify." in page
    assert "Zoë Weiß" in page
    assert "<<" not in page
    assert "&lt;&lt;" not in page
