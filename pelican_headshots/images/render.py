"""Render renditions: each depends only on the bytes of the original and on its own parameters.

No rendition depends on which others are rendered in the same call: an interrupted build that renders the rest later
writes the same bytes. This is why a width is not scaled from the next larger width, but from a level of an image
pyramid, in which each level has half the size of the one before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
from PIL import Image

from ..metadata import containers, parsed
from ..scan.open_image import DEFAULT_MAX_PIXELS, open_image
from ..support import memory
from ..values.formats import FORMATS, ColorSpace
from ..values.geometry import FULL_IMAGE_BOX, Box, Size
from ..values.rendition import Crop, Rendition
from . import circle, color, decode, extend, linear_light, resize, rotate, watermark
from .encode import encode

_WHITE = "#ffffff"
_INVERSE_ORIENTATION = {6: 8, 8: 6}
"""EXIF orientations and their inverse; all others are their own inverse."""
_BLACK_AND_WHITE_VALUES = {0, 255, (0, 0, 0), (255, 255, 255)}
"""Black and white in the modes L and RGB."""
_MIN_BASE_WIDTH_PX = 2400
"""Smallest upright width in pixels of the base level, which most renditions are made from, if the original is that wide."""


def render_renditions(
    data: bytes, renditions: Sequence[Rendition], max_pixels: int = DEFAULT_MAX_PIXELS
) -> list[bytes]:
    """Return the encoded bytes of each rendition, in the given order.

    Args:
        data: The bytes of the original file.
        renditions: What to render.
        max_pixels: Pixels above which the original is refused before it is decoded.

    Raises:
        UnreadableImageError: If the original is damaged.
        KeyError: If a format is unknown.
    """
    rendered: dict[int, bytes] = {}
    variants = [(rendition.linear_light, FORMATS[rendition.format].color_space) for rendition in renditions]
    for linear, space in dict.fromkeys(variants):
        indices = [index for index, variant in enumerate(variants) if variant == (linear, space)]
        group = _render_variant(ImagePyramid(data, max_pixels, linear, space), [renditions[index] for index in indices])
        rendered |= {indices[position]: encoded for position, encoded in group.items()}
    return [rendered[index] for index in range(len(renditions))]


def _render_variant(pyramid: ImagePyramid, renditions: Sequence[Rendition]) -> dict[int, bytes]:
    """Return the encoded bytes by the index of the rendition."""
    indices_by_shape: dict[bytes, list[int]] = {}
    for index, rendition in enumerate(renditions):
        shape = (rendition.crop, rendition.width, rendition.height, rendition.watermark, rendition.is_circular)
        indices_by_shape.setdefault(msgspec.json.encode(shape), []).append(index)
    rendered: dict[int, bytes] = {}
    # Of the renditions that need the finest level, the largest is made last, so that the level has been dropped when its
    # encoder needs the most memory.
    group_by_first = {members[0]: members for members in indices_by_shape.values()}
    schedule = sorted(
        (pyramid.choose_level(renditions[first]), renditions[first].width * renditions[first].height, first)
        for first in group_by_first
    )
    for (_, _, index), (next_level, _, _) in zip(schedule, [*schedule[1:], schedule[-1]], strict=True):
        first, members = renditions[index], group_by_first[index]
        image = _render_crop(pyramid, first.crop, Size(first.width, first.height))
        pyramid.drop_levels_above(next_level)
        if first.watermark:
            image = watermark.apply_watermark(
                image, first.watermark, [_to_crop_fractions(face, first.crop.box) for face in first.faces]
            )
        if first.is_circular:
            image = circle.apply_circle_mask(image)
        for member in members:
            rendition = renditions[member]
            rendered[member] = encode(image, rendition.format, rendition.quality, rendition.rights)
    return rendered


def _to_crop_fractions(face: Box, crop_box: Box) -> Box:
    """Convert a face box from fractions of the whole picture to fractions of the crop box."""
    return Box(
        (face.left - crop_box.left) / crop_box.width,
        (face.top - crop_box.top) / crop_box.height,
        (face.right - crop_box.left) / crop_box.width,
        (face.bottom - crop_box.top) / crop_box.height,
    )


class ImagePyramid:
    """The decoded picture at full size and at smaller levels, each half the size of the one before, made when needed.

    Levels are as stored in the file: not upright, and in the color space of the file.
    """

    def __init__(self, data: bytes, max_pixels: int, linear: bool, space: ColorSpace) -> None:
        """Open the picture.

        There are two exceptions to *linear*. A whole picture that hardly shrinks is scaled without linear light. A JPEG
        decoded at half its size is halved by the decoder without linear light, because the next halving hides the
        difference: on six photos of the benchmark, at a sixth of their width, no pixel was more than 5 of 255 too dark,
        against 0.1 to 1.8 % of the pixels without any linear light, and it takes a third of the time.

        Args:
            data: The bytes of the original file.
            max_pixels: Pixels above which the original is refused before it is decoded.
            linear: Whether levels and crops are scaled in linear light.
            space: The color space of rendered images.
        """
        self.data, self.max_pixels, self.linear, self.space = data, max_pixels, linear, space
        self.is_black_and_white = False
        """Whether all pixels are black or white, as in one-bit drawings and dithered prints. Their sRGB values are
        averaged, not their linear light: this restores dithered tones, and other programs show them the same way."""
        self.levels: dict[int, resize.ArrayOrImage] = {}
        with open_image(data, max_pixels) as image:
            self.stored_size = image.size
            # The JPEG decoder halves sRGB values, not linear light.
            self.can_decode_scaled = image.format == "JPEG"
            if not self.can_decode_scaled:
                self.levels[0] = self._load(image)
            metadata = parsed.parse_blocks(containers.read_blocks(image, data))
            self.upright_size, self.orientation = decode.read_size_and_orientation(image, metadata)
            self.icc_profile = decode.read_icc_profile(image, metadata)
        self.base_level = max(0, min(3, int(math.log2(max(1.0, self.upright_size.width / _MIN_BASE_WIDTH_PX)))))

    def choose_level(self, rendition: Rendition) -> int:
        """Return the index of the level that a rendition is made from."""
        if rendition.crop.rotation_degrees:
            return self.choose_level_for_rotation(rendition.crop, rendition.width)
        return self._choose_level_for_width(rendition.crop.box, rendition.width)

    def choose_level_for_rotation(self, crop: Crop, width: int) -> int:
        """Return the index of the level that a rotated crop of *width* pixels is made from."""
        shrink_ratio = self.upright_size.width * crop.box.width / width
        level_index = int(math.log2(max(1.0, shrink_ratio / rotate.MIN_ROTATION_OVERSAMPLING)))
        return level_index if level_index >= self.base_level else 0

    def snap_to_pixels(self, region: Box, level_index: int) -> tuple[Box, Size]:
        """Return the region grown to whole pixels of a level, and its upright size in those pixels."""
        size = resize.get_pixel_size(self.get_level(level_index))
        left, top, right, bottom = self._to_pixel_box(region, size)
        stored_box = Box(
            math.floor(left) / size[0],
            math.floor(top) / size[1],
            math.ceil(right) / size[0],
            math.ceil(bottom) / size[1],
        )
        pixel_size = (round(stored_box.width * size[0]), round(stored_box.height * size[1]))
        return stored_box.apply_orientation(self.orientation), decode.orient_size(pixel_size, self.orientation)

    def _choose_level_for_width(self, region: Box, target_width: int) -> int:
        """Return the smallest level with enough pixels; for the whole picture, a level that OpenCV can shrink fast."""
        shrink_ratio = max(1.0, self.upright_size.width * region.width / target_width)
        level_index = int(math.log2(shrink_ratio))
        if level_index < self.base_level:
            return 0
        if region != FULL_IMAGE_BOX:
            return level_index
        finer_index = int(math.log2(max(1.0, shrink_ratio / resize.MIN_OPENCV_RATIO)))
        # Shrinking the whole original fast takes as long as shrinking the half-size level slowly, and decoding the
        # whole original costs more.
        return max(self.base_level, finer_index or min(level_index, 1))

    def get_level(self, level_index: int) -> resize.ArrayOrImage:
        """Return the picture at 1 / 2**level_index of its size.

        Decoding a JPEG at half its size takes a quarter of the time of halving it.
        """
        if level_index not in self.levels:
            if level_index == 0 or (self.can_decode_scaled and level_index <= max(1, self.base_level)):
                self.levels[level_index] = self._decode(level_index)
            else:
                self.levels[level_index] = self._halve(self.get_level(level_index - 1))
        return self.levels[level_index]

    def drop_levels_above(self, level_index: int) -> None:
        """Drop all levels larger than the given level."""
        if any(kept < level_index for kept in self.levels):
            self.get_level(level_index)
            has_full_size = 0 in self.levels
            for kept in [kept for kept in self.levels if kept < level_index]:
                del self.levels[kept]
            if has_full_size:
                # SVT-AV1's threads do not reuse what this one has freed: 100 MB for a photo of 24 MP.
                memory.return_freed_memory()

    def _halve(self, larger: resize.ArrayOrImage) -> resize.ArrayOrImage:
        if self.is_black_and_white:
            width, height = resize.get_pixel_size(larger)
            return resize.to_array_or_image(
                resize.resize_without_ringing(larger, (math.ceil(width / 2), math.ceil(height / 2)))
            )
        if self.linear and not isinstance(larger, Image.Image):
            return linear_light.halve_in_linear_light(larger)
        return resize.halve(larger)

    def _decode(self, level_index: int) -> resize.ArrayOrImage:
        with open_image(self.data, self.max_pixels) as image:
            if level_index:
                image.draft(
                    image.mode,
                    (math.ceil(self.stored_size[0] / 2**level_index), math.ceil(self.stored_size[1] / 2**level_index)),
                )
            return self._load(image)

    def _load(self, image: Image.Image) -> resize.ArrayOrImage:
        image.load()
        image = color.to_supported_mode(image)
        color_counts = image.getcolors(2)
        self.is_black_and_white = (
            color_counts is not None and {value for _, value in color_counts} <= _BLACK_AND_WHITE_VALUES
        )
        return resize.to_array_or_image(image)

    def render_region(self, region: Box, target_size: Size, level_index: int | None = None) -> Image.Image:
        """Return a region of the picture, upright, in the color space of the pyramid, with transparency kept.

        Args:
            region: The region in fractions of the upright picture.
            target_size: The size of the result in pixels.
            level_index: The level to use; chosen by the width if None.
        """
        level_index = self._choose_level_for_width(region, target_size.width) if level_index is None else level_index
        level = self.get_level(level_index)
        size = (
            (target_size.height, target_size.width)
            if self.orientation >= 5
            else (target_size.width, target_size.height)
        )
        pixel_box = None if region == FULL_IMAGE_BOX else self._to_pixel_box(region, resize.get_pixel_size(level))
        if (exact_crop := resize.crop_whole_pixels(level, size, pixel_box)) is not None:
            small = exact_crop
        elif self.is_black_and_white:
            small = resize.resize_without_ringing(level, size, pixel_box)
        elif (
            self.linear
            and not isinstance(level, Image.Image)
            and (pixel_box or self._needs_linear_light(level_index, level, size))
        ):
            small = linear_light.resize_in_linear_light(level, size, pixel_box)
        else:
            small = resize.resize(level, size, pixel_box)
        return decode.orient_image(color.convert_to_color_space(small, self.icc_profile, self.space), self.orientation)

    def _needs_linear_light(self, level_index: int, level: resize.PixelArray, size: tuple[int, int]) -> bool:
        """Return whether scaling a level to *size* without linear light would be visible.

        Levels above 1 are small and were made in linear light themselves.
        """
        return level_index > 1 or resize.compute_shrink_ratio(level, size) >= linear_light.MIN_LINEAR_LIGHT_RATIO

    def _to_pixel_box(self, region: Box, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """Convert a region of the upright picture to stored pixels of a level of *size*."""
        stored_region = region.apply_orientation(_INVERSE_ORIENTATION.get(self.orientation, self.orientation))
        return (
            max(stored_region.left * size[0], 0.0),
            max(stored_region.top * size[1], 0.0),
            min(stored_region.right * size[0], float(size[0])),
            min(stored_region.bottom * size[1], float(size[1])),
        )


def _render_crop(pyramid: ImagePyramid, crop: Crop, target_size: Size) -> Image.Image:
    """Return a crop at *target_size*, in mode RGB."""
    if not crop.rotation_degrees and FULL_IMAGE_BOX.contains(crop.box):
        return decode.flatten_alpha(pyramid.render_region(crop.box, target_size), crop.background_color or _WHITE)
    return _render_rotated_or_extended(pyramid, crop, target_size)


def _render_rotated_or_extended(pyramid: ImagePyramid, crop: Crop, target_size: Size) -> Image.Image:
    """Render a crop that is rotated or reaches outside the picture."""
    angle = math.radians(crop.rotation_degrees)
    target_width, target_height = target_size.width, target_size.height
    half_width = (
        (abs(math.cos(angle)) * target_width + abs(math.sin(angle)) * target_height) / 2 / target_width * crop.box.width
    )
    half_height = (
        (abs(math.sin(angle)) * target_width + abs(math.cos(angle)) * target_height)
        / 2
        / target_height
        * crop.box.height
    )
    center = crop.box.center
    needed = Box(center.x - half_width, center.y - half_height, center.x + half_width, center.y + half_height)
    available, level_index = needed.clip(), None
    size = Size(
        max(1, round(available.width / crop.box.width * target_width)),
        max(1, round(available.height / crop.box.height * target_height)),
    )
    if crop.rotation_degrees:
        level_index = pyramid.choose_level_for_rotation(crop, target_size.width)
        available, size = pyramid.snap_to_pixels(available, level_index)
        size = rotate.limit_rotated_size(size)
    image = decode.flatten_alpha(pyramid.render_region(available, size, level_index), crop.background_color or _WHITE)
    x_scale, y_scale = size.width / available.width, size.height / available.height
    # Pixels by which the rotated frame reaches past the picture on each side.
    margins = (
        math.ceil(max(0.0, available.left - needed.left) * x_scale),
        math.ceil(max(0.0, available.top - needed.top) * y_scale),
        math.ceil(max(0.0, needed.right - available.right) * x_scale),
        math.ceil(max(0.0, needed.bottom - available.bottom) * y_scale),
    )
    if any(margins):
        image = extend.extend_edges(image, margins, None if crop.extend_backdrop else crop.background_color or _WHITE)
    x = (center.x - available.left) * x_scale + margins[0]
    y = (center.y - available.top) * y_scale + margins[1]
    if crop.rotation_degrees:
        frame_size = (crop.box.width * x_scale, crop.box.height * y_scale)
        return rotate.rotate_and_crop(image, crop.rotation_degrees, (x, y), frame_size, target_size)
    left, top = round(x - target_width / 2), round(y - target_height / 2)
    return image.crop((left, top, left + target_width, top + target_height))
