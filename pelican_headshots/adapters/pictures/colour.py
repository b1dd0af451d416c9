"""Colour: every mode and profile a photographer's folder holds, to eight-bit sRGB or Display P3 by LittleCMS."""

from __future__ import annotations

import io
import struct
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from PIL import Image, ImageCms

from ...core.formats import Space
from ..originals.formats import UnreadablePicture
from . import light

MOST_DARKER = 0.02
"""Share of the pixels of floating point that may be darker than black, as filters leave some."""

_SPACE = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab "}
_PROBE = [(r, g, b) for r in (0, 64, 128, 192, 255) for g in (0, 64, 128, 192, 255) for b in (0, 64, 128, 192, 255)]


def plain(image: Image.Image) -> Image.Image:
    """The decoded *image* in one of the modes RGB, RGBA, L, LA, CMYK or LAB, eight bits a channel.

    Its profile is in `info["icc_profile"]` still, and still to be applied. Raises UnreadablePicture for floating-point
    numbers that are no light.
    """
    mode = image.mode
    if mode in ("RGB", "RGBA", "L", "LA", "CMYK", "LAB"):
        return image
    if mode in ("P", "PA"):
        clear = mode == "PA" or "transparency" in image.info
        return _keeping_profile(image, image.convert("RGBA" if clear else "RGB"))
    if mode == "1":
        return _keeping_profile(image, image.convert("L"))
    if mode == "La":
        return _keeping_profile(image, image.convert("LA"))
    if mode == "RGBa":
        return _keeping_profile(image, image.convert("RGBA"))
    if mode in ("I", "F") or mode.startswith("I;16"):
        return _keeping_profile(image, Image.fromarray(_deep_grey(np.asarray(image), mode)))
    return _keeping_profile(image, image.convert("RGB"))


def _deep_grey(values: np.ndarray, mode: str) -> np.ndarray:
    """Grey of more than eight bits, as eight. 32-bit float is linear light, as programs that write it mean it."""
    if mode == "F":
        values = np.nan_to_num(values)
        if np.mean(values < -0.01) > MOST_DARKER or np.median(values) > 1.0:
            raise UnreadablePicture(
                f"The picture holds numbers from {values.min():.4g} to {values.max():.4g}, but light goes from 0 to 1. "
                "Export it with 8 or 16 bits."
            )
        values = light.srgb(np.clip(values, 0.0, 1.0)) * 65535.0
    return np.asarray(np.clip(values / 257.0 + 0.5, 0, 255), dtype=np.uint8)


def _keeping_profile(old: Image.Image, new: Image.Image) -> Image.Image:
    if profile := old.info.get("icc_profile"):
        new.info["icc_profile"] = profile
    return new


def to_srgb(image: Image.Image, profile: bytes | None, space: Space = "sRGB") -> Image.Image:
    """*image* (RGB, RGBA, L, LA, CMYK or LAB) as sRGB, or in another *space*, in mode RGB or RGBA.

    Relative colorimetric with black-point compensation. A profile that is damaged or made for another kind of
    picture is passed over, as browsers do; without one RGB and grey are taken as sRGB.
    """
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    body = image.convert(image.mode[:-1]) if alpha is not None else image
    transform = _transform(profile, body.mode, space) if profile or body.mode == "LAB" else None
    if transform is None and space != "sRGB":
        body = body.convert("RGB")
        transform = _transform(profile_of("sRGB"), body.mode, space)
    if transform is not None:
        body = ImageCms.applyTransform(body, transform) or body
    elif body.mode != "RGB":
        body = body.convert("RGB")
    body.info = {}
    if alpha is not None:
        body.putalpha(alpha)
    return body


def beyond_srgb(image: Image.Image, profile: bytes | None) -> float:
    """The share of the pixels of *image* (as for `to_srgb`) whose colours Display P3 has and sRGB plainly lacks.

    Plainly: some part of their linear light is off the scale of sRGB by more than two hundredths.
    """
    if image.mode not in ("RGB", "RGBA") or not profile or _transform(profile, "RGB", "sRGB") is None:
        return 0.0
    p3 = np.asarray(to_srgb(image.convert("RGB"), profile, "Display P3"))
    matrix = np.linalg.solve(_SPACES["sRGB"].columns(), _SPACES["Display P3"].columns()).astype(np.float32)
    srgb = light.measured(p3) @ matrix.T
    off = (srgb < -0.02) | (srgb > 1.02)
    return float((off[..., 0] | off[..., 1] | off[..., 2]).mean())


@lru_cache(maxsize=8)
def _transform(profile: bytes | None, mode: str, space: Space) -> ImageCms.ImageCmsTransform | None:
    """The way from *profile* to *space*, None where there is nothing to do or the profile makes no sense."""
    try:
        if profile:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        else:
            source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        if source.profile.xcolor_space != _SPACE[mode]:
            return None
        target = ImageCms.createProfile("sRGB") if space == "sRGB" else io.BytesIO(profile_of(space))
        transform = ImageCms.buildTransform(
            source,
            ImageCms.ImageCmsProfile(target),
            mode,
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):
        return None
    return None if mode == "RGB" and space == "sRGB" and _does_nothing(transform) else transform


def _does_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether the profile is sRGB by whatever name: no probe moves by more than one step of 255."""
    probe = Image.new("RGB", (len(_PROBE), 1))
    probe.putdata(_PROBE)
    turned = ImageCms.applyTransform(probe, transform)
    assert turned is not None
    return bool(np.abs(np.asarray(turned, dtype=int) - np.asarray(probe, dtype=int)).max() <= 1)


class _Primaries(NamedTuple):
    """XYZ of a space's red, green and blue, adapted to D50 by Bradford. Where it has no *gamma* its curve is sRGB's."""

    red: tuple[float, float, float]
    green: tuple[float, float, float]
    blue: tuple[float, float, float]
    gamma: float = 0.0

    def columns(self) -> np.ndarray:
        """Linear light of the space → XYZ."""
        return np.array(self[:3]).T


_SPACES: dict[str, _Primaries] = {
    # IEC 61966-2-1
    "sRGB": _Primaries((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)),
    # The primaries of SMPTE RP 431-2 under D65
    "Display P3": _Primaries((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
    # Adobe RGB (1998) Color Image Encoding
    "Adobe RGB": _Primaries(
        (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457), 2.19921875
    ),
}


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(v * 65536) for v in values))


@lru_cache(maxsize=3)
def profile_of(space: Literal[Space, "Adobe RGB"]) -> bytes:
    """A compact ICC v4 profile of *space*: primaries adapted to D50, exact curve, no date of today."""
    curve = b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    if gamma := _SPACES[space].gamma:
        curve = b"para\0\0\0\0" + struct.pack(">HH", 0, 0) + _fixed(gamma)

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + _fixed(*values)

    def text(words: str) -> bytes:
        body = words.encode("utf-16-be")
        return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(body), 28) + body

    tags = (
        (b"desc", text(space)),
        (b"cprt", text("CC0")),
        (b"wtpt", xyz(0.96420, 1.0, 0.82491)),
        (b"rXYZ", xyz(*_SPACES[space].red)),
        (b"gXYZ", xyz(*_SPACES[space].green)),
        (b"bXYZ", xyz(*_SPACES[space].blue)),
        (b"rTRC", curve),
        (b"gTRC", curve),
        (b"bTRC", curve),
    )
    table, bodies, places = b"", b"", dict[bytes, int]()
    start = 128 + 4 + 12 * len(tags)
    for name, body in tags:
        if body not in places:
            places[body] = start + len(bodies)
            bodies += body + b"\0" * (-len(body) % 4)
        table += name + struct.pack(">II", places[body], len(body))
    size = start + len(bodies)
    header = struct.pack(
        ">I4sI4s4s4s6H4s4sIIIQI12s4s",
        size, b"\0\0\0\0", 0x04200000, b"mntr", b"RGB ", b"XYZ ", 2026, 1, 1, 0, 0, 0, b"acsp", b"\0\0\0\0",
        0, 0, 0, 0, 1, _fixed(0.96420, 1.0, 0.82491), b"\0\0\0\0",
    )  # fmt: skip
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + bodies
