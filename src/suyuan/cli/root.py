"""Takes the options that every command shares; gives them to the command as one context."""

import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from suyuan import __version__
from suyuan.cli import usage
from suyuan.cli.group import LazyGroup
from suyuan.cli.waiting import WaitingLimits, taken_out, waiting_options
from suyuan.kit.text import Lang

if TYPE_CHECKING:  # a command imports the service itself: `suyuan --help` must not wait for it
    from suyuan.service import Config, Platform

Serve = Callable[["Platform"], None]
ServeWitness = Callable[[Path, str, int], None]


class Launcher(Struct, frozen=True):
    """What only the composition root can do: serve an open platform, or the witness of a folder."""

    serve: Serve
    witness: ServeWitness


class Shared(Struct, frozen=True, kw_only=True):
    """The shared options, as a command receives them."""

    launcher: Launcher
    data_dir: Path
    database_url: str | None
    lang: Lang
    resolvers: tuple[str, ...] = ()
    public: str = ""
    log_origin: str | None = None
    allowed: tuple[str, ...] = ()
    waiting: WaitingLimits = WaitingLimits()

    def config(self, **serving: Any) -> "Config":
        """The configuration of the platform these options name; `serving` says how it is served.

        Raises:
            SuyuanError: a resolver that is no address, a network that is none, limits that exclude.
        """
        from suyuan.codes import resolvers  # noqa: PLC0415 -- only when a command runs
        from suyuan.notify import egress  # noqa: PLC0415
        from suyuan.service import Config  # noqa: PLC0415

        return Config(
            data_dir=self.data_dir,
            database_url=self.database_url,
            resolvers=self.hosts(),
            public=resolvers.root_of(self.public),
            log_origin=self.log_origin,
            operator=_user(),
            allowed=egress.networks(self.allowed),
            room=self.waiting.room(),
            capture_tries=self.waiting.capture_tries,
            **serving,
        )

    def hosts(self) -> frozenset[str]:
        """The hosts whose links are codes.

        Raises:
            SuyuanError: a resolver that is no address.
        """
        from suyuan.codes import resolvers  # noqa: PLC0415 -- only when a command runs

        return resolvers.hosts((*self.resolvers, self.public))

    def has_database(self) -> bool:
        """Whether a database is named, or was begun in the data folder: its data, or where it is.

        A folder that we may not look into may hold one: to open it says what is the matter.
        """
        if self.database_url is not None:
            return True
        own = self.data_dir / "pg"
        try:
            return any(_is_there(own / each) for each in ("data", "place.json"))
        except PermissionError:
            return True


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _user() -> str:
    """The user of this machine; its number where it has no name."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


@usage.in_both
@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="溯源：来源可查、去向可追、责任可究。\n\n"
    "Suyuan, the traceability system for important products.",
)
@click.version_option(__version__, prog_name="suyuan", help="显示版本 · Show the version and exit.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var"),
    envvar="SUYUAN_DATA_DIR",
    show_default=True,
    help="数据目录 · Where the embedded database keeps its data.",
)
@click.option(
    "--database-url",
    envvar="SUYUAN_DATABASE_URL",
    help="外部 PostgreSQL ≥ 15 · A PostgreSQL to use instead of the embedded one.",
)
@click.option(
    "--resolvers",
    multiple=True,
    envvar="SUYUAN_RESOLVERS",
    help="链接即编码的网址，本平台自己的在先 · Addresses whose links are codes, your own first.",
)
@click.option(
    "--public-url",
    "public",
    default="",
    envvar="SUYUAN_PUBLIC_URL",
    help="本平台的公开网址，印在标签上 · This platform's own address, printed on labels.",
)
@click.option(
    "--log-origin",
    envvar="SUYUAN_LOG_ORIGIN",
    help="新日志的名称，如 trace.example.com/log · The name of the log, when it begins.",
)
@click.option(
    "--allow-network",
    "allowed",
    multiple=True,
    envvar="SUYUAN_ALLOW_NETWORKS",
    help="推送可以进入的内部网络，如 10.0.0.0/8 · Inner networks that messages may go to.",
)
@waiting_options
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    default="zh",
    envvar="SUYUAN_LANG",
    show_default=True,
    help="语言 · Language of what is printed.",
)
@click.pass_context
def cli(ctx: click.Context, /, data_dir: Path, **given: Any) -> None:
    """Keep the shared options for the command that follows."""
    launcher = ctx.find_object(Launcher)
    assert launcher is not None  # noqa: S101 -- the composition root gives it
    waiting = taken_out(given)
    ctx.obj = Shared(launcher=launcher, data_dir=data_dir.absolute(), waiting=waiting, **given)
