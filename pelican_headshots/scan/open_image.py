"""Pillow, opened so that a hostile file costs little and a damaged one is found."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from PIL import Image, ImageFile

from .file_types import EXPORT_ADVICE, UnreadableImageError, is_truncated, sniff_format

DEFAULT_MAX_PIXELS = 200_000_000
"""Width times height above which a picture is not decoded. The largest cameras sold make 151 megapixels."""

ANY_SIZE = 2**31
"""A limit in pixels for whoever decodes none."""

_DAMAGED_MESSAGE = f"The picture is damaged or breaks off before its end. {EXPORT_ADVICE}"
_DAMAGED_TIFF_MESSAGE = (
    "The TIFF is damaged, or stored as few programs read it, such as with 32 bits for each colour. "
    "Export it with 8 or 16 bits."
)


@contextmanager
def open_image(data: bytes, max_pixels: int = DEFAULT_MAX_PIXELS) -> Iterator[Image.Image]:
    """The picture in *data*, header read, pixels not yet decoded.

    Whatever Pillow raises here or inside the `with` block comes out as UnreadablePicture.
    """
    image_format = sniff_format(data)
    if image_format == "HEIF":
        _register_heif_opener()
    if image_format in ("AVIF", "HEIF") and is_truncated(data):
        raise UnreadableImageError(_DAMAGED_MESSAGE)
    try:
        with enforce_strict_decoding(max_pixels), Image.open(io.BytesIO(data), formats=[image_format]) as image:
            if image.width * image.height > max_pixels:
                raise _make_too_large_error(max_pixels)
            yield image
    except UnreadableImageError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _make_too_large_error(max_pixels) from error
    except MemoryError as error:
        raise UnreadableImageError("There is not enough memory to read this picture. Export it smaller.") from error
    except Exception as error:
        # Pillow's readers raise OSError, SyntaxError, ValueError, struct.error, EOFError, TypeError and more.
        raise UnreadableImageError(_DAMAGED_TIFF_MESSAGE if image_format == "TIFF" else _DAMAGED_MESSAGE) from error


class _StrictDecoding:
    """Those of Pillow and `warnings` that are the process's, as strict as we need them while anybody needs them so.

    Another plugin may have set them otherwise: it finds them so afterwards.
    """

    def __init__(self) -> None:
        self._lock, self._user_count, self._saved_settings = threading.Lock(), 0, ExitStack()

    @contextmanager
    def apply(self, max_pixels: int) -> Iterator[None]:
        """Within the block, in whichever thread, nothing cut off is decoded and nothing above *pixel_limit* pixels."""
        with self._lock:
            if not self._user_count:
                self._saved_settings.callback(
                    setattr, ImageFile, "LOAD_TRUNCATED_IMAGES", ImageFile.LOAD_TRUNCATED_IMAGES
                )
                self._saved_settings.callback(setattr, Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
                self._saved_settings.enter_context(warnings.catch_warnings())
                warnings.simplefilter("ignore")
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                ImageFile.LOAD_TRUNCATED_IMAGES = False
            Image.MAX_IMAGE_PIXELS = max_pixels
            self._user_count += 1
        try:
            yield
        finally:
            with self._lock:
                self._user_count -= 1
                if not self._user_count:
                    self._saved_settings.close()


enforce_strict_decoding = _StrictDecoding().apply


def _make_too_large_error(max_pixels: int) -> UnreadableImageError:
    return UnreadableImageError(
        f"The picture has more than {max_pixels // 1_000_000} megapixels. Export it smaller, or raise "
        "HEADSHOTS['pixel_limit']."
    )


def _register_heif_opener() -> None:
    try:
        import pillow_heif
    except ImportError as error:
        raise UnreadableImageError(
            "This is an HEIC picture. Install pelican-headshots[heif] to read it, or export it as JPEG."
        ) from error
    pillow_heif.register_heif_opener(thumbnails=False)
