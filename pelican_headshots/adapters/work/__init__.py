"""Work in child processes, here and on other machines."""
