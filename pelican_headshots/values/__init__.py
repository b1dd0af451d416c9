"""Immutable values that the steps pass to each other. No file access, no Pillow, NumPy or MediaPipe."""
