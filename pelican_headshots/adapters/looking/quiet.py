"""MediaPipe's C++ writes its notes straight to file descriptor 2: keep them off the terminal, and pass on the rest."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_CHATTER = re.compile(rb"^(?:[IW]\d{4} |INFO: |WARNING: )[^\n]*\n?", re.MULTILINE)
"""Information and warnings of absl and TensorFlow Lite. Lines that begin with E or F are errors and pass."""


@contextmanager
def quiet() -> Iterator[None]:
    """While this lasts, descriptor 2 leads to a temporary file; what is not chatter is then written to where it led."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as heard:
        os.dup2(heard.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            heard.seek(0)
            rest = _CHATTER.sub(b"", heard.read())
            if rest.strip():
                os.write(2, rest)
