"""Takes nothing; gives schemes, one family to a file: its `TITLE`, its `SCHEMES`."""
