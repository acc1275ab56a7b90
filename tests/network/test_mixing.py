"""What cannot be worked out of flows in circles is said, in bounded room."""

import numpy as np
import pytest

from suyuan.network.mixing import MOST_IN_CIRCLE, MixingError, Shares, solved


def ring(count: int, weight: float) -> Shares:
    near = np.arange(count)
    return Shares(count, near, (near + 1) % count, np.full(count, weight))


def one(count: int, much: float) -> np.ndarray:
    given = np.zeros((count, 1))
    given[0] = much
    return given


def test_a_circle_is_gone_round_without_end() -> None:
    assert solved(ring(2, 0.5), one(2, 0.5))[:, 0] == pytest.approx([2 / 3, 1 / 3])
    assert solved(ring(300, 0.5), one(300, 0.5))[1, 0] == pytest.approx(0.5**300)


def test_a_circle_beyond_the_limit_is_said() -> None:
    with pytest.raises(MixingError) as caught:
        solved(ring(MOST_IN_CIRCLE + 1, 0.5), one(MOST_IN_CIRCLE + 1, 0.5))
    assert caught.value.code == "network.circle"
    assert "5,001" in caught.value.text.zh
    assert "5,001" in caught.value.text.en


@pytest.mark.parametrize("much", [1e-17, 1.0])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_what_nothing_comes_out_of_has_no_share(count: int, much: float) -> None:
    with pytest.raises(MixingError) as caught:
        solved(ring(count, 1.0), one(count, much))
    assert caught.value.code == "network.closed"
