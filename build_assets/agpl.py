"""Write the text of the GNU Affero General Public License, which the package must contain, to the root of the checkout.

It is the Free Software Foundation's file, byte for byte, taken from a wheel that carries it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from .wheels import download_wheel

FILE = "LICENSE-AGPL-3.0.txt"
SHA256 = "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"
WHEEL = "ultralytics==8.4.190"
WHEEL_SHA256 = "bd309728efa168af64d39040136828edd2dbcb4aeceb4510bdff4f3ca0ea01b8"
MEMBER = "ultralytics-8.4.190.dist-info/licenses/LICENSE"


def fill(root: Path) -> None:
    """Write the license to *root*, unless it is there and intact.

    Raises:
        WheelDownloadError: pip cannot download the wheel.
        ValueError: The wheel has another text.
    """
    path = root / FILE
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == SHA256:
        return
    with download_wheel(WHEEL, WHEEL_SHA256) as wheel:
        text = wheel.read(MEMBER)
    found = hashlib.sha256(text).hexdigest()
    if found != SHA256:
        raise ValueError(f"{MEMBER} in {WHEEL} has SHA-256 {found}, expected {SHA256}. It was not used.")
    path.write_bytes(text)
