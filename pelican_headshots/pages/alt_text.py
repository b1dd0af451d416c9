"""Alternative text: the text somebody wrote, or else a draft made from the analysis."""

from __future__ import annotations

import re

from ..classify.agreement import (
    find_person_boxes,
    get_agreed_framing,
    has_other_person,
    is_mostly_bright,
    is_mostly_dark,
    is_near,
    is_person_certain,
)
from ..people.classified_photo import ClassifiedPhoto
from ..support.filenames import is_camera_file_name, parse_title
from ..values.analysis import Analysis
from ..values.classification import Classification, PhotoKind
from ..values.notes import Note, default_if_unset
from ..values.photo import Photo
from ..values.translations import Translations

FRAMING_PHRASES = {
    "head": "alt_close_up",
    "head and shoulders": "alt_medium_close_up",
    "waist": "alt_medium_shot",
    "below the waist": "alt_cowboy",
    "full length": "alt_full",
}
"""What the frame shows of one person, as in `classify/agreement.py` → the phrase for it."""
PEOPLE_COUNT_PHRASES = {1: "alt_of_one", 2: "alt_of_two"}
TONAL_KEY_PHRASES = {"low-key": "alt_dark", "high-key": "alt_bright"}
MIN_SHOULDER_SPACE = 0.25
"""Space below the chin, in heights of the face from chin to hairline, from which the shoulders are in the frame."""
MIN_OBJECT_SCORE = 0.65
"""Score from which the object detector is believed."""
MAX_NAMED_OBJECTS = 2
OBJECT_PHRASES = {
    name: f"alt_with_{name.replace(' ', '_')}"
    for name in (
        "dog", "cat", "horse", "bird", "cow", "sheep", "elephant", "bicycle", "motorcycle", "skateboard", "surfboard",
        "snowboard", "tennis racket", "baseball bat", "sports ball", "umbrella", "book", "laptop", "cell phone",
        "wine glass", "teddy bear",
    )
}  # fmt: skip
"""Category of the object detector → the phrase for it. What is usually only near a person (chairs, cars) is not named."""

_FILE_NAME = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|avif|tiff?|hei[cf]|dng|nef|arw|raf|cr[23]|psd)", re.IGNORECASE)


def get_alt_text(
    entry: ClassifiedPhoto, translations: Translations | None, person_name: str = "", gallery_title: str = ""
) -> str:
    """Return the alternative text of *entry*; empty if its note says so, which marks the photo as decorative.

    Args:
        entry: The photo.
        translations: The language of a draft. Without it, a text that nobody wrote stays empty.
        person_name: The name of the person, if the photo is their headshot.
        gallery_title: The title of the gallery that shows the photo: said if little else is known.
    """
    photo, note = entry.photo, entry.note
    text = get_written_alt_text(note, photo)
    if text or note.alt == "" or translations is None:
        return text
    subject = person_name or get_subject(note, photo)
    return draft_alt_text(entry.classification, photo.record.analysis, subject, translations, gallery_title)


def get_written_alt_text(note: Note, photo: Photo) -> str:
    """Return the alternative text somebody wrote, or an empty string if there is none or it is only a file name."""
    text = default_if_unset(note.alt, photo.record.metadata.alt).strip()
    return (
        ""
        if _FILE_NAME.fullmatch(text) or is_camera_file_name(text) or text.casefold() == photo.stem.casefold()
        else text
    )


def draft_alt_text(
    classification: Classification,
    analysis: Analysis | None,
    subject: str,
    translations: Translations,
    gallery_title: str = "",
) -> str:
    """Describe the photo in a short phrase that says only what two readings of the photo, or somebody's note, support.

    *subject* is a name or title somebody wrote, or empty. *gallery_title* is said of a photo of which little is known.
    """
    if classification.kind == PhotoKind.HEADSHOT and not classification.is_unsure:
        space_below_chin = analysis.features.get("chin_to_bottom", 1.0) if analysis else 1.0
        phrase = "alt_headshot" if space_below_chin >= MIN_SHOULDER_SPACE else "alt_portrait"
        return _capitalize_first(
            translations.translate(f"{phrase}_of", name=subject)
            if subject
            else translations.translate(phrase, of="").strip()
        )
    has_person = classification.kind != PhotoKind.NO_PERSON and (
        not classification.is_unsure or (analysis is not None and is_person_certain(analysis))
    )
    if not has_person and subject:
        return subject
    text = (
        _describe_person(classification, analysis, translations) if has_person else translations.translate("alt_photo")
    )
    is_modest = text in (translations.translate("alt_photo"), translations.translate("alt_portrait", of="").strip())
    title = subject or (gallery_title if is_modest else "")
    if title:
        return translations.translate("alt_titled", title=title, text=text)
    return _capitalize_first(_add_tonal_key(text, classification, analysis, translations))


def _describe_person(classification: Classification, analysis: Analysis | None, translations: Translations) -> str:
    """Describe a photo of people as far as two readings agree; otherwise it is just a portrait."""
    if analysis is None:
        return translations.translate("alt_portrait", of="").strip()
    count, has_company = classification.people_count, has_other_person(analysis)
    phrase = "alt_of_group" if has_company else ""
    if count in PEOPLE_COUNT_PHRASES and is_person_certain(analysis):
        phrase = PEOPLE_COUNT_PHRASES[count] if has_company == (count > 1) else ""
    of = translations.translate(phrase) if phrase else ""
    framing = get_agreed_framing(analysis) if phrase == PEOPLE_COUNT_PHRASES[1] else ""
    text = translations.translate(FRAMING_PHRASES.get(framing, "alt_portrait"), of=of).strip()
    objects = [translations.translate(OBJECT_PHRASES[name]) for name in _find_named_objects(analysis)]
    separator = f" {translations.translate('alt_and')} "
    return f"{text} {separator.join(objects)}" if objects else text


def _find_named_objects(analysis: Analysis) -> list[str]:
    """Return the animals and things beside the main person, the surest first."""
    people = find_person_boxes(analysis) or [face.box for face in analysis.faces]
    sure = sorted(
        (seen for seen in analysis.objects if seen.name in OBJECT_PHRASES and seen.score >= MIN_OBJECT_SCORE),
        key=lambda seen: -seen.score,
    )
    names = dict.fromkeys(seen.name for seen in sure if any(is_near(seen.box, box) for box in people[:1]))
    return list(names)[:MAX_NAMED_OBJECTS]


def _add_tonal_key(
    text: str, classification: Classification, analysis: Analysis | None, translations: Translations
) -> str:
    """Add that the photo is mostly dark or bright, if its background is too."""
    phrase = TONAL_KEY_PHRASES.get(classification.tonal_key)
    is_supported = is_mostly_dark if classification.tonal_key == "low-key" else is_mostly_bright
    if phrase is None or analysis is None or not is_supported(analysis.features):
        return text
    return translations.translate(phrase, text=text)


def _capitalize_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def get_subject(note: Note, photo: Photo) -> str:
    """Return the title of *photo* from a note, its metadata or its file name; camera file names do not count."""
    return default_if_unset(note.title, photo.record.metadata.title) or parse_title(photo.stem)
