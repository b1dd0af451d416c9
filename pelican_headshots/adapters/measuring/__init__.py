"""From what was seen to what is known. Arithmetic on arrays; no model is asked."""
