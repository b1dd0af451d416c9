"""What `pelican-headshots` can do: a module for each command, with `add(parser)` and `run(arguments) -> exit status`."""
