"""What the photographer says in `notes.toml`: load it, find the note of a photo, and write edits back."""
