"""Other programs beside ours, each in an environment of its own that nothing of ours depends on.

A script here is run by that environment's Python, and asked over a pipe: one line of JSON asks,
one line answers. What it needs stands in the file of requirements beside it.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

HERE = Path(__file__).parent
ENVIRONMENTS = HERE / ".environments"


class Peer:
    """A running script; `ask` gives what it answers."""

    def __init__(self, into: IO[bytes], out: IO[bytes]) -> None:
        self._pipes = into, out

    def ask(self, **question: Any) -> Any:
        """One question, one answer.

        Raises:
            RuntimeError: the script ended; what it complained of is on standard error.
        """
        into, out = self._pipes
        into.write(msgspec.json.encode(question) + b"\n")
        into.flush()
        answer = out.readline()
        if not answer:
            raise RuntimeError("the peer ended")
        return msgspec.json.decode(answer)


@contextmanager
def peer(name: str) -> Iterator[Peer]:
    """The script of that name, running in its environment, which is made if it is not there."""
    python = _environment(name)
    command = [python, HERE / f"{name}.py"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            if process.stdin and process.stdout:
                yield Peer(process.stdin, process.stdout)
        finally:
            process.kill()


def _environment(name: str) -> Path:
    place, wanted = ENVIRONMENTS / name, HERE / f"{name}.txt"
    python, kept = place / "bin" / "python", place / wanted.name
    if not kept.is_file() or kept.read_bytes() != wanted.read_bytes():
        uv = Path(sys.executable).parent / "uv"
        subprocess.run([uv, "venv", "--quiet", "--clear", place], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "-p", python, "-r", wanted], check=True)
        shutil.copy(wanted, kept)
    return python
