"""Tell headshot, portrait and no person apart, from measurements alone, and give the reasons."""
