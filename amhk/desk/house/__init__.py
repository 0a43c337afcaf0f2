"""The house: its rounds, its clock, the proof of every night, and how it is."""
