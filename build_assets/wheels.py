"""Download wheels with pip, so that the index, mirror and proxy settings of the machine apply."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path


class WheelDownloadError(Exception):
    """A wheel could not be downloaded. The message has the output of pip."""


def download_wheel(package: str, sha256: str, tags: Sequence[str] = ()) -> zipfile.ZipFile:
    """Download the wheel of *package*. pip checks its hash.

    Args:
        package: `name==version`.
        sha256: The SHA-256 that the wheel must have.
        tags: Options of pip for the wheel of another platform than this machine's.

    Raises:
        WheelDownloadError: pip failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text(f"{package} --hash=sha256:{sha256}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += [
            "--only-binary=:all:",
            *tags,
            "--require-hashes",
            "--dest",
            folder,
            "--requirement",
            str(requirements),
        ]
        process = subprocess.run(command, capture_output=True, text=True, check=False)
        if process.returncode:
            raise WheelDownloadError(
                f"pip could not download {package} with the expected SHA-256. Check that this machine can reach a package "
                f"index. pip said:\n{process.stderr}"
            )
        return zipfile.ZipFile(io.BytesIO(next(Path(folder).glob("*.whl")).read_bytes()))


def read_license(wheel: zipfile.ZipFile) -> str:
    """Return the text of the license in *wheel*. Raises StopIteration if it has none."""
    name = next(
        name for name in wheel.namelist() if name.partition(".dist-info/")[2].startswith(("LICENSE", "licenses/"))
    )
    return wheel.read(name).decode("utf-8").replace("\r\n", "\n").strip()
