"""What is kept of terms: reminders, the calendar, and the terms a change of it still
has to reach.
"""
