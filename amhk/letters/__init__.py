"""The post room: template and facts become text, text becomes a PDF.

A letter is complete or is not made.
"""
