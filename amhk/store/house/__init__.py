"""The journal of the house, and what its pages need on every page."""
