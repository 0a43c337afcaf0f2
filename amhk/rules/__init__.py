"""The library of the house: rules that would be true on paper, without a computer.

Pure; no clock, no I/O.
"""
