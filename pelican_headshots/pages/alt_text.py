"""Alternative text: what somebody wrote, else a draft from what was seen."""

from __future__ import annotations

import re

from ..people.routing import ClassifiedPhoto
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
    """The alternative text of *entry*; *person* is somebody's name where it is their headshot.

    What nobody wrote is drafted in the language of *phrases*; without any it stays empty.
    """
    photo, note = entry.photo, entry.note
    text = get_written_alt_text(note, photo)
    if text or translations is None:
        return text
    return draft_alt_text(
        entry.classification, photo.record.analysis, person_name or get_subject(note, photo), translations
    )


def get_written_alt_text(note: Note, photo: Photo) -> str:
    """What somebody wrote about *photo*: empty where nobody did, or where it is only the name of its file."""
    text = default_if_unset(note.alt, photo.record.metadata.alt).strip()
    return (
        ""
        if _FILE_NAME.fullmatch(text) or is_camera_file_name(text) or text.casefold() == photo.stem.casefold()
        else text
    )


def draft_alt_text(
    classification: Classification, analysis: Analysis | None, subject: str, translations: Translations
) -> str:
    """A plain sentence about the picture. *subject* is a name or title that somebody wrote, or empty."""
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
        text = translations.translate("alt_photograph")
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
    """*text* at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def get_subject(note: Note, photo: Photo) -> str:
    """The title that somebody gave *photo*, in a note, in the file or as its file's name; not what a camera counted."""
    return default_if_unset(note.title, photo.record.metadata.title) or parse_title(photo.stem)
