"""A rule of retention, and keys from a backup, that are hit on their way into the log.

What must hold after the blow: each is an act of the log once, or it was not done at all.
"""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
from faulty import Outcome

from suyuan import ledger
from suyuan.ledger import acts, keys, shards
from suyuan.ledger.restored import RESTORED, is_restored
from suyuan.ledger.types import LedgerError
from suyuan.service import mirror_to, prune, publish, resume, retain
from suyuan.tlog.artefact import verify_file, verify_mirror
from suyuan.tlog.retained import RETAINED, RETENTION
from suyuan.tlog.tiles import WIDTH

if TYPE_CHECKING:
    from scenes import Site

DAYS: Final = 1
"""For how long entries are served; it is asked a little later than that."""
_LATER: Final = timedelta(days=DAYS, hours=1)


def order(site: "Site", component: str) -> dict[str, Any]:
    """A bundle more that is old by the rule; or keys that a backup brought back."""
    if component == "resume":
        site.capture()
        backup = _backup(site)
        (site.folder / "log" / RESTORED).write_text(f"{backup}\nfaults 0\n")
        return {"newest": site.published.decode(), "backup": backup, "at": site.year.isoformat()}
    retain(site.platform, DAYS)
    site.capture_many(WIDTH)
    site.continues()
    site.rules, site.whole = rules(site), _whole(site)
    site.year += _LATER
    if component == "rule-file":
        (site.folder / "log" / RETENTION).write_text(f"days {DAYS}\nfirst {site.whole}\n")
    return {"at": site.year.isoformat()}


def _backup(site: "Site") -> str:
    """The time of the backup, another each time."""
    return f"2026-03-01T08:00:00.{site.number:06}+08:00"


def rules(site: "Site") -> list[tuple[int, int]]:
    """The days and the first entry of each rule that was logged, or waits for its position."""
    with site.store.read() as conn:
        found = list(acts.every(conn, kind=RETAINED))
    assert all(each.proven for each in found)
    said = [msgspec.json.decode(each.said) for each in found]
    return [(each["days"], each["first"]) for each in said]


def _whole(site: "Site") -> int:
    """How many entries may be withheld when all that are there are old: whole bundles."""
    with site.store.read() as conn:
        newest = shards.until(conn, ledger.head(conn).size)[-1]
    return newest.before + newest.size // WIDTH * WIDTH


def after_prune(site: "Site", done: Outcome, target: Path) -> None:
    """The rule is the one before or the one after; done again all old bundles are withheld."""
    later = [*site.rules, (DAYS, site.whole)]
    assert rules(site) in ((later,) if done.acked else (site.rules, later))
    assert prune(site.platform).first == site.whole
    _is_logged_once(site, target)


def after_rule_file(site: "Site", done: Outcome, target: Path) -> None:
    """The rule lies in its file until it is an act, and is one once."""
    path = site.folder / "log" / RETENTION
    assert path.exists() or rules(site)[-1] == (DAYS, site.whole)
    assert not (done.acked and path.exists())
    site.continues()
    assert not path.exists()
    _is_logged_once(site, target)


def _is_logged_once(site: "Site", target: Path) -> None:
    site.continues()
    assert rules(site) == [*site.rules, (DAYS, site.whole)]
    mirror_to(site.platform, target)
    found = verify_mirror(
        lambda name: (target / name).read_bytes() if (target / name).is_file() else None,
        site.trust(),
    )
    assert found.damages == ()
    assert found.first + sum(first for *_, first in found.earlier) == site.whole


def resumed(site: "Site") -> list[str]:
    """Of which backup each act says that its keys sign again."""
    with site.store.read() as conn:
        found = list(acts.every(conn, kind=acts.RESUMED))
    return [str(msgspec.json.decode(each.said)["backup"]) for each in found]


def after_resume(site: "Site", done: Outcome, _target: Path) -> None:
    """The keys do not sign, or the log is to say that they do; nothing is signed without that."""
    folder, backup = site.folder / "log", _backup(site)
    told = resumed(site).count(backup)
    assert told == 1 or (told == 0 and not done.acked)
    if is_restored(folder):
        assert told == 0
        with pytest.raises(LedgerError, match=r"ledger\.restored"):
            publish(site.platform)
        resume(site.platform, site.published)
    elif told == 0:
        assert (folder / "resumed").exists()
        before = verify_file(site.published, site.trust())
        assert keys.last_signed(keys.read_log(folder))[0].size == before.size
    site.continues()
    assert resumed(site).count(backup) == 1
    assert not [each for each in (RESTORED, "resumed") if (folder / each).exists()]
