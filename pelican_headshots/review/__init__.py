"""The review page: what it shows, what it takes, and the small pictures on it."""
