"""Decide how large each photo is shown and beside which others.

In: widths, heights and colors of photos, and what the photographer asked for. Out: the order of a gallery, its rows, the
`sizes` attribute, the widths of the files to make, and the colors of a mood.
"""
