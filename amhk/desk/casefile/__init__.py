"""The case in hand: who may see it, what is read of it, and what is written of it at the end."""
