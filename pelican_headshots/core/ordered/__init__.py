"""What is to be made of the originals: formats, widths, qualities."""
