"""The headshot doctor: advice about craft, never about a person."""
