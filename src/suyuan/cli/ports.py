"""Takes an address to listen on; gives its port, or a clear word before any work if it is taken."""

import socket

from suyuan.kit import SuyuanError, Text

_TAKEN = Text(
    "端口 {port} 已被占用；请停掉另一个程序，或用 --port 换一个。",
    "Port {port} is in use; stop the other program, or name another with --port.",
)


def require_free(host: str, port: int) -> int:
    """See that nobody listens there; the port, of 0 one that the system chose.

    Raises:
        SuyuanError: somebody does, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
            return int(trial.getsockname()[1])
        except OSError as error:
            raise SuyuanError("serve.port", _TAKEN.format(port=port), f"{host}:{port}") from error
