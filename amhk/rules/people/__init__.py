"""People: who is a child, what goes together, how names are read and found."""
