"""What is kept beside the cases: complaints, second opinions, calamiteiten."""
