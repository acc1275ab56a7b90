"""Verify a Suyuan receipt, or that a log only grew, with this one file and Python 3.11 alone.

    python standalone.py RECEIPT.tlog-proof VKEY [WITNESS_VKEY…]
    python standalone.py CONSISTENCY VKEY [WITNESS_VKEY…] --since OLD_CHECKPOINT

The first key is the log's and its yearly shards', others are of witnesses that must have cosigned.
Exit 0: it holds. 1: it does not. 2: unreadable. c2sp.org: notes, tlog-*. RFC 6962, 8032, 9162.
"""

import argparse
import json
import re
import sys
from binascii import a2b_base64, b2a_base64
from datetime import UTC, datetime
from hashlib import new, sha256, sha512
from pathlib import Path

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
BASE = (4 * pow(5, -1, P) % P).to_bytes(32, "little")
RECEIPT = r"c2sp\.org/tlog-proof@v1\nextra (\S+)\nindex (\S+)((?:\n\S+)*)\n\n(.+)"
LINE = r"— ([^\0- +\s]+) ((?:[^=\s]{4})+[^=\s]{3}(?:[^=\s]|=|[^=\s]{3}==))\n"
SIGNED = rf"(([^\0-\x1f]+)\n(\d+)\n(\S+)\n(?:[^\0-\x1f]+\n)*)\n((?:{LINE}){{1,100}})"
SKEW = 300  # seconds by which clocks may differ


class NoProof(Exception):  # noqa: N818 -- it is an answer
    """It was read, and does not hold."""


def need(*, holds: bool, why: str) -> None:
    """Go on if it holds."""
    if not holds:
        raise NoProof(why)


def add(p: tuple[int, int], q: tuple[int, int]) -> tuple[int, int]:
    """The sum of two points (RFC 8032 section 5.1.4, where x and y need no Z and T)."""
    (x, y), (u, v) = p, q
    t = D * x * y * u * v
    return (x * v + y * u) * pow(1 + t, -1, P) % P, (y * v + x * u) * pow(1 - t, -1, P) % P


def times(n: int, p: tuple[int, int]) -> tuple[int, int]:
    """A multiple of a point."""
    return add(p if n & 1 else (0, 1), times(n >> 1, add(p, p))) if n else (0, 1)


def point(data: bytes) -> tuple[int, int]:
    """The point of prime order that 32 bytes encode, if there is one (RFC 8032 section 5.1.3)."""
    y, odd = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    x = x if v * x * x % P == u else x * ROOT % P
    p = x if x & 1 == odd else P - x, y
    need(holds=y < P and v * x * x % P == u and x > 0 and times(L, p) == (0, 1), why="a weak key")
    return p


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature holds (RFC 8032 section 5.1.7)."""
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % L
    x, y = point(public)
    x, y = add(times(s % L, point(BASE)), times(k, (P - x, y)))
    r = (y | (x & 1) << 255).to_bytes(32, "little")
    return s < L and r + s.to_bytes(32, "little") == signature


def raw(text: str, length: int | None = None) -> bytes:
    """The bytes of base64 in its one spelling."""
    data = a2b_base64(text, strict_mode=True)
    need(holds=b2a_base64(data) == f"{text}\n".encode() and length in {len(data), None}, why=text)
    return data


def number(text: str) -> int:
    """A decimal in its one spelling."""
    need(holds=text == str(int(text)) and 0 <= int(text) < 2**63, why="no such number")
    return int(text)


def climb(at: int, last: int, first: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """The older and the newer root that a path leads to (RFC 9162 sections 2.1.3.2, 2.1.4.2)."""
    need(holds=0 <= at <= last, why="the tree has no such index")
    older = newer = first
    for each in path:
        need(holds=last > 0, why="the proof is too long")
        if at & 1 or at == last:
            older, newer = (sha256(b"\1" + each + top).digest() for top in (older, newer))
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            newer = sha256(b"\1" + newer + each).digest()
        at, last = at >> 1, last >> 1
    need(holds=last == 0, why="the proof is too short")
    return older, newer


def checkpoint(data: bytes, vkeys: list[str], now: int, then: int = 0) -> tuple[str, int, bytes]:
    """Origin, size, root of a checkpoint that each of these keys has signed, and not before."""
    found = re.fullmatch(SIGNED, data.decode())
    text, origin, size, root, tail = found.groups()[:5] if found else [""] * 5
    lines = [(n, s, a2b_base64(s, strict_mode=True)) for n, s in re.findall(LINE, tail)]
    need(holds=found is not None and len(data) <= 10**6, why="it is no signed checkpoint")
    keys = [raw(vkey.split("+", 2)[2], 33) for vkey in vkeys]
    for at, (vkey, typed) in enumerate(zip(vkeys, keys, strict=True)):
        name = vkey.split("+", 1)[0]
        key_id = sha256(name.encode() + b"\n" + typed).digest()[:4]
        is_new = name > "" and typed[1:] not in [key[1:] for key in keys[:at]]
        if not is_new or (vkey[:-44], typed[0]) != (f"{name}+{key_id.hex()}+", 4 if at else 1):
            raise ValueError(f"key {at + 1} is no new key of a {'witness' if at else 'log'}")
        if not at and re.fullmatch(re.escape(name) + "/[1-9][0-9]{3}", origin, re.ASCII):
            name, key_id = origin, sha256(origin.encode() + b"\n" + typed).digest()[:4]
        mine = [raw(s) for n, s, blob in lines if n == name and blob[:4] == key_id]
        need(holds=bool(mine) and (at > 0 or name == origin), why=f"not signed by {name}")
        for each in mine[::-1]:  # of a witness that signed twice the first line counts
            seen, signature = (int.from_bytes(each[4:12]), each[12:]) if at else (now, each[4:])
            head = f"cosignature/v1\ntime {number(str(seen))}\n" if at else ""
            need(holds=ed25519(typed[1:], (head + text).encode(), signature), why=f"not by {name}")
        need(holds=then - SKEW <= seen <= now + SKEW, why="a time is false, or a clock is wrong")
    return origin, number(size), raw(root, 32)


def shown(extra: bytes) -> tuple[bytes, int, list[str]]:
    """The entry that a receipt carries, its time, and its fields, all proven to be in it."""
    whole = json.loads(extra)
    then, ours, theirs = number(str(whole["time"])), [*whole["sha256"]], [*whole["sm3"]]
    fields = [{each: field[each] for each in ("name", "value", "salt")}
              | {"index": number(str(field["index"]))} for field in whole["fields"]]  # fmt: skip
    again = {"entry": whole["entry"], "time": then, "sha256": ours, "sm3": theirs, "fields": fields}
    spelt = json.dumps(again, ensure_ascii=False, separators=(",", ":")).encode() == extra
    names, places = [each["name"] for each in fields], [each["index"] for each in fields]
    ordered = names == sorted({*names} - {""}) and places == sorted({*places})
    need(holds=spelt and ordered and len(ours) == len(theirs) in range(1, 1001), why="bad form")
    entry, told = raw(whole["entry"], 65), {b"": f"at {datetime.fromtimestamp(then // 10**6, UTC)}"}
    for suite, listed, half in ("sha256", ours, entry[:33]), ("sm3", theirs, b"\1" + entry[33:]):
        hashes = [raw(each, 32) for each in listed]
        folded = new(suite, b"\3" + len(hashes).to_bytes(2) + b"".join(hashes)).digest()
        sealed = b"\1" + new(suite, b"\2" + then.to_bytes(8) + folded).digest()
        need(holds=sealed == half, why="what is shown is not of this entry")
        for field in fields:
            name, value = field["name"].encode(), raw(field["value"])
            data = b"\0" + raw(field["salt"], 16) + len(name).to_bytes(2) + name + value
            need(holds=hashes[field["index"]] == new(suite, data).digest(), why=f"{name!r} differs")
            told[name] = f"{field['name']!r}: {value.decode(errors='replace')!r}"
    return entry, then // 10**6, list(told.values())


def receipt(data: bytes, vkeys: list[str], now: int) -> str:
    """What a receipt proves."""
    found = re.fullmatch(RECEIPT, data.decode("latin-1"), re.DOTALL)
    if not found or len(data) > 4 * 10**6:
        raise ValueError("no receipt; of a PDF, save the attached receipt.tlog-proof and give that")
    entry, then, told = shown(raw(found[1]))
    index, path = number(found[2]), [raw(each, 32) for each in found[3].split()]
    origin, size, root = checkpoint(found[4].encode("latin-1"), vkeys, now, then)
    reached = climb(index, size - 1, sha256(b"\0" + entry).digest(), path)[1]
    need(holds=reached == root, why="the entry is not in the log")
    return "\n  ".join([f"{origin}: entry {index} of {size} (from 0; from 1: {index + 1})", *told])


def consistency(data: bytes, vkeys: list[str], now: int, since: bytes) -> str:
    """What a proof of consistency proves together with an older checkpoint."""
    head, _, signed = data.partition(b"\n\n")
    start, *lines = head.decode().split("\n")
    name, old, old_root = checkpoint(since, vkeys, now)
    origin, size, root = checkpoint(signed, vkeys, now)
    if (start, name) != (f"old {old}", origin) or not 0 < old <= size:
        raise ValueError("the proof does not start at the older checkpoint")
    at, last, path = old - 1, size - 1, [raw(line, 32) for line in lines]
    while at & 1 or 0 < at == last:  # up to the subtree that ends the older tree
        at, last = at >> 1, last >> 1
    first, *path = [*([] if at else [old_root]), *path] or [b""]
    need(holds=climb(at, last, first, path) == (old_root, root), why="history was rewritten")
    return f"{origin}: {size} continues {old}"


def main() -> int:
    """Read the command line, verify, say what is proven."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("vkeys", nargs="+")
    parser.add_argument("--since", type=Path)
    given, now, status = parser.parse_args(), int(datetime.now(UTC).timestamp()), 0  # noqa: TID251
    try:
        data, old = given.file.read_bytes(), given.since and [given.since.read_bytes()]
        told = (consistency if old else receipt)(data, given.vkeys, now, *old or ())
    except NoProof as error:
        told, status = f"NOT PROVEN: {error}", 1
    except Exception as error:  # noqa: BLE001 -- whatever bytes do to Python, they prove nothing
        told, status = f"CANNOT BE READ: {type(error).__name__}: {error}", 2
    person = r"(?<!\d)(\d{6})(18|19|20)\d\d(0\d|1[0-2])[0-3]\d{4}[\dXx](?!\d)"  # GB 11643: masked
    sys.stdout.write(re.sub(person, r"\1************", told) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
