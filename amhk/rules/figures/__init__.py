"""What a figure is, what a line of the journal means to it, and what may be published."""
