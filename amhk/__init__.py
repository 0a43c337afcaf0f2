"""AMHK case routing: every call travels one of two routes to one of four finishes, and no case is
ever without a next term.
"""

__version__ = "0.1.0"
