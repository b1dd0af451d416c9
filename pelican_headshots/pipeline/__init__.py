"""The whole build: knows all the steps, from photos folder to published files."""
