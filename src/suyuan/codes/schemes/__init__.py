"""Takes nothing; gives schemes, one family to a file: each file's `SCHEMES` is registered."""
