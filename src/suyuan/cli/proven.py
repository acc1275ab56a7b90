"""Takes what a file of a log proves; gives it as `suyuan verify --json` prints it."""

from typing import Any

from suyuan.kit import Text
from suyuan.tlog.artefact import Proven
from suyuan.tlog.encoding import encode
from suyuan.tlog.shards import log_of_shard


def position(proven: Proven) -> int | None:
    """The entry's position, where the file alone tells it: in a shard that can be no year's."""
    is_first = proven.index is not None and log_of_shard(proven.origin) is None
    return (proven.index or 0) + 1 if is_first else None


def told(proven: Proven) -> dict[str, Any]:
    """All that it proves, by the names of the output."""
    return {
        "kind": proven.kind,
        "origin": proven.origin,
        "size": proven.size,
        "root": encode(proven.root),
        "witnesses": [
            {"name": name, "time": time} for name, time in sorted(proven.witnesses.items())
        ],
        "signers": [
            {
                "role": "log" if each.witness is None else "witness",
                "name": each.name,
                "id": each.id,
                "suite": each.suite,
                "witness": each.witness,
                "time": each.time,
            }
            for each in proven.signers
        ],
        "index": proven.index,
        "position": position(proven),
        "entry": None if proven.entry is None else encode(proven.entry),
        "since": proven.since,
        "sinceThen": proven.is_since_then,
        "sinceRevoked": proven.is_since_revoked,
        "first": proven.first,
        "earlier": [
            {"origin": origin, "size": size, "first": first}
            for origin, size, first in proven.earlier
        ],
        "fields": [
            {"name": name, "value": _utf8(value), "base64": encode(value)}
            for name, value in proven.fields.items()
        ],
        "damages": [
            {"path": each.path, "code": each.code, **both(each.text)} for each in proven.damages
        ],
    }


def _utf8(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def both(text: Text) -> dict[str, str]:
    """A text in both languages."""
    return {"zh": text.zh, "en": text.en}
