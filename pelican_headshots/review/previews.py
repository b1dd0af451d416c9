"""Pictures for the review page, made while the page waits and kept in the cache until `gc`."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence

from ..adapters.cache.store import Store
from ..adapters.disk import DiskTrouble
from ..adapters.originals.files import shown
from ..core.ordered.manner import Manner
from ..core.ordered.order import Order
from ..core.ordered.quality import PRESETS
from ..core.photo import Photo
from ..core.rendition import Crop, Rendition, recipe_name
from ..darkroom import Darkroom

log = logging.getLogger(__name__)

WIDTHS = (480, 1600)
BATCH = 8
WAIT = 0.05
"""Seconds after which a page is told to ask again. A browser opens six connections at most, and decisions need one."""


class Previews:
    """Previews of photographs, developed by *room* in a thread of its own: those asked for last come first."""

    def __init__(self, room: Darkroom, store: Store) -> None:
        self._room, self._store = room, store
        self._asked: OrderedDict[str, tuple[Photo, Rendition]] = OrderedDict()
        self._failed: set[str] = set()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def get(self, photo: Photo, width: int) -> bytes | None:
        """A JPEG of *photo* about *width* pixels wide; None where there is none yet, or none can be made."""
        key, wanted = self._wanted(photo, width)
        end = time.monotonic() + WAIT
        with self._changed:
            while not self._store.renditions.has(key):
                if key in self._failed or time.monotonic() > end:
                    return None
                self._asked[key] = (photo, wanted)
                self._asked.move_to_end(key)
                self._changed.notify_all()
                self._changed.wait(end - time.monotonic())
        return self._store.renditions.get(key)

    def close(self) -> None:
        """Begin nothing more, and wait for what was begun."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def expect(self, photos: Sequence[Photo]) -> None:
        """Make small previews of *photos*, in this order, whenever nothing is asked for."""
        with self._changed:
            for photo in reversed(photos):
                key, wanted = self._wanted(photo, WIDTHS[0])
                if not self._store.renditions.has(key):
                    self._asked[key] = (photo, wanted)
            self._changed.notify_all()

    def _wanted(self, photo: Photo, width: int) -> tuple[str, Rendition]:
        size = photo.exam.size
        wide = min(min((w for w in WIDTHS if w >= width), default=WIDTHS[-1]), size.width)
        wanted = Rendition(Crop(), wide, max(1, round(wide / size.ratio)), "jpeg", PRESETS["balanced"]["jpeg"])
        return recipe_name(photo.digest, wanted, self._room.engine), wanted

    def _work(self) -> None:
        if sys.platform == "linux":  # where a thread has a priority of its own, and its children inherit it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        checked = False
        while True:
            with self._changed:
                while not self._asked and not self._closing:
                    self._changed.wait()
                if self._closing:
                    return
                batch = [self._asked.popitem() for _ in range(min(BATCH, len(self._asked)))]
            if not checked:
                checked = True
                if self._room.check_engine():  # pages ask again, for what has other names now
                    continue
            order = Order(Manner(("jpeg",), {}, self._room.engine, WIDTHS[-1]))
            photos = {}
            for key, (photo, wanted) in batch:
                if photo.digest in self._room.originals_by_digest:
                    photos[photo.digest] = photo
                    order.wanted.setdefault(photo.digest, {})[key] = wanted
            try:
                self._room.develop(order, tuple(photos.values()), lambda: self._closing)
            except DiskTrouble as trouble:
                log.warning("%s", shown(str(trouble)))
            with self._changed:
                self._failed |= {key for key, _ in batch if not self._store.renditions.has(key)}
                self._changed.notify_all()
