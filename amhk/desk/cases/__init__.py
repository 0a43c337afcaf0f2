"""Cases: a move and all that follows from it, and the case as it is read."""
