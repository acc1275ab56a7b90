"""Takes a witness's folder; gives how far it learned of its logs' changes of keys, and keeps that.

By log: the number of the shard and the index in it (from 0) of the last change that was learned.
An older one teaches nothing any more, so what is damaged is told and stays as it is: what of it is
right is named, and only a person takes the rest out.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from suyuan.kit import Text
from suyuan.kit.durable import write_whole
from suyuan.kit.strictjson import JsonError, parse
from suyuan.ledger.files import data_of
from suyuan.tlog.encoding import LARGEST_SIZE
from suyuan.tlog.errors import FormatError
from suyuan.tlog.note import is_name
from suyuan.tlog.shards import BEGINNING

Learned = Mapping[str, tuple[int, int]]
_LEARNED: Final = "learned.json"
_YEARS: Final = range(1000, 10_000)
_PAIR: Final = 2
_DAMAGED: Final = Text(
    "{path} 读不出来：{why}它记着学到了各日志的哪次换钥，丢了它，失窃私钥的旧回执又会被采用。"
    "它未被改动。请恢复它的最新备份。{sound}",
    "{path} cannot be read: {why} It says up to which change of keys was learned of each log; "
    "without it an old receipt would make a stolen key known again. It is left as it is. Restore "
    "the newest backup of it. {sound}",
)
_NO_JSON: Final = Text("它不是完整的 JSON 对象。", "it is no whole JSON object.")
_NO_PLACES: Final = Text(
    "这些日志后面不是分片编号和序号两个数：{logs}。",
    "what stands behind these logs is not [number of a shard, index]: {logs}.",
)
_WITHOUT: Final = Text(
    "若没有备份，移走它，并立即用各日志最新的 log.keys 回执运行 suyuan witness learn。",
    "Without one, take it away, and at once run suyuan witness learn with the newest receipt of "
    "log.keys of each log.",
)
_SOUND: Final = Text(
    "若没有备份，只从中删去这些日志，保留其余的（{sound}），并立即用它们最新的 log.keys 回执运行 "
    "suyuan witness learn。",
    "Without one, take out these logs alone, leave the others ({sound}), and at once run suyuan "
    "witness learn with the newest receipt of log.keys of those.",
)


def learned(folder: Path) -> Learned:
    """How far was learned of each log; nothing where no file says so.

    Raises:
        FormatError: `witness.learned`, the file is damaged, and what of it is right; `ledger.file`,
            it is no file that could be read.
    """
    path = folder / _LEARNED
    if (data := data_of(path)) is None:
        return {}
    try:
        found = parse(data)
    except JsonError:
        found = None
    if not isinstance(found, dict):
        raise _damaged(path, _NO_JSON, _WITHOUT)
    sound = {log: (place[0], place[1]) for log, place in found.items() if _is_place(log, place)}
    if wrong := sorted(set(found) - set(sound)):
        kept = ", ".join(f"{log} {list(place)}" for log, place in sound.items())
        why = _NO_PLACES.format(logs=", ".join(map(ascii, wrong)))
        raise _damaged(path, why, _SOUND.format(sound=kept) if kept else _WITHOUT)
    return sound


def keep(folder: Path, found: Learned) -> None:
    """Keep how far was learned of each log; the lock of the folder is held."""
    write_whole(folder / _LEARNED, msgspec.json.encode(found))


def _is_place(log: str, place: Any) -> bool:
    if not is_name(log) or not isinstance(place, list) or len(place) != _PAIR:
        return False
    shard, index = place
    if type(shard) is not int or type(index) is not int:  # True is an int to isinstance
        return False
    return (shard == BEGINNING or shard in _YEARS) and 0 <= index < LARGEST_SIZE


def _damaged(path: Path, why: Text, sound: Text) -> FormatError:
    text = _DAMAGED.format(path=path, why=why, sound=sound)
    return FormatError("witness.learned", text, str(path))
