"""Takes one command each; gives its arguments to a use case and its answer to the terminal."""
