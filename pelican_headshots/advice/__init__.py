"""Give advice about headshots: checks of each one, the consistency of a set, and a report of both.

Classified photos with their analysis go in; messages for the photographer come out. `docs/advice.md` has the figures.
"""
