"""Verify a Suyuan receipt, or that a log only grew, with this one file and Python 3.11 alone.

    python standalone.py RECEIPT.tlog-proof VKEY [WITNESS_VKEY…] [--entry FILE]
    python standalone.py CONSISTENCY VKEY [WITNESS_VKEY…] --since OLD_CHECKPOINT

The first key is the log's and its yearly shards', others are of witnesses that must have cosigned.
Exit 0: it holds. 1: it does not. 2: unreadable. c2sp.org: notes, tlog-*. RFC 6962, 8032, 9162.
"""

import argparse
import binascii
import json
import re
import sys
from datetime import UTC, datetime
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
BASE = (4 * pow(5, -1, P) % P).to_bytes(32, "little")
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z


class NoProof(Exception):  # noqa: N818 -- it is an answer
    """It was read, and does not hold."""


def need(*, holds: bool, why: str) -> None:
    """Go on if it holds."""
    if not holds:
        raise NoProof(why)


def add(p: Point, q: Point) -> Point:
    """The sum of two points (RFC 8032 section 5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n: int, p: Point) -> Point:
    """A multiple of a point."""
    q: Point = (0, 1, 1, 0)
    while n:
        q, p, n = add(q, p) if n & 1 else q, add(p, p), n >> 1
    return q


def point(data: bytes) -> Point:
    """The point that 32 bytes encode, if there is one (RFC 8032 section 5.1.3)."""
    y, odd = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    x = x if v * x * x % P == u else x * ROOT % P
    need(holds=y < P and v * x * x % P == u and x * y > 0, why="the key is no point, or weak")
    x = x if x & 1 == odd else P - x
    return x, y, 1, x * y % P


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature holds (RFC 8032 section 5.1.7)."""
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= L:  # noqa: PLR2004
        return False
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % L
    a = point(public)
    r = add(times(s, point(BASE)), times(k, (P - a[0], a[1], 1, P - a[3])))
    x, y = (part * pow(r[2], -1, P) % P for part in r[:2])
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def raw(text: str, length: int | None = None) -> bytes:
    """The bytes of base64 in its one spelling."""
    data = binascii.a2b_base64(text, strict_mode=True)
    if binascii.b2a_base64(data).decode() != f"{text}\n" or len(data) != (length or len(data)):
        raise ValueError("bad base64")
    return data


def number(text: str) -> int:
    """A decimal in its one spelling."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII) or int(text) >= 2**63:
        raise ValueError("bad number")
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


def checkpoint(data: bytes, vkeys: list[str]) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint that every one of these keys has signed."""
    text, _, tail = data.decode().rpartition("\n\n")
    lines = re.findall(r"— (\S+) (\S+)\n", tail)
    if "".join(f"— {n} {s}\n" for n, s in lines) != tail or re.search(r"[\0-\x09\x0b-\x1f]", text):
        raise ValueError("no signed note")
    origin, size, root, *more = text.split("\n")
    need(holds=bool(origin) and all(more), why="it is no checkpoint")
    for at, vkey in enumerate(vkeys):
        name, shown_id, encoded = vkey.split("+", 2)
        typed = raw(encoded, 33)
        key_id = sha256(name.encode() + b"\n" + typed).digest()[:4]
        if key_id.hex() != shown_id or typed[0] != (4 if at else 1) or vkey in vkeys[:at]:
            raise ValueError(f"key {at + 1} is no new key of a {'witness' if at else 'log'}")
        if not at and re.fullmatch(re.escape(name) + "/[1-9][0-9]{3}", origin, re.ASCII):
            name, key_id = origin, sha256(origin.encode() + b"\n" + typed).digest()[:4]
        mine = [s for n, s in lines if n == name and binascii.a2b_base64(s)[:4] == key_id]
        need(holds=bool(mine) and (at > 0 or name == origin), why=f"not signed by {name}")
        for each in mine:
            head = f"cosignature/v1\ntime {int.from_bytes(raw(each)[4:12])}\n" if at else ""
            message, signature = f"{head}{text}\n".encode(), raw(each)[12 if at else 4 :]
            need(holds=ed25519(typed[1:], message, signature), why=f"{name} has not signed this")
    return origin, number(size), raw(root, 32)


def shown(extra: dict[str, Any]) -> tuple[bytes, list[str]]:
    """The entry that a receipt carries, and what is proven to be in it: its time and fields."""
    entry, hashes = raw(extra["entry"], 65), [raw(each, 32) for each in extra["sha256"]]
    folded = sha256(b"\3" + len(hashes).to_bytes(2) + b"".join(hashes)).digest()
    sealed = sha256(b"\2" + extra["time"].to_bytes(8) + folded).digest()
    need(holds=entry[:33] == b"\1" + sealed, why="what is shown is not of this entry")
    told = [f"at {datetime.fromtimestamp(extra['time'] // 10**6, UTC)}"]
    for field in extra["fields"]:
        name, value = field["name"].encode(), raw(field["value"])
        data = b"\0" + raw(field["salt"], 16) + len(name).to_bytes(2) + name + value
        need(holds=hashes[abs(field["index"])] == sha256(data).digest(), why=f"{name!r} is wrong")
        told.append(f"{field['name']!r}: {value.decode(errors='replace')!r}")  # no terminal obeys
    return entry, told


def receipt(data: bytes, vkeys: list[str], entry: bytes | None) -> str:
    """What a receipt proves."""
    head, _, signed = data.partition(b"\n\n")
    title, *lines = head.decode(errors="replace").split("\n")
    extra = raw(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else b""
    if title != "c2sp.org/tlog-proof@v1" or not lines or not lines[0].startswith("index "):
        raise ValueError("no receipt; of a PDF, save the attached receipt.tlog-proof and give that")
    carried, told = shown(json.loads(extra)) if extra.startswith(b'{"entry":') else (entry, [])
    need(holds=entry in (None, carried), why="the receipt carries another entry")
    if carried is None:
        raise ValueError("the receipt carries no entry; give it with --entry")
    origin, size, root = checkpoint(signed, vkeys)
    index, path = number(lines[0][6:]), [raw(line, 32) for line in lines[1:]]
    reached = climb(index, size - 1, sha256(b"\0" + carried).digest(), path)[1]
    need(holds=reached == root, why="the entry is not in the log")
    return "\n  ".join([f"{origin}: entry {index} of {size}", *told])


def consistency(data: bytes, vkeys: list[str], since: bytes) -> str:
    """What a proof of consistency proves together with an older checkpoint."""
    head, _, signed = data.partition(b"\n\n")
    start, *lines = head.decode().split("\n")
    (name, old, old_root), (origin, size, root) = (checkpoint(d, vkeys) for d in (since, signed))
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
    for name in ("file", "--entry", "--since"):
        parser.add_argument(name, type=Path)
    parser.add_argument("vkeys", nargs="+")
    given, status = parser.parse_args(), 0
    proves, beside = (consistency, given.since) if given.since else (receipt, given.entry)
    try:
        told = proves(given.file.read_bytes(), given.vkeys, beside and beside.read_bytes())
    except NoProof as error:
        told, status = f"NOT PROVEN: {error}", 1
    except Exception as error:  # noqa: BLE001 -- whatever bytes do to Python, they prove nothing
        told, status = f"CANNOT BE READ: {type(error).__name__}: {error}", 2
    person = r"(?<!\d)(\d{6})(18|19|20)\d\d(0\d|1[0-2])[0-3]\d{4}[\dXx](?!\d)"  # GB 11643: masked
    sys.stdout.write(re.sub(person, r"\1************", told) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
