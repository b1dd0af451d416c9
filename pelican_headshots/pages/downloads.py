"""Downloads of a headshot in the shapes people ask for: a profile, a talk, an e-mail signature."""

from __future__ import annotations

from ..crop.frame_limits import CIRCLE_SHAPE, SQUARE_SHAPE, UPRIGHT_SHAPE, FrameShape
from ..crop.headshot_sets import SetAlignment
from ..images.plan import RenderPlan
from ..people.classified_photo import ClassifiedPhoto
from ..values.formats import FORMATS
from ..values.geometry import Value
from ..values.portfolio import Download
from ..values.rendition import Rights
from .picture_builder import PictureBuilder


class DownloadFormat(Value, frozen=True):
    """One kind of download.

    *frame_shape* is the aligned crop to use; without one, the crop has the given *ratio* (width over height) and keeps
    the head whole. *width* is in pixels.
    """

    name: str
    frame_shape: FrameShape | None
    ratio: float
    width: int
    file_format: str


DOWNLOAD_FORMATS = (
    DownloadFormat("square", SQUARE_SHAPE, 1.0, 1200, "jpeg"),
    DownloadFormat("circle", CIRCLE_SHAPE, 1.0, 800, "png"),
    DownloadFormat("upright", UPRIGHT_SHAPE, 4 / 5, 1600, "jpeg"),
    DownloadFormat("speaker", None, 16 / 9, 1920, "jpeg"),
    DownloadFormat("signature", SQUARE_SHAPE, 1.0, 200, "jpeg"),
)


def build_downloads(
    entry: ClassifiedPhoto, alignment: SetAlignment, plan: RenderPlan, rights: Rights, *, folder: str, slug: str
) -> tuple[Download, ...]:
    """Return the headshot *entry* in every download format and add the files to *plan*.

    Files are named `<folder><slug>-<format>`. Nothing is enlarged: a small original gives smaller downloads.
    """
    builder = PictureBuilder(entry, plan, rights)
    built = []
    for download_format in DOWNLOAD_FORMATS:
        aligned_crop = (
            alignment.find_crop(entry.photo.path, download_format.frame_shape) if download_format.frame_shape else None
        )
        file = plan.add_file(
            entry.photo,
            aligned_crop or builder.crop_to_ratio(download_format.ratio),
            download_format.width,
            download_format.file_format,
            f"{folder}{slug}-{download_format.name}{FORMATS[download_format.file_format].suffix}",
            rights=builder.rights,
            is_circular=download_format.frame_shape is CIRCLE_SHAPE,
        )
        built.append(Download(download_format.name, file.url, file.width))
    return tuple(built)
