"""Intake: calls, what was typed and not yet sent, forms from others, and triage."""
