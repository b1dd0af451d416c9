"""Whose headshot is whose, and in which gallery each photo appears."""
