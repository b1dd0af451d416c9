"""What pictures carry besides pixels: read from originals, written into renditions, audited in a finished site."""
