"""Measure how well photos are classified, cropped and compressed, and fit the weights that ship. Not in the wheel.

`README.md` in this folder says what each command does and what it needs.
"""
