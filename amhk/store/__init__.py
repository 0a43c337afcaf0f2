"""The archive: rows, the only engine and commit, every SELECT, every write that can be lost, and
the journal's chain.
"""
