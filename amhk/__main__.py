"""`python -m amhk` is the command `amhk`."""

from amhk.cli import main

main()
