"""A build with broken files, libraries, models or plugins ends with one message and publishes the other photos."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.support.site import REPOSITORY


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with three small photos without people."""
    photos = tmp_path / "content" / "photos" / "walks"
    photos.mkdir(parents=True)
    for number in range(3):
        picture = Image.new("RGB", (320, 240), (40 * number, 90, 120))
        ImageDraw.Draw(picture).ellipse((40, 40, 120 + 20 * number, 160), fill="#d0b090")
        picture.save(photos / f"{number}.jpg")
    (tmp_path / "pelicanconf.py").write_text(
        "import pelican_headshots, os, json\n"
        "SITENAME = 'x'; PATH = 'content'; TIMEZONE = 'UTC'; SITEURL = ''; DEFAULT_LANG = 'en'\n"
        "FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None\n"
        "PLUGINS = ['pelican_headshots']; THEME = pelican_headshots.theme_path()\n"
        "HEADSHOTS = json.loads(os.environ.get('SETTINGS', '{}'))\n"
    )
    return tmp_path


def build(
    site: Path,
    settings: dict[str, object] | None = None,
    *,
    modules: Path | None = None,
    site_packages: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run Pelican with the HEADSHOTS *settings*.

    Args:
        site: The folder of the site.
        settings: The HEADSHOTS settings.
        modules: A folder whose modules are imported instead of others with the same name, in child processes too.
        site_packages: A folder with the installed packages, instead of all that are installed.
    """
    paths = [str(path) for path in (modules, REPOSITORY, site_packages) if path]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "SETTINGS": json.dumps(settings or {}), "COLUMNS": "500"}
    command = [sys.executable, *(["-S"] if site_packages else []), "-m", "pelican", "content"]
    return subprocess.run(command, cwd=site, env=env, capture_output=True, text=True, timeout=300, check=False)


def list_built_photos(site: Path) -> list[str]:
    inputs = json.loads((site / "build-report.json").read_text())["inputs"]
    return sorted(path for path, entry in inputs.items() if entry["status"] == "built")


ALL_PHOTOS = ["walks/0.jpg", "walks/1.jpg", "walks/2.jpg"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param("raise ImportError('libGL.so.1: no such file')", "libGL.so.1", marks=pytest.mark.slow),
        ("import os; os.abort()", "crash"),
    ],
)
def test_a_site_is_built_when_mediapipe_cannot_be_imported_or_crashes(
    site: Path, tmp_path: Path, source: str, message: str
) -> None:
    fake = tmp_path / "fake"
    (fake / "mediapipe").mkdir(parents=True)
    (fake / "mediapipe" / "__init__.py").write_text(source)
    completed = build(site, modules=fake)
    assert completed.returncode == 0, completed.stderr
    assert list_built_photos(site) == ALL_PHOTOS
    assert (completed.stderr + completed.stdout).count("WARNING") == 1
    assert message in completed.stderr + completed.stdout
    strict = build(site, modules=fake, settings={"strict": True})
    assert strict.returncode != 0
    assert "Traceback" not in strict.stderr


def test_a_site_is_built_when_neither_mediapipe_nor_opencv_is_installed(site: Path, tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    for entry in Path(Image.__file__).parents[1].iterdir():
        if not entry.name.startswith(("mediapipe", "cv2", "opencv")):
            (packages / entry.name).symlink_to(entry)
    completed = build(site, site_packages=packages)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert list_built_photos(site) == ALL_PHOTOS
    assert (completed.stderr + completed.stdout).count("WARNING") == 1
    assert "pip install mediapipe" in completed.stderr + completed.stdout
    assert build(site, site_packages=packages, settings={"strict": True}).returncode != 0


@pytest.fixture
def broken_opencv(tmp_path: Path) -> Path:
    """A folder with an OpenCV that cannot be imported."""
    fake = tmp_path / "fake"
    (fake / "cv2").mkdir(parents=True)
    (fake / "cv2" / "__init__.py").write_text("raise ImportError('libGL.so.1: no such file')")
    return fake


@pytest.mark.slow
def test_renditions_made_without_opencv_have_different_names(site: Path, broken_opencv: Path) -> None:
    walks = site / "content" / "photos" / "walks"
    Image.effect_noise((640, 480), 60).convert("RGB").save(walks / "0.jpg")
    names, cached_files = [], []
    for modules in (broken_opencv, broken_opencv, None):
        completed = build(site, modules=modules)
        assert completed.returncode == 0, completed.stdout + completed.stderr
        assert list_built_photos(site) == ALL_PHOTOS
        inputs = json.loads((site / "build-report.json").read_text())["inputs"]
        names.append({name for entry in inputs.values() for name in entry["outputs"]})
        cached_files.append(sorted((site / ".headshots" / "renditions").rglob("*.*")))
    assert names[0] == names[1]
    assert cached_files[0] == cached_files[1]
    assert not names[0] & names[2]


def test_the_fingerprint_of_a_worker_contains_the_library_that_it_resizes_with(broken_opencv: Path) -> None:
    def make_fingerprint(*modules: Path) -> str:
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*modules, REPOSITORY)))}
        command = [
            sys.executable,
            "-c",
            "from pelican_headshots.pipeline.tasks import make_worker_fingerprint; print(make_worker_fingerprint())",
        ]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True).stdout

    assert "opencv" in make_fingerprint()
    assert "opencv" not in make_fingerprint(broken_opencv)


@pytest.mark.parametrize("damage", [pytest.param("missing", marks=pytest.mark.slow), "truncated"])
def test_a_site_is_built_when_a_model_is_missing_or_truncated(site: Path, tmp_path: Path, damage: str) -> None:
    copy = tmp_path / "copy" / "pelican_headshots"
    shutil.copytree(REPOSITORY / "pelican_headshots", copy)
    shutil.copytree(REPOSITORY / "theme", tmp_path / "copy" / "theme")
    model = copy / "models" / "pose.task"
    if not model.exists():
        pytest.skip("the models are not in this checkout; `python -m build_assets` puts them there")
    if damage == "missing":
        model.unlink()
    else:
        model.write_bytes(model.read_bytes()[:1000])
    completed = build(site, modules=tmp_path / "copy")
    assert completed.returncode == 0, completed.stderr
    assert list_built_photos(site) == ALL_PHOTOS
    assert (completed.stderr + completed.stdout).count("WARNING") == 1
    assert "pose.task" in completed.stderr + completed.stdout
    assert build(site, modules=tmp_path / "copy", settings={"strict": True}).returncode != 0


def test_a_strict_build_fails_after_all_photos_were_tried_and_names_the_damaged_one(site: Path) -> None:
    (site / "content" / "photos" / "walks" / "0.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    completed = build(site, {"strict": True})
    assert completed.returncode != 0
    assert "0.jpg" in completed.stderr
    assert list_built_photos(site) == ALL_PHOTOS[1:]
    assert (site / "output" / "index.html").exists()


def test_a_strict_build_with_autoreload_reports_a_damaged_photo_once_and_continues(site: Path) -> None:
    photo = site / "content" / "photos" / "walks" / "0.jpg"
    intact = photo.read_bytes()
    photo.write_bytes(b"\xff\xd8\xff\xe0 cut off")
    with run_autoreload(site, {"strict": True}) as read_log:
        wait_until(lambda: "strict is on" in read_log() and "0.jpg" in read_log())
        assert list_built_photos(site) == ALL_PHOTOS[1:]
        photo.write_bytes(intact)
        wait_until(lambda: list_built_photos(site) == ALL_PHOTOS)
        (site / "content" / "photos" / "walks" / "new.txt").write_text("starts another build")
        wait_until(lambda: read_log().count("Done:") >= 3)
        assert read_log().count("strict is on") == 1


def test_with_autoreload_a_photo_that_comes_during_a_build_is_in_the_next(site: Path) -> None:
    (site / "late_photo.py").write_text(
        "import os, shutil\n"
        "from pelican import signals\n"
        "def add_photo(generators):\n"
        "    if not os.path.exists('content/photos/walks/late.jpg'):\n"
        "        shutil.copy('content/photos/walks/0.jpg', 'content/photos/walks/late.jpg')\n"
        "def register():\n"
        "    signals.all_generators_finalized.connect(add_photo)\n"
    )
    with (site / "pelicanconf.py").open("a") as settings_file:
        settings_file.write("PLUGIN_PATHS = ['.']; PLUGINS.append('late_photo')\n")
    with run_autoreload(site, {}) as read_log:
        wait_until(lambda: read_log().count("Done:") == 2)
        assert list_built_photos(site) == [*ALL_PHOTOS, "walks/late.jpg"]
        time.sleep(4)
        assert read_log().count("Done:") == 2, "a build without changes is followed by none"


def test_with_autoreload_a_broken_setting_is_not_retried_without_a_pause(site: Path) -> None:
    builds = site / "builds"
    (site / "build_counter.py").write_text(
        "from pelican import signals\n"
        "def count_build(pelican):\n"
        f"    open({str(builds)!r}, 'a').write('x')\n"
        "def register():\n"
        "    signals.get_generators.connect(count_build)\n"
    )
    with (site / "pelicanconf.py").open("a") as settings_file:
        settings_file.write("PLUGIN_PATHS = ['.']; PLUGINS.append('build_counter')\n")
    with run_autoreload(site, {"qualty": "light"}) as read_log:
        wait_until(lambda: "Did you mean 'quality'" in read_log())
        assert "Then start Pelican again." in read_log()
        wait_until(lambda: builds.stat().st_size >= 2)
        count = builds.stat().st_size
        time.sleep(3)
        assert builds.stat().st_size - count <= 3


@contextmanager
def run_autoreload(site: Path, settings: dict[str, object]) -> Iterator[Callable[[], str]]:
    """Run `pelican --autoreload`, which must still run at the end; yield a function that returns its log so far."""
    log = site / "pelican.log"
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY), "SETTINGS": json.dumps(settings), "COLUMNS": "500"}
    with log.open("w") as out:
        command = [sys.executable, "-m", "pelican", "content", "--autoreload"]
        process = subprocess.Popen(command, cwd=site, env=env, stdout=out, stderr=out)
    try:
        yield log.read_text
        assert process.poll() is None, log.read_text()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize("settings", [{"qualty": "light"}, {"models": "/nowhere"}])
def test_a_broken_setting_is_an_error_without_a_traceback(site: Path, settings: dict[str, object]) -> None:
    completed = build(site, settings)
    assert completed.returncode != 0
    assert "CRITICAL" in completed.stdout
    assert "Traceback" not in completed.stdout + completed.stderr


def test_a_damaged_photo_is_tried_once(site: Path) -> None:
    (site / "content" / "photos" / "walks" / "0.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    first = build(site)
    second = build(site)
    for completed in (first, second):
        assert completed.returncode == 0
        assert "walks/0.jpg: The picture is damaged" in completed.stdout
    assert json.loads((site / "build-report.json").read_text())["inputs"]["walks/0.jpg"]["status"] == "skipped"
    assert second.stdout.count("WARNING") == 1
    gc = subprocess.run(
        [sys.executable, "-m", "pelican_headshots", "gc"],
        cwd=site, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert gc.returncode == 0, gc.stderr
    no_children = _forbid_child_processes(site)
    assert build(site, modules=no_children).returncode == 0
    shutil.rmtree(site / ".headshots")
    assert build(site, modules=no_children).returncode != 0


def make_function_fail(site: Path, function: str, condition: str) -> None:
    """Make *function* ("module name") raise in Pelican's process if *condition* is true of its arguments `a` and `b`."""
    module, _, name = function.rpartition(" ")
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write(
            f"import pelican_headshots.{module} as module\n"
            f"original = module.{name}\n"
            "def fail(a, b=None, *more, **named):\n"
            f"    if {condition}:\n"
            "        raise ZeroDivisionError('odd')\n"
            "    return original(a, b, *more, **named) if b is not None else original(a, *more, **named)\n"
            f"module.{name} = fail\n"
        )


@pytest.mark.parametrize(
    ("function", "condition"),
    [
        pytest.param(
            "pages.picture_builder PictureBuilder.build_photo_view",
            "a.entry.photo.stem == '1'",
            id="its own page",
        ),
        pytest.param(
            "pages.picture_builder choose_widths",
            "b == 300 and 0 < named['larger_layouts'][0][0].lengths[0].vw < 0.5",
            id="in a row with others",
        ),
        pytest.param("people.routing classify_with_note", "a.stem == '1'", id="before it is in a gallery"),
    ],
)
def test_a_photo_that_cannot_be_laid_out_is_named_and_the_others_are_built(
    site: Path, function: str, condition: str
) -> None:
    Image.new("RGB", (300, 240), "#607080").save(site / "content" / "photos" / "walks" / "1.jpg")
    make_function_fail(site, function, condition)
    completed = build(site)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert list_built_photos(site) == ["walks/0.jpg", "walks/2.jpg"]
    assert (site / "output" / "portfolio" / "walks" / "2" / "index.html").exists()
    entry = json.loads((site / "build-report.json").read_text())["inputs"]["walks/1.jpg"]
    assert entry["status"] == "skipped"
    assert entry["message"].startswith("walks/1.jpg cannot be laid out (ZeroDivisionError: odd)")
    assert completed.stdout.count("cannot be laid out") == 1
    assert "Traceback" not in completed.stdout + completed.stderr
    assert build(site, {"strict": True}).returncode != 0


@pytest.mark.parametrize(
    ("function", "condition"),
    [
        pytest.param("pages.picture_builder PictureBuilder.build_row_pictures", "True", id="every row"),
        pytest.param("pages.compose arrange_rows", "len(a) > 1", id="several photos together"),
    ],
)
def test_a_layout_error_that_no_single_photo_causes_ends_the_build(site: Path, function: str, condition: str) -> None:
    make_function_fail(site, function, condition)
    completed = build(site)
    assert completed.returncode != 0
    assert "ZeroDivisionError: odd" in completed.stdout + completed.stderr
    assert not (site / "output").exists()


def test_extremely_narrow_photos_are_built_with_the_others(site: Path) -> None:
    photos = site / "content" / "photos" / "walks"
    for name, size in (("0.png", (900, 600)), ("1.png", (60, 24_000)), ("2.png", (900, 600)), ("3.png", (4000, 2))):
        Image.new("RGB", size, "#607080").save(photos / name)
        (photos / name).with_suffix(".jpg").unlink(missing_ok=True)
    completed = build(site)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert list_built_photos(site) == ["walks/0.png", "walks/1.png", "walks/2.png", "walks/3.png"]


HANG_IN_CHILD = """
import sys
if "--multiprocessing-fork" in sys.argv:
    from PIL import Image
    original = {name}
    def hang(*arguments, **options):
        if {condition}:
            open({log!r}, "a").write("tried\\n")
            while True:
                pass
        return original(*arguments, **options)
    {name} = hang
"""
HANG_ON_IMPORT = """
open({log!r}, "a").write("tried\\n")
while True:
    pass
"""
HANG_ON_OPEN = HANG_IN_CHILD.replace("{name}", "Image.open").replace(
    "{condition}", "b'slow' in arguments[0].getvalue()"
)
HANG_ON_SAVE = HANG_IN_CHILD.replace("{name}", "Image.Image.save").replace(
    "{condition}", "arguments[0].getpixel((0, 0))[0] > 200"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "source", "tries", "status"),
    [
        ("sitecustomize.py", HANG_ON_OPEN, 2, "skipped"),
        pytest.param("sitecustomize.py", HANG_ON_SAVE, 1, "skipped", marks=pytest.mark.slow),
        pytest.param("mediapipe.py", HANG_ON_IMPORT, 1, "built", marks=pytest.mark.slow),
    ],
    ids=["decoding", "rendering", "analysis"],
)
def test_a_photo_that_exceeds_the_timeout_is_not_tried_again_until_it_or_the_timeout_changes(
    site: Path, file: str, source: str, tries: int, status: str
) -> None:
    walks = site / "content" / "photos" / "walks"
    for photo in (walks / "1.jpg", walks / "2.jpg"):
        photo.unlink()
    Image.new("RGB", (320, 240), (250, 90, 120)).save(walks / "0.jpg", comment=b"slow")
    log, modules = site / "tried", site / "modules"
    modules.mkdir()
    (modules / file).write_text(source.replace("{log!r}", repr(str(log))))

    def build_and_count_tries(timeout: int) -> int:
        log.write_text("")
        completed = build(site, {"timeout": timeout}, modules=modules)
        assert completed.returncode == 0, completed.stdout + completed.stderr
        assert (completed.stdout + completed.stderr).count("WARNING") == 1
        assert "walks/0.jpg took more than" in completed.stdout
        assert "raise HEADSHOTS['timeout']" in completed.stdout
        assert json.loads((site / "build-report.json").read_text())["inputs"]["walks/0.jpg"]["status"] == status
        return len(log.read_text().splitlines())

    assert build_and_count_tries(5) == tries
    assert build_and_count_tries(5) == 0
    assert build_and_count_tries(6) == tries
    Image.new("RGB", (320, 240), (251, 90, 120)).save(walks / "0.jpg", comment=b"slow")
    assert build_and_count_tries(6) == tries


@pytest.mark.slow
def test_mediapipe_is_given_up_after_a_few_failures_in_spite_of_a_damaged_photo(site: Path, tmp_path: Path) -> None:
    walks = site / "content" / "photos" / "walks"
    for number in range(3, 12):
        shutil.copy(walks / "0.jpg", walks / f"{number}.jpg")
        with (walks / f"{number}.jpg").open("ab") as file:
            file.write(bytes(number))
    (walks / "damaged.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off" + bytes(100_000))
    fake, log = tmp_path / "fake", tmp_path / "imports"
    fake.mkdir()
    (fake / "mediapipe.py").write_text(f"open({str(log)!r}, 'a').write('x'); raise ImportError('libGL.so.1')")
    completed = build(site, modules=fake, settings={"workers": 1})
    assert completed.returncode == 0, completed.stderr
    assert len(list_built_photos(site)) == 12
    assert len(log.read_text()) in (4, 5)  # the fifth may start before the fourth has failed


def test_pillow_settings_of_another_plugin_are_unchanged_after_a_build(site: Path) -> None:
    Image.new("RGBA", (60, 20), "white").save(site / "mark.png")
    (site / "other.py").write_text(
        "from pelican import signals\n"
        "from PIL import Image, ImageFile\n"
        "def get_limits():\n"
        "    return ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS\n"
        "def set_limits(pelican):\n"
        "    ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = True, 1234567\n"
        "def print_limits(pelican):\n"
        "    print('still', *get_limits())\n"
        "def register():\n"
        "    signals.initialized.connect(set_limits)\n"
        "    signals.finalized.connect(print_limits)\n"
    )
    with (site / "pelicanconf.py").open("a") as settings_file:
        settings_file.write("PLUGIN_PATHS = ['.']; PLUGINS.append('other')\n")
    completed = build(site, {"watermark": {"picture": "mark.png"}})
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert "still True 1234567" in completed.stdout


def _forbid_child_processes(site: Path) -> Path:
    """Return a folder with modules that make starting a child process an error."""
    folder = site / "modules"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import sys\n"
        "def hook(event, arguments):\n"
        "    if event == 'import' and arguments[0] == 'pelican_headshots.workers.process':\n"
        "        raise SystemExit('a child process was about to be started')\n"
        "sys.addaudithook(hook)\n"
    )
    return folder
