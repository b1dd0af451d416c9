"""The site's logo and icons: files beside the theme's own in the site, and what `base.html` needs to link to them."""

from __future__ import annotations

import json
import os
import posixpath
import re
import struct
from collections.abc import Mapping
from pathlib import Path

from ..layout.mood import MOODS, oklch_to_hex
from ..settings import Settings, SettingsError
from ..support import atomic_files
from ..support.digest import compute_digest
from ..values.geometry import Value

LOGO_HEIGHT = 100
ICON_SIZES_PX = {"tab": 32, "apple": 180, "small": 192, "large": 512, "maskable": 512}
MIN_ICON_PICTURE_PX = 192
_NEUTRAL_HUE = 55.0
"""The theme's hue on pages without a photo, in degrees (OKLCH)."""
_ICON_RECIPE = 1
"""Raise it when icons are drawn differently."""
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SVG_VIEW_BOX = re.compile(rb"<svg\b[^>]*?\bviewBox\s*=\s*[\"']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)")


class Logo(Value, frozen=True):
    """The file of the setting `logo`. It is published unchanged."""

    file: str
    """Its path in the theme's static folder."""
    data: bytes
    width: int
    """Its width at a height of `LOGO_HEIGHT`, which its `<img>` has."""


def load_logo(settings: Settings, site_folder: Path) -> Logo | None:
    """Return the logo. Raises SettingsError if it cannot be used."""
    if not settings.logo:
        return None
    data = _read_file("logo", settings.logo, site_folder)
    if data.startswith(_PNG_SIGNATURE) and len(data) > 24:
        width, height = struct.unpack(">II", data[16:24])
        file = "logo.png"
    elif view_box := _SVG_VIEW_BOX.search(data):
        width, height = float(view_box[1]), float(view_box[2])
        file = "logo.svg"
    else:
        width = height = 0
    if width and height:
        return Logo(file, data, max(1, round(LOGO_HEIGHT * width / height)))
    raise SettingsError(
        f"The logo {settings.logo} is neither a PNG nor an SVG with a viewBox, which gives its proportions. Export it again."
    )


class SiteIcons:
    """The icons of a site, drawn from a picture or from the initials of the site's name.

    Args:
        settings: Our settings; `icon` names the picture.
        site_name: The name of the site, as plain text.
        site_folder: The folder that paths in the settings are relative to.
        static_folder: The theme's static folder in the site. If it has the icons, the picture was checked by an earlier
            build and is not decoded again.

    Raises:
        SettingsError: The picture cannot be used.
    """

    def __init__(
        self, settings: Settings, site_name: str, site_folder: Path, static_folder: Path | None = None
    ) -> None:
        self.site_name = site_name
        self.picture = _read_file("icon", settings.icon, site_folder) if settings.icon else b""
        self.initials = "".join(word[0] for word in re.findall(r"\w+", site_name)[:3]).upper()
        colors = MOODS.get(settings.mood, MOODS["auto"])
        hue = _NEUTRAL_HUE if colors.hue is None else colors.hue
        self.background, self.ink = oklch_to_hex(colors.bg, hue), oklch_to_hex(colors.ink, hue)
        recipe = f"{_ICON_RECIPE} {self.initials} {self.background} {self.ink} ".encode() + self.picture
        digest = compute_digest(recipe)[:10]
        self.files = {name: f"icons/{name}-{digest}.png" for name in ICON_SIZES_PX}
        """Path in the theme's static folder of each icon. The name changes with the icon, so that browsers fetch it."""
        self.manifest = f"icons/{digest}.webmanifest"
        is_drawn = static_folder is not None and all((static_folder / file).is_file() for file in self.files.values())
        if self.picture and not is_drawn:
            _check_icon_picture(settings.icon, self.picture)

    def write(self, static_folder: Path, output_folder: Path) -> None:
        """Write the icons that are missing, and the web app manifest, into *static_folder*, the theme's in the site.

        *output_folder* is the site's; its languages may share a static folder. Raises DiskError.
        """
        for name, file in self.files.items():
            if not (static_folder / file).is_file():
                (static_folder / file).parent.mkdir(parents=True, exist_ok=True)
                atomic_files.write(static_folder / file, self._draw(name))
        manifest = json.dumps(
            self._build_manifest(os.path.relpath(output_folder, (static_folder / self.manifest).parent)),
            ensure_ascii=False,
            indent=1,
        )
        (static_folder / self.manifest).write_text(manifest, encoding="utf-8")

    def _draw(self, name: str) -> bytes:
        from ..images.icon import draw_initials_icon, draw_picture_icon

        size_px = ICON_SIZES_PX[name]
        if self.picture:
            return draw_picture_icon(self.picture, size_px, is_maskable=name == "maskable")
        # Phones cut the corners of the others themselves.
        is_round_cornered = name not in ("apple", "maskable")
        return draw_initials_icon(
            self.initials, self.background, self.ink, size_px, is_round_cornered=is_round_cornered
        )

    def _build_manifest(self, start_path: str) -> Mapping[str, object]:
        icons = [
            {
                "src": posixpath.basename(self.files[name]),
                "sizes": f"{ICON_SIZES_PX[name]}x{ICON_SIZES_PX[name]}",
                "type": "image/png",
                "purpose": "maskable" if name == "maskable" else "any",
            }
            for name in ("small", "large", "maskable")
        ]
        return {
            "name": self.site_name,
            "icons": icons,
            "start_url": start_path.replace(os.sep, "/") + "/",
            "display": "browser",
            "background_color": self.background,
            "theme_color": self.background,
        }


def _check_icon_picture(name: str, data: bytes) -> None:
    """Raise SettingsError if *data*, the file *name*, is not a picture or too small."""
    from ..scan.file_types import UnreadableImageError
    from ..scan.open_image import open_image

    try:
        with open_image(data) as image:
            image.load()
            shorter_side = min(image.size)
    except UnreadableImageError as error:
        raise SettingsError(f"The icon {name} cannot be used; it must be a PNG or JPEG. {error}") from error
    if shorter_side < MIN_ICON_PICTURE_PX:
        raise SettingsError(
            f"The icon {name} has only {shorter_side} pixels on its shorter side. Export it with at least "
            f"{MIN_ICON_PICTURE_PX}; 512 is best."
        )


def _read_file(setting: str, name: str, site_folder: Path) -> bytes:
    try:
        return (site_folder / name).read_bytes()
    except OSError as error:
        raise SettingsError(
            f"HEADSHOTS[{setting!r}] in pelicanconf.py names {site_folder / name}, which cannot be read: {error.strerror}."
        ) from error
