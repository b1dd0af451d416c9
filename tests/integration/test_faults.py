"""What may go wrong around a build: it ends, says so in one sentence, and leaves no hole and no half file."""

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
    """A site of three small pictures without people."""
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
    site: Path, *, first: Path | None = None, instead: Path | None = None, **settings: object
) -> subprocess.CompletedProcess[str]:
    """Run Pelican; modules in *first* are found before all others, in its children too, and those in *instead* instead."""
    paths = [str(path) for path in (first, REPOSITORY, instead) if path]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "SETTINGS": json.dumps(settings), "COLUMNS": "500"}
    command = [sys.executable, *(["-S"] if instead else []), "-m", "pelican", "content"]
    return subprocess.run(command, cwd=site, env=env, capture_output=True, text=True, timeout=300, check=False)


def built(site: Path) -> list[str]:
    inputs = json.loads((site / "build-report.json").read_text())["inputs"]
    return sorted(path for path, what in inputs.items() if what["status"] == "built")


ALL = ["walks/0.jpg", "walks/1.jpg", "walks/2.jpg"]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        pytest.param("raise ImportError('libGL.so.1: no such file')", "libGL.so.1", marks=pytest.mark.slow),
        ("import os; os.abort()", "crash"),
    ],
)
def test_pages_are_built_where_mediapipe_does_not_work(site: Path, tmp_path: Path, broken: str, said: str) -> None:
    fake = tmp_path / "fake"
    (fake / "mediapipe").mkdir(parents=True)
    (fake / "mediapipe" / "__init__.py").write_text(broken)
    done = build(site, first=fake)
    assert done.returncode == 0, done.stderr
    assert built(site) == ALL
    assert (done.stderr + done.stdout).count("WARNING") == 1
    assert said in done.stderr + done.stdout
    strict = build(site, first=fake, strict=True)
    assert strict.returncode != 0
    assert "Traceback" not in strict.stderr


def test_pages_are_built_where_neither_mediapipe_nor_opencv_is_installed(site: Path, tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    for entry in Path(Image.__file__).parents[1].iterdir():
        if not entry.name.startswith(("mediapipe", "cv2", "opencv")):
            (packages / entry.name).symlink_to(entry)
    done = build(site, instead=packages)
    assert done.returncode == 0, done.stdout + done.stderr
    assert built(site) == ALL
    assert (done.stderr + done.stdout).count("WARNING") == 1
    assert "pip install mediapipe" in done.stderr + done.stdout
    assert build(site, instead=packages, strict=True).returncode != 0


@pytest.fixture
def without_library(tmp_path: Path) -> Path:
    """A folder with an OpenCV that is installed and does not load."""
    fake = tmp_path / "fake"
    (fake / "cv2").mkdir(parents=True)
    (fake / "cv2" / "__init__.py").write_text("raise ImportError('libGL.so.1: no such file')")
    return fake


def test_pictures_made_without_opencv_have_names_of_their_own(site: Path, without_library: Path) -> None:
    walks = site / "content" / "photos" / "walks"
    Image.effect_noise((640, 480), 60).convert("RGB").save(walks / "0.jpg")
    names, cached = [], []
    for first in (without_library, without_library, None):
        done = build(site, first=first)
        assert done.returncode == 0, done.stdout + done.stderr
        assert built(site) == ALL
        inputs = json.loads((site / "build-report.json").read_text())["inputs"]
        names.append({name for told in inputs.values() for name in told["outputs"]})
        cached.append(sorted((site / ".headshots" / "renditions").rglob("*.*")))
    assert names[0] == names[1] and cached[0] == cached[1]
    assert not names[0] & names[2]


def test_a_worker_says_what_it_scales_with(without_library: Path) -> None:
    def stamp(*first: Path) -> str:
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*first, REPOSITORY)))}
        command = [
            sys.executable,
            "-c",
            "from pelican_headshots.pipeline.tasks import make_worker_fingerprint; print(make_worker_fingerprint())",
        ]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True).stdout

    assert "opencv" in stamp()
    assert "opencv" not in stamp(without_library)


@pytest.mark.parametrize("harm", [pytest.param("missing", marks=pytest.mark.slow), "truncated"])
def test_pages_are_built_where_a_model_is_missing_or_damaged(site: Path, tmp_path: Path, harm: str) -> None:
    copy = tmp_path / "copy" / "pelican_headshots"
    shutil.copytree(REPOSITORY / "pelican_headshots", copy)
    shutil.copytree(REPOSITORY / "theme", tmp_path / "copy" / "theme")
    model = copy / "models" / "pose.task"
    if not model.exists():
        pytest.skip("the models are not in this checkout; `python -m build_assets` puts them there")
    if harm == "missing":
        model.unlink()
    else:
        model.write_bytes(model.read_bytes()[:1000])
    done = build(site, first=tmp_path / "copy")
    assert done.returncode == 0, done.stderr
    assert built(site) == ALL
    assert (done.stderr + done.stdout).count("WARNING") == 1
    assert "pose.task" in done.stderr + done.stdout
    assert build(site, first=tmp_path / "copy", strict=True).returncode != 0


def test_strict_names_what_was_left_out_after_all_was_tried(site: Path) -> None:
    (site / "content" / "photos" / "walks" / "0.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    done = build(site, strict=True)
    assert done.returncode != 0
    assert "0.jpg" in done.stderr
    assert built(site) == ALL[1:]
    assert (site / "output" / "index.html").exists()


def test_strict_says_so_and_does_not_end_the_watching(site: Path) -> None:
    photo = site / "content" / "photos" / "walks" / "0.jpg"
    sound = photo.read_bytes()
    photo.write_bytes(b"\xff\xd8\xff\xe0 cut off")
    with watched(site, strict=True) as said:
        until(lambda: "strict is on" in said() and "0.jpg" in said())
        assert built(site) == ALL[1:]
        photo.write_bytes(sound)
        until(lambda: built(site) == ALL)
        (site / "content" / "photos" / "walks" / "new.txt").write_text("wakes it once more")
        until(lambda: said().count("Done:") >= 3)
        assert said().count("strict is on") == 1


def test_a_broken_setting_does_not_make_the_watching_spin(site: Path) -> None:
    with watched(site, qualty="light") as said:
        until(lambda: "Did you mean 'quality'" in said())
        assert "Then start Pelican again." in said()
        before = os.times()
        time.sleep(3)
    spent = sum(os.times()[2:4]) - sum(before[2:4])
    assert spent < 2.5, "of 3 seconds and the end"


@contextmanager
def watched(site: Path, **settings: object) -> Iterator[Callable[[], str]]:
    """`pelican --autoreload`, which must still run at the end; gives what it has said so far."""
    log = site / "said.log"
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


def until(what: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize("settings", [{"qualty": "light"}, {"models": "/nowhere"}])
def test_a_sentence_comes_without_a_call_stack(site: Path, settings: dict[str, str]) -> None:
    done = build(site, **settings)
    assert done.returncode != 0
    assert "CRITICAL" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_picture_that_cannot_be_read_is_tried_once(site: Path) -> None:
    (site / "content" / "photos" / "walks" / "0.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    first = build(site)
    second = build(site)
    for done in (first, second):
        assert done.returncode == 0
        assert "walks/0.jpg: The picture is damaged" in done.stdout
    assert json.loads((site / "build-report.json").read_text())["inputs"]["walks/0.jpg"]["status"] == "skipped"
    assert second.stdout.count("WARNING") == 1
    tidied = subprocess.run(
        [sys.executable, "-m", "pelican_headshots", "gc"],
        cwd=site, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert tidied.returncode == 0, tidied.stderr
    childless = _no_children(site)
    assert build(site, first=childless).returncode == 0
    shutil.rmtree(site / ".headshots")
    assert build(site, first=childless).returncode != 0


def break_inside(site: Path, what: str, when: str) -> None:
    """Have *what* raise in Pelican's process where *when* holds of its first arguments, `a` and `b`."""
    module, _, name = what.rpartition(" ")
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write(
            f"import pelican_headshots.{module} as place\n"
            f"sound = place.{name}\n"
            "def broken(a, b=None, *more, **named):\n"
            f"    if {when}:\n"
            "        raise ZeroDivisionError('odd')\n"
            "    return sound(a, b, *more, **named) if b is not None else sound(a, *more, **named)\n"
            f"place.{name} = broken\n"
        )


@pytest.mark.parametrize(
    ("what", "when"),
    [
        pytest.param(
            "pages.picture_builder PictureBuilder.build_photo_view",
            "a.entry.photo.stem == '1'",
            id="whatever hangs beside it",
        ),
        pytest.param(
            "pages.picture_builder choose_widths",
            "b == 300 and 0 < named['larger_layouts'][0][0].lengths[0].vw < 0.5",
            id="beside others",
        ),
        pytest.param("people.routing classify_with_note", "a.stem == '1'", id="before it hangs anywhere"),
    ],
)
def test_a_picture_that_cannot_be_laid_out_is_named_and_the_others_are_built(site: Path, what: str, when: str) -> None:
    Image.new("RGB", (300, 240), "#607080").save(site / "content" / "photos" / "walks" / "1.jpg")
    break_inside(site, what, when)
    done = build(site)
    assert done.returncode == 0, done.stdout + done.stderr
    assert built(site) == ["walks/0.jpg", "walks/2.jpg"]
    assert (site / "output" / "portfolio" / "walks" / "2" / "index.html").exists()
    said = json.loads((site / "build-report.json").read_text())["inputs"]["walks/1.jpg"]
    assert said["status"] == "skipped"
    assert said["message"].startswith("walks/1.jpg cannot be laid out (ZeroDivisionError: odd)")
    assert done.stdout.count("cannot be laid out") == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert build(site, strict=True).returncode != 0


@pytest.mark.parametrize(
    ("what", "when"),
    [
        pytest.param("pages.picture_builder PictureBuilder.build_row_pictures", "True", id="of every picture"),
        pytest.param("pages.compose arrange_rows", "len(a) > 1", id="of no picture alone"),
    ],
)
def test_an_error_that_is_not_of_one_picture_ends_the_build(site: Path, what: str, when: str) -> None:
    break_inside(site, what, when)
    done = build(site)
    assert done.returncode != 0
    assert "ZeroDivisionError: odd" in done.stdout + done.stderr
    assert not (site / "output").exists()


def test_a_picture_a_pixel_narrow_beside_others_is_built_with_them(site: Path) -> None:
    photos = site / "content" / "photos" / "walks"
    for name, size in (("0.png", (900, 600)), ("1.png", (60, 24_000)), ("2.png", (900, 600)), ("3.png", (4000, 2))):
        Image.new("RGB", size, "#607080").save(photos / name)
        (photos / name).with_suffix(".jpg").unlink(missing_ok=True)
    done = build(site)
    assert done.returncode == 0, done.stdout + done.stderr
    assert built(site) == ["walks/0.png", "walks/1.png", "walks/2.png", "walks/3.png"]


SLOW = """
import sys
if "--multiprocessing-fork" in sys.argv:
    from PIL import Image
    real = {name}
    def slow(*what, **how):
        if {condition}:
            open({log!r}, "a").write("tried\\n")
            while True:
                pass
        return real(*what, **how)
    {name} = slow
"""
LOOKING = """
open({log!r}, "a").write("tried\\n")
while True:
    pass
"""


READING = SLOW.replace("{name}", "Image.open").replace("{condition}", "b'slow' in what[0].getvalue()")
DEVELOPING = SLOW.replace("{name}", "Image.Image.save").replace("{condition}", "what[0].getpixel((0, 0))[0] > 200")


@pytest.mark.parametrize(
    ("file", "source", "tries", "status"),
    [
        ("sitecustomize.py", READING, 2, "skipped"),
        pytest.param("sitecustomize.py", DEVELOPING, 1, "skipped", marks=pytest.mark.slow),
        pytest.param("mediapipe.py", LOOKING, 1, "built", marks=pytest.mark.slow),
    ],
    ids=["reading", "developing", "looking"],
)
def test_a_picture_that_uses_up_its_time_is_not_tried_again_until_it_or_the_limit_changes(
    site: Path, file: str, source: str, tries: int, status: str
) -> None:
    walks = site / "content" / "photos" / "walks"
    for photo in (walks / "1.jpg", walks / "2.jpg"):
        photo.unlink()
    Image.new("RGB", (320, 240), (250, 90, 120)).save(walks / "0.jpg", comment=b"slow")
    log, modules = site / "tried", site / "modules"
    modules.mkdir()
    (modules / file).write_text(source.replace("{log!r}", repr(str(log))))

    def tried(**settings: object) -> int:
        log.write_text("")
        done = build(site, first=modules, **settings)
        assert done.returncode == 0, done.stdout + done.stderr
        assert (done.stdout + done.stderr).count("WARNING") == 1
        assert "walks/0.jpg took more than" in done.stdout
        assert "raise HEADSHOTS['timeout']" in done.stdout
        assert json.loads((site / "build-report.json").read_text())["inputs"]["walks/0.jpg"]["status"] == status
        return len(log.read_text().splitlines())

    assert tried(timeout=5) == tries
    assert tried(timeout=5) == 0
    assert tried(timeout=6) == tries
    Image.new("RGB", (320, 240), (251, 90, 120)).save(walks / "0.jpg", comment=b"slow")
    assert tried(timeout=6) == tries


def test_one_damaged_file_does_not_hide_that_mediapipe_works_nowhere(site: Path, tmp_path: Path) -> None:
    walks = site / "content" / "photos" / "walks"
    for number in range(3, 12):
        shutil.copy(walks / "0.jpg", walks / f"{number}.jpg")
        with (walks / f"{number}.jpg").open("ab") as file:
            file.write(bytes(number))
    (walks / "damaged.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off" + bytes(100_000))
    fake, log = tmp_path / "fake", tmp_path / "imports"
    fake.mkdir()
    (fake / "mediapipe.py").write_text(f"open({str(log)!r}, 'a').write('x'); raise ImportError('libGL.so.1')")
    done = build(site, first=fake, workers=1)
    assert done.returncode == 0, done.stderr
    assert len(built(site)) == 12
    assert len(log.read_text()) in (4, 5)  # the next one may have begun when the fourth comes back


def test_what_another_plugin_set_in_pillow_stands_after_a_build(site: Path) -> None:
    Image.new("RGBA", (60, 20), "white").save(site / "mark.png")
    (site / "other.py").write_text(
        "from pelican import signals\n"
        "from PIL import Image, ImageFile\n"
        "def ours():\n"
        "    return ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS\n"
        "def begun(pelican):\n"
        "    ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = True, 1234567\n"
        "def ended(pelican):\n"
        "    print('still', *ours())\n"
        "def register():\n"
        "    signals.initialized.connect(begun)\n"
        "    signals.finalized.connect(ended)\n"
    )
    with (site / "pelicanconf.py").open("a") as conf:
        conf.write("PLUGIN_PATHS = ['.']; PLUGINS.append('other')\n")
    done = build(site, watermark={"picture": "mark.png"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "still True 1234567" in done.stdout


def _no_children(site: Path) -> Path:
    """Modules that make starting a child process an error."""
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
