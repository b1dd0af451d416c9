"""Read metadata from pictures and sidecars (EXIF, IPTC, XMP), write rights into renditions, and audit a finished site.

In: an opened picture and its sidecar. Out: `PhotoMetadata`, `Rights` and the orientation.
"""
