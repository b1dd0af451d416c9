"""Benchmarks against other tools, with the same photos and the same work. Not part of the package."""
