"""Who may see what, and what may stand in a letter."""
