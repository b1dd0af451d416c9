"""Choose which part of a photo is shown.

In: faces and heads as fractions of the upright picture, and the shape of a slot. Out: crops that cut no head, and for a
set of headshots crops with all eyes on one line.
"""
