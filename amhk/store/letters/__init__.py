"""What is kept of letters: those on their way, and the texts a meldpunt wrote itself."""
