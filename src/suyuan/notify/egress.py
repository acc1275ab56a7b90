"""Takes an address that a subscriber gave and a body; sends it there, and nowhere else.

Whoever may name an address could make this machine speak to its own network: databases, the
services of a cloud that hand out its keys. So a name is resolved once, what it resolves to must be
of the open internet or of a network that the operator allows, the connection goes to that very
address, and no redirect is followed. Time and size of the answer are bounded.
"""

import errno
import os
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import lru_cache, partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import SplitResult, urlsplit

import h11
from msgspec import Struct

from suyuan.codes import privacy
from suyuan.kit import SuyuanError, Text
from suyuan.notify.types import Answered, Network, SubscriptionError

Address = IPv4Address | IPv6Address
Headers = Sequence[tuple[str, str]]
Done = TypeVar("Done")

_PORTS: Final = {"http": 80, "https": 443}
_LONGEST: Final = 2_000
_HEAD: Final = 64 << 10  # bytes of status and headers of an answer
_PIECE: Final = 16 << 10
_SIX: Final = 6
_TURN: Final = 0.25  # seconds between two looks whether to stop
_MOST_WAIT: Final = 24 * 3600  # seconds that a receiver may ask for
_NEVER: Final[tuple[Network, ...]] = tuple(
    ip_network(each)
    for each in (
        "168.63.129.16/32",  # the machine's own host at one cloud, though of the open internet
        "192.0.0.0/24",  # protocols' own; a few of them count as open
        "192.88.99.0/24",  # relays into networks of IPv4 (RFC 7526)
        "2001::/23", "2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "::/96",  # IPv4 inside IPv6
    )
)  # fmt: skip

_FORM: Final = Text(
    "接收地址 “{found}” 不可用；请写成 https://主机/路径，不含用户名、口令和 #。",
    "The address '{found}' cannot be used; write https://host/path, without user, password or #.",
)
_PLAIN: Final = Text(
    "接收地址须用 https；http 只能用于管理员放行的网络。",
    "The address must be https; http is only for networks that the operator allows.",
)
_FORBIDDEN: Final = Text(
    "接收地址指向内部网络，不予发送；确需如此请管理员用 --allow-network 放行该网络。",
    "The address leads into an inner network and nothing is sent there; if it must be, the "
    "operator allows that network with --allow-network.",
)
_UNRESOLVED: Final = Text("接收地址的主机名解析不到。", "The address's host cannot be resolved.")
_AWAY: Final = Text("连不上接收方：{why}", "The receiver cannot be reached: {why}")
_SLOW: Final = Text(
    "接收方在 {seconds} 秒内没有答复。", "The receiver did not answer within {seconds} s."
)
_NONSENSE: Final = Text(
    "接收方的答复不是 HTTP，或头部过长。", "The receiver's answer is no HTTP, or its head too long."
)
_STOPPED: Final = Text("服务正在停止。", "The service is stopping.")
_NETWORK: Final = Text(
    "“{found}” 不是网络；请写成 10.0.0.0/8。", "'{found}' is no network; write 10.0.0.0/8."
)


class EgressError(SuyuanError):
    """Nothing was sent, or nobody answered."""


class StoppedError(EgressError):
    """This process stops: no fault of the receiver's."""


class Rules(Struct, frozen=True):
    """Where may be sent beside the open internet, and for how many seconds in all."""

    allowed: tuple[Network, ...] = ()
    patience: float = 20.0


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks as an operator writes them, parted by commas or spaces.

    Raises:
        EgressError: one that is none.
    """
    found: list[Network] = []
    for text in (each for given in texts for each in given.replace(",", " ").split()):
        try:
            found.append(ip_network(text))
        except ValueError as error:
            raise EgressError(
                "egress.network", _NETWORK.format(found=privacy.quoted(text, 60)), "--allow-network"
            ) from error
    return tuple(found)


def is_open(address: Address, rules: Rules) -> bool:
    """Whether anything may be sent to an address."""
    plain = getattr(address, "ipv4_mapped", None) or address
    if any(plain in network for network in rules.allowed):
        return True
    if any(plain in network for network in _NEVER):
        return False
    return plain.is_global and not (plain.is_multicast or plain.is_reserved or plain.is_unspecified)


def require_sendable(dest: str, rules: Rules) -> None:
    """See that an address has the form, and that it does not lead inside as far as one can tell.

    A name that does not resolve now may do so later; each delivery looks again.

    Raises:
        SubscriptionError: it is out of form, or leads inside.
    """
    try:
        parts = _parts(dest)
        _addresses(parts, rules)
    except EgressError as error:
        if error.code != "egress.unresolved":
            raise SubscriptionError("subscription.dest", error.text, "dest") from error


def post(
    dest: str, body: bytes, headers: Headers, rules: Rules, *, stopped: Callable[[], bool]
) -> Answered:
    """What the receiver at an address answers to a body; its answer's own body is not read.

    Raises:
        EgressError: nothing may be sent there, or nobody answered in time.
        StoppedError: `stopped` said so meanwhile.
    """
    parts = _parts(dest)
    clock = _Clock(rules.patience, stopped)
    failed: EgressError | None = None
    for address in _addresses(parts, rules):
        try:
            with closing(_connected(parts, address, clock)) as connection:
                return _exchange(connection, _request(parts, body, headers), body, clock)
        except OSError as error:
            why = type(error).__name__
            failed = EgressError("egress.away", _AWAY.format(why=why), "dest")
    raise failed or EgressError("egress.unresolved", _UNRESOLVED, "dest")


class _Clock:
    """How long there is still to wait, looked at in short turns."""

    def __init__(self, patience: float, stopped: Callable[[], bool]) -> None:
        self._patience, self._stopped = patience, stopped
        self._ends = time.monotonic() + patience

    def turn(self) -> float:
        """Seconds to wait for now.

        Raises:
            EgressError: the time is over.
            StoppedError: this process stops.
        """
        if self._stopped():
            raise StoppedError("egress.stopped", _STOPPED)
        left = self._ends - time.monotonic()
        if left <= 0:
            raise self.over()
        return min(left, _TURN)

    def over(self) -> EgressError:
        """It took too long."""
        return EgressError("egress.slow", _SLOW.format(seconds=round(self._patience)), "dest")


def _parts(dest: str) -> SplitResult:
    """An address taken apart.

    Raises:
        EgressError: it is out of form.
    """
    wrong = EgressError("egress.form", _FORM.format(found=privacy.quoted(dest)), "dest")
    if not (dest.isascii() and dest.isprintable()) or " " in dest or len(dest) > _LONGEST:
        raise wrong
    try:
        parts = urlsplit(dest)
        port = parts.port
    except ValueError as error:
        raise wrong from error
    host = parts.hostname or ""
    extra = parts.username is not None or parts.password is not None or "#" in dest
    if parts.scheme not in _PORTS or not host or "%" in host or extra or port == 0:
        raise wrong
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


def _addresses(parts: SplitResult, rules: Rules) -> list[Address]:
    """Where the host is, as far as anything may be sent there; asked once.

    Raises:
        EgressError: nowhere, or only where nothing may be sent.
    """
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise EgressError("egress.unresolved", _UNRESOLVED, "dest") from error
    addresses = list(dict.fromkeys(ip_address(str(each[4][0]).partition("%")[0]) for each in found))
    usable = [address for address in addresses if is_open(address, rules)]
    if not usable:
        raise EgressError("egress.forbidden", _FORBIDDEN, "dest")
    if parts.scheme == "http":
        inner = [each for each in usable if any(each in network for network in rules.allowed)]
        if not inner:
            raise EgressError("egress.plain", _PLAIN, "dest")
        return inner
    return usable


def _connected(parts: SplitResult, address: Address, clock: _Clock) -> socket.socket:
    """A connection to that address, under the name that the receiver's certificate must have."""
    family = socket.AF_INET6 if address.version == _SIX else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        _reach(connection, (str(address), _port(parts)), clock)
        if parts.scheme == "http":
            return connection
        connection = _trust().wrap_socket(
            connection, server_hostname=parts.hostname, do_handshake_on_connect=False
        )
        _in_turns(connection, connection.do_handshake, clock)
    except BaseException:
        connection.close()
        raise
    return connection


def _reach(connection: socket.socket, where: tuple[str, int], clock: _Clock) -> None:
    """Connect, looked at in turns."""
    connection.setblocking(False)
    begun = connection.connect_ex(where)
    if begun not in {0, errno.EINPROGRESS}:
        raise OSError(begun, os.strerror(begun))
    poll = select.poll()
    poll.register(connection, select.POLLOUT)
    while not poll.poll(clock.turn() * 1000):
        pass
    if failed := connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(failed, os.strerror(failed))


def _in_turns(connection: socket.socket, act: Callable[[], Done], clock: _Clock) -> Done:
    """Do something that waits for the other side, and look meanwhile whether to go on."""
    while True:
        connection.settimeout(clock.turn())
        try:
            return act()
        except TimeoutError:
            continue


def _trust() -> ssl.SSLContext:
    """What the machine believes certificates by, as it is now."""
    paths = ssl.get_default_verify_paths()
    believed = [Path(path) for path in (paths.cafile, paths.capath) if path]
    return _read_trust(tuple((path, path.stat().st_mtime_ns) for path in believed))


@lru_cache(maxsize=1)
def _read_trust(_believed: tuple[tuple[Path, int], ...]) -> ssl.SSLContext:
    """The same, read once: that takes longer than to send a message."""
    return ssl.create_default_context()


def _request(parts: SplitResult, body: bytes, headers: Headers) -> h11.Request:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    said = [
        ("Host", parts.netloc),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
        *headers,
    ]
    return h11.Request(method="POST", target=target, headers=said)


def _exchange(
    connection: socket.socket, request: h11.Request, body: bytes, clock: _Clock
) -> Answered:
    """Send a request and read the head of its answer."""
    spoken = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD)
    data = spoken.send(request) or b""
    data += (spoken.send(h11.Data(data=body)) or b"") + (spoken.send(h11.EndOfMessage()) or b"")
    with suppress(ConnectionError):  # who answers before all is read, and closes, has answered
        at = 0
        while at < len(data):
            piece = data[at : at + _PIECE]
            at += _in_turns(connection, partial(connection.send, piece), clock)
    try:
        return _answered(spoken, _received(connection, clock))
    except h11.RemoteProtocolError as error:
        raise EgressError("egress.nonsense", _NONSENSE, "dest") from error


def _received(connection: socket.socket, clock: _Clock) -> Iterator[bytes]:
    """What comes, until nothing does or it is too much."""
    size = 0
    while size <= _HEAD:
        data = _in_turns(connection, partial(connection.recv, _PIECE), clock)
        size += len(data)
        yield data
        if not data:
            return


def _answered(spoken: h11.Connection, pieces: Iterable[bytes]) -> Answered:
    for piece in pieces:
        spoken.receive_data(piece)
        while (event := spoken.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.Response):
                return Answered(status=event.status_code, retry_after=_retry_after(event))
            if not isinstance(event, h11.InformationalResponse):
                break
    raise EgressError("egress.nonsense", _NONSENSE, "dest")


def _retry_after(response: h11.Response) -> int | None:
    """The seconds that a receiver asks to be left alone for, as far as that is heeded."""
    said = dict(response.headers).get(b"retry-after", b"")
    return min(int(said), _MOST_WAIT) if said.isdigit() and len(said) < len("1000000000") else None
