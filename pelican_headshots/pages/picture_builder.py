"""Build the view of one photo: its texts, and for each slot of the theme the crop and the widths that the layout needs."""

from __future__ import annotations

from msgspec.structs import replace

from ..crop.cover import crop_for_cover, text_hides_face
from ..crop.crops import (
    FULL_IMAGE_CROP,
    compute_focal_point,
    compute_head_boxes,
    compute_object_position,
    compute_pixel_size,
    contains_heads,
    crop_around_faces,
)
from ..images.plan import RenderPlan
from ..layout.rows import RowPlace
from ..layout.sizes import (
    ALL_WINDOW_RATIOS,
    CONTACT_LAYOUT,
    COVER_CROPS,
    DESKTOP_WINDOW_PX,
    LARGE_WINDOW_PX,
    MAX_COVER_ENLARGEMENT,
    MIN_COVER_SHARE,
    MIN_DESKTOP_COVER_WIDTH_PX,
    MIN_WHOLE_COVER_RATIO,
    SOCIAL_IMAGE_SIZE_PX,
    TEASER_LAYOUT,
    TEASER_RATIO,
    TITLE_OUTSIDE_RATIO,
    ArtDirectedCrop,
    SlotLayout,
    WindowRatioRange,
    build_card_layout,
    build_cover_beside_layout,
    build_cover_layout,
    build_prose_layout,
    build_row_layout,
    build_sizes_attribute,
    build_typical_row_layout,
    build_view_layout,
    choose_card_ratio,
    compute_displayed_width,
)
from ..layout.srcset_widths import choose_jpeg_widths, choose_widths, compute_dense_shares
from ..people.classified_photo import ClassifiedPhoto
from ..support.errors import LayoutError
from ..support.filenames import parse_title
from ..values.classification import PhotoKind
from ..values.geometry import Box
from ..values.notes import default_if_unset
from ..values.portfolio import PhotoView, Picture, PictureSource
from ..values.rendition import Crop, Rights
from ..values.translations import Translations
from . import alt_text


class PictureBuilder:
    """Builds the pictures and the view of one photo and adds the renditions they need to *plan*.

    *site_rights* apply if the photo carries none of its own. The two are never mixed, because one creator's credit must
    not be shown with another's license.
    """

    def __init__(self, entry: ClassifiedPhoto, plan: RenderPlan, site_rights: Rights) -> None:
        self.entry, self.plan = entry, plan
        photo = entry.photo
        self.size = photo.record.size
        self.rights = photo.record.rights.fill_from(site_rights)
        analysis = photo.record.analysis
        faces, hidden = (analysis.faces, analysis.faceless_heads) if analysis else ((), ())
        self.face_boxes: tuple[Box, ...] = tuple(face.box for face in faces)
        self.detected_faces, self.faceless_heads = faces, hidden
        self.text_free_boxes = self.face_boxes or hidden
        """Boxes that no text may cover."""
        self.head_boxes = compute_head_boxes(faces, faceless_heads=hidden)
        self.focal_point = entry.note.focal_point

    def build_photo_view(
        self,
        photo_id: str,
        url: str,
        pictures: dict[str, Picture],
        translations: Translations | None,
        *,
        person_name: str = "",
        gallery_title: str = "",
    ) -> PhotoView:
        """Return the view of the photo; *translations* and what follows are as in `get_alt_text`."""
        photo, note, metadata = self.entry.photo, self.entry.note, self.entry.photo.record.metadata
        # Face recognition software writes the names of people as keywords too.
        names = {name.casefold() for name in metadata.person_names}
        title = default_if_unset(note.title, metadata.title or parse_title(photo.stem))
        return PhotoView(
            id=photo_id,
            file=photo.path,
            url=url,
            title=title,
            caption=default_if_unset(note.caption, metadata.caption),
            alt=alt_text.get_alt_text(self.entry, translations, person_name, gallery_title),
            date=default_if_unset(note.date, metadata.date),
            place=default_if_unset(note.place, metadata.place),
            keywords=tuple(
                word
                for word, plain in zip(metadata.keywords, map(str.casefold, metadata.keywords), strict=True)
                if not any(name in plain for name in names)
            ),
            creator=self.rights.creator,
            credit=self.rights.credit,
            copyright=self.rights.copyright,
            web_statement=self.rights.web_statement,
            licensor_url=self.rights.licensor_url,
            classification=self.entry.classification,
            colors=photo.record.colors,
            exif=tuple(filter(None, (metadata.camera, metadata.lens, metadata.exposure))),
            ratio=self.size.ratio,
            pictures=pictures,
            written_alt=alt_text.get_written_alt_text(note, photo),
        )

    def build_row_pictures(self, row_place: RowPlace) -> dict[str, Picture]:
        """Return the uncropped photo in its row and on its own page, from the same files, and its link preview."""
        enlargement = max(1.0, self.size.ratio / row_place.ratio)
        row = build_row_layout(
            row_place.row_shares,
            row_place.items_per_row,
            is_full_bleed=row_place.layout == "full",
            width_factor=enlargement,
        )
        view = build_view_layout(self.size.ratio)
        is_in_columns = row_place.layout in ("grid", "masonry")
        typical = row if is_in_columns else build_typical_row_layout(self.size.ratio)
        row_picture = self.build_picture(FULL_IMAGE_CROP, row, (typical, view))
        if row_place.layout == "grid":
            row_picture = replace(row_picture, focal_point=compute_object_position(self.crop_to_ratio(row_place.ratio)))
        return {"row": row_picture, "view": _replace_sizes(row_picture, view), "social": self.build_link_preview()}

    def build_cover_pictures(
        self, card_count: int, *, is_home: bool = False, is_whole: bool = False
    ) -> dict[str, Picture]:
        """Return the photo as a cover and on a card, one of *card_count*; on the home page, also beside the contact text.

        *is_whole* shows the whole photo as the cover, with the title outside it.
        """
        layout = build_card_layout(card_count)
        card = self.build_picture(
            self.crop_to_ratio(choose_card_ratio(card_count)),
            layout,
            (layout, CONTACT_LAYOUT) if is_home else (layout,),
        )
        return {
            "cover": self._build_cover(is_whole=is_whole),
            "card": card,
            **({"beside": _replace_sizes(card, CONTACT_LAYOUT)} if is_home else {}),
        }

    def _build_cover(self, *, is_whole: bool) -> Picture:
        filling_crops = self._make_filling_crops()
        phone, tall, wide = COVER_CROPS
        sources: list[PictureSource] = []
        title_outside: list[str] = []
        width_limits: dict[str, int] = {}
        for cut in (phone, tall):
            crop, layout = filling_crops[cut.window_shape], build_cover_layout(cut.ratio)
            is_small = self._get_max_width(crop) < cut.min_width_px
            if is_whole or is_small or not self._is_title_safe(crop):
                title_outside.append(cut.window_shape)
                ratio = max(TITLE_OUTSIDE_RATIO, self.size.ratio * MIN_COVER_SHARE)
                if is_whole or not self.can_crop_to(ratio):
                    ratio = max(self.size.ratio, MIN_WHOLE_COVER_RATIO)
                crop, layout = self.crop_to_ratio(ratio), build_cover_layout(ratio, title_outside=True)
                if is_small:
                    width_limits[cut.window_shape] = self._get_max_width(crop)
            sources += self._build_cover_sources(crop, layout, cut, cut.media_query)
        crop, layout = filling_crops["wide"], build_cover_layout(wide.ratio)
        width = self._get_max_width(crop)
        title_beside = ""
        if is_whole or width < MIN_DESKTOP_COVER_WIDTH_PX or not self._is_title_safe(crop):
            title_beside = "always"
        elif width < wide.min_width_px:
            title_beside = "large"
            sources += self._build_cover_sources(crop, layout, wide, f"(max-width: {DESKTOP_WINDOW_PX}px)")
        if title_beside:
            crop, layout = FULL_IMAGE_CROP, build_cover_beside_layout(self.size.ratio)
            width_limits["wide"] = self._get_max_width(crop)
        picture = self.build_picture(crop, layout, windows=wide.window_ratios)
        return replace(
            picture,
            sources=(*sources, *picture.sources),
            title_outside=tuple(title_outside),
            title_beside=title_beside,
            width_limits=width_limits,
        )

    def _build_cover_sources(
        self, crop: Crop, layout: SlotLayout, cut: ArtDirectedCrop, media_query: str
    ) -> list[PictureSource]:
        picture = self.build_picture(crop, layout, windows=cut.window_ratios)
        return [
            replace(source, media=" and ".join(filter(None, (media_query, source.media)))) for source in picture.sources
        ]

    def _make_filling_crops(self) -> dict[str, Crop]:
        """Return the crop that fills each shape of window."""
        return {
            cut.window_shape: crop_for_cover(
                self.text_free_boxes, self.head_boxes, self.size, cut.ratio, self.focal_point
            )
            for cut in COVER_CROPS
        }

    def _get_max_width(self, crop: Crop) -> int:
        """Return the largest width in pixels at which *crop* is rendered."""
        return min(compute_pixel_size(crop, self.size).width, self.plan.options.max_width)

    def _is_title_safe(self, crop: Crop) -> bool:
        """Return whether *crop*, filling a window, can carry a title with every face whole and visible."""
        faces_are_whole = bool(self.focal_point) or contains_heads(
            crop, compute_head_boxes(self.detected_faces, 0.0, self.faceless_heads)
        )
        return faces_are_whole and not text_hides_face(crop, self.text_free_boxes, self.size)

    def can_crop_to(self, ratio: float) -> bool:
        """Return whether a crop with the given *ratio* (width over height) needs no padding and surely cuts no head."""
        is_known = self.head_boxes or self.focal_point or self.entry.classification.kind == PhotoKind.NO_PERSON
        return bool(is_known) and self.crop_to_ratio(ratio).background_color is None

    def compute_cover_area(self) -> float:
        """Return how much of common wide windows the photo takes as a cover: the sum of the fractions."""
        wide = COVER_CROPS[-1]
        filling_crop = self._make_filling_crops()["wide"]
        filling_width = self._get_max_width(filling_crop) if self._is_title_safe(filling_crop) else 0
        beside = build_cover_beside_layout(self.size.ratio)
        area = 0.0
        for window_width in (DESKTOP_WINDOW_PX, LARGE_WINDOW_PX):
            if filling_width * MAX_COVER_ENLARGEMENT >= window_width:
                area += 1.0
            else:
                shown = compute_displayed_width(beside, window_width, window_width / wide.ratio)
                shown = min(shown, MAX_COVER_ENLARGEMENT * self._get_max_width(FULL_IMAGE_CROP))
                area += shown**2 / self.size.ratio / (window_width**2 / wide.ratio)
        return area

    @property
    def has_room_for_title(self) -> bool:
        """Whether the photo can be a cover with a title in every window, with every head whole."""
        if self.entry.classification.kind != PhotoKind.NO_PERSON and not self.head_boxes:
            return False
        return all(
            not text_hides_face(crop, self.text_free_boxes, self.size)
            and all(crop.box.contains(head) for head in self.head_boxes)
            for crop in self._make_filling_crops().values()
        )

    def build_inline_pictures(self) -> dict[str, Picture]:
        """Return the photo in an article, beside the article's title in a list, and as link preview."""
        layout = build_prose_layout(self.size.ratio)
        return {
            "prose": self.build_picture(FULL_IMAGE_CROP, layout),
            "teaser": self.build_picture(self.crop_to_ratio(TEASER_RATIO), TEASER_LAYOUT),
            "social": self.build_link_preview(),
        }

    def build_link_preview(self) -> Picture:
        """Return the JPEG that other sites show when they link to the page."""
        width, height = SOCIAL_IMAGE_SIZE_PX
        crop = self.crop_to_ratio(width / height)
        return self.plan.add_picture(
            self.entry.photo, crop, (width,), f"{width}px", faces=self.face_boxes, rights=self.rights, formats=("jpeg",)
        )

    def crop_to_ratio(self, ratio: float) -> Crop:
        """Return a crop with the given *ratio* (width over height) that cuts no head."""
        background_color = self.entry.photo.record.colors[0]
        return crop_around_faces(
            self.detected_faces, self.size, ratio, self.focal_point, background_color, self.faceless_heads
        )

    def build_picture(
        self,
        crop: Crop,
        layout: SlotLayout,
        typical: tuple[SlotLayout, ...] = (),
        windows: WindowRatioRange = ALL_WINDOW_RATIOS,
    ) -> Picture:
        """Return the picture of *crop*, shown at the sizes of *layout*.

        Args:
            crop: The part of the photo to show.
            layout: How wide it is displayed, as in `sizes`.
            typical: The layouts its file widths are chosen for; *layout* by default.
            windows: The window shapes in which it is shown.

        Raises:
            LayoutError: Its widths could not be chosen.
        """
        typical = typical or (layout,)
        try:
            widths = choose_widths(typical, self._get_max_width(crop), windows, larger_layouts=(layout,))
            return self.plan.add_picture(
                self.entry.photo,
                crop,
                widths,
                build_sizes_attribute(layout),
                focal_point=compute_focal_point(crop, self.head_boxes, self.focal_point),
                faces=self.face_boxes,
                rights=self.rights,
                fallback_widths=choose_jpeg_widths(widths),
                dense_shares=compute_dense_shares(typical, windows),
            )
        except Exception as error:
            # Its widths depend on its row: only here is it known which photo they belong to.
            raise LayoutError(self.entry.photo.path) from error


def _replace_sizes(picture: Picture, layout: SlotLayout) -> Picture:
    """Return *picture* with the same files, displayed as wide as *layout* says."""
    sizes_attribute = build_sizes_attribute(layout)
    return replace(
        picture,
        sizes=sizes_attribute,
        sources=tuple(replace(source, sizes=sizes_attribute) for source in picture.sources),
    )
