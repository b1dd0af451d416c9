"""Cut a picture to a circle."""

from __future__ import annotations

from PIL import Image, ImageDraw


def apply_circle_mask(image: Image.Image) -> Image.Image:
    """Return an RGB image with everything transparent outside the ellipse that fits into it, with a smooth edge."""
    mask = Image.new("L", (image.width * 4, image.height * 4))
    ImageDraw.Draw(mask).ellipse((0, 0, mask.width - 1, mask.height - 1), fill=255)
    masked = image.convert("RGBA")
    masked.putalpha(mask.resize(image.size, Image.Resampling.BOX))
    return masked
