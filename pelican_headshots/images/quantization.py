"""JPEG quantization tables that give smaller files than the example tables of the JPEG standard."""

from __future__ import annotations

import numpy as np

_BASE_STEP = 16.3
"""Aligns the quality scale with that of libjpeg, within three: 73 gives the SSIMULACRA2 score of libjpeg's 70."""


def build_quantization_tables(quality: int) -> tuple[list[int], list[int]]:
    """Return the luma and chroma tables for a quality of 1 to 100: 64 steps each, lowest frequency first.

    A step grows with the distance r of its frequency from zero, as 1 + (r / 2.56)^1.5 for luma. For chroma it starts
    finer and grows faster. The step for the mean of a block is multiplied by 0.6. At equal SSIMULACRA2, files are 14 %
    smaller than with the standard's tables (measured in `docs/pictures.md`).
    """
    scale = (200 - 2 * quality) / 100 if quality >= 50 else 50 / quality
    rows, columns = np.mgrid[0:8, 0:8]
    distance = np.hypot(rows, columns)

    def build_table(base_step: float, frequency_scale: float) -> list[int]:
        steps = base_step * (1 + (distance / frequency_scale) ** 1.5)
        steps[0, 0] *= 0.6
        return [int(step) for step in np.clip(np.round(steps), 1, 255).ravel()]

    return build_table(_BASE_STEP * scale, 2.56), build_table(0.6 * _BASE_STEP * scale, 2.0)
