"""Training: a believable year of made-up cases, played through the desk itself."""
