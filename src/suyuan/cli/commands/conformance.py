"""`suyuan conformance`: what EPCIS 2.0 and the resolver standard ask, and whether it is here."""

from collections import Counter

import click

from suyuan.cli.output import emit_quoted, json_option, say, show_table
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.service import conformance, conforming

_HEADS = (
    Text("要求", "asked"),
    Text("情况", "state"),
    Text("证明", "shown by"),
    Text("说明", "note"),
)
_SUM = Text(
    "{whole} 项要求：符合 {yes}，另有办法 {otherwise}，没有 {no}。",
    "{whole:requirement|requirements}: {yes} yes, {otherwise} otherwise, {no} no.",
)


@click.command("conformance", help="与 EPCIS 2.0 的符合情况 · How EPCIS 2.0 is conformed to.")
@json_option
@click.pass_obj
def command(shared: Shared, /, *, as_json: bool) -> None:
    """Print every requirement with its state and the test that shows it."""
    found = conformance()
    if as_json:
        for each in found:
            emit_quoted(each)
        return
    for part, title in conforming.PARTS.items():
        rows = [
            [
                each.title.pick(shared.lang),
                conforming.STATES[each.state].pick(shared.lang),
                each.shown,
                "" if each.note is None else each.note.pick(shared.lang),
            ]
            for each in found
            if each.part == part
        ]
        show_table(title, _HEADS, rows, shared.lang)
    counts = Counter(each.state for each in found)
    figures = {state: counts[state] for state in ("yes", "otherwise", "no")}
    say(_SUM.format(whole=len(found), **figures), shared)
