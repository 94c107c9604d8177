"""Set-up before the virtual environment exists: the standard library only."""
