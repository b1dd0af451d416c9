"""Values in, values out: what a photograph is, how it is judged, cropped, named, laid out. No file is touched."""
