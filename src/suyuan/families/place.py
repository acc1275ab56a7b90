"""Takes an event; gives the family, step and product kind it is judged by, or why it has none."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from suyuan.families.knowledge import Knowledge
from suyuan.families.terms import FAMILY, PRODUCT_KIND, STEP, scheme_of, short, word
from suyuan.families.types import CodeUse, Family, StepMatch
from suyuan.families.view import things
from suyuan.kit import Text
from suyuan.model import Event, Finding, Severity
from suyuan.wire import lots_of


class Placement(Struct, frozen=True, gc=False):
    """Where an event belongs; `findings` says what was named but unknown, or not found."""

    family: str | None = None
    step: str | None = None
    kind: str | None = None
    findings: tuple[Finding, ...] = ()


_CURE_FAMILY: Final = Text(
    "请使用本平台公布的产品门类代码：{known}。", "Use one of the published family ids: {known}."
)
_CURE_STEP: Final = Text(
    "请使用本平台公布的环节代码：{known}。", "Use one of the published step ids: {known}."
)
_UNKNOWN_FAMILY: Final = Text(
    "没有名为“{name}”的产品门类。", "There is no product family '{name}'."
)
_UNKNOWN_STEP: Final = Text("没有名为“{name}”的环节。", "There is no step '{name}'.")
_NO_FAMILY: Final = Text(
    "未套用任何产品门类的规则：事件没有写明门类，登记和编码也看不出。",
    "No family rules applied: the event names no family, and neither registry nor codes show one.",
)
_CURE_NO_FAMILY: Final = Text(
    "需要按门类核验时，请写明 suyuan:family 和 suyuan:step，或在“登记”页 /registry 登记产品。",
    "To have it checked by a family's rules, state suyuan:family and suyuan:step, "
    "or register the product on the page /registry.",
)
_NO_STEP: Final = Text(
    "未能识别环节，只套用了该门类的通用规则。",
    "The step could not be told; only the family's rules for every step applied.",
)
_CURE_NO_STEP: Final = Text("请写明 suyuan:step。", "State suyuan:step.")
_UNKNOWN_KIND: Final = Text(
    "本门类没有名为“{name}”的产品种类；没有按它核验。",
    "The family has no product kind '{name}'; it was not judged as that.",
)
STRANGE_KIND: Final = "family.kind-not-defined"
"""The rule by which a kind that the family does not have is told."""
_CURE_KIND: Final = Text(
    "请使用本门类的产品种类代码：{known}。", "Use one of the family's product kinds: {known}."
)


def kinds_of(family: Family) -> Text:
    """The product kinds of a family, each with its name and the id that a report states."""
    kinds = family.kinds.items()
    return Text(
        "、".join(f"{name.zh} {kind}" for kind, name in kinds),
        ", ".join(f"{kind} ({name.en})" for kind, name in kinds),
    )


def place(event: Event, knowledge: Knowledge, families: Mapping[str, Family]) -> Placement:
    """Family and step as named, else as registered, else as codes and bizStep show.

    A family or step that is named but not known is a finding that refuses the report
    (nobody could say which law it asked to be judged by); none found is a note.
    """
    named = _named(event, FAMILY)
    if named is not None and named not in families:
        return Placement(
            findings=(_unknown(FAMILY, _UNKNOWN_FAMILY, named, _CURE_FAMILY, families),)
        )
    step = _named(event, STEP)
    candidates = _candidates(event, knowledge, families, named=named)
    if step is not None:
        return _with_step(event, knowledge, families, candidates=candidates, step=step)
    if not candidates:
        return Placement(findings=(_note("family.none", _NO_FAMILY, _CURE_NO_FAMILY),))
    family = candidates[0]
    kind = _kind(event, knowledge, family)
    found = _match(event, family, kind)
    notes = _strange_kind(event, family)
    if not found:
        notes = (_note("family.step-unknown", _NO_STEP, _CURE_NO_STEP), *notes)
    return Placement(family.id, found, kind or _sole_kind(family, found), notes)


def _with_step(
    event: Event,
    knowledge: Knowledge,
    families: Mapping[str, Family],
    *,
    candidates: tuple[Family, ...],
    step: str,
) -> Placement:
    among = candidates or tuple(families.values())
    having = [family for family in among if step in family.steps]
    if len(having) == 1 or (having and candidates):
        family = having[0]
        kind = _kind(event, knowledge, family) or _sole_kind(family, step)
        return Placement(family.id, step, kind, _strange_kind(event, family))
    if having:
        return Placement(findings=(_note("family.none", _NO_FAMILY, _CURE_NO_FAMILY),))
    known = [name for family in among for name in family.steps]
    return Placement(findings=(_unknown(STEP, _UNKNOWN_STEP, step, _CURE_STEP, known),))


def _named(event: Event, key: str) -> str | None:
    if key not in event.extensions:
        return None
    value = event.extensions[key]
    return word(value) or str(value)


def _candidates(
    event: Event, knowledge: Knowledge, families: Mapping[str, Family], *, named: str | None
) -> tuple[Family, ...]:
    if named is not None:
        return (families[named],)
    registered = knowledge.families
    if registered:
        found = dict.fromkeys(map(registered.get, _named_uris(event)))  # few, of many things
        known = tuple(families[name] for name in found if name and name in families)
        if known:
            return known
    schemes = {scheme_of(uri) for uri in things(event)}
    return tuple(
        family
        for family in families.values()
        if any(code.implies and code.scheme in schemes for code in family.codes)
    )


def _named_uris(event: Event) -> Iterable[str]:
    yield from things(event)
    yield from lots_of(event).values()
    yield from (site for site in (event.biz_location, event.read_point) if site)


def _stated_kind(event: Event) -> str | None:
    return word(event.extensions.get(PRODUCT_KIND, event.ilmd.get(PRODUCT_KIND)))


def _strange_kind(event: Event, family: Family) -> tuple[Finding, ...]:
    """A kind that is stated and is none of the family: rules for one kind may not have applied."""
    stated = _stated_kind(event)
    if not stated or not stated.strip() or stated in family.kinds:
        return ()
    return (
        Finding(
            rule=STRANGE_KIND,
            severity=Severity.FLAG,
            path="/" + short(PRODUCT_KIND),
            message=_UNKNOWN_KIND.format(name=stated),
            cure=_CURE_KIND.format(known=kinds_of(family)),
            params=_params(stated),
        ),
    )


def _kind(event: Event, knowledge: Knowledge, family: Family) -> str | None:
    stated = _stated_kind(event)
    if stated in family.kinds:
        return stated
    products = knowledge.products
    registered = (products[uri] for uri in things(event) if uri in products) if products else ()
    found = next((kind for kind in registered if kind in family.kinds), None)
    return found or _kind_by_code(event, family)


def _kind_by_code(event: Event, family: Family) -> str | None:
    uses = {code.scheme: code for code in family.codes if code.kinds}
    if not uses:
        return None
    found = ((uses.get(scheme_of(uri) or ""), uri) for uri in things(event))
    kinds = (_kind_of(use, uri) for use, uri in found if use is not None)
    return next(filter(None, kinds), None)


def _kind_of(use: CodeUse, uri: str) -> str | None:
    code = uri.rpartition(":")[2]
    return next((kind for begun, kind in use.kinds.items() if code.startswith(begun)), None)


def _sole_kind(family: Family, step: str | None) -> str | None:
    kinds = family.steps[step].kinds if step else ()
    return kinds[0] if len(kinds) == 1 else None


def _match(event: Event, family: Family, kind: str | None) -> str | None:
    schemes = {scheme_of(uri) for uri in things(event)}
    fitting = (match for match in family.matches if _fits(match, event, kind, schemes))
    return next((match.step for match in fitting), None)


def _fits(match: StepMatch, event: Event, kind: str | None, schemes: set[str | None]) -> bool:
    return (
        match.biz_step in (None, event.biz_step)
        and match.type in (None, event.type)
        and match.action in (None, event.action)
        and (not match.kind or kind in match.kind)
        and (not match.scheme or not schemes.isdisjoint(match.scheme))
    )


def _unknown(key: str, sentence: Text, name: str, cure: Text, known: Iterable[str]) -> Finding:
    names = ", ".join(sorted(known))
    return Finding(
        rule="family.unknown" if key == FAMILY else "family.step-not-defined",
        severity=Severity.REFUSE,
        path="/" + short(key),
        message=sentence.format(name=name),
        cure=cure.format(known=names),
        params=_params(name),
    )


def _params(name: str) -> dict[str, Any]:
    return {"found": name}


def _note(rule: str, message: Text, cure: Text) -> Finding:
    return Finding(rule=rule, severity=Severity.NOTE, path="", message=message, cure=cure)
