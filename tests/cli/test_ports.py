"""A port that is taken is said before any work is done."""

import socket

import pytest

from suyuan.cli.ports import require_free
from suyuan.kit import SuyuanError


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
