"""What is kept of a case: its journal, its place in the worklist, its files, and how it
is found.
"""
