"""A port that is taken is said before any work is done."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from suyuan.cli import Launcher, cli
from suyuan.cli.ports import require_free
from suyuan.kit import SuyuanError
from suyuan.service import Platform


def test_a_taken_port_is_named_with_the_cure() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SuyuanError) as caught:
            require_free("127.0.0.1", port)
    assert str(port) in caught.value.text.en
    assert "--port" in caught.value.text.zh
    assert require_free("127.0.0.1", port) == port


def test_the_system_may_choose() -> None:
    assert require_free("127.0.0.1", 0) > 0


def test_the_port_that_the_system_chose_is_printed_and_served(
    migrated_database: str, tmp_path: Path
) -> None:
    served: list[int] = []

    def serve(platform: Platform) -> None:
        served.append(platform.config.port)

    launcher = Launcher(serve=serve, witness=lambda *_: None)
    given = ["--data-dir", str(tmp_path), "--database-url", migrated_database]
    done = CliRunner().invoke(cli, [*given, "serve", "--port", "0"], obj=launcher)
    assert done.exit_code == 0, done.output
    assert served[0] > 0
    assert f"http://127.0.0.1:{served[0]}/" in done.output
