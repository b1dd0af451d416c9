"""Opening pictures: what an error inside the block becomes."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from pelican_headshots.scan.file_types import UnreadableImageError
from pelican_headshots.scan.open_image import open_image


@pytest.mark.parametrize(("raised", "expected"), [(ValueError, UnreadableImageError), (MemoryError, MemoryError)])
def test_a_moment_without_memory_is_not_a_damaged_picture(raised: type[Exception], expected: type[Exception]) -> None:
    data = BytesIO()
    Image.new("RGB", (40, 30)).save(data, "JPEG")
    with pytest.raises(expected), open_image(data.getvalue()):
        raise raised
