"""Takes what a person writes into a step's form; gives the forms there are, or what became of it.

It is how who has a phone and no workbook reports one thing that happened.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from msgspec import Struct

from suyuan.codes import Grain, recognise
from suyuan.families import Family
from suyuan.families.types import Step
from suyuan.kit import Text
from suyuan.kit.clock import CHINA, there
from suyuan.model import Capturer
from suyuan.registry import directory, filing
from suyuan.registry.types import Site
from suyuan.service.dated import Named
from suyuan.service.platform import Platform
from suyuan.service.templating import TakenIn, check_filled, import_filled, templates
from suyuan.templates import fields_of, read_form
from suyuan.templates.types import Field, Template, Written

_KINDS: Final = {Grain.INSTANCE: "units", Grain.LOT: "amounts", Grain.CLASS: "amounts"}
_LONGEST: Final = 300


class Offer(Struct, frozen=True, kw_only=True):
    """The forms of a family: `own` are steps of a role that the party is registered in."""

    family: Named
    own: tuple[Named, ...]
    others: tuple[Named, ...]


class EntryForm(Struct, frozen=True, kw_only=True):
    """The form of a step: its fields, the party's own places, and what stands in it at first."""

    template: Template
    fields: tuple[Field, ...]
    places: tuple[Site, ...]
    filled: Written


def offers(platform: Platform, capturer: Capturer) -> tuple[Offer, ...]:
    """The forms of all families, those with steps of the party's own roles first."""
    with platform.store.read() as conn:
        found = directory.parties(conn, [capturer.party], tenant=capturer.tenant)
    roles = frozenset(found[capturer.party].roles) if capturer.party in found else frozenset[str]()
    made = [_offer(family, roles) for family in platform.families.by_id.values()]
    return tuple(sorted(made, key=lambda one: not one.own))


def _offer(family: Family, roles: frozenset[str]) -> Offer:
    own = [step for step in family.steps.values() if not roles.isdisjoint(step.roles)]
    return Offer(
        family=Named(family.id, family.name),
        own=_named(own),
        others=_named(step for step in family.steps.values() if step not in own),
    )


def _named(steps: Iterable[Step]) -> tuple[Named, ...]:
    return tuple(Named(step.id, Text(step.zh, step.en)) for step in steps)


def entry_form(
    platform: Platform, family: str, step: str, capturer: Capturer, *, thing: str = ""
) -> EntryForm:
    """The form of a step by the law of today; with a thing, that is in it already.

    Raises:
        SuyuanError: there is no such family or step (404).
    """
    now = there(platform.clock(), CHINA)
    (template,) = templates(platform.families, family, now.date(), step=step)
    fields = fields_of(template)
    places = _places(platform, capturer, now.date())
    filled = {"eventTime": [f"{now:%Y-%m-%dT%H:%M}"], "eventTimeZoneOffset": [CHINA]}
    if len(places) == 1:
        filled["readPoint.id"] = [places[0].uri]
    filled |= _thing_in(fields, thing[:_LONGEST])
    filled |= {key: [value] for key, value in template.fixed.items() if key == "action"}
    kinds = platform.families.by_id[family].steps[step].kinds
    if len(kinds) == 1:
        filled["suyuan:productKind"] = list(kinds)
    return EntryForm(
        template=template,
        fields=fields,
        places=places,
        filled=filled,
    )


def _places(platform: Platform, capturer: Capturer, on: date) -> tuple[Site, ...]:
    with platform.store.read() as conn:
        sites = filing.on_file(conn, capturer.party, tenant=capturer.tenant).sites
    return tuple(one for one in sites if directory.is_valid(one, on))


def _thing_in(fields: Iterable[Field], thing: str) -> dict[str, list[str]]:
    """The thing in the first field of its grain; of no grain that we know, in none."""
    found = recognise(thing) if thing else ()
    kind = _KINDS.get(found[0].grain) if found and found[0].valid else None
    field = next((one for one in fields if kind == one.kind), None)
    return {} if field is None else {field.columns[0].key: [found[0].canonical]}


def check_entry(platform: Platform, template: Template, written: Written) -> TakenIn:
    """What would be found by the law of the day that was written; nothing is recorded."""
    read = read_form(template, written)
    if not read.origins:
        return TakenIn(recorded=False, counts={}, findings=read.findings)
    return check_filled(platform.families, read, platform.clock())


def enter(platform: Platform, template: Template, written: Written, capturer: Capturer) -> TakenIn:
    """Record what was written, or nothing if it is refused; the same twice is recorded once."""
    return import_filled(platform, read_form(template, written), capturer)
