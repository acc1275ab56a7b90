"""The repository speaks of the product alone: no path of anybody's machine, no registry's host."""

import re
from pathlib import Path

import pytest
from layout import ROOT, tracked

# Lock files are their tools' own: uv's names the index it was resolved from.
LOCKS = frozenset({"uv.lock", "package-lock.json"})
HOMES = r"/(?:home|Users)/\w+"
# Written in two halves, so that this file passes its own test.
HOSTS = "|".join(
    re.escape(a + b)
    for a, b in [("pyp", "i.org"), ("python", "hosted.org"), ("npm", "js.org"), ("npm", "js.com")]
)
# A checkout right below a folder of every system: that folder's name alone tells nothing.
EVERYWHERE = {*map(Path, ("/", "/opt", "/srv", "/tmp", "/var/tmp"))}  # noqa: S108 -- nothing is written
HERE = ROOT if ROOT.parent in EVERYWHERE else ROOT.parent
LEAK = re.compile(f"{HOMES}|{HOSTS}|{re.escape(str(HERE))}/")


def leaks(text: str) -> list[str]:
    return [found[0] for found in LEAK.finditer(text)]


def test_no_file_names_a_machine_or_a_registry() -> None:
    if not tracked():
        pytest.skip("not on this system: the source is not a git checkout")
    found = {
        str(path.relative_to(ROOT)): here
        for path in tracked()
        if path.name not in LOCKS
        and (here := leaks(path.read_bytes().decode("utf-8", errors="replace")))
    }
    assert found == {}


def test_a_leak_is_seen() -> None:
    assert leaks("see /ho" + "me/somebody/x and https://pyp" + "i.org/simple") != []
    assert leaks("docs/concepts and /api/capture") == []


def test_nothing_large_or_made_is_committed() -> None:
    """Data sets belong beside the checkout; what a build makes belongs nowhere."""
    large = [path.name for path in tracked() if path.stat().st_size > 1_000_000]
    made = [
        path.name for path in tracked() if {"node_modules", "vendor", ".build"} & set(path.parts)
    ]
    assert (large, made) == ([], [])
