"""Moods: the color themes of galleries, with backgrounds near black or white in a hue taken from the photos.

Colors are OKLCH (Ottosson 2020): lightness 0..1, chroma, hue in degrees. A mood fixes lightness and chroma, and only the hue
may follow the photos. So contrast depends on the mood and hardly on the photos.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..values.geometry import Value


class OklchTone(Value, frozen=True, array_like=True):
    """An OKLCH color without its hue: lightness 0..1 and chroma."""

    lightness: float
    chroma: float


class Mood(Value, frozen=True):
    """The colors of a mood. *hue* is in degrees, or None if it follows the photos."""

    hue: float | None
    is_dark: bool
    bg: OklchTone
    surface: OklchTone
    ink: OklchTone
    mute: OklchTone
    line: OklchTone
    accent: OklchTone


def _make_dark_mood(hue: float | None, chroma: float = 0.008, bg: float = 0.155) -> Mood:
    return Mood(
        hue,
        True,
        bg=OklchTone(bg, chroma),
        surface=OklchTone(bg + 0.045, chroma + 0.002),
        ink=OklchTone(0.93, 0.01),
        mute=OklchTone(0.73, 0.015),
        line=OklchTone(0.32, 0.012),
        accent=OklchTone(0.82, 0.1),
    )


MOODS: dict[str, Mood] = {
    "slate": _make_dark_mood(250.0, 0.010),
    "ember": _make_dark_mood(45.0, 0.010),
    "moss": _make_dark_mood(145.0, 0.009),
    "ink": _make_dark_mood(270.0, 0.002, 0.13),
    "auto": _make_dark_mood(None),
    "paper": Mood(
        80.0,
        False,
        bg=OklchTone(0.972, 0.007),
        surface=OklchTone(0.935, 0.009),
        ink=OklchTone(0.22, 0.012),
        mute=OklchTone(0.46, 0.015),
        line=OklchTone(0.85, 0.01),
        accent=OklchTone(0.45, 0.1),
    ),
}


MIN_PALE_LIGHTNESS = 0.65
"""Mean OKLab lightness. On a darker photo, with dark suits or hair, a light overlay looks like fog; on a lighter one, a dark
overlay looks like smoke."""

MIN_TEXT_CONTRAST = 4.5
"""WCAG 2.2, level AA, for text of normal size."""


def compute_shared_hue(colors: Iterable[str], default: float = 55.0) -> float:
    """Return the common hue of *colors* in degrees, 0..360; colorful ones count more.

    Args:
        colors: `#rrggbb`.
        default: The hue to return if the colors are gray together; a warm one.
    """
    a_sum = b_sum = 0.0
    for color in colors:
        _, a, b = hex_to_oklab(color)
        a_sum += a
        b_sum += b
    if math.hypot(a_sum, b_sum) < 0.01:
        return default
    return round(math.degrees(math.atan2(b_sum, a_sum)) % 360.0, 1)


def is_pale(colors: Iterable[str]) -> bool:
    """Return whether a photo of *colors* (`#rrggbb`) is light all over, so that its text is dark on a light overlay."""
    lightness = [hex_to_oklab(color)[0] for color in colors]
    return sum(lightness) > MIN_PALE_LIGHTNESS * len(lightness)


def choose_hue(mood: str, colors: Iterable[str]) -> float:
    """Return the hue of a page whose cover has *colors* (`#rrggbb`)."""
    fixed = MOODS[mood].hue if mood in MOODS else None
    return compute_shared_hue(colors) if fixed is None else fixed


class MoodColors(Value, frozen=True):
    """The colors of a mood that the site defines, each `#rrggbb`. The names are those of the theme's tokens."""

    bg: str
    surface: str
    ink: str
    mute: str
    line: str
    accent: str

    @property
    def is_dark(self) -> bool:
        """Whether text is lighter than the background."""
        return hex_to_oklab(self.ink)[0] > hex_to_oklab(self.bg)[0]


def derive_mood_colors(background: str, text: str = "", accent: str = "") -> MoodColors:
    """Return all colors of a mood with this *background*; *text* and *accent* are derived too if they are empty.

    The others keep their distance from the background, or from the text, that they have in the included moods.
    """
    bg, hue = hex_to_oklch(background)
    pattern = MOODS["auto" if bg.lightness < 0.5 else "paper"]

    def shift_background(like: OklchTone) -> str:
        return oklch_to_hex(OklchTone(bg.lightness + like.lightness - pattern.bg.lightness, bg.chroma), hue)

    ink = text or oklch_to_hex(pattern.ink, hue)
    return MoodColors(
        bg=background,
        surface=shift_background(pattern.surface),
        ink=ink,
        mute=oklch_to_hex(pattern.mute, hex_to_oklch(ink)[1]),
        line=shift_background(pattern.line),
        accent=accent or oklch_to_hex(pattern.accent, hue),
    )


def find_low_contrast(colors: MoodColors) -> tuple[str, float] | None:
    """Return the text color that is hardest to read (`ink`, `mute` or `accent`) and its contrast, if that is below 4.5."""
    contrasts = {
        text: min(
            compute_contrast(hex_to_oklch(getattr(colors, text)), hex_to_oklch(behind))
            for behind in (colors.bg, colors.surface)
        )
        for text in ("ink", "mute", "accent")
    }
    worst = min(contrasts, key=contrasts.__getitem__)
    return (worst, contrasts[worst]) if contrasts[worst] < MIN_TEXT_CONTRAST else None


def compute_contrast(one: tuple[OklchTone, float], other: tuple[OklchTone, float]) -> float:
    """Return the WCAG 2 contrast (1..21) of two colors, each a tone and a hue in degrees."""
    high, low = sorted((_compute_luminance(*one), _compute_luminance(*other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def oklch_to_hex(tone: OklchTone, hue: float) -> str:
    """Return `#rrggbb`, clipped to sRGB, for `theme-color` and other places that do not support OKLCH."""
    return "#" + "".join(f"{round(_linear_to_srgb(channel) * 255):02x}" for channel in _oklch_to_linear_srgb(tone, hue))


def _compute_luminance(tone: OklchTone, hue: float) -> float:
    red, green, blue = (
        _srgb_to_linear(round(_linear_to_srgb(channel) * 255) / 255) for channel in _oklch_to_linear_srgb(tone, hue)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklch_to_linear_srgb(tone: OklchTone, hue: float) -> tuple[float, float, float]:
    """Return linear sRGB, clipped to 0..1. Matrices: Björn Ottosson, A perceptual color space for image processing, 2020."""
    a = tone.chroma * math.cos(math.radians(hue))
    b = tone.chroma * math.sin(math.radians(hue))
    long = (tone.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (tone.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (tone.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return min(max(red, 0.0), 1.0), min(max(green, 0.0), 1.0), min(max(blue, 0.0), 1.0)


def hex_to_oklch(color: str) -> tuple[OklchTone, float]:
    """Return the OKLCH tone and the hue in degrees of `#rrggbb`."""
    lightness, a, b = hex_to_oklab(color)
    return OklchTone(lightness, math.hypot(a, b)), math.degrees(math.atan2(b, a)) % 360.0


def hex_to_oklab(color: str) -> tuple[float, float, float]:
    """Return the OKLab values of `#rrggbb`: lightness 0..1, green to red, blue to yellow."""
    red, green, blue = (_srgb_to_linear(int(color[i : i + 2], 16) / 255) for i in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _srgb_to_linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _linear_to_srgb(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
