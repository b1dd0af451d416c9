"""Looking and developing: the dear steps, done in child processes and remembered in the store."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec.structs import replace

from .adapters.cache.remote import Remote
from .adapters.cache.stat_index import digest
from .adapters.cache.store import Store
from .adapters.originals import files
from .adapters.pictures import tools
from .adapters.screen.progress import Watch, silent
from .adapters.verdict import Failure
from .core.ordered import work
from .core.ordered.order import Order
from .core.photo import Exam, Photo, is_plausible
from .core.rendition import Rendition
from .errands import Errands, Original
from .settings import Settings

log = logging.getLogger(__name__)

EYES = 14
"""Raise when looking at the same picture finds something else: every exam is then made anew."""

decode_exam = msgspec.json.Decoder(Exam).decode
decode_failure = msgspec.json.Decoder(tuple[str, Exam | None]).decode


class Darkroom:
    """Examines and develops the photographs of one build.

    *models* is None where there are none: pictures are then read, but not looked at. *watch* shows how far it has come.
    """

    def __init__(
        self, settings: Settings, originals: Path, store: Store, models: Path | None, watch: Watch = silent
    ) -> None:
        self.watch = watch
        self.settings, self.originals, self.store, self.models = settings, originals, store, models
        self.originals_by_digest: dict[str, Original] = {}
        self.digests: set[str] = set()
        """Digests of all that was read, of files that are refused too."""
        self.looked: dict[str, str] = {}
        """Path of each photograph that had to be looked at → why."""
        self.made: set[str] = set()
        """Keys of the renditions that were developed."""
        self.errands = Errands(settings, originals, models)
        self.engine = tools.installed()
        """What renditions are made with, and named after."""
        self._changed: set[str] = set()
        address = settings.cache
        self.shared = Remote(address, remember=store.remember) if "://" in address else None
        """What others made already."""

    def examine(self, found: Sequence[files.Found]) -> tuple[tuple[Photo, ...], dict[str, str]]:
        """The photographs among *found*, looked at; and a sentence for each that cannot be used, by its path."""
        refused = {each.path: each.refusal for each in found if each.refusal}
        known: dict[str, Exam] = {}
        todo: list[Original] = []
        all_of_them: list[Original] = []
        eyes, able = self._eyes(), self._able()
        for each in found:
            if not each.usable:
                continue
            try:
                original = self._original(each)
            except files.Refused as refusal:
                refused[each.path] = str(refusal)
                continue
            all_of_them.append(original)
            self.digests.add(original.digest)
            if (exam := read_exam(self.store.exams.get(original.exam_key(eyes)))) is not None:
                known[each.path] = exam
            elif (failure := read_failure(self.store.exams.get(original.failure_key(able)))) is not None:
                sentence, blind = f"{each.path}{failure[0]}", failure[1]
                if blind is None:
                    refused[each.path] = sentence
                else:
                    known[each.path] = blind
                    self.errands.unseen[each.path] = Failure(sentence, "slow")
            else:
                todo.append(original)
        known |= self._made_elsewhere(todo, eyes)
        todo = [original for original in todo if original.found.path not in known]
        self.looked |= self._reasons(todo)
        for original, answer in self.watch("Looking at", len(todo), self.errands.look(todo)):
            path = original.found.path
            if isinstance(answer, Exam):
                known[path] = answer
                why = self.errands.unseen.get(path)
            else:
                refused[path] = answer.sentence
                why = answer
            if why is None:
                self._remember(original.exam_key(eyes), msgspec.json.encode(answer))
            elif why.cause in ("slow", "refused"):
                self._remember_failure(original.failure_key(able), path, why, known.get(path))
        if self.shared:
            self.shared.flush()
        photos = []
        for original in all_of_them:
            if original.found.path in known:
                self.originals_by_digest[original.digest] = original
                photos.append(Photo(original.found.path, original.digest, known[original.found.path]))
        return tuple(photos), refused

    def develop(
        self, order: Order, photos: Sequence[Photo], stopped: Callable[[], bool] = lambda: False
    ) -> dict[str, str]:
        """Make what *order* wants and the store lacks. A sentence for each photograph that could not be made, by path.

        *stopped* is asked between photographs and ends it early.
        """
        self._fetch(order)
        megapixels = {photo.digest: photo.exam.size.megapixels for photo in photos}
        paths: dict[str, list[str]] = {}
        for photo in photos:
            paths.setdefault(photo.digest, []).append(photo.path)
        todo: list[tuple[Original, Mapping[str, Rendition]]] = []
        keys: dict[str, str] = {}
        lost: dict[str, str] = {}
        for name, wanted in self.missing(order).items():
            original = self.originals_by_digest[name]
            seconds = self.errands.seconds_to_develop(wanted.values(), megapixels[name])
            keys[name] = original.failure_key(f"{digest(' '.join(sorted(wanted)).encode())}-{seconds:.2f}")
            if (failure := read_failure(self.store.exams.get(keys[name]))) is None:
                todo.append((original, wanted))
            else:
                lost |= {path: f"{path}{failure[0]}" for path in paths[name]}
        for original, made, answer in self.watch("Developing", len(todo), self.errands.develop(todo, megapixels)):
            if stopped():
                break
            if isinstance(answer, Failure):
                if answer.cause == "slow":
                    self._remember_failure(keys[original.digest], original.found.path, answer)
                lost |= dict.fromkeys(paths[original.digest], answer.sentence)
            else:
                for key, data in zip(made, answer, strict=True):
                    self.store.renditions.put(key, data)
                    if self.shared:
                        self.shared.put(key, data)
                self.store.database.save(lasting=False)
                self.made.update(made)
        if self.shared:
            self.shared.flush()
        return lost

    def check_engine(self) -> bool:
        """Find out from a child what renditions are made with; whether that is another engine than they were named after.

        OpenCV may be installed and lack a library; what Pillow scales instead must not go by the same name.
        """
        former, self.engine = self.engine, self.errands.engine()
        return former != self.engine

    def _made_elsewhere(self, todo: Sequence[Original], eyes: str) -> dict[str, Exam]:
        """Exams of *todo* that the shared cache has, by path."""
        if not self.shared:
            return {}
        keys = {original.found.path: original.exam_key(eyes) for original in todo}
        found: dict[str, Exam] = {}
        for key, data in self.shared.get(dict.fromkeys(keys.values())):
            if (exam := read_exam(data)) is not None:
                found[key] = exam
                self.store.exams.put(key, msgspec.json.encode(exam))
        self.store.database.save(lasting=False)
        return {path: found[key] for path, key in keys.items() if key in found}

    def _fetch(self, order: Order) -> None:
        """Take from the shared cache what *order* wants and the store lacks."""
        if not self.shared:
            return
        for key, data in self.shared.get([key for wanted in self.missing(order).values() for key in wanted]):
            self.store.renditions.put(key, data)
        self.store.database.save(lasting=False)

    def _remember(self, key: str, exam: bytes) -> None:
        self.store.exams.put(key, exam)
        self.store.database.save(lasting=False)
        if self.shared:
            self.shared.put(key, exam)

    def _remember_failure(self, key: str, path: str, failure: Failure, blind: Exam | None = None) -> None:
        """Keep what is said of the file *path*, without its name, and what was read of it without looking at it."""
        self.store.exams.put(key, msgspec.json.encode((failure.sentence.removeprefix(path), blind)))

    def missing(self, order: Order) -> dict[str, dict[str, Rendition]]:
        """What *order* wants and the store lacks: digest of the original → key → what to make."""
        missing = {
            name: {key: what for key, what in wanted.items() if not self.store.renditions.has(key)}
            for name, wanted in order.wanted.items()
        }
        return {name: wanted for name, wanted in missing.items() if wanted}

    def _reasons(self, todo: Sequence[Original]) -> dict[str, str]:
        """Why each of *todo* must be looked at, by path."""
        seen = {key.partition(".")[0] for key in set(self.store.exams.keys())}
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

    def _able(self) -> str:
        """Whatever it depends on that a picture is refused or takes too long: limits, readers, our way of looking."""
        limits = f"{self.settings.pixel_limit}-{self.errands.seconds_to_look:.2f}"
        return f"{self._eyes()}-{limits}-{tools.version_of('pillow')}-{tools.version_of('pillow-heif')}"

    def _original(self, found: files.Found) -> Original:
        """*found* with its digests. A sidecar that cannot be read is left out. Raises files.Refused."""
        sidecar = ""
        if found.sidecar:
            try:
                sidecar = self._digest(found.sidecar)
            except files.Refused as refusal:
                self.errands.troubles.append(files.without_sidecar(found.path, str(refusal)))
                found = replace(found, sidecar=None)
        return Original(found, self._digest(found), sidecar)

    def _digest(self, found: files.Found) -> str:
        known = self.store.index.digest_of(found.path, found.facts)
        if known is None:
            began = time.time_ns()
            former = self.store.index.last_digest(found.path)
            known = digest(self.errands.read(found))
            if former not in (None, known):
                self._changed.add(found.path)
            self.store.index.remember(found.path, found.facts, known, began)
        return known


def read_exam(record: bytes | None) -> Exam | None:
    """The exam in *record*; None where there is none, or one with values that no picture has."""
    try:
        exam = decode_exam(record or b"")
    except msgspec.MsgspecError:
        return None
    return exam if is_plausible(exam) else None


def read_failure(record: bytes | None) -> tuple[str, Exam | None] | None:
    """What *record* says of a file after its name, and what was read of it all the same; None as in `read_exam`."""
    try:
        sentence, exam = decode_failure(record or b"")
    except msgspec.MsgspecError:
        return None
    return (sentence, exam) if exam is None or is_plausible(exam) else None
