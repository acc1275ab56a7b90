"""Takes a header that says what is preferred; gives its words with their weights."""

from collections.abc import Iterator


def ranges(header: str) -> Iterator[tuple[str, float]]:
    """Words in lower case as they stand, each with its weight (RFC 9110 §12.4.2, §12.5).

    A weight that is none counts as 0; a word without one as 1.
    """
    for part in header.split(","):
        word, _, parameters = part.partition(";")
        weight = 1.0
        for parameter in parameters.split(";"):
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                weight = float(value) if _is_weight(value.strip()) else 0.0
        yield word.strip().lower(), weight


def _is_weight(value: str) -> bool:
    return value.replace(".", "", 1).isdecimal() and value.isascii()
