"""Find the photos: which files lie in the photos folder, of which type they are, and how one is opened safely."""
