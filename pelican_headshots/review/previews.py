"""Pictures for the review page, rendered in the background and kept in the cache until `gc`."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence

from ..cache.store import Store
from ..images.encoding_options import EncodingOptions
from ..images.plan import RenderPlan
from ..images.quality_presets import QUALITY_PRESETS
from ..pipeline.process import PhotoProcessor
from ..scan.files import escape_for_terminal
from ..support.errors import HeadshotsError
from ..values.photo import Photo
from ..values.rendition import Crop, Rendition, compute_cache_key

log = logging.getLogger(__name__)

PREVIEW_WIDTHS_PX = (480, 1600)
MAX_BATCH_SIZE = 8
RESPONSE_WAIT_SECONDS = 0.05
"""Seconds until the page is told to ask again. A browser opens at most six connections, and decisions need one."""


class PreviewRenderer:
    """Renders previews of photos in a thread of its own; the most recent request comes first."""

    def __init__(self, processor: PhotoProcessor, store: Store) -> None:
        self._processor, self._store = processor, store
        self._queue: OrderedDict[str, tuple[Photo, Rendition]] = OrderedDict()
        self._failed_keys: set[str] = set()
        self._condition = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._render_queue, daemon=True)
        self._thread.start()

    def get(self, photo: Photo, width: int) -> bytes | None:
        """Return a JPEG of *photo* about *width* pixels wide; None if it is not ready yet or cannot be made."""
        return self.get_rendition(photo, *self._plan_preview(photo, width))

    def get_rendition(self, photo: Photo, key: str, rendition: Rendition) -> bytes | None:
        """Return the file of *rendition* of *photo*, whose cache key is *key*; None as `get`."""
        deadline = time.monotonic() + RESPONSE_WAIT_SECONDS
        with self._condition:
            while not self._store.renditions.has(key):
                if key in self._failed_keys or time.monotonic() > deadline:
                    return None
                self._queue[key] = (photo, rendition)
                self._queue.move_to_end(key)
                self._condition.notify_all()
                self._condition.wait(deadline - time.monotonic())
        return self._store.renditions.get(key)

    def close(self) -> None:
        """Start nothing new, and wait for the current batch."""
        with self._condition:
            self._closing = True
            self._condition.notify_all()
        self._thread.join()

    def prefetch(self, photos: Sequence[Photo]) -> None:
        """Make small previews of *photos*, in this order, while there are no requests."""
        with self._condition:
            for photo in reversed(photos):
                key, rendition = self._plan_preview(photo, PREVIEW_WIDTHS_PX[0])
                if not self._store.renditions.has(key):
                    self._queue[key] = (photo, rendition)
            self._condition.notify_all()

    def _plan_preview(self, photo: Photo, width: int) -> tuple[str, Rendition]:
        size = photo.record.size
        rendition_width = min(
            min((each for each in PREVIEW_WIDTHS_PX if each >= width), default=PREVIEW_WIDTHS_PX[-1]), size.width
        )
        rendition = Rendition(
            Crop(),
            rendition_width,
            max(1, round(rendition_width / size.ratio)),
            "jpeg",
            QUALITY_PRESETS["balanced"]["jpeg"],
        )
        return compute_cache_key(photo.digest, rendition, self._processor.encoder_versions), rendition

    def _render_queue(self) -> None:
        if sys.platform == "linux":  # where a thread has its own priority, which its child processes inherit
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        has_checked_encoders = False
        while True:
            with self._condition:
                while not self._queue and not self._closing:
                    self._condition.wait()
                if self._closing:
                    return
                batch = [self._queue.popitem() for _ in range(min(MAX_BATCH_SIZE, len(self._queue)))]
            try:
                if not has_checked_encoders:
                    have_keys_changed = self._processor.refresh_encoder_versions()
                    has_checked_encoders = True
                    if have_keys_changed:  # the page asks again
                        continue
                self._render_batch(batch)
            except HeadshotsError as error:  # the disk is full, or Dask does not answer
                log.warning("%s", escape_for_terminal(str(error)))
            with self._condition:
                self._failed_keys |= {key for key, _ in batch if not self._store.renditions.has(key)}
                self._condition.notify_all()

    def _render_batch(self, batch: Sequence[tuple[str, tuple[Photo, Rendition]]]) -> None:
        plan = RenderPlan(EncodingOptions(("jpeg",), {}, self._processor.encoder_versions, PREVIEW_WIDTHS_PX[-1]))
        photos = {}
        for key, (photo, rendition) in batch:
            if photo.digest in self._processor.sources_by_digest:
                photos[photo.digest] = photo
                plan.renditions.setdefault(photo.digest, {})[key] = rendition
        self._processor.render_missing(plan, tuple(photos.values()), lambda: self._closing)
