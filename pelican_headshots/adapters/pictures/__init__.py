"""Pixels: from an original's bytes to the bytes of its renditions, by Pillow."""
