"""Read what files say besides pixels (EXIF, IPTC, XMP), write rights into renditions, and audit a finished site."""
