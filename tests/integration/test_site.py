"""Complete builds: the real Pelican in another process, on real photos."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.support.metadata import packet
from tests.support.site import REPOSITORY, Site, command

AUDIT_HOOK = """
import os, sys, traceback

def report(event, details):
    if event == "open" and isinstance(details[0], str) and "/content/photos/" in details[0].replace(os.sep, "/"):
        sys.stderr.write(f"OPENED {details[0]}\\n")
    if event == "import" and details[0].split(".")[0] in {"PIL", "mediapipe", "numpy", "cv2"}:
        # docutils, which Pelican uses, imports PIL itself.
        if details[0].split(".")[0] != "PIL" or any("pelican_headshots" in f.filename for f in traceback.extract_stack()):
            sys.stderr.write(f"IMPORTED {details[0]}\\n")

sys.addaudithook(report)
"""
"""A `sitecustomize.py` that reports every opened photo and every import that a build without changes can avoid."""


def add_three_photos(site: Site, demo_photos: Path) -> Site:
    site.add(demo_photos / "night" / "half-light.jpg", "night/half-light.jpg")
    site.add(demo_photos / "night" / "chair-in-light.jpg", "night/chair-in-light.jpg")
    site.add(demo_photos / "team" / "navy-glaze_studio-manager.jpg", "team/jo-clay_lighting-designer.jpg")
    site.write("content/pages/team.md", "Title: Team\nTemplate: team\nPhotos: team\n\nWords.\n")
    return site


@pytest.fixture
def uncached_site(site: Site, demo_photos: Path) -> Site:
    """A site of three photos without a cache."""
    return add_three_photos(site, demo_photos)


@pytest.fixture(scope="module")
def cache_of_three_photos(tmp_path_factory: pytest.TempPathFactory, demo_photos: Path) -> Path:
    """The cache of a build of that site, so that not every test analyzes and renders the same three photos."""
    site = add_three_photos(Site(tmp_path_factory.mktemp("cached") / "site"), demo_photos)
    assert site.build().status == 0
    return site.folder / ".headshots"


@pytest.fixture
def small(uncached_site: Site, cache_of_three_photos: Path) -> Site:
    """The site of three photos with that cache."""
    shutil.copytree(cache_of_three_photos, uncached_site.folder / ".headshots")
    return uncached_site


def test_a_folder_of_photos_becomes_a_site(uncached_site: Site) -> None:
    built = uncached_site.build()
    assert built.status == 0, built.log
    kinds = {name: entry["kind"] for name, entry in built.report.items()}
    assert kinds == {
        "night/half-light.jpg": "portrait",
        "night/chair-in-light.jpg": "no-person",
        "team/jo-clay_lighting-designer.jpg": "headshot",
    }
    team = built.page("team/index.html")
    assert "Jo Clay" in team
    assert "Lighting designer" in team
    gallery = built.page("portfolio/night/index.html")
    assert "half-light" in gallery
    assert "chair-in-light" in gallery
    assert "jo-clay" not in gallery
    assert (built.output / "portfolio" / "night" / "half-light" / "index.html").exists()


def test_every_picture_has_five_widths_or_more_and_none_above_the_original(small: Site) -> None:
    built = small.build()
    outputs = [Path(p) for p in built.report["night/half-light.jpg"]["outputs"]]
    avif = {Image.open(p).size[0] for p in outputs if p.suffix == ".avif"}
    jpeg = [Image.open(p) for p in outputs if p.suffix == ".jpg"]
    original = Image.open(small.photos / "night" / "half-light.jpg")
    assert len(avif) >= 5
    assert max(avif) <= original.size[0]
    assert jpeg
    assert all(picture.info.get("icc_profile") for picture in jpeg)
    urls = re.findall(r"pictures/[\w.-]+", built.page("portfolio/night/index.html"))
    assert urls
    assert [url for url in urls if not (built.output / url).exists()] == []


def test_originals_are_never_published_even_where_static_paths_ask_for_them(small: Site) -> None:
    small.extra_settings = "STATIC_PATHS = ['photos', 'images']\n"
    small.write("content/pages/link.md", "Title: Link\n\n[original]({static}/photos/night/half-light.jpg)\n")
    built = small.build()
    assert built.status == 0, built.log
    originals = {path.read_bytes() for path in small.photos.rglob("*.jpg")}
    published = [path for path in built.output.rglob("*") if path.is_file()]
    assert not [path for path in published if path.read_bytes() in originals]
    assert "never published" in built.log


@pytest.mark.unix
def test_control_characters_in_file_names_are_escaped_in_every_message(small: Site, demo_photos: Path) -> None:
    small.extra_settings = "STATIC_PATHS = ['photos']\n"
    small.add(demo_photos / "night" / "doorway-silhouette.jpg", "night/a\x1b[31m\u202eb.jpg")
    image = '<img src="photos/night/gone%1B[31m.jpg">'
    small.write("content/pages/red\x1b[31m.md", f"Title: Link\nPhotos: nobody\nTemplate: team\n\n{image}\n")
    (small.photos / "night" / "broken\x1b[31m.jpg").write_text("no picture")
    built = small.build()
    assert built.status == 0, built.log
    assert "\x1b[31m" not in built.log
    assert "\u202e" not in built.log
    for sentence in ("a\\x1b[31m\\u202eb.jpg is an original", "red\\x1b[31m.md shows photos", "broken\\x1b[31m.jpg: "):
        assert sentence in built.log
    small.write("content/photos/night/notes.toml", '[photos."a\\u001b[31m.jpg"]\ntitel = "x"\n')
    built = small.build()
    assert built.status != 0
    assert "\x1b[31m" not in built.log
    assert "a\\x1b[31m.jpg" in built.log
    completed = command(small, "inspect", str(small.photos))
    assert "\x1b[31m" not in completed.stdout + completed.stderr
    assert "cannot be used" in completed.stdout


@pytest.mark.unix
def test_an_unreadable_sidecar_is_named_and_its_photo_is_published(small: Site) -> None:
    (small.folder / "private.xmp").write_text("<x/>")
    os.mkfifo(small.photos / "night" / "half-light.xmp")
    (small.photos / "team" / "jo-clay_lighting-designer.jpg.xmp").symlink_to(small.folder / "private.xmp")
    with (small.photos / "night" / "chair-in-light.xmp").open("wb") as large:
        large.truncate(900 << 20)
    built = small.build()
    assert built.status == 0, built.log
    assert {entry["status"] for name, entry in built.report.items() if name.endswith(".jpg")} == {"built"}
    for sentence in (
        "half-light.xmp is a folder, device, pipe or socket",
        "lighting-designer.jpg.xmp is a link",
        "chair-in-light.xmp is 900 MiB",
    ):
        assert sentence in built.log


def test_a_change_of_the_places_setting_analyzes_no_photo_again(small: Site) -> None:
    fields = (("Location", "Main Street 7", "Iptc4xmpCore"), ("City", "Basel", "photoshop"))
    small.write(
        "content/photos/night/half-light.xmp", packet("".join(f"<{s}:{n}>{v}</{s}:{n}>" for n, v, s in fields)).decode()
    )
    pages = {}
    for places in ("", "all", "none"):
        small.settings = {"places": places} if places else {}
        built = small.build()
        assert built.status == 0, built.log
        pages[places] = "".join(page.read_text(encoding="utf-8") for page in built.output.rglob("*.html"))
        analyzed = json.loads((small.folder / "build-report.json").read_text(encoding="utf-8"))["work"]["analyzed"]
        assert not analyzed, "a new sidecar or another setting changes the metadata only"
    assert "Basel" in pages[""]
    assert "Main Street" not in pages[""]
    assert "Main Street 7, Basel" in pages["all"]
    assert "Basel" not in pages["none"]
    assert "Main Street" not in pages["none"]


def test_a_second_build_imports_no_pixel_library_reads_no_original_and_writes_no_rendition(
    small: Site, tmp_path: Path
) -> None:
    time.sleep(2.1)  # the stat index does not trust files that were modified within the last two seconds
    (tmp_path / "sitecustomize.py").write_text(AUDIT_HOOK)
    audited = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(REPOSITORY)])}
    first = small.build(env=audited)
    assert "OPENED" in first.log, "the audit hook reports nothing"
    before = {path: path.stat().st_mtime_ns for path in first.output.rglob("pictures/*")}
    second = small.build(env=audited)
    assert second.status == 0, second.log
    assert "IMPORTED" not in second.log, second.log
    assert not [line for line in second.log.splitlines() if line.startswith("OPENED") and ".jpg" in line]
    assert {path: path.stat().st_mtime_ns for path in second.output.rglob("pictures/*")} == before


def test_the_audit_hook_reports_an_import(small: Site, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(AUDIT_HOOK)
    small.extra_settings = "import numpy\n"
    assert "IMPORTED numpy" in small.build(env={"PYTHONPATH": os.pathsep.join([str(tmp_path), str(REPOSITORY)])}).log


def test_a_build_into_an_emptied_output_folder_renders_nothing(small: Site) -> None:
    first = small.build()
    pictures = {path.relative_to(first.output): path.read_bytes() for path in first.output.rglob("pictures/*")}
    small.extra_settings = "DELETE_OUTPUT_DIRECTORY = True\n"
    second = small.build()
    work = json.loads((small.folder / "build-report.json").read_text(encoding="utf-8"))["work"]
    assert work["placed"]
    assert not work["encoded"]
    assert not work["analyzed"]
    assert {
        path.relative_to(second.output): path.read_bytes() for path in second.output.rglob("pictures/*")
    } == pictures


def test_the_files_of_a_deleted_photo_are_removed_from_the_site(small: Site) -> None:
    first = small.build()
    renditions = [Path(name) for name in first.report["night/half-light.jpg"]["outputs"]]
    assert renditions
    (small.photos / "night" / "half-light.jpg").unlink()
    second = small.build()
    assert not [path for path in renditions if path.exists()]
    assert not (second.output / "portfolio" / "night" / "half-light").exists()


def test_notes_set_kind_name_text_and_hiding(small: Site) -> None:
    small.write(
        "content/photos/night/notes.toml",
        '[gallery]\ntitle = "After <dark>"\n\n[photos."half-light.jpg"]\nkind = "headshot"\nname = "A. <b>Name"\n'
        'role = "Model"\ngallery = true\nalt = "Half a \\"face\\""\n\n[photos."chair-in-light.jpg"]\nhidden = true\n',
    )
    small.write("content/pages/night.md", "Title: Night people\nTemplate: team\nPhotos: night\n")
    built = small.build()
    page = built.page("night-people/index.html")
    assert "A. &lt;b&gt;Name" in page
    assert "<b>Name" not in page
    gallery = built.page("portfolio/night/index.html")
    assert "After &lt;dark&gt;" in gallery
    assert "chair-in-light" not in gallery
    assert "Half a &#34;face&#34;" in gallery
    assert built.report["night/chair-in-light.jpg"]["status"] == "ignored"
    automatic_alt = "Head-and-shoulders portrait of Jo Clay, Lighting designer"
    alts = {name: entry["alt"] for name, entry in built.report.items() if "alt" in entry}
    assert alts == {"night/half-light.jpg": "", "team/jo-clay_lighting-designer.jpg": automatic_alt}
    assert "drafted for 1 photo" in built.log


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"qualty": 1}, "Did you mean 'quality'"),
        ({"lean": 1}, "HEADSHOTS['lean'] is now called HEADSHOTS['headshot_bias']."),
        ({"photos": "nowhere"}, "does not exist"),
        ({"models": "/nope"}, "/nope"),
    ],
)
def test_a_broken_setting_stops_the_build_before_the_old_site_is_touched(
    small: Site, settings: dict[str, object], message: str
) -> None:
    small.extra_settings = "DELETE_OUTPUT_DIRECTORY = True\n"
    (small.folder / "output").mkdir()
    (small.folder / "output" / "index.html").write_text("the old site")
    small.settings = settings
    built = small.build()
    assert built.status != 0
    assert message in built.log.replace("\n", " ")
    assert built.page("index.html") == "the old site"


def test_unusual_files_are_built_or_named_and_never_stop_the_build(small: Site, shared: Callable[[str], Path]) -> None:
    folder = shared("badinput/dev")
    usable = ["Channel_digital_image_CMYK_color.jpg", "Portrait_6.jpg", "transparent.png", "p3.png"]
    unusable = ["truncated_jpeg.jpg", "text_named.jpg"]
    for name in [*usable, *unusable]:
        small.add(folder / name, f"odd/{name}")
    built = small.build()
    assert built.status == 0, built.log
    for name in usable:
        assert built.report[f"odd/{name}"]["status"] == "built", built.report[f"odd/{name}"]
    for name in unusable:
        assert built.report[f"odd/{name}"]["status"] == "skipped"
        assert name in built.report[f"odd/{name}"]["message"]
        assert built.log.count(name) == 1, built.log


def test_strict_fails_the_build_after_everything_else_is_built(small: Site) -> None:
    (small.photos / "night" / "broken.jpg").write_text("no picture at all")
    small.settings = {"strict": True}
    built = small.build()
    assert built.status != 0
    assert (built.output / "portfolio" / "night" / "half-light" / "index.html").exists()
    assert "strict" in built.log
