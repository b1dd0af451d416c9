"""Alternative text: what somebody wrote, else a draft from what was seen."""

from __future__ import annotations

import re

from ..analysis import Analysis
from ..photo import Photo
from ..routed.curate import Entry
from ..said.names import title
from ..said.notes import Note, said
from ..shot import Kind, Shot

FRAMES = {
    "extreme close-up": "Extreme close-up",
    "close-up": "Close-up",
    "medium close-up": "Head-and-shoulders portrait",
    "medium shot": "Half-length portrait",
    "cowboy": "Three-quarter-length portrait",
    "full": "Full-length portrait",
}
COUNTS = {2: "two people", 3: "three people", 4: "four people", 5: "five people"}
TONES = {"low-key": ", mostly dark", "high-key": ", mostly bright"}

_ENDING = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|avif|tiff?|hei[cf]|dng|nef|arw|raf|cr[23]|psd)", re.IGNORECASE)
_COUNTED = re.compile(r"_?[a-z]{0,5}[ _-]?\d{3,}(?:[ _-]\w{1,8})*", re.IGNORECASE)
"""What cameras name their files: DSC_0412, IMG-2034 2, _MG_1234, P1010001."""


def of(entry: Entry, person: str = "") -> str:
    """The alternative text of *entry*; *person* is somebody's name where it is their headshot."""
    photo, note = entry.photo, entry.note
    return written(note, photo) or drafted(entry.shot, photo.exam.analysis, person or subject(note, photo))


def written(note: Note, photo: Photo) -> str:
    """What somebody wrote about *photo*: empty where nobody did, or where it is only the name of its file."""
    text = said(note.alt, photo.exam.words.alt).strip()
    return "" if _names_a_file(text) or text.casefold() == photo.stem.casefold() else text


def drafted(shot: Shot, analysis: Analysis | None, subject: str) -> str:
    """A plain sentence about the picture. *subject* is a name or title that somebody wrote, or empty."""
    if shot.kind == Kind.HEADSHOT:
        return f"Head-and-shoulders portrait of {subject}" if subject else "Head-and-shoulders portrait"
    tone = TONES.get(shot.key, "")
    if shot.kind == Kind.NO_PERSON or analysis is None:
        return subject or f"Photograph{tone}"
    frame = FRAMES.get(shot.scale or "", "Portrait")
    who = "one person" if analysis.people <= 1 else COUNTS.get(analysis.people, "a group of people")
    return f"{subject}: {frame[0].lower()}{frame[1:]} of {who}" if subject else f"{frame} of {who}{tone}"


def subject(note: Note, photo: Photo) -> str:
    """The title that somebody gave *photo*, in a note, in the file or as its file's name; not what a camera counted."""
    return said(note.title, photo.exam.words.title) or ("" if _names_a_file(photo.stem) else title(photo.stem))


def _names_a_file(text: str) -> bool:
    return bool(_ENDING.fullmatch(text) or _COUNTED.fullmatch(text))
