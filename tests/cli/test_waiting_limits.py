"""How much may wait to be captured is set as everything else is, and what excludes is refused."""

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from suyuan.capture.types import Room
from suyuan.cli import Launcher, cli
from suyuan.cli.root import Shared
from suyuan.kit import SuyuanError
from suyuan.service import Config

MIB = 1 << 20


def nothing(*_: object) -> None:
    """In the place of a server."""


def shared(*options: str, **variables: str) -> Shared:
    """What a command is given."""
    kept: list[Shared] = []

    @click.command()
    @click.pass_obj
    def command(given: Shared) -> None:
        kept.append(given)

    group = click.Group("suyuan", params=cli.params, callback=cli.callback)
    group.add_command(command, "command")
    launcher: Any = Launcher(serve=nothing, witness=nothing)
    done = CliRunner().invoke(group, [*options, "command"], obj=launcher, env=variables)
    assert done.exit_code == 0, done.output
    return kept[0]


def test_what_is_not_set_is_as_the_queue_has_it() -> None:
    config = shared().config()
    assert config.room == Room()
    assert config.capture_tries == Config(data_dir=Path()).capture_tries
    assert config.capture_workers == 1


def test_options_and_variables_set_it() -> None:
    by_option = shared(
        "--waiting-documents", "7", "--waiting-mib", "9", "--waiting-documents-in-all", "70",
        "--waiting-mib-in-all", "90", "--capture-tries", "4",
    )  # fmt: skip
    by_variable = shared(
        SUYUAN_WAITING_DOCUMENTS="7",
        SUYUAN_WAITING_MIB="9",
        SUYUAN_WAITING_DOCUMENTS_IN_ALL="70",
        SUYUAN_WAITING_MIB_IN_ALL="90",
        SUYUAN_CAPTURE_TRIES="4",
    )
    wanted = Room(of_party=7, bytes_of_party=9 * MIB, of_all=70, bytes_of_all=90 * MIB)
    for given in (by_option, by_variable):
        config = given.config(capture_workers=2)
        assert (config.room, config.capture_tries) == (wanted, 4)
        assert config.capture_workers == 2


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (("--waiting-documents", "1001"), "--waiting-documents-in-all"),
        (("--waiting-mib", "10", "--waiting-mib-in-all", "9"), "--waiting-mib-in-all"),
    ],
)
def test_less_for_all_than_for_one_is_refused(options: tuple[str, ...], place: str) -> None:
    given = shared(*options)
    with pytest.raises(SuyuanError) as caught:
        given.config()
    assert caught.value.place == place
    for said in (caught.value.text.zh, caught.value.text.en):
        assert options[0] in said
        assert options[1] in said
