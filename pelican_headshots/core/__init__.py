"""Values in, values out: what a photograph is, how it is judged, cropped, named and laid out. Nothing here touches a file."""
