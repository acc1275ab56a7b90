"""Which loops run, and what happens where the fast ones cannot be loaded."""

import pytest

from suyuan.network import kernels


def test_small_networks_never_load_the_compiled_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "available", lambda: pytest.fail("asked"))
    assert kernels.chosen(kernels.WORTH_IT - 1) is kernels.named(kernels.PLAIN)


@pytest.mark.parametrize("error", [ImportError, RuntimeError])
def test_where_the_compiled_loops_cannot_be_loaded_the_plain_ones_serve(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def broken(_name: str) -> kernels.Kernels:
        raise error

    monkeypatch.setattr(kernels, "named", broken)
    assert kernels.available.__wrapped__() == (kernels.PLAIN,)
