"""Compute the features of an `Observation`: arithmetic on arrays, no model is run."""
