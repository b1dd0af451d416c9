"""Read and write `notes.toml`: what the photographer says about photos and galleries.

In: the files in the photos folder. Out: the note of each photo, by its content or its file name; and edits from review,
written back into the files.
"""
