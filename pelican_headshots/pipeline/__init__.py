"""The build: runs all steps, from the photos folder to the published files."""
