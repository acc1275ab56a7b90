"""`suyuan codes entitle|entitlements|disentitle`: whose stems are whose, on which papers."""

from datetime import date

import click

from suyuan.cli.output import Listing, json_option, plain_errors, say, show_list
from suyuan.cli.questions import DAY, day_shown
from suyuan.cli.root import Shared
from suyuan.codes import making
from suyuan.kit import Text
from suyuan.kit.clock import day_in_china
from suyuan.kit.text import Lang
from suyuan.registry.types import Entitlement, Licence
from suyuan.service import PROOFS, disentitle, entitle, entitlements, open_platform

_PROOFS = click.Choice(PROOFS)

_ENTITLED = Text("已登记：{party} 持有{kind} {number}。", "Entered: {party} holds {kind} {number}.")
_OTHERS = Text(
    "注意：{parties} 也登记了能证明同样编码的证书。请核对证书；不再持有的，用 "
    "suyuan codes disentitle 撤回。",
    "Note: {parties} also have what proves the same codes. Compare the papers; what is held no "
    "more is withdrawn with suyuan codes disentitle.",
)
_WITHDRAWN = Text(
    "已撤回：{party} 不能再凭{kind} {number} 发码；已发的码和记录不变。",
    "Withdrawn: {party} issues no more codes by {kind} {number}; what was issued stays.",
)
_TITLE = Text("证明编码归属的证书", "What proves codes to be somebody's")
_HEADS = (
    Text("单位", "party"),
    Text("证书", "kind"),
    Text("号码", "number"),
    Text("起", "from"),
    Text("止", "until"),
    Text("撤回", "withdrawn"),
)


@click.command("entitle", help="登记证明编码归属的证书 · Enter the licence that codes rest on.")
@click.argument("party")
@click.argument("kind", type=_PROOFS)
@click.argument("number")
@click.option("--from", "begin", type=DAY, help="起始日 · First day.")
@click.option("--until", "end", type=DAY, help="截止日 · Last day.")
@click.pass_obj
def enter(
    shared: Shared, /, party: str, kind: str, number: str, begin: date | None,
    end: date | None,
) -> None:  # fmt: skip
    """Enter a company prefix, pesticide registration, seed licence or operator number."""
    licence = Licence(party=party, kind=kind, number=number, valid_from=begin, valid_to=end)
    with plain_errors(), open_platform(shared.config()) as platform:
        found = entitle(platform, licence)
    say(_ENTITLED.format(party=party, kind=making.proof_called(kind), number=found.number), shared)
    if found.others:
        say(_OTHERS.format(parties=", ".join(found.others)), shared)


@click.command("entitlements", help="列出这些证书 · List what was entered, withdrawn ones too.")
@click.option("--party", help="只看一个单位 · Of one organisation.")
@json_option
@click.pass_obj
def list_entitlements(shared: Shared, /, party: str | None, *, as_json: bool) -> None:
    """Show what proves stems, and since when something no longer does."""
    with plain_errors(), open_platform(shared.config()) as platform:
        found = entitlements(platform, party=party)
    listing = Listing(title=_TITLE, heads=_HEADS, row=_row)
    show_list(listing, found, shared, as_json=as_json)


@click.command("disentitle", help="撤回一张证书 · Make one void; it stays on file.")
@click.argument("party")
@click.argument("kind", type=_PROOFS)
@click.argument("number")
@click.option("--reason", required=True, help="原因，留作记录 · Why, for the file.")
@click.pass_obj
def withdraw_entitlement(
    shared: Shared, /, party: str, kind: str, number: str, *, reason: str
) -> None:
    """Keep on file that a proof no longer counts, from when and why."""
    licence = Licence(party=party, kind=kind, number=number)
    with plain_errors(), open_platform(shared.config()) as platform:
        disentitle(platform, licence, reason)
    say(_WITHDRAWN.format(party=party, kind=making.proof_called(kind), number=number), shared)


def _row(each: Entitlement, _lang: Lang) -> list[str]:
    gone = f"{day_in_china(each.at)} {each.reason}" if each.withdrawn and each.at else ""
    return [
        each.party,
        each.kind,
        each.number,
        day_shown(each.valid_from),
        day_shown(each.valid_to),
        gone,
    ]
