"""What is kept of the figures, and what the proof of the night reads."""
