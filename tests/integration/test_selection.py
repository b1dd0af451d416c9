"""A site that selects its photos by ratings and keywords: what is out is not analyzed, and a new rating is cheap."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from pelican_headshots.pipeline.site_build import SiteBuild
from pelican_headshots.settings import read
from tests.support.metadata import make_jpeg, packet, xmp_segment, xmp_title
from tests.support.site import BuildOnce, Site, command

SELECT = {"min_rating": 3, "exclude": ["private"]}
RATINGS = {number: (-1, 1, 2, 3, 4, 5)[number % 6] for number in range(20)}
SHOWN = {f"night/photo-{number:02}.jpg" for number, rating in RATINGS.items() if rating >= 3 and number < 14} | {
    f"day/photo-{number:02}.jpg" for number, rating in RATINGS.items() if rating >= 3 and number >= 14
}


def write_sidecar(photo: Path, rating: int, *keywords: str) -> None:
    items = "".join(f"<rdf:li>{keyword}</rdf:li>" for keyword in keywords)
    body = f'<xmp:Rating xmlns:xmp="http://ns.adobe.com/xap/1.0/">{rating}</xmp:Rating>'
    # With titles, the pages of the photos are not numbered: `3 of 12` would change with each photo that comes or goes.
    body += f"<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>" + xmp_title(f"Title of {photo.stem}")
    photo.with_name(photo.name + ".xmp").write_bytes(packet(body))


def fill_site(folder: Path) -> None:
    """Build a site of 20 small photos, of which `SHOWN` are shown, best first."""
    site = Site(folder)
    for number, rating in RATINGS.items():
        photo = site.photos / ("night" if number < 14 else "day") / f"photo-{number:02}.jpg"
        photo.parent.mkdir(exist_ok=True)
        shade = (
            Image.radial_gradient("L").resize((180, 120)).point(lambda value, shift=number: (value + shift * 9) % 256)
        )
        shade.convert("RGB").save(photo)
        write_sidecar(photo, rating)
    # The covers are named: of equally good ones the first would be taken, so that another order made another cover.
    site.write("content/photos/notes.toml", '[gallery]\ncover = "night/photo-11.jpg"\n')
    site.write("content/photos/night/notes.toml", '[gallery]\norder = "rating"\ncover = "photo-05.jpg"\n')
    build(site.folder)


def build(folder: Path) -> SiteBuild:
    settings = read({"HEADSHOTS": {"formats": ["jpeg"], "workers": 1, "select": SELECT}})
    site_build = SiteBuild(settings, folder / "content" / "photos", site_folder=folder, output_folder=folder / "output")
    site_build.build_portfolio()
    site_build.publish_site([])
    return site_build


@pytest.fixture
def rated_site(build_once: BuildOnce, tmp_path: Path) -> Path:
    """Return a copy of a built site, whose files have the same times and so are known to the cache."""
    folder = tmp_path / "site"
    shutil.copytree(build_once("rated-site", fill_site), folder)
    return folder


def read_report(folder: Path) -> dict[str, dict[str, object]]:
    inputs: dict[str, dict[str, object]] = json.loads((folder / "build-report.json").read_bytes())["inputs"]
    return inputs


def test_what_is_not_selected_is_neither_analyzed_nor_rendered_and_the_report_says_why(rated_site: Path) -> None:
    inputs = read_report(rated_site)
    report = json.loads((rated_site / "build-report.json").read_bytes())
    assert {path for path, entry in inputs.items() if entry["status"] == "built"} == SHOWN
    assert report["work"]["analyzed"].keys() == SHOWN
    assert (report["summary"]["not_selected"], report["summary"]["skipped"]) == (20 - len(SHOWN), 0)
    assert inputs["night/photo-00.jpg"]["message"] == "night/photo-00.jpg is not shown: it is rejected (sidecar)."
    assert inputs["night/photo-02.jpg"] == {
        "status": "ignored",
        "message": "night/photo-02.jpg is not shown: it has rating 2 (sidecar), and 3 is asked for.",
        "outputs": [],
    }
    assert inputs["night/photo-05.jpg"]["selected"] == "it has rating 5 (sidecar)"
    pictures = {path.name[: len("photo-00")] for path in (rated_site / "output" / "pictures").iterdir()}
    assert pictures == {Path(path).stem for path in SHOWN}


def list_gallery(site_build: SiteBuild, folder: str) -> list[str]:
    return [entry.photo.stem for each in site_build.folders if each.path == folder for entry in each.gallery_entries]


@pytest.mark.parametrize("rating", [5, 1, -1])
def test_a_new_rating_in_a_sidecar_analyzes_and_encodes_nothing(rated_site: Path, rating: int) -> None:
    write_sidecar(rated_site / "content/photos/night/photo-09.jpg", rating)
    site_build = build(rated_site)
    assert not site_build.processor.analysis_reasons
    assert not site_build.processor.rendered_keys
    names = list_gallery(site_build, "night")
    assert names[:3] == ["photo-05", *(["photo-09"] if rating == 5 else []), "photo-11", "photo-04"][:3]
    assert ("photo-09" in names) == (rating == 5)
    assert site_build.processor.choices["night/photo-09.jpg"].is_shown == (rating == 5)


def test_a_photo_that_is_selected_anew_is_the_only_one_to_be_analyzed(rated_site: Path) -> None:
    write_sidecar(rated_site / "content/photos/night/photo-08.jpg", 4)
    site_build = build(rated_site)
    assert site_build.processor.analysis_reasons == {"night/photo-08.jpg": "a new photo"}
    assert "photo-08" in list_gallery(site_build, "night")


def test_a_keyword_and_a_note_decide_too(rated_site: Path) -> None:
    write_sidecar(rated_site / "content/photos/night/photo-09.jpg", 4, "family|Private")
    notes = rated_site / "content/photos/night/notes.toml"
    notes.write_text(
        '[gallery]\nselect = {min_rating = 5}\n[photos."photo-03.jpg"]\nhidden = false\n', encoding="utf-8"
    )
    site_build = build(rated_site)
    assert not site_build.processor.analysis_reasons
    assert list_gallery(site_build, "night") == ["photo-03", "photo-05", "photo-11"]
    assert list_gallery(site_build, "day") == ["photo-15", "photo-16", "photo-17"]
    report = read_report(rated_site)
    assert report["night/photo-03.jpg"]["selected"] == "notes.toml has hidden = false for it"
    assert "family|Private (sidecar) is excluded" in str(report["night/photo-09.jpg"]["message"])


def test_a_second_sidecar_that_is_not_read_is_named_in_the_build(rated_site: Path) -> None:
    night = rated_site / "content" / "photos" / "night"
    shutil.copy(night / "photo-02.jpg.xmp", night / "photo-03.xmp")
    assert "photo-03" in list_gallery(build(rated_site), "night")
    (trouble,) = json.loads((rated_site / "build-report.json").read_bytes())["troubles"]
    assert "night/photo-03.jpg has two sidecars: photo-03.jpg.xmp is read, photo-03.xmp is not" in trouble


def test_without_a_selection_only_rejected_photos_are_left_out(rated_site: Path) -> None:
    photos = rated_site / "content" / "photos"
    kept = {*SHOWN, "night/photo-00.jpg", "night/photo-01.jpg"}
    for photo in photos.rglob("*.jpg"):
        if photo.relative_to(photos).as_posix() not in kept:
            photo.unlink()
    settings = read({"HEADSHOTS": {"formats": ["jpeg"], "workers": 1}})
    site_build = SiteBuild(settings, photos, site_folder=rated_site, output_folder=rated_site / "output")
    assert site_build.analyze_photos() == {}
    assert {photo.path for photo in site_build.photos} == {*SHOWN, "night/photo-01.jpg"}
    assert site_build.processor.analysis_reasons.keys() == {"night/photo-00.jpg", "night/photo-01.jpg"}


def test_only_pages_that_show_link_to_or_count_the_photo_change(rated_site: Path) -> None:
    site = Site(rated_site)
    site.settings = {"formats": ["jpeg"], "workers": 1, "select": SELECT}
    assert site.build().status == 0
    first = read_output(site)
    write_sidecar(site.photos / "day" / "photo-16.jpg", 5)
    write_sidecar(site.photos / "night" / "photo-09.jpg", 1)
    planned = command(site, "plan", "--all").stdout
    assert f"\nnot shown ({21 - len(SHOWN)}):\n" in planned
    assert "\n  night/photo-09.jpg: it has rating 1 (sidecar), and 3 is asked for\n" in planned
    assert "\n  day/photo-16.jpg: it has rating 5 (sidecar)\n" in planned
    choices = json.loads(command(site, "plan", "--json").stdout)["selection"]
    assert choices["night/photo-05.jpg"] == {"shown": True, "reason": "it has rating 5 (sidecar)"}
    result = site.build()
    assert f"Not selected: {21 - len(SHOWN)}, by rating, keyword or label" in result.log
    second = read_output(site)
    assert second.keys() <= first.keys()
    assert not any(b"photo-09" in content for content in second.values())
    changed = {name for name in first if first[name] != second.get(name)}
    removed_pictures = {name for name in first if name.startswith("pictures/photo-09-")}
    # The gallery, the photo's page, and that of the photo before it, the last one.
    night = "portfolio/night"
    linking = {f"{night}/index.html", *(f"{night}/photo-{number:02}/index.html" for number in (3, 9))}
    assert {name for name in changed if b"photo-09" in first[name]} == linking
    # Cards of the gallery say how many photos it has.
    assert changed - removed_pictures - linking == {"404.html", "index.html", "portfolio/index.html"}


def read_output(site: Site) -> dict[str, bytes]:
    output = site.folder / "output"
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def test_a_person_is_also_found_in_photos_that_are_not_selected(site: Site) -> None:
    site.settings = {"select": SELECT}
    site.configure()
    named = '<Iptc4xmpExt:PersonInImage xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"><rdf:Bag>'
    named += "<rdf:li>Jane Doe</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>"
    (site.photos / "a.jpg").write_bytes(make_jpeg(xmp_segment(named)))
    write_sidecar(site.photos / "a.jpg", 1)
    found = command(site, "forget-person", "Jane Doe", "--list")
    assert "  a.jpg: metadata (xmp)\n" in found.stdout, found.stderr
