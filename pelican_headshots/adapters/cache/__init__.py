"""What is remembered between builds, beside the site."""
