"""One file for each outside thing: the disk, Pillow, mediapipe, TOML, child processes."""
