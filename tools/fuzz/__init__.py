"""Damaged and odd files, and what the parsers and builds make of them."""
