"""People in a real site: pages, contact files, exports, and names in metadata."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from pelican_headshots.cli.main import main
from tests.support.site import Site

JANE_PHOTO = "moss-green_set-builder.jpg"
JOHN_PHOTO = "chalk-white_archivist.jpg"


@pytest.mark.slow
def test_a_person_is_published_and_exported_until_the_last_headshot_is_deleted(
    site: Site, demo_photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    site.add(demo_photos / "team" / JANE_PHOTO, "team/jane-doe_head-of-print.jpg")
    site.add(demo_photos / "team" / JOHN_PHOTO, "team/dsc_0001.jpg")
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
    assert "mailto:john@example.com" in person
    assert '"ProfilePage"' in person
    assert 'href="/team/#john-roe">Back to Team</a>' in person
    assert 'href="/team/" aria-current="true">Team</a>' in person
    assert 'rel="next" href="/people/ash-glaze/"' in person
    assert 'rel="prev"' not in person
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
    opacity = files["jane-doe-circle.png"].getchannel("A")
    assert opacity.getpixel((0, 0)) == 0
    assert opacity.getpixel((opacity.width // 2, 9)) == 255
    assert files["jane-doe-speaker.jpg"].width / files["jane-doe-speaker.jpg"].height == pytest.approx(16 / 9, rel=0.01)
    assert main(["export", str(folder), "--person", "Jim Poe", *settings]) == 2
    assert "This site has no headshot of Jim Poe." in capsys.readouterr().err

    assert main(["export", str(folder), "--for", "badge,press", "--zip", "--person", "Jane Doe", *settings]) == 0
    assert f"2 files for 1 person are in {folder} and {folder}.zip." in capsys.readouterr().out
    with zipfile.ZipFile(f"{folder}.zip") as archive:
        assert archive.namelist() == ["jane-doe_badge.jpg", "jane-doe_press.jpg"]
        assert archive.read("jane-doe_press.jpg") == (folder / "jane-doe_press.jpg").read_bytes()
    with Image.open(folder / "jane-doe_press.jpg") as press:
        assert b"Jane Doe, Head of print" in press.info["xmp"]

    (site.photos / "team" / "jane-doe_head-of-print.jpg").unlink()
    built = site.build()
    assert "jane" not in built.page("team/index.html").casefold()
    assert not [path for path in built.output.rglob("*") if "jane-doe" in str(path)]


def test_names_in_metadata_are_published_only_with_the_setting(site: Site, demo_photos: Path) -> None:
    if not shutil.which("exiftool"):
        pytest.skip("needs exiftool to write what other programs write: apt install libimage-exiftool-perl")
    site.settings = {"formats": ["jpeg"], "max_width": 640}
    tags_by_program = {
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
    for program, tags in tags_by_program.items():
        copy = site.add(demo_photos / "team" / JOHN_PHOTO, f"{program}/dsc_0001.jpg")
        site.write(f"content/photos/{program}/notes.toml", '[photos."dsc_0001.jpg"]\nkind = "headshot"\n')
        subprocess.run(["exiftool", "-q", "-overwrite_original", *tags, copy], check=True)
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\n")
    built = site.build()
    assert built.status == 0, built.log
    assert [path for path in built.output.rglob("*") if path.is_file() and b"Testcase" in path.read_bytes()] == []
    assert len(re.findall(r"<li id=", built.page("team/index.html"))) == 3

    site.settings["names_from_metadata"] = True
    built = site.build()
    assert built.page("team/index.html").count(">Quentin Testcase<") == 3
    assert (built.output / "people" / "quentin-testcase" / "index.html").exists()
    assert [path for path in built.output.rglob("*") if path.is_file() and b"Passer" in path.read_bytes()] == []
