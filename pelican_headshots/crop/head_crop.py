"""Whether a portrait can be cropped to head and shoulders, to stand among headshots."""

from __future__ import annotations

from ..values.photo import Photo
from .eye_alignment import align_one
from .frame_limits import UPRIGHT_SHAPE
from .head_geometry import EDGE_CONTACT_TOLERANCE, measure_heads

MAX_YAW_DEGREES = 45.0
"""A head that is turned further is a profile."""
MIN_CROP_WIDTH_PX = 248
"""A card on the team page is 310 CSS pixels wide in a window of 1440 (`HEAD_LAYOUT` in `layout/sizes.py`). Enlarged by more
than a quarter a head looks soft, by the same measure as in `advice/checks.py`."""


def find_crop_obstacle(photo: Photo) -> str:
    """Return why *photo* cannot be cropped to head and shoulders, as the end of a sentence; empty if it can."""
    analysis, size = photo.record.analysis, photo.record.size
    if analysis is None:
        return "it could not be analyzed"
    if not analysis.faces:
        return "no face was found in it"
    if len(analysis.faces) > 1 or analysis.people_count > 1:
        return "it seems to show more than one person"
    (face,) = analysis.faces
    if not face.outline or abs(face.yaw) > MAX_YAW_DEGREES:
        return "the face is turned away or not clearly visible"
    (head,) = measure_heads([(face, analysis, size, photo.record.colors[0])])
    if head.is_hair_cut_off:
        return "the photo itself cuts the hair"
    if head.is_chin_cut_off:
        return "the photo itself cuts the chin"
    if any(not EDGE_CONTACT_TOLERANCE < point.x < 1 - EDGE_CONTACT_TOLERANCE for point in face.outline):
        return "the photo itself cuts the head"
    target = UPRIGHT_SHAPE.preferred_target
    aligned = align_one(head, target, UPRIGHT_SHAPE)
    if aligned.is_padded:
        return "there is too little space around the head"
    width = round(aligned.crop.box.width * size.width)
    if width < MIN_CROP_WIDTH_PX:
        return f"its head and shoulders are only {width} pixels wide, and {MIN_CROP_WIDTH_PX} are needed"
    return ""
