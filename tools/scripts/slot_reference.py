"""Write the table of slots into `docs/theme.md` from the layouts of the theme. With --check: only say if it is out of date.

python tools/scripts/slot_reference.py [--check]
"""

from __future__ import annotations

import re
from pathlib import Path

from pelican_headshots.layout.sizes import (
    ABOUT_LAYOUT,
    CONTACT_LAYOUT,
    COVER_CROPS,
    HEAD_LAYOUT,
    SOCIAL_IMAGE_SIZE_PX,
    SQUARE_LAYOUT,
    TEASER_LAYOUT,
    SlotLayout,
    build_card_layout,
    build_cover_layout,
    build_prose_layout,
    build_typical_row_layout,
    build_view_layout,
    compute_displayed_width,
)
from pelican_headshots.layout.srcset_widths import choose_widths
from tools.scripts.references import write_or_check

TARGET = Path(__file__).resolve().parents[2] / "docs" / "theme.md"
BEGIN, END = "<!-- slots: tools/scripts/slot_reference.py -->\n", "<!-- end of slots -->\n"
WINDOWS = ((390, 844), (1440, 900), (2560, 1440))
PHOTO_RATIO, PHOTO_WIDTH_PX = 3 / 2, 2560
"""Width over height, and the width in pixels, of the photo whose sizes are shown."""

ROW_LAYOUT, VIEW_LAYOUT = build_typical_row_layout(PHOTO_RATIO), build_view_layout(PHOTO_RATIO)
SLOTS: dict[str, tuple[str, str, SlotLayout | None]] = {
    "row": ("a gallery", "whole photo", ROW_LAYOUT),
    "view": ("the photo's page", "whole photo, from the files of `row`", VIEW_LAYOUT),
    "cover": ("top of a gallery, home page", "crop for the window's shape", None),
    "card": ("a gallery among three or more", "crop 4:5", build_card_layout(3)),
    "beside": ("contact page", "the home page's photo, as `card`", CONTACT_LAYOUT),
    "head": ("team page", "aligned headshot 4:5", HEAD_LAYOUT),
    "about": ("page of one person", "aligned headshot 4:5", ABOUT_LAYOUT),
    "square": ("no page of the theme; vCards have it", "aligned headshot 1:1", SQUARE_LAYOUT),
    "prose": ("an article or page", "whole photo", build_prose_layout(PHOTO_RATIO)),
    "teaser": ("lists of articles", "crop 4:3", TEASER_LAYOUT),
}
"""Slot → where the theme shows it, what of the photo, and how wide. A cover has a layout for each window's shape."""


def build_table() -> str:
    """Return the table in Markdown."""
    windows = " | ".join(f"{width} × {height}" for width, height in WINDOWS)
    lines = [f"| slot | where | shows | {windows} | widths of its files |", "|---|---|---|---|---|---|---|"]
    for name, (where, crop, layout) in SLOTS.items():
        layouts = [layout or _get_cover_layout(width / height) for width, height in WINDOWS]
        shown = " | ".join(
            f"{compute_displayed_width(each, *window):.0f}" for each, window in zip(layouts, WINDOWS, strict=True)
        )
        files = choose_widths([ROW_LAYOUT, VIEW_LAYOUT] if name in ("row", "view") else layouts, PHOTO_WIDTH_PX)
        lines.append(f"| `{name}` | {where} | {crop} | {shown} | {files[0]} to {files[-1]} |")
    width, height = SOCIAL_IMAGE_SIZE_PX
    lines.append(f"| `social` | link previews elsewhere | crop {width}:{height}, a JPEG | – | – | – | {width} |")
    return "\n".join(lines) + "\n"


def _get_cover_layout(window_ratio: float) -> SlotLayout:
    """Return the layout of a cover that fills a window with *window_ratio*, its width over height."""
    ratios = (cut.ratio for cut in COVER_CROPS if cut.window_ratios[0] < window_ratio <= cut.window_ratios[1])
    return build_cover_layout(next(ratios))


def update_text(text: str) -> str:
    """Return *text* with the table between its marks."""
    return re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{build_table()}\n{END}", text, flags=re.DOTALL)


if __name__ == "__main__":
    write_or_check(TARGET, update_text(TARGET.read_text(encoding="utf-8")))
