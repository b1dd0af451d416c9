"""Analyze a picture: MediaPipe finds faces, bodies and hands, and features are measured from them.

In: the pixels of the upright picture in sRGB. Out: an `Analysis`, without any pixels.
"""
