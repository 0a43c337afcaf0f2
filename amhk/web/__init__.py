"""The street doors that speak HTTP: JSON for programs, pages for staff.

They translate; the desk decides.
"""
