"""The render plan: which renditions a site needs."""

from __future__ import annotations

import pytest

from pelican_headshots.images.encoding_options import EncodingOptions
from pelican_headshots.images.plan import RenderPlan
from pelican_headshots.values.geometry import Size
from pelican_headshots.values.photo import Photo, PhotoMetadata, PhotoRecord
from pelican_headshots.values.rendition import Crop, Rights


@pytest.mark.parametrize(("highlight_loss", "is_linear"), [(0.0, False), (0.02, True)])
def test_downloads_and_exports_keep_small_lights_as_pages_do(highlight_loss: float, is_linear: bool) -> None:
    record = PhotoRecord(
        Size(900, 600), None, PhotoMetadata(), Rights(), ("#000000",) * 3, highlight_loss=highlight_loss
    )
    plan = RenderPlan(EncodingOptions(("jpeg",), {"jpeg": 80}, "", 2400))
    plan.add_file(Photo("a.jpg", "digest", record), Crop(), 300, "jpeg", "a.jpg")
    (rendition,) = plan.renditions["digest"].values()
    assert rendition.linear_light is is_linear
