"""Open pictures with Pillow under limits, so that hostile files cost little and damaged files are detected."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from PIL import Image, ImageFile

from .file_types import UnreadableImageError, is_truncated, sniff_format

DEFAULT_MAX_PIXELS = 200_000_000
"""The largest picture that is decoded: width times height. The largest cameras on sale make 151 megapixels."""

NO_PIXEL_LIMIT = 2**31
"""For callers that do not decode the pixels."""

_DAMAGED_MESSAGE = "The picture is damaged or incomplete. Export or copy it again."
_DAMAGED_TIFF_MESSAGE = (
    "The TIFF is damaged, or in a variant that few programs read, such as 32 bits for each color. "
    "Export it with 8 or 16 bits."
)


@contextmanager
def open_image(data: bytes, max_pixels: int = DEFAULT_MAX_PIXELS) -> Iterator[Image.Image]:
    """Open the picture in *data*: its header is read, its pixels are not yet decoded.

    Args:
        data: The bytes of a picture file.
        max_pixels: The largest width times height.

    Raises:
        UnreadableImageError: For every exception here and inside the `with` block, except MemoryError: another time there
            may be enough memory.
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
    except (UnreadableImageError, MemoryError):
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _make_too_large_error(max_pixels) from error
    except Exception as error:
        # Pillow's decoders raise OSError, SyntaxError, ValueError, struct.error, EOFError, TypeError and more.
        raise UnreadableImageError(_DAMAGED_TIFF_MESSAGE if image_format == "TIFF" else _DAMAGED_MESSAGE) from error


class _StrictDecoding:
    """The process-wide settings of Pillow and `warnings`, made strict while at least one thread needs it.

    They are restored afterwards, because another plugin may have set them differently.
    """

    def __init__(self) -> None:
        self._lock, self._user_count, self._saved_settings = threading.Lock(), 0, ExitStack()

    @contextmanager
    def apply(self, max_pixels: int) -> Iterator[None]:
        """Refuse truncated pictures and those above *max_pixels* while the block runs. Can be used in several threads."""
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
        "HEADSHOTS['max_megapixels']."
    )


def _register_heif_opener() -> None:
    try:
        import pillow_heif
    except ImportError as error:
        raise UnreadableImageError(
            "This is an HEIC picture. Install pelican-headshots[heif] to read it, or export it as JPEG."
        ) from error
    pillow_heif.register_heif_opener(thumbnails=False)
