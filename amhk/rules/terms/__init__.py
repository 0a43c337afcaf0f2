"""When a term ends, when it rings, and the days that do not count."""
