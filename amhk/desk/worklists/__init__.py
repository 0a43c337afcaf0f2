"""Worklists: what to do first, lists of one's own, and the cases in danger."""
