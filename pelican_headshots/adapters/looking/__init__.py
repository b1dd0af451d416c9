"""MediaPipe: its models, and what they see in one frame."""
