"""Values that every step passes on. No file access, no Pillow, NumPy or MediaPipe."""
