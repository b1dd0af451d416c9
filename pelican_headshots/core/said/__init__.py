"""What a person says about photographs, and which photograph each saying is about."""
