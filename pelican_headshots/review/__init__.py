"""The review page: a local server that shows every photo with its classification and saves decisions in notes.toml."""
