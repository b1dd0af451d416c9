"""What Windows and macOS lack or do otherwise, as far as it can be simulated on one system."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pelican_headshots.support.filenames import slugify
from tests.support.site import REPOSITORY

IMPORT_EVERYTHING = """
import importlib, os, pkgutil, signal, sys

# What the standard library needs itself is loaded before it is taken away.
import asyncio, ctypes, http.server, multiprocessing.connection, multiprocessing.resource_tracker, tempfile
import numpy, PIL.Image, msgspec, pelican, rich.console, tomlkit

for name in ("fcntl", "resource", "termios", "tty", "pty", "pwd", "grp", "syslog"):
    sys.modules[name] = None
for name in ("fork", "geteuid", "seteuid", "getuid", "sched_getaffinity", "sched_getscheduler", "setpriority", "mkfifo",
             "killpg", "setsid", "statvfs", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGKILL", "SIGXCPU", "SIGHUP", "SIGCHLD", "SIGALRM", "pthread_sigmask"):
    delattr(signal, name)
sys.platform = "win32"

import pelican_headshots
names = [module.name for module in pkgutil.walk_packages(pelican_headshots.__path__, "pelican_headshots.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def test_every_module_is_imported_without_what_only_unix_has() -> None:
    completed = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    assert int(completed.stdout) > 150


@pytest.mark.parametrize("name", ["con", "AUX", "Nul", "com1", "lpt9", "CON.", "aux:", "con "])
def test_no_address_is_a_name_that_windows_reserves(name: str) -> None:
    assert slugify(name).partition(".")[0] not in {"con", "aux", "nul", "com1", "lpt9"}


@pytest.mark.parametrize("name", ["a:b", "a<b>", 'a"b', "a|b", "a?b*", "a\\b", "a/b", "ends with a dot."])
def test_no_address_has_a_character_that_windows_refuses(name: str) -> None:
    assert not set(slugify(name)) & set('<>:"/\\|?*.')


def test_two_names_that_differ_in_case_only_have_the_same_address() -> None:
    # So they are told apart by a number: a file system may take the two for one.
    assert slugify("Rome") == slugify("ROME")


def test_no_file_of_the_repository_has_a_name_that_windows_or_macos_cannot_have() -> None:
    names = [path.relative_to(REPOSITORY).as_posix() for path in list_checked_out_files()]
    assert len(names) > 300
    assert [name for name in names if set(name) & set('<>:"\\|?*') or name.endswith((".", " "))] == []
    assert [name for name in names if Path(name).stem.lower() in {"con", "prn", "aux", "nul"}] == []
    assert len({name.casefold() for name in names}) == len(names)


def list_checked_out_files() -> list[Path]:
    folders = (
        "bench",
        "build_assets",
        "content",
        "docs",
        "pelican_headshots",
        "requirements",
        "tests",
        "theme",
        "tools",
    )
    return [path for folder in folders for path in (REPOSITORY / folder).rglob("*") if "__pycache__" not in path.parts]
