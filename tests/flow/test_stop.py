"""Told to stop, the server ends in order and takes its database with it before it is gone."""

import signal
from pathlib import Path

import pytest
from running import Serving
from sending import documents


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_only_after_its_database(home: Path, order: int) -> None:
    serving = Serving(home)
    serving.start()
    sent = next(documents(2, among=range(40)))
    assert serving.capture(sent.body, request_key=sent.request_key).status == 202
    assert serving.stop(order) == 0, serving.log()
    assert not (serving.place.data / "postmaster.pid").exists()
    assert serving.place.log.read_text().rstrip().endswith("database system is shut down")
