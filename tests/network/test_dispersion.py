"""Dispersion against asking for each input and product by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from walking_links import walked

from suyuan.network.dispersion import dispersion
from suyuan.network.kernels import available
from suyuan.network.reach import Rules, Way

NODES = 9
few = st.integers(0, NODES - 1)
loops = pytest.mark.parametrize("kernels", available())


@loops
@given(
    st.lists(st.tuples(few, few), max_size=20),
    st.lists(st.integers(0, 50), min_size=NODES, max_size=NODES),
)
def test_dispersion_is_what_each_input_and_product_says(
    kernels: str, made: list[tuple[int, int]], amounts: list[int]
) -> None:
    source, target = (np.array([row[end] for row in made], np.int32) for end in (0, 1))
    found = dispersion(NODES, source, target, amount=np.array(amounts, float), kernels=kernels)
    links = [(s, t, 0, 0) for s, t in made if s != t]
    inputs = {s for s, *_ in links} - {t for _, t, *_ in links}
    products = {t for _, t, *_ in links} - {s for s, *_ in links}
    assert found.inputs.tolist() == sorted(inputs)
    assert found.products.tolist() == sorted(products)
    ahead = [set(walked(links, {i}, Way.FORWARD, Rules())) & products for i in sorted(inputs)]
    back = [set(walked(links, {p}, Way.BACKWARD, Rules())) & inputs for p in sorted(products)]
    assert found.downward.tolist() == [len(some) for some in ahead]
    assert found.upward.tolist() == [len(some) for some in back]
    assert found.downward.sum() == found.upward.sum()
    recalls = [sum(amounts[p] for p in some) for some in ahead]
    assert found.recall.tolist() == recalls
    assert found.worst == max(recalls, default=0)
