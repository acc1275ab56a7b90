"""The log's own folder: its private keys, and the last thing that was signed with them.

It lies beside the database and not in it. A key without its last signature does not sign: it
could sign another history.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from msgspec import Struct

from suyuan.kit import Text
from suyuan.kit.durable import remove, write_whole
from suyuan.kit.ids import Draw
from suyuan.ledger import words
from suyuan.ledger.device import device_key, device_text
from suyuan.ledger.files import data_of, each_line, held, is_there, parsed, require_lock
from suyuan.ledger.restored import is_restored, mark_keys, require_current
from suyuan.ledger.silent import PUBLIC, Silent, keep_public, kept_public, read_key
from suyuan.ledger.types import LedgerError, TamperedError
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text, parse_checkpoint
from suyuan.tlog.errors import FormatError, SuiteError
from suyuan.tlog.keys import SEED_BYTES, ed25519_key, parse_skey, skey_text, sm2_key
from suyuan.tlog.note import (
    Note,
    Signature,
    VKey,
    is_name,
    note_bytes,
    parse_note,
    parse_vkey,
    vkey_text,
)
from suyuan.tlog.retained import RETENTION
from suyuan.tlog.shards import keys_for, number_of, renamed
from suyuan.tlog.signing import Key, open_note, sign
from suyuan.tlog.tree import EMPTY_ROOT

_KEY, SM2, _SIGNED, _LOCK, _ASKING = "log.key", "log-sm2.key", "signed", "lock", "asking"
ROTATED, _REVOKED, _HANDOVER = "rotated", "revoked", "handover"
POLICY: Final = "policy"
"""The file in the log's folder that names its witnesses; without it there are none."""
FILES: Final = (_KEY, _SIGNED, SM2, PUBLIC, ROTATED, _REVOKED, _HANDOVER)
"""What the log's folder holds and its owner alone may read; the key is the first."""
_PACKED: Final = (*FILES, POLICY, RETENTION)  # a backup of before it was an act has that one
_CLOSED: Final = re.compile(r"closed-(0|[1-9][0-9]{3})", re.ASCII)


class Log(Struct, frozen=True, kw_only=True):
    """A log that this installation signs: its folder and its keys, that of Ed25519 first.

    What `rotated` keys signed in their time still verifies; what `revoked` ones signed does not.
    Those of `handover` were rotated and sign beside the present ones until the handover ends.
    A `silent` one does not sign on this machine (`suyuan.ledger.silent`); what it signed verifies.
    """

    folder: Path
    keys: tuple[Key, ...]
    handover: tuple[Key, ...] = ()
    rotated: tuple[VKey, ...] = ()
    revoked: tuple[VKey, ...] = ()
    silent: tuple[Silent, ...] = ()

    @property
    def origin(self) -> str:
        """The log's name, on every checkpoint."""
        return self.keys[0].vkey.name

    @property
    def vkeys(self) -> tuple[VKey, ...]:
        """What others verify it with."""
        return (*_vkeys(self.keys), *(each.vkey for each in self.silent if each.vkey))

    @property
    def lock(self) -> Path:
        """Held by whoever signs."""
        return self.folder / _LOCK

    @property
    def asking(self) -> Path:
        """Held by whoever publishes, for as long as witnesses take."""
        return self.folder / _ASKING


def open_log(folder: Path, *, origin: str | None, draw: Draw) -> Log:
    """The log whose keys lie in a folder; made, for the owner's eyes alone, if there is none.

    `origin` names a new log and is not asked again; without it a random name is drawn.

    Raises:
        LedgerError: `ledger.mark`, the mark of what was signed is gone; `ledger.unfinished`, a
            restore was cut off before the key.
        FormatError: a key file was changed, or the name is none.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = Log(folder=folder, keys=())
    if not is_begun(folder):
        with held(log.lock):  # not for a log that is there: its signer may hold it for long
            if not has_key(folder):
                _require_no_restore(folder)
                _begin(folder, origin or f"suyuan.local/{draw(4).hex()}", draw)
    if not (folder / _SIGNED).exists():
        _refuse("ledger.mark", words.NO_MARK, folder / _SIGNED)
    return read_log(folder)


def _require_no_restore(folder: Path) -> None:
    """A key drawn among what came from a backup would be taken for the one that was in it."""
    if is_restored(folder):
        text = words.UNFINISHED.format(path=folder)
        raise LedgerError("ledger.unfinished", text, str(folder), status=409)


def keep_name(folder: Path, origin: str) -> None:
    """Keep the name that the log of a folder is to begin with, whoever first signs.

    Raises:
        LedgerError: `ledger.origin`, it is no name; `ledger.other-name`, the log there has another.
    """
    if not is_name(origin) or any(not mark.isprintable() for mark in origin):
        raise LedgerError(
            "ledger.origin", words.BAD_NAME.format(name=ascii(origin)), "--log-origin"
        )
    path = _name_path(folder)
    if not is_begun(folder):
        if kept_name(folder) != origin:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, origin.encode() + b"\n")
        return
    with suppress(FormatError, SuiteError, OSError):  # of damaged keys whoever needs them is told
        if (known := read_log(folder).origin) != origin:
            text = words.OTHER_NAME.format(known=known, name=origin)
            raise LedgerError("ledger.other-name", text, "--log-origin", status=409)


def kept_name(folder: Path) -> str | None:
    """The name that was kept for the log of a folder; None where none was."""
    path = _name_path(folder)
    return parsed(path, _as_name) if is_there(path) else None


def _as_name(text: str) -> str:
    """The name in a file; one that lacks its end may be a part of it, and is none."""
    name = text.removesuffix("\n")
    if name == text or not is_name(name):
        raise FormatError("ledger.origin", words.NO_NAME)
    return name


def forget_name(folder: Path) -> None:
    """Let the next log of a folder be named anew."""
    if is_there(path := _name_path(folder)):
        remove(path)


def _name_path(folder: Path) -> Path:
    """Beside the folder, which is made when the log begins and moved when another does."""
    return folder.with_name(f"{folder.name}-origin")


def require_locks(folder: Path) -> None:
    """See that what has the name of a lock of this folder is one.

    Raises:
        FormatError: `ledger.file`.
    """
    for name in (_LOCK, _ASKING):
        require_lock(folder / name)


def packed(log: Log) -> dict[str, bytes]:
    """What a log's folder holds, for a backup: its keys and its marks, by their names."""
    with held(log.lock):
        found = (path for path in sorted(log.folder.iterdir()) if is_packed(path.name))
        return {path.name: data_of(path) or b"" for path in found}


def is_packed(name: str) -> bool:
    """Whether a backup may have a file of the log's folder."""
    return name in _PACKED or _CLOSED.fullmatch(name) is not None


def unpack(folder: Path, files: dict[str, bytes], *, at: str, faults: int) -> None:
    """Put keys from a backup of a time into a folder that has none; they do not sign yet.

    Its rows were taken with so many faults.

    What they signed since then is not known here (`suyuan.ledger.resuming`).
    """
    mark_keys(folder, at=at, faults=faults)
    for name in sorted(files, key=lambda name: name == _KEY):  # the key is written last
        write_whole(folder / name, files[name])


def set_aside(folder: Path) -> Path:
    """Move a log's folder away, so that another log may begin; where it is now."""
    number = 1
    while (aside := folder.with_name(f"{folder.name}-ended-{number}")).exists():
        number += 1
    folder.rename(aside)
    return aside


def rotate(
    log: Log, *, draw: Draw, revoke: bool = False, sm2: bool = False, device: str | None = None
) -> Log:
    """The log with a new key in the place of its Ed25519 key, or with `sm2` of that of SM2.

    The old one signs beside it until `end_handover`, so that whoever knows the old key alone, a
    witness first, goes on until it was told the new one. `device` is the URI of a key that a device
    holds (`suyuan.ledger.device`); else one is drawn.

    What was signed last is signed with the new key too, before it takes the old one's place: a
    crash leaves one of the two as the log's key, never none. `revoke` says that the old one is no
    longer to be believed: it signs nothing more, at once, and its signature is taken off what was
    signed last.

    Raises:
        LedgerError: `ledger.mark`, `ledger.no-sm2`.
        SuiteError: the device, or this machine's libcrypto, does not sign.
    """
    with held(log.lock):
        log = read_log(log.folder)  # somebody may have been first
        require_current(log.folder)
        at = 1 if sm2 else 0
        if sm2:
            _require_sm2(log)
        path = log.folder / (SM2 if sm2 else _KEY)
        old, (new, text) = log.keys[at], _fresh(log.origin, draw, sm2=sm2, device=device)
        checkpoint, before = last_signed(log)
        keys = (*log.keys[:at], new, *log.keys[at + 1 :])
        after = signed(Log(folder=log.folder, keys=keys, handover=log.handover), checkpoint)
        own = _by((old.vkey,), parse_note(before))
        keep_signed(log, note_bytes(Note(after.text, after.signatures + own)))
        put_off(log, old.vkey, _REVOKED if revoke else ROTATED)
        if not revoke:
            _keep_handover(log, {**_handover(log), old.vkey: parsed(path, str).strip()})
        keep_public(log.folder, new)
        write_whole(path, text.encode() + b"\n")
        if revoke:
            keep_signed(log, note_bytes(after))
        return read_log(log.folder)


def _fresh(origin: str, draw: Draw, *, sm2: bool, device: str | None) -> tuple[Key, str]:
    """A new key, and the line of it that is kept."""
    if device is not None:
        key = device_key(origin, device)
        return key, device_text(key, device)
    secret = _sm2_number(draw) if sm2 else draw(SEED_BYTES)
    made = sm2_key(origin, secret) if sm2 else ed25519_key(origin, secret)
    return made, skey_text(made, secret)


def revoke(log: Log, vkey: VKey) -> Log:
    """The log with a key that was rotated revoked, as when it is found stolen later."""
    with held(log.lock):
        log = read_log(log.folder)
        require_current(log.folder)
        if vkey not in log.rotated:
            text = words.NOT_ROTATED.format(vkey=vkey_text(vkey))
            raise LedgerError("ledger.not-rotated", text, "VKEY", status=404)
        put_off(log, vkey, _REVOKED)
        log = read_log(log.folder)  # of which it is no key of a handover any more
        _keep_handover(log, {k: line for k, line in _handover(log).items() if k in log.rotated})
        checkpoint, _ = last_signed(log)
        keep_signed(log, note_bytes(signed(log, checkpoint)))
        return log


def end_handover(log: Log) -> Log:
    """The log whose present keys alone sign from now on; those that were rotated are destroyed."""
    with held(log.lock):
        remove(log.folder / _HANDOVER)
        return read_log(log.folder)


def _handover(log: Log) -> dict[VKey, str]:
    """The keys that were put off by rotations and may sign yet, each with its line."""
    known = publics(log.folder)
    kept = each_line(log.folder / _HANDOVER, lambda line: (read_key(line, known).vkey, line))
    return {vkey: line for vkey, line in kept if vkey is not None}


def _keep_handover(log: Log, lines: Mapping[VKey, str]) -> None:
    if lines:
        write_whole(log.folder / _HANDOVER, "".join(f"{e}\n" for e in lines.values()).encode())
    else:
        remove(log.folder / _HANDOVER)


def _vkeys(keys: Iterable[Key]) -> tuple[VKey, ...]:
    return tuple(key.vkey for key in keys)


def is_begun(folder: Path) -> bool:
    """Whether a log lies in a folder."""
    return has_key(folder) and (folder / _SIGNED).exists()


def has_key(folder: Path) -> bool:
    """Whether a log's key lies in a folder, be its mark there or not."""
    return is_there(folder / _KEY)


def require_able(log: Log) -> None:
    """See that each key signs: what is no checkpoint, and is given to nobody.

    Raises:
        SuiteError: its device, or this machine's libcrypto, does not.
    """
    for key in (*log.keys, *log.handover):
        sign("suyuan doctor\n", key)


def add_sm2(log: Log, *, draw: Draw) -> Log:
    """The log with an SM2 key beside the other, made if there is none.

    Raises:
        SuiteError: this machine's libcrypto does not sign with SM2.
    """
    with held(log.lock):
        path = log.folder / SM2
        if not is_there(path):
            private = _sm2_number(draw)
            key = sm2_key(log.origin, private)
            keep_public(log.folder, key)
            write_whole(path, skey_text(key, private).encode() + b"\n")
        return read_log(log.folder)


def _require_sm2(log: Log) -> None:
    """See that there is an SM2 key to be replaced, and that it could sign."""
    for each in log.silent:
        raise SuiteError("suite.weak", each.why)
    if len(log.keys) == 1:
        raise LedgerError("ledger.no-sm2", words.NO_SM2, "--sm2", status=404)


def last_signed(log: Log) -> tuple[Checkpoint, bytes]:
    """What was signed last, read from the log's folder: the checkpoint, and the whole note.

    Its origin tells of which shard it is, which is the newest that anything was signed of.

    Raises:
        LedgerError: `ledger.mark`, it is not there or not this log's.
    """
    return _mark(log, log.folder / _SIGNED, log.vkeys[:1])


def closed(log: Log) -> dict[int, bytes]:
    """The final checkpoints of shards that are closed, by number, as they are published.

    Raises:
        LedgerError: `ledger.mark`, one is damaged, or of another shard than its name says.
    """
    known, finals = (*log.vkeys, *log.rotated, *log.revoked), dict[int, bytes]()
    for path in sorted(log.folder.iterdir()):
        if found := _CLOSED.fullmatch(path.name):
            final, finals[int(found[1])] = _mark(log, path, known)
            if number_of(final.origin, log.origin) != int(found[1]):
                _refuse("ledger.mark", words.BAD_MARK, path)
    return finals


def signed_anew(log: Log, finals: Mapping[int, bytes]) -> dict[int, bytes]:
    """The same without the signatures of keys that are revoked: the present key signs instead.

    The text is the same, so cosignatures stay. What is changed is kept on the disk.
    """
    found = {number: _without_revoked(log, note) for number, note in finals.items()}
    for number, note in found.items():
        if note != finals[number]:
            keep_closed(log, number, note)
    return found


def keep_closed(log: Log, number: int, note: bytes) -> None:
    """Remember on the disk the final checkpoint of a shard, whose tree never changes again."""
    write_whole(log.folder / f"closed-{number}", note)


def _mark(log: Log, path: Path, vkeys: tuple[VKey, ...]) -> tuple[Checkpoint, bytes]:
    if (note := data_of(path)) is None:
        _refuse("ledger.mark", words.NO_MARK, path)
    try:
        checkpoint = parse_checkpoint(parse_note(note).text)
        if number_of(checkpoint.origin, log.origin) is None:
            _refuse("ledger.mark", words.BAD_MARK, path)
        open_note(note, keys_for(checkpoint.origin, vkeys))
    except Exception:  # noqa: BLE001 -- whatever is in the file, it is no mark to go by
        _refuse("ledger.mark", words.BAD_MARK, path)
    return checkpoint, note


def _without_revoked(log: Log, note: bytes) -> bytes:
    parsed = parse_note(note)
    if not (gone := _by(log.revoked, parsed)):
        return note
    fresh = signed(log, parse_checkpoint(parsed.text)).signatures
    rest = [each for each in parsed.signatures if each not in (*gone, *fresh)]
    return note_bytes(Note(parsed.text, (*fresh, *rest)))


def keep_signed(log: Log, note: bytes) -> None:
    """Remember on the disk what was signed, before anybody is shown it."""
    write_whole(log.folder / _SIGNED, note)


def signed(log: Log, checkpoint: Checkpoint) -> Note:
    """The checkpoint under the log's own signatures, each in the name of its shard."""
    text, origin = checkpoint_text(checkpoint), checkpoint.origin
    keys = (Key(renamed(key.vkey, origin), key.signer) for key in (*log.keys, *log.handover))
    return Note(text, tuple(sign(text, key) for key in keys))


def read_log(folder: Path) -> Log:
    """The log of a folder as its files are now; its lock is held by who goes by them."""
    files = [path for path in (folder / _KEY, folder / SM2) if is_there(path)]
    known = publics(folder)
    found = [parsed(path, lambda text: read_key(text, known)) for path in files]
    keys = tuple(each for each in found if isinstance(each, Key))
    silent = tuple(each for each in found if isinstance(each, Silent))
    log = Log(folder=folder, keys=keys, silent=silent)
    revoked = _retired(log, _REVOKED)
    rotated = tuple(vkey for vkey in _retired(log, ROTATED) if vkey not in revoked)
    lines = [line for vkey, line in _handover(log).items() if vkey in rotated]
    leaving = [each for line in lines if isinstance(each := read_key(line, known), Key)]
    return Log(
        folder=folder, keys=keys, handover=tuple(leaving), rotated=rotated, revoked=revoked,
        silent=silent,
    )  # fmt: skip


def publics(folder: Path) -> list[VKey]:
    """Public keys by which private lines are named without computing."""
    former = each_line(folder / ROTATED, lambda line: parse_vkey(line, ROTATED))
    return [*kept_public(folder), *former]


def _retired(log: Log, how: str) -> tuple[VKey, ...]:
    """Keys that were rotated or revoked; the present one is none, if a crash left it here."""
    found = each_line(log.folder / how, lambda line: parse_vkey(line, how))
    return tuple(vkey for vkey in found if vkey not in log.vkeys)


def put_off(log: Log, vkey: VKey, how: str) -> None:
    """Write a key among those that were rotated or revoked; the log's lock is held."""
    lines = [vkey_text(each) for each in (*_retired(log, how), vkey)]
    write_whole(log.folder / how, "".join(f"{line}\n" for line in lines).encode())


def _by(vkeys: Iterable[VKey], note: Note) -> tuple[Signature, ...]:
    """The lines of these keys of a log on a note of one of its shards."""
    own = keys_for(note.text.partition("\n")[0], vkeys)
    ids = {(vkey.name, vkey.id) for vkey in own}
    return tuple(each for each in note.signatures if (each.name, each.key_id) in ids)


def _begin(folder: Path, origin: str, draw: Draw) -> None:
    """A key, and behind it what was signed so far: nothing. The key is written last."""
    seed = draw(SEED_BYTES)
    key = ed25519_key(origin, seed)
    text = skey_text(key, seed)
    try:
        parse_skey(text)
    except FormatError:
        bad = words.BAD_NAME.format(name=origin)
        raise LedgerError("ledger.origin", bad, "--log-origin") from None
    log = Log(folder=folder, keys=(key,))
    keep_signed(log, note_bytes(signed(log, Checkpoint(origin, 0, EMPTY_ROOT))))
    write_whole(folder / _KEY, text.encode() + b"\n")


def _sm2_number(draw: Draw) -> bytes:
    """A private key of SM2: nearly every 32 bytes are one."""
    while True:
        private = draw(SEED_BYTES)
        try:
            sm2_key("x", private)
        except FormatError:
            continue
        return private


def _refuse(code: str, text: Text, path: Path) -> NoReturn:
    raise TamperedError(code, text.format(path=path, name=path), str(path), status=500)
