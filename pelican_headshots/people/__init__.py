"""Decide which gallery each photo appears in and whose headshot it is.

In: photos with their analysis, notes and people files. Out: galleries with their photos in order, and people with theirs.
"""
