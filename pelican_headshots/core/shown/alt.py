"""Alternative text: what somebody wrote, else a draft from what was seen."""

from __future__ import annotations

import re

from ..analysis import Analysis
from ..photo import Photo
from ..routed.curate import Entry
from ..said.names import from_camera, title
from ..said.notes import Note, said
from ..shot import Kind, Shot
from .phrases import Phrases

FRAMES = {
    "extreme close-up": "alt_extreme_close_up",
    "close-up": "alt_close_up",
    "medium close-up": "alt_medium_close_up",
    "medium shot": "alt_medium_shot",
    "cowboy": "alt_cowboy",
    "full": "alt_full",
}
COUNTS = {1: "alt_of_one", 2: "alt_of_two", 3: "alt_of_three", 4: "alt_of_four", 5: "alt_of_five"}
TONES = {"low-key": "alt_dark", "high-key": "alt_bright"}

_ENDING = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|avif|tiff?|hei[cf]|dng|nef|arw|raf|cr[23]|psd)", re.IGNORECASE)


def of(entry: Entry, phrases: Phrases | None, person: str = "") -> str:
    """The alternative text of *entry*; *person* is somebody's name where it is their headshot.

    What nobody wrote is drafted in the language of *phrases*; without any it stays empty.
    """
    photo, note = entry.photo, entry.note
    text = written(note, photo)
    if text or phrases is None:
        return text
    return drafted(entry.shot, photo.exam.analysis, person or subject(note, photo), phrases)


def written(note: Note, photo: Photo) -> str:
    """What somebody wrote about *photo*: empty where nobody did, or where it is only the name of its file."""
    text = said(note.alt, photo.exam.words.alt).strip()
    return "" if _ENDING.fullmatch(text) or from_camera(text) or text.casefold() == photo.stem.casefold() else text


def drafted(shot: Shot, analysis: Analysis | None, subject: str, phrases: Phrases) -> str:
    """A plain sentence about the picture. *subject* is a name or title that somebody wrote, or empty."""
    if shot.kind == Kind.HEADSHOT:
        return _begun(phrases.say("alt_headshot_of", name=subject) if subject else phrases.say("alt_headshot"))
    no_one = shot.kind == Kind.NO_PERSON or analysis is None
    if no_one and subject:
        return subject
    if no_one or analysis is None:
        text = phrases.say("alt_photograph")
    else:
        of = phrases.say(COUNTS.get(max(1, analysis.people), "alt_of_group"))
        text = phrases.say(FRAMES.get(shot.scale or "", "alt_portrait"), of=of)
    if subject:
        return phrases.say("alt_titled", title=subject, text=text)
    return _begun(phrases.say(TONES[shot.key], text=text) if shot.key in TONES else text)


def _begun(text: str) -> str:
    """*text* at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def subject(note: Note, photo: Photo) -> str:
    """The title that somebody gave *photo*, in a note, in the file or as its file's name; not what a camera counted."""
    return said(note.title, photo.exam.words.title) or title(photo.stem)
