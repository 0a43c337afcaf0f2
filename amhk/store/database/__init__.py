"""The database itself: its engine, its schema and how it is brought up, and instants as they are
kept.
"""
