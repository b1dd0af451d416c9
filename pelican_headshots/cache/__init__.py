"""The cache between builds: one SQLite file, rendition files, compiled templates, and an optional shared cache."""
