"""Convert images of any mode and color profile to 8-bit sRGB or Display P3, using LittleCMS."""

from __future__ import annotations

import io
import struct
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from PIL import Image, ImageCms

from ..scan.file_types import UnreadableImageError
from ..values.formats import ColorSpace
from . import linear_light

MAX_NEGATIVE_SHARE = 0.02
"""Largest share of floating-point pixels that may be below zero: filters in other programs leave a few."""

_PROFILE_SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab "}
_PROBE_COLORS = [
    (r, g, b) for r in (0, 64, 128, 192, 255) for g in (0, 64, 128, 192, 255) for b in (0, 64, 128, 192, 255)
]


def to_supported_mode(image: Image.Image) -> Image.Image:
    """Convert a decoded image to one of the modes RGB, RGBA, L, LA, CMYK or LAB, with 8 bits per channel.

    The color profile stays in `info["icc_profile"]` and has not been applied yet.

    Raises:
        UnreadableImageError: If floating-point values are outside the range of light.
    """
    mode = image.mode
    if mode in ("RGB", "RGBA", "L", "LA", "CMYK", "LAB"):
        return image
    if mode in ("P", "PA"):
        has_alpha = mode == "PA" or "transparency" in image.info
        return _copy_profile(image, image.convert("RGBA" if has_alpha else "RGB"))
    if mode == "1":
        return _copy_profile(image, image.convert("L"))
    if mode == "La":
        return _copy_profile(image, image.convert("LA"))
    if mode == "RGBa":
        return _copy_profile(image, image.convert("RGBA"))
    if mode in ("I", "F") or mode.startswith("I;16"):
        return _copy_profile(image, Image.fromarray(_to_8_bit_gray(np.asarray(image), mode)))
    return _copy_profile(image, image.convert("RGB"))


def _to_8_bit_gray(values: np.ndarray, mode: str) -> np.ndarray:
    """Return 8-bit gray from deeper gray values. 32-bit float is linear light, as in the programs that write it."""
    if mode == "F":
        values = np.nan_to_num(values)
        if np.mean(values < -0.01) > MAX_NEGATIVE_SHARE or np.median(values) > 1.0:
            raise UnreadableImageError(
                f"The pixel values range from {values.min():.4g} to {values.max():.4g}, but light ranges from 0 to 1. "
                "Export the picture with 8 or 16 bits per channel."
            )
        values = linear_light.apply_srgb_curve(np.clip(values, 0.0, 1.0)) * 65535.0
    return np.asarray(np.clip(values / 257.0 + 0.5, 0, 255), dtype=np.uint8)


def _copy_profile(source: Image.Image, target: Image.Image) -> Image.Image:
    if profile := source.info.get("icc_profile"):
        target.info["icc_profile"] = profile
    return target


def convert_to_color_space(image: Image.Image, profile: bytes | None, space: ColorSpace = "sRGB") -> Image.Image:
    """Convert an image to a color space, by relative colorimetric intent with black-point compensation.

    A profile that is damaged, or made for another mode, is ignored, as browsers do. Without a profile, RGB and gray
    are treated as sRGB.

    Args:
        image: An image in mode RGB, RGBA, L, LA, CMYK or LAB.
        profile: The ICC profile of the image, or None.
        space: The color space of the result.

    Returns:
        An image in mode RGB or RGBA.
    """
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    opaque = image.convert(image.mode[:-1]) if alpha is not None else image
    transform = _build_transform(profile, opaque.mode, space) if profile or opaque.mode == "LAB" else None
    if transform is None and space != "sRGB":
        opaque = opaque.convert("RGB")
        transform = _build_transform(build_icc_profile("sRGB"), opaque.mode, space)
    if transform is not None:
        opaque = ImageCms.applyTransform(opaque, transform) or opaque
    elif opaque.mode != "RGB":
        opaque = opaque.convert("RGB")
    opaque.info = {}
    if alpha is not None:
        opaque.putalpha(alpha)
    return opaque


def measure_wide_gamut_share(image: Image.Image, profile: bytes | None) -> float:
    """Return the share of pixels, 0 to 1, whose color is in Display P3 but clearly outside sRGB.

    A color is clearly outside if one of its linear sRGB channels is below -0.02 or above 1.02.
    """
    if image.mode not in ("RGB", "RGBA") or not profile or _build_transform(profile, "RGB", "sRGB") is None:
        return 0.0
    p3 = np.asarray(convert_to_color_space(image.convert("RGB"), profile, "Display P3"))
    matrix = np.linalg.solve(_PRIMARIES["sRGB"].to_xyz_matrix(), _PRIMARIES["Display P3"].to_xyz_matrix()).astype(
        np.float32
    )
    srgb = linear_light.srgb_to_linear(p3) @ matrix.T
    out_of_gamut = (srgb < -0.02) | (srgb > 1.02)
    return float((out_of_gamut[..., 0] | out_of_gamut[..., 1] | out_of_gamut[..., 2]).mean())


@lru_cache(maxsize=8)
def _build_transform(profile: bytes | None, mode: str, space: ColorSpace) -> ImageCms.ImageCmsTransform | None:
    """Return the transform from a profile to a color space, or None if none is needed or the profile is unusable."""
    try:
        if profile:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        else:
            source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        if source.profile.xcolor_space != _PROFILE_SPACES[mode]:
            return None
        target = ImageCms.createProfile("sRGB") if space == "sRGB" else io.BytesIO(build_icc_profile(space))
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
    return None if mode == "RGB" and space == "sRGB" and _is_identity(transform) else transform


def _is_identity(transform: ImageCms.ImageCmsTransform) -> bool:
    """Return whether the transform changes no probe color by more than one level of 255: the profile is sRGB."""
    probe = Image.new("RGB", (len(_PROBE_COLORS), 1))
    probe.putdata(_PROBE_COLORS)
    converted = ImageCms.applyTransform(probe, transform)
    assert converted is not None
    return bool(np.abs(np.asarray(converted, dtype=int) - np.asarray(probe, dtype=int)).max() <= 1)


class _Primaries(NamedTuple):
    """The XYZ primaries of a color space, adapted to D50 by Bradford. A *gamma* of 0 means the curve of sRGB."""

    red: tuple[float, float, float]
    green: tuple[float, float, float]
    blue: tuple[float, float, float]
    gamma: float = 0.0

    def to_xyz_matrix(self) -> np.ndarray:
        """Return the matrix from linear RGB to XYZ."""
        return np.array(self[:3]).T


_PRIMARIES: dict[str, _Primaries] = {
    # IEC 61966-2-1
    "sRGB": _Primaries((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)),
    # The primaries of SMPTE RP 431-2 with the white point D65
    "Display P3": _Primaries((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
    # Adobe RGB (1998) Color Image Encoding
    "Adobe RGB": _Primaries(
        (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457), 2.19921875
    ),
}


def _pack_s15_fixed_16(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(v * 65536) for v in values))


@lru_cache(maxsize=3)
def build_icc_profile(space: Literal[ColorSpace, "Adobe RGB"]) -> bytes:
    """Return a compact ICC v4 profile: primaries adapted to D50, exact curve, and a fixed date."""
    curve = (
        b"para\0\0\0\0"
        + struct.pack(">HH", 3, 0)
        + _pack_s15_fixed_16(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    )
    if gamma := _PRIMARIES[space].gamma:
        curve = b"para\0\0\0\0" + struct.pack(">HH", 0, 0) + _pack_s15_fixed_16(gamma)

    def pack_xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + _pack_s15_fixed_16(*values)

    def pack_text(string: str) -> bytes:
        body = string.encode("utf-16-be")
        return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(body), 28) + body

    tags = (
        (b"desc", pack_text(space)),
        (b"cprt", pack_text("CC0")),
        (b"wtpt", pack_xyz(0.96420, 1.0, 0.82491)),
        (b"rXYZ", pack_xyz(*_PRIMARIES[space].red)),
        (b"gXYZ", pack_xyz(*_PRIMARIES[space].green)),
        (b"bXYZ", pack_xyz(*_PRIMARIES[space].blue)),
        (b"rTRC", curve),
        (b"gTRC", curve),
        (b"bTRC", curve),
    )
    tag_table, bodies, offsets = b"", b"", dict[bytes, int]()
    data_start = 128 + 4 + 12 * len(tags)
    for name, body in tags:
        if body not in offsets:
            offsets[body] = data_start + len(bodies)
            bodies += body + b"\0" * (-len(body) % 4)
        tag_table += name + struct.pack(">II", offsets[body], len(body))
    size = data_start + len(bodies)
    header = struct.pack(
        ">I4sI4s4s4s6H4s4sIIIQI12s4s",
        size, b"\0\0\0\0", 0x04200000, b"mntr", b"RGB ", b"XYZ ", 2026, 1, 1, 0, 0, 0, b"acsp", b"\0\0\0\0",
        0, 0, 0, 0, 1, _pack_s15_fixed_16(0.96420, 1.0, 0.82491), b"\0\0\0\0",
    )  # fmt: skip
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + tag_table + bodies
