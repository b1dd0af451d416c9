"""What is remembered between builds: one SQLite file, rendition files, compiled templates, a shared cache."""
