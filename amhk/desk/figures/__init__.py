"""Figures: what is counted, as it was known when, and the reports made of it."""
