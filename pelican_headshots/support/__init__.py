"""What every package may use: errors, atomic files, file names, TOML, progress."""
