"""`pelican --autoreload`: browsers reload after each build, and previews are replaced in the background."""
