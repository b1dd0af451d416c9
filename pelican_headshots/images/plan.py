"""Collect the renditions that the pages need, and return a `Picture` for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from ..crop.crops import compute_pixel_size
from ..layout.srcset_widths import round_up_to_grid
from ..support.filenames import slugify
from ..values.formats import FORMATS
from ..values.geometry import Box, Point
from ..values.photo import Photo
from ..values.portfolio import Picture, PictureSource, SrcsetCandidate
from ..values.rendition import LINEAR_LIGHT_THRESHOLD, WIDE_GAMUT_THRESHOLD, Crop, Rendition, Rights, compute_cache_key
from . import preview
from .encoding_options import EncodingOptions

PICTURES_FOLDER = "pictures"
"""Folder of the renditions in the site."""


class RenderPlan:
    """The renditions of a site. A rendition that is added twice is rendered once.

    Args:
        options: The encoding options of the site.
        preview_digests: Digests of the photos that are published as one small JPEG for now.
        slug_replacements: Letters that slugs write otherwise, as in `slugify`.
    """

    def __init__(
        self,
        options: EncodingOptions,
        preview_digests: Collection[str] = (),
        slug_replacements: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.options, self.preview_digests, self.slug_replacements = options, preview_digests, slug_replacements
        self.renditions: dict[str, dict[str, Rendition]] = {}
        """Digest of the original → cache key → rendition."""
        self.cache_keys: dict[str, str] = {}
        """URL in the site → cache key."""
        self.uncropped_urls: dict[str, list[str]] = {}
        """Path of a photo → URLs of its uncropped renditions."""
        self.crop_urls: dict[str, list[str]] = {}
        """Path of a photo → URLs of its crops."""

    def make_slug(self, text: str, max_length: int = 60) -> str:
        """Return *text* as a part of a URL in this site."""
        return slugify(text, max_length, self.slug_replacements)

    def add_picture(
        self,
        photo: Photo,
        crop: Crop,
        widths: Sequence[int],
        sizes: str,
        *,
        focal_point: Point = Point(0.5, 0.5),
        faces: tuple[Box, ...] = (),
        rights: Rights = Rights(),
        fallback_widths: Iterable[int] | None = None,
        formats: Sequence[str] | None = None,
        dense_shares: Mapping[int, float] = {},
    ) -> Picture:
        """Add the renditions of a crop in every format. A picture is never enlarged: larger widths are reduced.

        Args:
            photo: The photo.
            crop: The part of the photo that is shown.
            widths: Widths in pixels.
            sizes: The `sizes` attribute.
            focal_point: The focal point, in fractions of the crop.
            faces: Face boxes in fractions of the whole picture, for the watermark.
            rights: Rights to embed into the files.
            fallback_widths: Widths of the last format (JPEG), which few browsers still fetch. None means *widths*.
            formats: Formats in place of those in the options.
            dense_shares: Grid width → how far high-density screens outnumber others among those that fetch it, 0 to 1.
        """
        options, crop_size = self.options, compute_pixel_size(crop, photo.record.size)
        # Without a watermark, files do not depend on where the faces are.
        faces = faces if options.watermark else ()
        if photo.digest in self.preview_digests:
            options = preview.make_preview_options(options)
            formats, widths, fallback_widths, dense_shares = (
                options.formats,
                (preview.choose_preview_width(widths),),
                None,
                {},
            )
        formats = formats or options.formats
        max_width = min(crop_size.width, options.max_width)
        srcset_widths = sorted({min(width, max_width) for width in widths})
        quality_drops = {
            width: steps
            for width, share in dense_shares.items()
            if (steps := round(options.dense_quality_drop * share))
        }
        tag = self._make_url_tag(options, photo, crop, faces=faces, rights=rights, quality_drops=quality_drops)
        url_start = f"{PICTURES_FOLDER}/{self.make_slug(photo.stem, 40)}-{tag}"
        sources = []
        # Background colors are given in sRGB.
        if (
            options.wide_gamut
            and photo.record.wide_gamut_share >= WIDE_GAMUT_THRESHOLD
            and "avif" in formats
            and crop.background_color is None
        ):
            formats = ("avif-p3", *formats)
        for name in formats:
            format_widths = (
                sorted(fallback_widths)
                if fallback_widths and name == formats[-1] and len(formats) > 1
                else srcset_widths
            )
            candidates = []
            for width in format_widths:
                # The few files of the fallback format serve every screen density.
                quality = options.quality_for(name) - (
                    quality_drops.get(round_up_to_grid(width), 0) if format_widths is srcset_widths else 0
                )
                watermark = options.watermark if options.watermark and width >= options.watermark.min_width else None
                height = _compute_height(width, crop_size.ratio)
                rendition = Rendition(
                    crop, width, height, name, quality, faces, rights, watermark, _needs_linear_light(photo)
                )
                candidates.append(self._add_candidate(photo, rendition, url_start))
            mime_type, media_query = FORMATS[name].mime_type, FORMATS[name].media_query
            sources.append(
                PictureSource(
                    mime_type,
                    tuple(candidates),
                    format_widths[-1],
                    _compute_height(format_widths[-1], crop_size.ratio),
                    sizes,
                    media_query,
                )
            )
        last = sources[-1].candidates[-1]
        return Picture(
            tuple(sources), last.url, last.width, _compute_height(last.width, crop_size.ratio), sizes, focal_point
        )

    def add_file(
        self,
        photo: Photo,
        crop: Crop,
        width: int,
        format: str,
        url: str,
        *,
        rights: Rights = Rights(),
        is_circular: bool = False,
        quality: int | None = None,
    ) -> SrcsetCandidate:
        """Add one file of a crop at a given URL, at most *width* pixels wide and never enlarged.

        *quality* is a number on the scale of the format; None is that of the site.
        """
        crop_size = compute_pixel_size(crop, photo.record.size)
        width = min(crop_size.width, width)
        height = _compute_height(width, crop_size.ratio)
        quality = self.options.quality_for(format) if quality is None else quality
        rendition = Rendition(
            crop,
            width,
            height,
            format,
            quality,
            rights=rights,
            linear_light=_needs_linear_light(photo),
            is_circular=is_circular,
        )
        key = compute_cache_key(photo.digest, rendition, self.options.encoder_versions)
        self.renditions.setdefault(photo.digest, {})[key] = rendition
        self.crop_urls.setdefault(photo.path, []).append(url)
        self.cache_keys[url] = key
        return SrcsetCandidate(url, width)

    @staticmethod
    def _make_url_tag(
        options: EncodingOptions,
        photo: Photo,
        crop: Crop,
        *,
        faces: tuple[Box, ...],
        rights: Rights,
        quality_drops: Mapping[int, int],
    ) -> str:
        """Return one tag for all widths of a picture: a page lists many widths, and hashes do not compress."""
        numbers = [f"{format}{options.qualities[format]}" for format in sorted(options.qualities)]
        numbers += [f"{width}-{steps}" for width, steps in quality_drops.items()]
        recipe = Rendition(crop, 0, 0, ",".join(numbers), 0, faces, rights, options.watermark)
        return compute_cache_key(photo.digest, recipe, options.encoder_versions)[:10]

    def _add_candidate(self, photo: Photo, rendition: Rendition, url_start: str) -> SrcsetCandidate:
        key = compute_cache_key(photo.digest, rendition, self.options.encoder_versions)
        url = f"{url_start}-{rendition.width}{FORMATS[rendition.format].suffix}"
        self.renditions.setdefault(photo.digest, {})[key] = rendition
        urls = (self.uncropped_urls if rendition.crop == Crop() else self.crop_urls).setdefault(photo.path, [])
        if url not in urls:
            urls.append(url)
        self.cache_keys[url] = key
        return SrcsetCandidate(url, rendition.width)


def _needs_linear_light(photo: Photo) -> bool:
    return photo.record.highlight_loss >= LINEAR_LIGHT_THRESHOLD


def _compute_height(width: int, ratio: float) -> int:
    return max(1, round(width / ratio))
