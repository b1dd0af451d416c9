"""Measuring our speed against other tools, on the same photographs and the same work. Not part of the package."""
