"""Pixels: plan renditions, decode, resize, convert colors, encode."""
