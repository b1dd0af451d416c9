"""From an `Observation` to measurements: arithmetic on arrays, no model is asked."""
