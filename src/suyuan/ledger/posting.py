"""Requests to witnesses under way at the same time, given up together by whoever waited enough."""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final, Self
from urllib.parse import urlsplit

from suyuan.kit import Text

_LARGEST: Final = 100_000  # bytes of an answer
_AWAY: Final = Text(
    "无法连接：{why}；请核对策略里的网址和网络，它恢复后会自动再问",
    "it cannot be reached: {why}; check its address in the policy and the network; it is asked "
    "again by itself",
)
_WHY: Final = (
    (ConnectionRefusedError, Text("那里没有程序应答", "nothing answers there")),
    (TimeoutError, Text("没有及时连上", "no connection in time")),
    (socket.gaierror, Text("找不到这个主机名", "there is no such host")),
    (ssl.SSLError, Text("TLS 证书或协议不符", "its TLS certificate or protocol does not fit")),
    (ConnectionError, Text("连接中断", "the connection broke")),
    (http.client.HTTPException, Text("应答不是 HTTP", "its answer is no HTTP")),
)
_OTHERWISE: Final = Text("网址或网络有误", "its address or the network is wrong")
_NO_URL: Final = Text("策略没有给出它的网址", "the policy gives no address for it")
_KINDS: Final = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}

Found = tuple[int, bytes] | Text
"""The status and body of an answer; why there is none."""


class Posts:
    """`POST URL/add-checkpoint`, each in a thread of its own, whose connections end with the block.

    A thread that is still within a connect when the block ends goes on to its timeout alone.
    """

    def __init__(self, *, timeout: float) -> None:
        self._timeout = timeout
        self._answers: SimpleQueue[tuple[str, Found]] = SimpleQueue()
        self._open: dict[str, http.client.HTTPConnection] = {}
        self._ended = False
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._ended = True
            for connection in self._open.values():
                if connection.sock is not None:
                    with suppress(OSError):  # not the method of TLS, which its reader must not miss
                        socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    def send(self, name: str, url: str, body: bytes) -> None:
        """Begin to ask; the answer comes under this name."""
        parts = urlsplit(url)
        if parts.scheme not in _KINDS or not parts.netloc:
            self._answers.put((name, _NO_URL))
            return
        threading.Thread(
            target=self._ask, args=(name, url, body), name=f"witness {name}", daemon=True
        ).start()

    def next(self, patience: float) -> tuple[str, Found] | None:
        """The next answer, under the name of whoever gave it; None if none came in so long."""
        try:
            return self._answers.get(timeout=max(patience, 0))
        except Empty:
            return None

    def _ask(self, name: str, url: str, body: bytes) -> None:
        found: Found
        try:
            found = self._answer(name, url, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            found = _AWAY.format(why=_why(error))
        self._answers.put((name, found))

    def _answer(self, name: str, url: str, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(url)
        connection = _KINDS[parts.scheme](parts.netloc, timeout=self._timeout)
        try:
            connection.connect()
            with self._lock:
                if self._ended:
                    raise ConnectionAbortedError
                self._open[name] = connection
            path = f"{parts.path.rstrip('/')}/add-checkpoint"
            connection.request("POST", path, body, {"content-type": "text/plain; charset=utf-8"})
            answer = connection.getresponse()
            return answer.status, answer.read(_LARGEST)
        finally:
            with self._lock:
                self._open.pop(name, None)
            connection.close()


def _why(error: Exception) -> Text:
    return next((text for kind, text in _WHY if isinstance(error, kind)), _OTHERWISE)
