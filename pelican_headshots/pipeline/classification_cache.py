"""Classifications kept between builds: anew, they would take a seventh of a build of thousands of unchanged photos."""

from __future__ import annotations

from pathlib import Path

import msgspec

from .. import classify
from ..cache.database import Records
from ..support.digest import compute_digest
from ..values.classification import Classification

_decode = msgspec.json.Decoder(Classification).decode


class SavedClassifications:
    """Classifications without notes, by digest of the photo and headshot bias.

    They are kept in *records* as long as photos are analyzed and classified in the same way; *analysis_fingerprint* names
    the way in which they are analyzed.
    """

    def __init__(self, records: Records, analysis_fingerprint: str) -> None:
        self._records = records
        self._fingerprint = compute_digest(f"{analysis_fingerprint} {_compute_classifier_digest()}".encode())[:16]
        self._used_keys: set[str] = set()

    def get(self, key: tuple[str, float], /) -> Classification | None:
        """Return the classification for a digest and a headshot bias, or None."""
        record_key = self._make_record_key(*key)
        try:
            classification = _decode(self._records.get(record_key) or b"")
        except msgspec.MsgspecError:
            return None
        self._used_keys.add(record_key)
        return classification

    def __setitem__(self, key: tuple[str, float], classification: Classification, /) -> None:
        record_key = self._make_record_key(*key)
        self._used_keys.add(record_key)
        self._records.put(record_key, msgspec.json.encode(classification))

    def delete_unused(self) -> None:
        """Delete the classifications that were not used in this build."""
        self._records.delete_except(self._used_keys)

    def _make_record_key(self, digest: str, headshot_bias: float) -> str:
        return f"{digest}.{self._fingerprint}.{headshot_bias:g}"


def _compute_classifier_digest() -> str:
    """Return the digest of the classifier's code and weights."""
    files = sorted(path for path in Path(classify.__file__).parent.iterdir() if path.suffix in (".py", ".json"))
    return compute_digest(b"".join(file.read_bytes() for file in files))
