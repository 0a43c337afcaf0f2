"""The procedure as data: workflows, moves, fields, codes, and the proof of them."""
