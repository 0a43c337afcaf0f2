"""The API: JSON for programs, one room per subject."""
