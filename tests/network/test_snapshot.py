"""A snapshot is whole and what was written, or it is refused; a reader meets the old or the new."""

import multiprocessing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.network import snapshot
from suyuan.network.arrays import columns
from suyuan.network.graph import Network, extended, links_of, network
from suyuan.network.reach import reach
from suyuan.network.snapshot import SnapshotError

nodes = st.integers(0, 9)
times = st.integers(-(10**15), 10**15)
rows = st.lists(st.tuples(nodes, nodes, times, times), max_size=20)


def made_of(made: list[tuple[int, int, int, int]], position: int = 7) -> Network:
    s, t, d, a = zip(*made, strict=True) if made else ((), (), (), ())
    return network(columns(s, t, d, a, range(len(made))), nodes=10, position=position)


def told(net: Network) -> tuple[object, ...]:
    links = links_of(net)
    columns_ = (links.source, links.target, links.departure, links.arrival, links.entry)
    return (net.nodes, net.position, *(column.tolist() for column in columns_))


@given(rows)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[int, int, int, int]]
) -> None:
    path = tmp_path_factory.mktemp("network") / "base"
    net = made_of(made)
    snapshot.write(path, net, about="关于")
    again, about = snapshot.read(path)
    assert about == "关于"
    assert told(again) == told(net)
    for seed in range(10):
        assert reach(again, [seed]).nodes.tolist() == reach(net, [seed]).nodes.tolist()
    assert [file.name for file in path.parent.iterdir()] == ["base"]


def test_a_base_with_a_delta_is_written_as_one(tmp_path: Path) -> None:
    base = made_of([(0, 1, 1, 1), (1, 2, 2, 2)])
    grown = extended(base, columns([2], [3], [3], [3], [9]), np.array([1]), position=8)
    snapshot.write(tmp_path / "base", grown)
    again, _ = snapshot.read(tmp_path / "base")
    assert (len(again), again.position, len(again.ahead)) == (2, 8, 1)
    assert reach(again, [2]).nodes.tolist() == [2, 3]


def test_every_changed_byte_that_is_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "base"
    net = made_of([(0, 1, 1, 1), (1, 2, 2, 2)])
    snapshot.write(path, net)
    whole = path.read_bytes()
    noticed = 0
    for place in range(0, len(whole), 11):  # no multiple of a column or a word
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            assert told(snapshot.read(path)[0]) == told(net)  # a byte between columns
        except SnapshotError:
            noticed += 1
    assert noticed > 50


@pytest.mark.parametrize("kept", [0, 1, 16, 40, 60, 500, -1])
def test_a_file_cut_short_is_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "base"
    snapshot.write(path, made_of([(0, 1, 1, 1)]))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(SnapshotError) as caught:
        snapshot.read(path)
    assert caught.value.place == str(path)


def test_what_a_reader_changes_stays_its_own(tmp_path: Path) -> None:
    path = tmp_path / "base"
    snapshot.write(path, made_of([(0, 1, 1, 1)]))
    net, _ = snapshot.read(path)
    net.ahead[0].far[0] = 5
    assert told(snapshot.read(path)[0]) == told(made_of([(0, 1, 1, 1)]))


def _write_again(path: Path, times_: int) -> None:
    for position in range(times_):
        snapshot.write(path, made_of([(0, 1, position, position)], position))


def test_who_reads_while_it_is_written_anew_meets_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "base"
    _write_again(path, 1)
    writer = multiprocessing.get_context("spawn").Process(target=_write_again, args=(path, 50))
    writer.start()
    try:
        while writer.is_alive():
            net, _ = snapshot.read(path)
            assert net.ahead[0].leaves.tolist() == [net.position]
    finally:
        writer.join()
    assert snapshot.read(path)[0].position == 49
