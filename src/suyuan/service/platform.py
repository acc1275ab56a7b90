"""Takes a configuration; gives an open platform: its store, its rules, its clock, its secrets."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from msgspec import Struct

from suyuan import ledger, registry
from suyuan.exchange import vocabulary
from suyuan.families import Families, load_families
from suyuan.kit import Clock, Ids
from suyuan.kit.clock import system_clock
from suyuan.kit.digest import mac
from suyuan.kit.ids import Draw, random_key, random_uuid_urn
from suyuan.ledger import keys
from suyuan.ledger.types import AheadError, Done
from suyuan.record import Recorder
from suyuan.registry.types import Supplies
from suyuan.service.config import Config
from suyuan.service.guesses import Guesses
from suyuan.store import Store, StoreSettings, WriteConnection, migrate, open_store


class Platform(Struct, frozen=True, kw_only=True):
    """Everything a use case needs; made by `open_platform`, closed by it too.

    `recorder` takes documents in (and keys the access tags), `session_secret` signs browser
    sessions: both secrets belong to this installation and never leave it. `guesses` remembers
    wrong passwords while the process lives, `supplies` the supplies of codes that were looked up,
    and `length` how long the record was seen to be.
    """

    config: Config
    store: Store
    families: Families
    clock: Clock
    ids: Ids
    draw: Draw
    recorder: Recorder
    session_secret: bytes
    guesses: Guesses
    supplies: Supplies
    length: vocabulary.Length

    def number(self) -> UUID:
        """A new number, of a package, a batch or a run."""
        return UUID(self.ids().removeprefix("urn:uuid:"))

    def log_act(
        self,
        conn: WriteConnection,
        kind: str,
        *,
        party: str | None = None,
        account: int | None = None,
        **said: Any,
    ) -> int:
        """Make an act an entry of the log, in the transaction that does it; gives its number.

        What is said of it is plain: texts, whole numbers, lists; days as texts. `account` did it;
        None is whoever works at the machine itself.
        """
        (number,) = self.log_acts(conn, [Done(kind, party, said)], account=account)
        return number

    def log_acts(
        self, conn: WriteConnection, done: Iterable[Done], *, account: int | None = None
    ) -> list[int]:
        """The same for many, all of one doer."""
        by = self.mark_of(self.config.operator if account is None else account)
        marked = [Done(each.kind, each.party, {**spelled(each.said), "by": by}) for each in done]
        return ledger.acts.keep(conn, marked, now=self.clock(), draw=self.draw)

    def mark_of(self, doer: int | str) -> str:
        """By what the log names an account or a user of the machine."""
        return ledger.acts.mark_of(doer, self.recorder.secret)

    def sealed(self, data: bytes) -> str:
        """What binds data, and without this installation's secret tells nothing of it."""
        return mac(self.recorder.secret, data).hex()


def spelled(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, under names as the log spells them."""
    return {name.replace("_", "-"): value for name, value in said.items()}


@contextmanager
def open_platform(
    config: Config,
    *,
    clock: Clock = system_clock,
    ids: Ids = random_uuid_urn,
    draw: Draw = random_key,
) -> Iterator[Platform]:
    """Open the store, bring its tables up to date, and take up what a crash left waiting.

    Raises:
        StoreError: no database can be had, or it is too old.
    """
    settings = StoreSettings(data_dir=config.data_dir / "pg", database_url=config.database_url)
    with open_store(settings) as store:
        migrate(store.dsn)
        yield on_store(store, config, clock=clock, ids=ids, draw=draw)


def on_store(
    store: Store,
    config: Config,
    *,
    clock: Clock = system_clock,
    ids: Ids = random_uuid_urn,
    draw: Draw = random_key,
) -> Platform:
    """A platform on a store that is open and migrated; whoever opened the store closes it.

    Raises:
        LedgerError: `ledger.origin`, `ledger.other-name`.
    """
    if config.log_origin is not None:
        keys.keep_name(config.log_folder, config.log_origin)
    with store.write() as conn:
        tag_secret = registry.installation.secret(conn, "tags", draw=draw)
        session_secret = registry.installation.secret(conn, "sessions", draw=draw)
    with suppress(AheadError), store.write() as conn:  # else nobody could look, or mend it
        ledger.sequence(conn, now=clock())
    families = load_families()
    return Platform(
        config=config,
        store=store,
        families=families,
        clock=clock,
        ids=ids,
        draw=draw,
        recorder=Recorder(
            clock=clock,
            ids=ids,
            draw=draw,
            secret=tag_secret,
            families=families,
            resolvers=config.resolvers,
        ),
        session_secret=session_secret,
        guesses=Guesses(),
        supplies={},
        length=vocabulary.Length(),
    )
