"""Classify a photo as headshot, portrait or no-person, and give the reasons.

In: an `Analysis`. Out: a `Classification`. Nothing here opens a picture.
"""
