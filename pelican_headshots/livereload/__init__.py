"""`pelican --autoreload`: browsers follow each build, and previews are finished in the background."""
