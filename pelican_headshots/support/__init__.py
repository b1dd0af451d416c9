"""Helpers that every package may use: errors, atomic files, digests, file names, TOML, validation, progress."""
