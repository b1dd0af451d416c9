"""What is used to make this package, from a checkout, and is not part of it."""
