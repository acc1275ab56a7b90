"""The rules by which other readers part from us: docs/concepts/identity.md has each and its reason.

Each is a function of the text, and none knows which vector it meets.
"""

import re

_SIZES = {"00": 18, "01": 14, "402": 17, "8003": 14, "8006": 14, "8017": 18, "8018": 18}


def is_written_as_uri(link: str) -> bool:
    """RFC 3986 §3.3: other characters must be escaped, or they end the path."""
    path = link.partition("://")[2].partition("?")[0]
    return not re.search(r'["<>?#`{}|\\^\s]|//|%(?![0-9A-Fa-f]{2})', path)


def holds_its_check_digit(link: str) -> bool:
    """Computed here once more, digit by digit; the translator and its validator do not look."""
    found = re.search(r"/(00|01|253|255|402|41[0-7]|8003|8006|8017|8018)/(\d+)", link)
    if found is None:
        return True
    digits = [int(each) for each in found[2][: _SIZES.get(found[1], 13)]]
    weighted = sum(d * (3 if place % 2 else 1) for place, d in enumerate(reversed(digits)))
    return weighted % 10 == 0


def has_fragment(link: str) -> bool:
    """RFC 3986 §3.5: what follows # is for the browser and names nothing."""
    return "#" in link


def has_path(link: str) -> bool:
    """GS1 Digital Link §4.9: the key stands in the path; a query alone names nothing."""
    return "/" in link.partition("://")[2].partition("?")[0]


def is_piece_of_total(text: str) -> bool:
    """General Specifications §3.9 (AI 8006): no piece 0, and none beyond their total."""
    found = re.search(
        r"(?<![0-9])(?:(?:8006|itip)[/)]?[0-9]{14}|itip:[0-9]+\.[0-9]+\.)([0-9]{2})\.?([0-9]{2})",
        text,
    )
    return found is None or 0 < int(found[1]) <= int(found[2])
