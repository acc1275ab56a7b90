"""Takes the paths that somebody named; gives the documents there, those of folders in order."""

from collections.abc import Iterator, Sequence
from pathlib import Path

_SUFFIXES = frozenset({".json", ".jsonld", ".xml"})


def documents(paths: Sequence[Path]) -> Iterator[Path]:
    """The named files, and the EPCIS documents anywhere below the named folders."""
    for path in paths:
        if path.is_dir():
            found = (file for file in path.rglob("*") if file.suffix.lower() in _SUFFIXES)
            yield from sorted(found)
        else:
            yield path
