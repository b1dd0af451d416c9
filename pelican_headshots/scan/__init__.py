"""Find the photos: list the files in the photos folder, detect their formats, and open them safely.

In: the photos folder. Out: a `ScannedFile` for each file, its bytes, and an opened Pillow image.
"""
