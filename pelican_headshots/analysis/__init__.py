"""See what is in a picture: MediaPipe finds faces, bodies and hands, and features are measured from them."""
