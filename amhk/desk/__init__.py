"""The hall: what happens, in which order, in one transaction.

Every door comes here; nothing here speaks HTTP or SQL.
"""
