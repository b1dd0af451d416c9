"""People in a real site: their pages, their files, and what is told about them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image

from pelican_headshots.cli.main import main
from pelican_headshots.images.encoding_options import EncodingOptions
from pelican_headshots.images.plan import RenderPlan
from pelican_headshots.pages import compose
from pelican_headshots.people import routing
from pelican_headshots.people.gather import PeopleFile, PersonRecord
from pelican_headshots.values import portfolio
from pelican_headshots.values.classification import PhotoKind
from pelican_headshots.values.notes import Note, Notes
from pelican_headshots.values.rendition import Rights
from tests.support.photos import QUALITY, photo
from tests.support.site import REPOSITORY, Site

DOCS = (REPOSITORY / "docs" / "people.md").read_text(encoding="utf-8")
JANE = "moss-green_set-builder.jpg"
JOHN = "chalk-white_archivist.jpg"


def documented(kind: str) -> set[str]:
    table = re.search(rf"\| {kind} \| \|\n\|---\|---\|\n((?:\|.*\n)+)", DOCS)
    assert table
    cells = [row.split("|")[1] for row in table[1].splitlines()]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize("kind", [portfolio.PersonView, portfolio.Download, portfolio.Picture])
def test_every_attribute_is_documented_and_there(kind: type) -> None:
    fields = set(kind.__struct_fields__)  # type: ignore[attr-defined]
    assert fields <= documented(kind.__name__)
    assert all(name in fields or hasattr(kind, name) for name in documented(kind.__name__))


def test_the_documented_template_meets_nothing_undefined() -> None:
    notes = {"team": Notes(photos={"jane.jpg": Note(kind=PhotoKind.HEADSHOT, name="Jane <Doe>")})}
    file = PeopleFile(
        "team", "team/people.toml", (PersonRecord(name="Nobody Yet", links=(("Work", "https://example.com"),)),)
    )
    made = compose.compose_portfolio(
        routing.build_gallery_folders([photo("team/jane.jpg")], notes),
        RenderPlan(EncodingOptions(("avif", "jpeg"), QUALITY | {"png": 0}, "engine 1", 2560)),
        Rights(),
        people_files=[file],
        with_downloads=True,
    )
    example = DOCS.rpartition("```jinja\n")[2].partition("```")[0]
    templates = Environment(loader=FileSystemLoader(REPOSITORY / "theme" / "templates"), undefined=StrictUndefined)
    shown = templates.from_string('{% from "headshots/_picture.html" import picture with context %}' + example).render(
        page_people=lambda page: made.people, page=None, SITEURL="https://example.com", styles=lambda css: ""
    )
    assert "Jane &lt;Doe&gt;" in shown and "<Doe>" not in shown
    assert "Nobody Yet" in shown and "circle, 800" in shown


def test_a_headshot_brings_its_person_and_takes_them_away(
    site: Site, demo_photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    site.add(demo_photos / "team" / JANE, "team/jane-doe_head-of-print.jpg")
    site.add(demo_photos / "team" / JOHN, "team/dsc_0001.jpg")
    site.write(
        "content/photos/team/notes.toml",
        '[photos."jane-doe_head-of-print.jpg"]\nkind = "headshot"\n[photos."dsc_0001.jpg"]\nkind = "headshot"\n',
    )
    site.write(
        "content/photos/team/people.csv",
        "name,role,department,email,photo\nJohn Roe,Archivist,Office,john@example.com,dsc_0001.jpg\n"
        "Ash Glaze,Apprentice,Office,,\n",
    )
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\nPhotos: team\n")
    built = site.build()
    assert built.status == 0, built.log
    page = built.page("team/index.html")
    assert re.findall(r'<li id="([\w-]+)"', page) == ["john-roe", "ash-glaze", "jane-doe"]
    assert 'alt="Head-and-shoulders portrait of Jane Doe, Head of print"' in page
    person = built.page("people/john-roe/index.html")
    assert "mailto:john@example.com" in person and '"ProfilePage"' in person
    assert b"PHOTO;ENCODING=b" in (built.output / "people/john-roe.vcf").read_bytes()
    assert not (built.output / "people/jane-doe.vcf").exists()

    folder = tmp_path / "press"
    settings = ["-s", str(site.folder / "pelicanconf.py")]
    assert main(["export", str(folder), "--person", "jane  doé", *settings]) == 0
    files = {path.name: Image.open(path) for path in folder.iterdir()}
    assert set(files) == {
        f"jane-doe-{shape}" for shape in ("circle.png", "signature.jpg", "speaker.jpg", "square.jpg", "upright.jpg")
    }
    assert files["jane-doe-signature.jpg"].size == (200, 200)
    round_one = files["jane-doe-circle.png"]
    assert round_one.getpixel((0, 0))[3] == 0 and round_one.getpixel((round_one.width // 2, 9))[3] == 255  # type: ignore[index]
    assert files["jane-doe-speaker.jpg"].width / files["jane-doe-speaker.jpg"].height == pytest.approx(16 / 9, rel=0.01)
    assert main(["export", str(folder), "--person", "Jim Poe", *settings]) == 2
    assert "This site has no headshot of Jim Poe." in capsys.readouterr().err

    (site.photos / "team" / "jane-doe_head-of-print.jpg").unlink()
    built = site.build()
    assert "jane" not in built.page("team/index.html").casefold()
    assert not [path for path in built.output.rglob("*") if "jane-doe" in str(path)]


def test_names_in_metadata_are_nowhere_unless_asked_for(site: Site, demo_photos: Path) -> None:
    if not shutil.which("exiftool"):
        pytest.skip("needs exiftool to write what other programs write")
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    ways = {
        "lightroom": [
            "-XMP-mwg-rs:RegionInfo={AppliedToDimensions={W=1920,H=2400,Unit=pixel},RegionList=["
            "{Area={X=.1,Y=.9,W=.1,H=.1,Unit=normalized},Name=Passer Testcase,Type=Face},"
            "{Area={X=.55,Y=.5,W=.45,H=.4,Unit=normalized},Name=Quentin Testcase,Type=Face}]}",
            "-XMP-dc:Subject=Quentin Testcase",
            "-XMP-dc:Subject=People|Passer Testcase",
            "-XMP-lr:HierarchicalSubject=People|Quentin Testcase",
        ],
        "mechanic": ["-XMP-iptcExt:PersonInImage=Quentin Testcase"],
        "digikam": [
            "-XMP-MP:RegionInfoMP={Regions=[{PersonDisplayName=Quentin Testcase,Rectangle=0.35|, 0.3|, 0.4|, 0.4}]}",
            "-XMP-digiKam:TagsList=People/Quentin Testcase",
        ],
    }
    for program, tags in ways.items():
        copy = site.add(demo_photos / "team" / JOHN, f"{program}/dsc_0001.jpg")
        site.write(f"content/photos/{program}/notes.toml", '[photos."dsc_0001.jpg"]\nkind = "headshot"\n')
        subprocess.run(["exiftool", "-q", "-overwrite_original", *tags, copy], check=True)
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\n")
    built = site.build()
    assert built.status == 0, built.log
    telling = [path for path in built.output.rglob("*") if path.is_file() and b"Testcase" in path.read_bytes()]
    assert telling == []
    assert len(re.findall(r"<li id=", built.page("team/index.html"))) == 3

    site.settings["names_from_metadata"] = True
    built = site.build()
    assert built.page("team/index.html").count(">Quentin Testcase<") == 3
    assert (built.output / "people" / "quentin-testcase" / "index.html").exists()
    assert [path for path in built.output.rglob("*") if path.is_file() and b"Passer" in path.read_bytes()] == []
