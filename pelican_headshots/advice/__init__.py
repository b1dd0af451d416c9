"""Advice about headshots: checks of one, consistency of a set, and the report of both."""
