"""What is put into the site's folder, and taken out of it."""
