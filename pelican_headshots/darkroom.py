"""Looking and developing: the dear steps, done in child processes and remembered in the store."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from . import tasks
from .adapters import files
from .adapters.stat_index import digest
from .adapters.store import Store
from .core import work
from .core.geometry import Value
from .core.order import Order
from .core.photo import Exam, Photo
from .core.rendition import Rendition
from .settings import Settings

log = logging.getLogger(__name__)

EYES = 2
"""Raise when looking at the same picture finds something else: every exam is then made anew."""

HOPELESS = 4
"""Where the looking crashes at that many pictures and has managed none, it will crash at all: MediaPipe does not work."""

LOOKING_MB = 450.0
"""A child with mediapipe and its models loaded, looking at a draft."""
READING_MB = 150.0
BYTES_PER_PIXEL = 9.0
"""An RGB picture, its sRGB twin and what the encoder holds."""

decode_exam = msgspec.json.Decoder(Exam).decode


class Original(Value, frozen=True):
    """A file in the photos folder, and the names of its contents and of its sidecar's (empty without one)."""

    found: files.Found
    digest: str
    sidecar: str

    def exam_key(self, eyes: str) -> str:
        """What its exam is remembered under; *eyes* names whatever the looking depends on."""
        return f"{self.digest}.{self.sidecar or '-'}.{eyes}"


def engine() -> str:
    """Names what shapes the bytes of a rendition: Pillow, whose wheels carry every codec. Imports nothing of it."""
    return f"pillow {version('pillow')}"


class Darkroom:
    """Examines and develops the photographs of one build.

    *models* is None where there are none: pictures are then read, but not looked at.
    """

    def __init__(self, settings: Settings, originals: Path, store: Store, models: Path | None) -> None:
        self.settings, self.originals, self.store, self.models = settings, originals, store, models
        self.originals_by_digest: dict[str, Original] = {}
        self.looked: dict[str, str] = {}
        """Path of each photograph that had to be looked at → why."""
        self.made: set[str] = set()
        """Keys of the renditions that were developed."""
        self._changed: set[str] = set()
        self.unseen: list[str] = []
        """Paths of the photographs at which the looking failed."""
        self.troubles: list[str] = []
        """Sentences about what did not go as it should, beside refused pictures."""

    def examine(self, found: Sequence[files.Found]) -> tuple[tuple[Photo, ...], dict[str, str]]:
        """The photographs among *found*, looked at; and a sentence for each that cannot be used, by its path."""
        refused = {each.path: each.refusal for each in found if each.refusal}
        known: dict[str, Exam] = {}
        todo: list[Original] = []
        all_of_them: list[Original] = []
        eyes = self._eyes()
        for each in found:
            if not each.usable:
                continue
            try:
                original = Original(each, self._digest(each), self._digest(each.sidecar) if each.sidecar else "")
            except files.Refused as refusal:
                refused[each.path] = str(refusal)
                continue
            all_of_them.append(original)
            remembered = self.store.exams.get(original.exam_key(eyes))
            if remembered is not None:
                known[each.path] = decode_exam(remembered)
            else:
                todo.append(original)
        self.looked |= self._reasons(todo)
        for original, answer in self._looked_at(todo):
            if isinstance(answer, Exam):
                known[original.found.path] = answer
                if answer.analysis is not None:
                    self.store.exams.put(original.exam_key(eyes), msgspec.json.encode(answer))
            else:
                refused[original.found.path] = answer
        photos = []
        for original in all_of_them:
            if original.found.path in known:
                self.originals_by_digest[original.digest] = original
                photos.append(Photo(original.found.path, original.digest, known[original.found.path]))
        return tuple(photos), refused

    def develop(self, order: Order, photos: Sequence[Photo]) -> dict[str, str]:
        """Make what *order* wants and the store lacks. A sentence for each photograph that could not be made, by path."""
        todo = [(self.originals_by_digest[name], wanted) for name, wanted in self.missing(order).items()]
        lost: dict[str, str] = {}
        megapixels = {photo.digest: photo.exam.size.megapixels for photo in photos}
        for original, wanted, answer in self._developed(todo, megapixels):
            if isinstance(answer, str):
                lost |= {photo.path: answer for photo in photos if photo.digest == original.digest}
            else:
                for key, data in zip(wanted, answer, strict=True):
                    self.store.renditions.put(key, data)
                self.made.update(wanted)
        return lost

    def missing(self, order: Order) -> dict[str, dict[str, Rendition]]:
        """What *order* wants and the store lacks: digest of the original → key → what to make."""
        missing = {
            name: {key: what for key, what in wanted.items() if not self.store.renditions.has(key)}
            for name, wanted in order.wanted.items()
        }
        return {name: wanted for name, wanted in missing.items() if wanted}

    def _reasons(self, todo: Sequence[Original]) -> dict[str, str]:
        """Why each of *todo* must be looked at, by path."""
        if not todo:
            return {}
        seen = {key.partition(".")[0] for key in sorted(self.store.exams.keys())}
        return {
            each.found.path: work.OTHER_EYES
            if each.digest in seen
            else work.CHANGED
            if each.found.path in self._changed
            else work.NEW
            for each in todo
        }

    def _eyes(self) -> str:
        """Whatever an exam depends on besides the picture: our way of looking, the models, mediapipe."""
        if self.models is None:
            return f"{EYES}-closed"
        manifest = self.models / "manifest.json"
        vouched = digest(manifest.read_bytes())[:8] if manifest.exists() else "own"
        return f"{EYES}-{vouched}-{version('mediapipe')}-{version('pillow')}"

    def _digest(self, found: files.Found) -> str:
        known = self.store.index.digest_of(found.path, found.facts)
        if known is None:
            began = time.time_ns()
            former = self.store.index.last_digest(found.path)
            known = digest(self._read(found))
            if former not in (None, known):
                self._changed.add(found.path)
            self.store.index.remember(found.path, found.facts, known, began)
        return known

    def _read(self, found: files.Found) -> bytes:
        return files.read(self.originals, found, largest=self.settings.file_limit << 20)

    def _looked_at(self, todo: Sequence[Original]) -> Iterator[tuple[Original, Exam | str]]:
        """Exams, or sentences. A picture that makes the looking crash or hang is read once more without being looked at."""
        if not todo:
            return
        from .adapters.workers import Failure

        blind: list[Original] = []
        left = {original.found.path: original for original in todo}
        why = ""
        for original, answer in self._run(tasks.examine, todo, partial(self._sight, self.models), LOOKING_MB):
            del left[original.found.path]
            if not isinstance(answer, Failure):
                yield original, answer
            elif self.models is None or answer.cause == "refused":
                yield original, answer.sentence
            else:
                blind.append(original)
                why = why or answer.sentence
                if len(blind) == HOPELESS and len(left) + HOPELESS == len(todo):
                    blind += left.values()
                    break
        for original, answer in self._run(tasks.examine, blind, partial(self._sight, None), READING_MB):
            if isinstance(answer, Failure):
                yield original, answer.sentence
            else:
                self.unseen.append(original.found.path)
                yield original, answer
        if self.unseen:
            self.troubles.append(
                f"{_listed(sorted(self.unseen))} could not be looked at and {'hangs' if len(self.unseen) == 1 else 'hang'} "
                f"unjudged in the gallery; a note with its `kind` places a picture. The reason: {why}"
            )

    def _sight(self, models: Path | None, original: Original) -> tuple[Any, ...]:
        sidecar = original.found.sidecar
        words = self._read(sidecar) if sidecar else None
        return self._whole(original), words, models, self.settings.pixel_limit * 1_000_000

    def _developed(
        self, todo: Sequence[tuple[Original, Mapping[str, Rendition]]], megapixels: Mapping[str, float]
    ) -> Iterator[tuple[Original, Mapping[str, Rendition], list[bytes] | str]]:
        if not todo:
            return
        from .adapters.workers import Failure

        wanted = {original.digest: what for original, what in todo}

        def plate(original: Original) -> tuple[Any, ...]:
            what = tuple(wanted[original.digest].values())
            return self._whole(original), what, self.settings.pixel_limit * 1_000_000

        def cost(original: Original) -> float:
            return READING_MB + BYTES_PER_PIXEL * megapixels[original.digest]

        for original, answer in self._run(tasks.develop, [original for original, _ in todo], plate, cost):
            yield original, wanted[original.digest], answer.sentence if isinstance(answer, Failure) else answer

    def _whole(self, original: Original) -> bytes:
        """The original's bytes, which must still be those that were measured."""
        data = self._read(original.found)
        if digest(data) != original.digest:
            raise files.Refused(
                f"{original.found.path} changed while it was being read. Build again when it is finished."
            )
        return data

    def _run(
        self,
        task: Callable[..., Any],
        originals: Sequence[Original],
        prepare: Callable[[Original], tuple[Any, ...]],
        megabytes: float | Callable[[Original], float],
    ) -> Iterator[tuple[Original, Any]]:
        """*task* for each original in child processes: its result, or a Failure."""
        if not originals:
            return
        from .adapters.formats import UnreadablePicture
        from .adapters.workers import Job, Workers, processors

        chosen = self.settings
        jobs = [
            Job(
                original.found.path,
                partial(prepare, original),
                megabytes(original) if callable(megabytes) else megabytes,
                chosen.timeout / 2,
            )
            for original in originals
        ]
        count = min(chosen.workers or processors(), len(jobs))
        with Workers[Any](count, budget=chosen.memory, refusals=(UnreadablePicture, files.Refused)) as workers:
            for index, answer in workers.run(task, jobs):
                yield originals[index], answer


def _listed(names: Sequence[str], most: int = 5) -> str:
    """The first of some names and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
