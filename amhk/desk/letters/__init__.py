"""Letters: their facts, what they may hold, and how they go out."""
