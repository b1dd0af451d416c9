"""Other people's wheels, fetched by pip, so that every index, mirror and proxy setting of the machine counts."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path


class WheelDownloadError(Exception):
    """A wheel could not be had. The text says which, and what pip said."""


def download_wheel(package: str, sha256: str, tags: Sequence[str] = ()) -> zipfile.ZipFile:
    """The wheel of *package* (`name==version`), held against its hash by pip itself. Raises Unfetched.

    *tags* are pip's options that name another platform's wheel than this machine's.
    """
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(f"{package} --hash=sha256:{sha256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary=:all:", *tags, "--require-hashes", "--dest", folder, "--requirement", str(wanted)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise WheelDownloadError(
                f"pip could not download {package} with the expected sha256. Check that this machine reaches a package "
                f"index. pip said:\n{done.stderr}"
            )
        return zipfile.ZipFile(io.BytesIO(next(Path(folder).glob("*.whl")).read_bytes()))


def read_license(wheel: zipfile.ZipFile) -> str:
    """The text under which *wheel* may be passed on. Raises StopIteration where it has none."""
    name = next(
        name for name in wheel.namelist() if name.partition(".dist-info/")[2].startswith(("LICENSE", "licenses/"))
    )
    return wheel.read(name).decode("utf-8").replace("\r\n", "\n").strip()
