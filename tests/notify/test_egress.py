"""Nothing is sent into inner networks, nowhere twice resolved, and no answer holds us up."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from receiving import Receiver
from suyuan.notify import egress
from suyuan.notify.egress import EgressError, Rules, StoppedError, is_open, networks, post
from suyuan.notify.types import Answered, SubscriptionError

HERE = Rules(allowed=networks(["127.0.0.0/8"]), patience=10.0)
INNER = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4",
    "240.0.0.0/4", "::/96", "::1/128", "::ffff:10.0.0.0/104", "::ffff:169.254.0.0/112",
    "64:ff9b::/96", "2001::/32", "2002::/16", "fc00::/7", "fe80::/10", "ff00::/8",
)  # fmt: skip


def never() -> bool:
    return False


def within(text: str) -> st.SearchStrategy[IPv4Address | IPv6Address]:
    network = ip_network(text)
    return st.integers(0, network.num_addresses - 1).map(lambda number: network[number])


@given(st.sampled_from(INNER).flatmap(within))
def test_no_address_of_an_inner_network_is_open(address: IPv4Address | IPv6Address) -> None:
    assert not is_open(address, Rules())
    assert is_open(address, Rules(allowed=(ip_network("0.0.0.0/0"), ip_network("::/0"))))


@pytest.mark.parametrize("address", ["1.1.1.1", "203.119.25.1", "2606:4700::1111"])
def test_the_open_internet_is_open(address: str) -> None:
    assert is_open(ip_address(address), Rules())


@pytest.mark.parametrize(
    "dest",
    [
        "http://127.0.0.1/", "https://127.0.0.1/", "https://localhost/", "https://0x7f.1/",
        "https://2130706433/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0/",
        "https://169.254.169.254/latest/meta-data/", "https://100.100.100.200/",
        "https://192.168.1.1:8443/", "https://017700000001/",
    ],
)  # fmt: skip
def test_inner_addresses_are_refused_however_they_are_written(dest: str) -> None:
    with pytest.raises(SubscriptionError) as caught:
        egress.require_sendable(dest, Rules())
    assert caught.value.place == "dest"
    with pytest.raises(EgressError) as failed:
        post(dest, b"{}", [], Rules(), stopped=never)
    assert failed.value.code == "egress.forbidden"


@pytest.mark.parametrize(
    "dest",
    [
        "", "x", "/hook", "ftp://a.cn/", "https://", "https:///x", "https://a.cn/#x",
        "https://u:p@a.cn/", "https://u@a.cn/", "https://a.cn:99999/", "https://a.cn:0/",
        "https://a.cn/a b", "https://a.cn/\r\nHost: b", "https://溯源.cn/", "https://[::1%25eth0]/",
        "https://a.cn/" + "x" * 3_000, "javascript:alert(1)", "https://[/",
    ],
)  # fmt: skip
def test_an_address_out_of_form_is_refused(dest: str) -> None:
    with pytest.raises(SubscriptionError) as caught:
        egress.require_sendable(dest, HERE)
    assert caught.value.code == "subscription.dest"


@given(st.text(max_size=40))
def test_whatever_is_given_as_an_address_is_refused_or_taken_never_a_fault(tail: str) -> None:
    for dest in (tail, f"https://127.0.0.1/{tail}", f"https://127.0.0.1:{tail}"):
        try:
            egress.require_sendable(dest, HERE)
        except SubscriptionError:
            continue


def test_plain_http_goes_to_allowed_networks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving("1.1.1.1", []))
    with pytest.raises(EgressError) as caught:
        post("http://hook.example/", b"{}", [], HERE, stopped=never)
    assert caught.value.code == "egress.plain"


def resolving(address: str, asked: list[str]) -> Callable[..., object]:
    def found(host: str, port: int, *_: object, **__: object) -> object:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return found


def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_looked_at(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that means another address a moment later leads nowhere else."""
    asked: list[str] = []
    plain = socket.getaddrinfo

    def rebinding(host: str, *args: object, **more: object) -> object:
        if host != "hook.example":
            assert ip_address(host)  # a connection to an address asks about that address
            return plain(host, *args, **more)  # type: ignore[arg-type]
        asked.append(host)
        return resolving("127.0.0.1" if len(asked) == 1 else "127.0.0.2", [])(host, *args)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    dest = receiver.url.replace("127.0.0.1", "hook.example")
    assert post(dest, b"{}", [], HERE, stopped=never) == Answered(status=200)
    assert asked == ["hook.example"]
    assert receiver.got[0].headers["host"].startswith("hook.example:")


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does what is wrong."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(30)
                    connection.recv(65_536)
                    try:
                        answer(connection)
                    except OSError:
                        continue

        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            over.set()
            serving.join()


@pytest.mark.parametrize(
    "said",
    [
        b"", b"\0" * 100, b"hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: 1",
        b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200_000, b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
        b"HTTP/1.1 200 OK\r\n" + b"y" * 200_000,
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told_as_that(said: bytes) -> None:
    with (
        answering(lambda connection: connection.sendall(said)) as url,
        pytest.raises(EgressError) as caught,
    ):
        post(url, b"{}", [], HERE, stopped=never)
    assert caught.value.code in {"egress.nonsense", "egress.away"}


def test_an_answer_after_others_that_are_only_on_the_way_counts() -> None:
    said = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nRetry-After: 7\r\n\r\n"
    with answering(lambda connection: connection.sendall(said)) as url:
        assert post(url, b"{}", [], HERE, stopped=never) == Answered(status=202, retry_after=7)


def test_who_answers_a_letter_at_a_time_is_waited_for_no_longer_than_in_all() -> None:
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        while not over.wait(0.02):
            connection.sendall(b"H")

    with answering(drip) as url:
        with pytest.raises(EgressError) as caught:
            post(url, b"{}", [], Rules(allowed=HERE.allowed, patience=0.5), stopped=never)
        over.set()
    assert caught.value.code in {"egress.slow", "egress.nonsense"}


def test_who_never_answers_does_not_hold_up_a_process_that_stops() -> None:
    over, stop = threading.Event(), threading.Event()

    def silence(_connection: socket.socket) -> None:
        stop.set()
        over.wait(30)

    with answering(silence) as url:
        with pytest.raises(StoppedError):
            post(url, b"{}", [], Rules(allowed=HERE.allowed, patience=600), stopped=stop.is_set)
        over.set()


@contextmanager
def answering_nobody() -> Iterator[int]:
    """A port at which no connection is taken any more: who comes is let wait."""
    with socket.socket() as crowded, ExitStack() as queue:
        crowded.bind(("127.0.0.1", 0))
        crowded.listen(0)
        for _ in range(3):
            waiting = queue.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(crowded.getsockname())
        yield crowded.getsockname()[1]


@contextmanager
def listening_in_silence() -> Iterator[int]:
    """A port whose connections are taken, and at which nothing is read or said."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        yield silent.getsockname()[1]


@pytest.mark.parametrize(
    ("away", "scheme"),
    [
        (answering_nobody, "http"),  # while it is connected to
        (listening_in_silence, "https"),  # while keys are agreed on
        (listening_in_silence, "http"),  # while more is sent than it takes
    ],
)
def test_who_is_away_does_not_hold_up_a_process_that_stops(
    away: Callable[[], AbstractContextManager[int]], scheme: str
) -> None:
    stop = threading.Event()
    told = threading.Timer(0.5, stop.set)
    told.start()
    rules = Rules(allowed=HERE.allowed, patience=600)
    with away() as port:
        begin = time.monotonic()
        with pytest.raises(StoppedError):
            post(f"{scheme}://127.0.0.1:{port}/", bytes(64 << 20), [], rules, stopped=stop.is_set)
    assert stop.is_set()
    assert time.monotonic() - begin < 5
    told.join()


def certificate(folder: Path, name: str) -> Path:
    """A key and a certificate of its own for a name, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(
    ("name", "believed", "expected"),
    [
        ("hook.example", "hook.example", 204),
        ("other.example", "other.example", None),
        ("hook.example", "", None),
    ],
)
def test_a_receiver_proves_its_name_by_a_certificate_that_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, believed: str, expected: int | None
) -> None:
    file = certificate(tmp_path, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    if believed:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    plain = socket.getaddrinfo

    def here(host: str, *args: object, **more: object) -> object:
        there = "127.0.0.1" if host == "hook.example" else host
        return plain(there, *args, **more)  # type: ignore[arg-type]

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(30)
                try:
                    with context.wrap_socket(connection, server_side=True) as spoken:
                        spoken.recv(65_536)
                        spoken.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                except OSError:
                    return

        serving = threading.Thread(target=serve)
        serving.start()
        monkeypatch.setattr(socket, "getaddrinfo", here)
        dest = f"https://hook.example:{server.getsockname()[1]}/"
        if expected is not None:
            assert post(dest, b"{}", [], HERE, stopped=never).status == expected
        else:
            with pytest.raises(EgressError) as caught:
                post(dest, b"{}", [], HERE, stopped=never)
            assert caught.value.code == "egress.away"
        serving.join()


@pytest.mark.parametrize("text", ["10.0.0.1/8", "x", "10.0.0.0/33"])
def test_a_network_out_of_form_is_refused(text: str) -> None:
    with pytest.raises(EgressError):
        networks([f"10.0.0.0/8, {text}"])


def test_who_answers_before_all_is_read_and_closes_has_answered() -> None:
    """The rest is refused by a reset, whether that comes while it is sent or once it is."""

    def early(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 413 Content Too Large\r\n\r\n")

    with answering(early) as url:
        body = b"x" * (8 << 20)
        assert post(url, body, [], HERE, stopped=never) == Answered(status=413)
