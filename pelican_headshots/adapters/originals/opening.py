"""Pillow, opened so that a hostile file costs little and a damaged one is found."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from PIL import Image, ImageFile

from .formats import EXPORT, UnreadablePicture, breaks_off, sniff

PIXEL_LIMIT = 200_000_000
"""Width times height above which a picture is not decoded. The largest cameras sold make 151 megapixels."""

ANY_SIZE = 2**31
"""A limit in pixels for whoever decodes none."""

_NOT_SOUND = f"The picture is damaged or breaks off before its end. {EXPORT}"
_TIFF_NOT_SOUND = (
    "The TIFF is damaged, or stored as few programs read it, such as with 32 bits for each colour. "
    "Export it with 8 or 16 bits."
)


@contextmanager
def opened(data: bytes, pixel_limit: int = PIXEL_LIMIT) -> Iterator[Image.Image]:
    """The picture in *data*, header read, pixels not yet decoded.

    Whatever Pillow raises here or inside the `with` block comes out as UnreadablePicture.
    """
    kind = sniff(data)
    if kind == "HEIF":
        _learn_heif()
    if kind in ("AVIF", "HEIF") and breaks_off(data):
        raise UnreadablePicture(_NOT_SOUND)
    try:
        with strictly(pixel_limit), Image.open(io.BytesIO(data), formats=[kind]) as image:
            if image.width * image.height > pixel_limit:
                raise _too_large(pixel_limit)
            yield image
    except UnreadablePicture:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(pixel_limit) from error
    except MemoryError as error:
        raise UnreadablePicture("There is not enough memory to read this picture. Export it smaller.") from error
    except Exception as error:
        # Pillow's readers raise OSError, SyntaxError, ValueError, struct.error, EOFError, TypeError and more.
        raise UnreadablePicture(_TIFF_NOT_SOUND if kind == "TIFF" else _NOT_SOUND) from error


class _Switches:
    """Those of Pillow and `warnings` that are the process's, as strict as we need them while anybody needs them so.

    Another plugin may have set them otherwise: it finds them so afterwards.
    """

    def __init__(self) -> None:
        self._lock, self._users, self._before = threading.Lock(), 0, ExitStack()

    @contextmanager
    def strict(self, pixel_limit: int) -> Iterator[None]:
        """Within the block, in whichever thread, nothing cut off is decoded and nothing above *pixel_limit* pixels."""
        with self._lock:
            if not self._users:
                self._before.callback(setattr, ImageFile, "LOAD_TRUNCATED_IMAGES", ImageFile.LOAD_TRUNCATED_IMAGES)
                self._before.callback(setattr, Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
                self._before.enter_context(warnings.catch_warnings())
                warnings.simplefilter("ignore")
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                ImageFile.LOAD_TRUNCATED_IMAGES = False
            Image.MAX_IMAGE_PIXELS = pixel_limit
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    self._before.close()


strictly = _Switches().strict


def _too_large(pixel_limit: int) -> UnreadablePicture:
    return UnreadablePicture(
        f"The picture has more than {pixel_limit // 1_000_000} megapixels. Export it smaller, or raise "
        "HEADSHOTS['pixel_limit']."
    )


def _learn_heif() -> None:
    try:
        import pillow_heif
    except ImportError as error:
        raise UnreadablePicture(
            "This is an HEIC picture. Install pelican-headshots[heif] to read it, or export it as JPEG."
        ) from error
    pillow_heif.register_heif_opener(thumbnails=False)
