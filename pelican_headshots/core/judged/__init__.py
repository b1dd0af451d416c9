"""From measurements to a verdict, and the reasons for it."""
