"""The rights of betrokkenen: what they ask, what is kept how long, what is destroyed."""
