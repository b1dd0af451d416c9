"""Alternative text: the text somebody wrote, or else a draft made from the analysis."""

from __future__ import annotations

import re

from ..people.classified_photo import ClassifiedPhoto
from ..support.filenames import is_camera_file_name, parse_title
from ..values.analysis import Analysis
from ..values.classification import Classification, PhotoKind
from ..values.notes import Note, default_if_unset
from ..values.photo import Photo
from ..values.translations import Translations

SHOT_SCALE_PHRASES = {
    "extreme close-up": "alt_extreme_close_up",
    "close-up": "alt_close_up",
    "medium close-up": "alt_medium_close_up",
    "medium shot": "alt_medium_shot",
    "cowboy": "alt_cowboy",
    "full": "alt_full",
}
PEOPLE_COUNT_PHRASES = {1: "alt_of_one", 2: "alt_of_two", 3: "alt_of_three", 4: "alt_of_four", 5: "alt_of_five"}
TONAL_KEY_PHRASES = {"low-key": "alt_dark", "high-key": "alt_bright"}

_FILE_NAME = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|avif|tiff?|hei[cf]|dng|nef|arw|raf|cr[23]|psd)", re.IGNORECASE)


def get_alt_text(entry: ClassifiedPhoto, translations: Translations | None, person_name: str = "") -> str:
    """Return the alternative text of *entry*.

    Args:
        entry: The photo.
        translations: The language of a draft. Without it, a text that nobody wrote stays empty.
        person_name: The name of the person, if the photo is their headshot.
    """
    photo, note = entry.photo, entry.note
    text = get_written_alt_text(note, photo)
    if text or translations is None:
        return text
    return draft_alt_text(
        entry.classification, photo.record.analysis, person_name or get_subject(note, photo), translations
    )


def get_written_alt_text(note: Note, photo: Photo) -> str:
    """Return the alternative text somebody wrote, or an empty string if there is none or it is only a file name."""
    text = default_if_unset(note.alt, photo.record.metadata.alt).strip()
    return (
        ""
        if _FILE_NAME.fullmatch(text) or is_camera_file_name(text) or text.casefold() == photo.stem.casefold()
        else text
    )


def draft_alt_text(
    classification: Classification, analysis: Analysis | None, subject: str, translations: Translations
) -> str:
    """Describe the photo in a short phrase. *subject* is a name or title somebody wrote, or empty."""
    if classification.kind == PhotoKind.HEADSHOT:
        return _capitalize_first(
            translations.translate("alt_headshot_of", name=subject)
            if subject
            else translations.translate("alt_headshot")
        )
    has_no_person = classification.kind == PhotoKind.NO_PERSON or analysis is None
    if has_no_person and subject:
        return subject
    if has_no_person or analysis is None:
        text = translations.translate("alt_photo")
    else:
        people_phrase = translations.translate(PEOPLE_COUNT_PHRASES.get(max(1, analysis.people_count), "alt_of_group"))
        text = translations.translate(
            SHOT_SCALE_PHRASES.get(classification.shot_scale or "", "alt_portrait"), of=people_phrase
        )
    if subject:
        return translations.translate("alt_titled", title=subject, text=text)
    return _capitalize_first(
        translations.translate(TONAL_KEY_PHRASES[classification.tonal_key], text=text)
        if classification.tonal_key in TONAL_KEY_PHRASES
        else text
    )


def _capitalize_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def get_subject(note: Note, photo: Photo) -> str:
    """Return the title of *photo* from a note, its metadata or its file name; camera file names do not count."""
    return default_if_unset(note.title, photo.record.metadata.title) or parse_title(photo.stem)
