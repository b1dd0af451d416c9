"""Build the view of each person: their details and their aligned headshots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..crop.frame_limits import SQUARE_SHAPE, UPRIGHT_SHAPE, FrameShape
from ..crop.headshot_sets import SetAlignment
from ..images.plan import RenderPlan
from ..layout.sizes import ABOUT_LAYOUT, HEAD_LAYOUT, SMALL_TEAM_HEAD_LAYOUT, SQUARE_LAYOUT, SlotLayout
from ..people.classified_photo import ClassifiedPhoto
from ..people.gather import Person
from ..support.filenames import make_unique
from ..values.portfolio import MAX_SMALL_TEAM, PersonView, PhotoView, Picture
from ..values.rendition import Crop, FramingName, Rights
from ..values.translations import Translations
from .downloads import build_downloads
from .picture_builder import PictureBuilder

PEOPLE_FOLDER = "people/"
"""The folder of people's pages and vCards in the site."""

RESERVED_PERSON_IDS = ("main", "everyone")
"""Ids that the theme uses on pages with people: no person may have one of them as slug."""


def build_person_views(
    persons: Sequence[Person],
    alignment: SetAlignment,
    plan: RenderPlan,
    rights: Rights,
    translations: Translations | None = None,
    *,
    page_alignments: Mapping[FramingName, SetAlignment] | None = None,
    with_downloads: bool = False,
) -> tuple[PersonView, ...]:
    """Return the view of each person, in order, and add the renditions they need to *plan*.

    *page_alignments* has the crops of each framing that a page asks for.
    """
    taken_slugs = set(RESERVED_PERSON_IDS)
    head_layout = SMALL_TEAM_HEAD_LAYOUT if len(persons) <= MAX_SMALL_TEAM else HEAD_LAYOUT
    return tuple(
        _build_person_view(
            person,
            alignment,
            plan,
            rights,
            translations,
            page_alignments=page_alignments or {},
            head_layout=head_layout,
            taken_slugs=taken_slugs,
            with_downloads=with_downloads,
        )
        for person in persons
    )


def make_person_slug(person: Person, taken_slugs: set[str]) -> str:
    """Return the person's name in URLs and add it to *taken_slugs*."""
    return make_unique(person.slug, taken_slugs)


def _build_person_view(
    person: Person,
    alignment: SetAlignment,
    plan: RenderPlan,
    rights: Rights,
    translations: Translations | None,
    *,
    page_alignments: Mapping[FramingName, SetAlignment],
    head_layout: SlotLayout,
    taken_slugs: set[str],
    with_downloads: bool,
) -> PersonView:
    get_field = person.fields.get
    name = get_field("name", "")
    slug = make_person_slug(person, taken_slugs)
    person_label = ", ".join(part for part in (name, get_field("role", "")) if part)
    photos = tuple(
        _build_person_photo(
            entry,
            alignment,
            plan,
            rights,
            translations,
            page_alignments=page_alignments,
            head_layout=head_layout,
            photo_id=make_unique(plan.make_slug(entry.photo.stem), set()),
            person_label=person_label,
            is_main=i == 0,
        )
        for i, entry in enumerate(person.entries)
    )
    return PersonView(
        slug=slug,
        url=f"{PEOPLE_FOLDER}{slug}/" if name else "",
        name=name,
        role=get_field("role", ""),
        department=get_field("department", ""),
        pronouns=get_field("pronouns", ""),
        bio=get_field("bio", ""),
        email=get_field("email", ""),
        phone=get_field("phone", ""),
        links=person.links,
        photo=photos[0] if photos else None,
        photos=photos,
        file=person.entries[0].photo.path if person.entries else "",
        folder=person.folder,
        vcard=f"{PEOPLE_FOLDER}{slug}.vcf"
        if name and (get_field("email") or get_field("phone") or person.links)
        else "",
        sources=person.sources,
        downloads=(
            build_downloads(person.entries[0], alignment, plan, rights, folder=f"{PEOPLE_FOLDER}{slug}/", slug=slug)
            if with_downloads and name and person.entries
            else ()
        ),
    )


def _build_person_photo(
    entry: ClassifiedPhoto,
    alignment: SetAlignment,
    plan: RenderPlan,
    rights: Rights,
    translations: Translations | None,
    *,
    page_alignments: Mapping[FramingName, SetAlignment],
    head_layout: SlotLayout,
    photo_id: str,
    person_label: str,
    is_main: bool,
) -> PhotoView:
    builder = PictureBuilder(entry, plan, rights)

    def build_aligned(from_alignment: SetAlignment, frame_shape: FrameShape, layout: SlotLayout) -> Picture:
        crop = from_alignment.find_crop(entry.photo.path, frame_shape)
        return builder.build_picture(crop or builder.crop_to_ratio(frame_shape.ratio), layout)

    pictures = {"head": build_aligned(alignment, UPRIGHT_SHAPE, head_layout)}
    if is_main:
        pictures["square"] = build_aligned(alignment, SQUARE_SHAPE, SQUARE_LAYOUT)
        pictures |= {
            f"head-{framing}": build_aligned(page_alignment, UPRIGHT_SHAPE, head_layout)
            for framing, page_alignment in page_alignments.items()
        }
        pictures["about"] = builder.build_picture(
            _choose_roomiest_crop(builder, alignment.find_crop(entry.photo.path, UPRIGHT_SHAPE)), ABOUT_LAYOUT
        )
        pictures["social"] = builder.build_link_preview()
    return builder.build_photo_view(photo_id, "", pictures, translations, person_name=person_label)


def _choose_roomiest_crop(builder: PictureBuilder, aligned_crop: Crop | None) -> Crop:
    """Return the largest upright crop of the photo, or *aligned_crop* if the head is too large for any but a padded one."""
    crop = builder.crop_to_ratio(UPRIGHT_SHAPE.ratio)
    return aligned_crop if crop.background_color and aligned_crop else crop
