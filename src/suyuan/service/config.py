"""What a running platform is configured with; a user's settings are in docs/howto/settings.md."""

from pathlib import Path
from typing import Self

from msgspec import Struct, structs

from suyuan.capture.types import Room
from suyuan.codes.types import RESOLVERS
from suyuan.notify.types import Network

LOG_FOLDER = "log"
"""Below the data folder."""


class Config(Struct, frozen=True, kw_only=True):
    """Where the data lives, where to listen, and how much one request may ask.

    * `data_dir`: the embedded database and this installation's files.
    * `database_url`: a PostgreSQL ≥ 15 to use instead of the embedded one.
    * `host`, `port`: where `suyuan serve` listens; port 0 lets the system choose.
    * `max_document`: bytes of one capture document, after decompression.
    * `session_hours`: how long a browser stays signed in.
    * `resolvers`: hosts whose links are identifiers: this platform's own address, and others.
    * `public`: this platform's own address as phones open it, which labels are printed on; its host
      is one of the `resolvers`.
    * `log_origin`: the name of this installation's log, kept until it begins; else one is drawn.
    * `operator`: the user of the machine who works on it without an account.
    * `allowed`: networks that subscribers' addresses may lead into beside the open internet.
    * `publish_every`: seconds between two looks of the log's signer at a quiet record.
    * `follow_every`: seconds between two looks of the index at a quiet record.
    * `room`: how many documents may wait to be captured.
    * `capture_tries`: faults of ours after which one that waits is given up.
    * `capture_workers`: how many of them one server captures at a time, each of another party.
    * `finish`: seconds that requests have to be answered in when `suyuan serve` is to stop.
    """

    data_dir: Path
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    max_document: int = 32 * 1024 * 1024
    session_hours: int = 12
    resolvers: frozenset[str] = RESOLVERS
    public: str = ""
    follow_every: float = 0.2
    log_origin: str | None = None
    operator: str = ""
    publish_every: float = 1.0
    allowed: tuple[Network, ...] = ()
    finish: float = 10.0
    room: Room = Room()
    capture_tries: int = 12
    capture_workers: int = 1

    @property
    def log_folder(self) -> Path:
        """Where the keys and marks of this installation's log lie."""
        return self.data_dir / LOG_FOLDER

    def inside(self, folder: Path) -> Self:
        """The same configuration with its data in another folder."""
        return structs.replace(self, data_dir=folder)
