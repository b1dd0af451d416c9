"""What people write: notes, people files, words of the interface."""
