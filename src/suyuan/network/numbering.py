"""Takes keys in the order in which they come; gives each a number, and finds either by the other.

Numbers follow that order, so that what comes together lies together: a walk along links then reads
memory that it has just read. Keys are whole numbers of any size, such as hashes.
"""

import numpy as np
from msgspec import Struct

from suyuan.network.arrays import Ints, Nodes


class Numbering(Struct, frozen=True, eq=False):
    """Keys, ascending; the number of each, from 0; and by number where its key stands."""

    keys: Ints
    numbers: Nodes
    places: Nodes

    def __len__(self) -> int:
        return len(self.keys)

    def numbers_of(self, keys: Ints) -> Ints:
        """The numbers of keys; -1 for those that have none."""
        places = places_of(self.keys, keys)
        return np.where(places >= 0, self.numbers[places], -1) if len(self) else places

    def keys_of(self, numbers: Nodes) -> Ints:
        """The keys that have these numbers, in their order."""
        return self.keys[self.places[numbers]]


def none() -> Numbering:
    """That of no keys."""
    return _numbering(np.zeros(0, np.int64), np.zeros(0, np.int64))


def numbered(old: Numbering, came: Ints) -> tuple[Numbering, Ints]:
    """The keys that came and are not among the old, numbered from 0; and of each its number.

    That is the number in `old`, or else so many more than the old are.
    """
    keys, first, each = np.unique(came, return_index=True, return_inverse=True)
    numbers = old.numbers_of(keys)
    fresh = np.flatnonzero(numbers < 0)
    order = np.argsort(first[fresh])
    own = np.empty(len(fresh), np.int64)
    own[order] = np.arange(len(fresh))
    numbers[fresh] = own + len(old)
    return _numbering(keys[fresh], own), numbers[each]


def joined(old: Numbering, more: Numbering) -> Numbering:
    """Both as one: the numbers of `more` follow."""
    keys = np.concatenate((old.keys, more.keys))
    numbers = np.concatenate((old.numbers, more.numbers + np.int64(len(old))))
    order = np.argsort(keys, kind="stable")
    return _numbering(keys[order], numbers[order])


def places_of(among: Ints, keys: Ints) -> Ints:
    """Where each key stands among others that ascend; -1 for those that do not."""
    if not len(among):
        return np.full(len(keys), -1, np.int64)
    places = np.minimum(np.searchsorted(among, keys), len(among) - 1)
    return np.where(among[places] == keys, places, -1)


def _numbering(keys: Ints, numbers: Ints) -> Numbering:
    places = np.empty(len(keys), np.int32)
    places[numbers] = np.arange(len(keys), dtype=np.int32)
    return Numbering(keys, numbers.astype(np.int32), places)
