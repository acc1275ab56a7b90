"""More connections than a server holds are told so at once, and those it has go on."""

import http.client
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from running import NO_ANSWER, eventually, free_port

SERVE = """
import sys
from pathlib import Path
from suyuan import main
main._CONNECTIONS = 4
main.serve_witness(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2]))
"""


def asked(port: int) -> int:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("GET", "/nothing")
        return link.getresponse().status
    finally:
        link.close()


def test_beyond_the_limit_who_asks_is_answered_503_until_others_leave(tmp_path: Path) -> None:
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", SERVE, str(tmp_path), str(port)]) as server:
        try:
            assert eventually(lambda: is_up(port), seconds=60)
            with ExitStack() as stack:
                for _ in range(5):
                    stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                assert asked(port) == 503
            assert eventually(lambda: asked(port) == 404, seconds=20)
        finally:
            server.terminate()


def is_up(port: int) -> bool:
    try:
        return asked(port) == 404
    except NO_ANSWER:
        return False
