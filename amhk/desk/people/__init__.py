"""People: who in a call is known from an earlier one."""
