"""The photos folder: what lies in it, which of it may be opened, and how."""
