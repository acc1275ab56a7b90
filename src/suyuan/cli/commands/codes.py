"""`suyuan codes`: codes made, brought in, packed, printed and verified."""

import click

from suyuan.cli.commands.codes_entitle import enter, list_entitlements, withdraw_entitlement
from suyuan.cli.commands.codes_import import import_, imports_, withdraw_
from suyuan.cli.commands.codes_make import export, issue, list_
from suyuan.cli.commands.codes_pack import pack
from suyuan.cli.commands.codes_print import print_
from suyuan.cli.commands.codes_verify import show_check_keys, verify


@click.group("codes", help="发码、印码、验码 · Issue, print and verify codes.")
def command() -> None:
    """Hold one subcommand for each thing that is done with codes."""


for _each in (
    enter, list_entitlements, withdraw_entitlement, issue, list_, export, pack, print_, import_,
    imports_, withdraw_, verify, show_check_keys,
):  # fmt: skip
    command.add_command(_each)
