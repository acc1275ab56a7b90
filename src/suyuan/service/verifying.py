"""Takes a code in hand, with its secret or without; gives what is known of it, to whom it may be.

That a code was issued is told to everybody who has one that cannot be guessed. Where serials count
up it would tell how many were: it is told to its own party, the operator, and who knows the secret.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct, structs

from suyuan.codes import Candidate, making, privacy, recognise
from suyuan.codes.making.types import Slot
from suyuan.codes.types import BroughtIn, IssuedHere
from suyuan.kit import Text
from suyuan.kit.clock import CHINA, day_in_china, in_china, there
from suyuan.model import PUBLIC, Role, Viewer
from suyuan.registry import bringing, directory, issuing, scratching
from suyuan.registry.types import Way
from suyuan.service.platform import Platform
from suyuan.service.unverified import what_can_be_said
from suyuan.store import ReadConnection

_LONGEST: Final = 200
_LONGEST_TEXT: Final = 1_000
_LONGEST_NAMED: Final = 60


class Outcome(StrEnum):
    """What is known of a code in hand."""

    FIRST = "first"
    AGAIN = "again"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    WRONG = "wrong"
    BROUGHT_IN = "brought-in"
    SEVERAL = "several"
    UNKNOWN = "unknown"


class Verification(Struct, frozen=True, kw_only=True):
    """The answer to "is this code genuine?", in both languages.

    `code` is the one that it is about, as it was read; none where the text holds none or several.
    `times` and `first_at` are given to who knows the secret alone; issuer and product to who has
    a code that was issued.
    """

    outcome: Outcome
    message: Text
    code: str | None = None
    issuer: Text | None = None
    product: Text | None = None
    secret_expected: bool = False
    times: int | None = None
    first_at: datetime | None = None


_SAID: Final = {
    Outcome.FIRST: Text(
        "验证码正确：这个码由企业发出，这是第一次验证。",
        "The secret is right: the enterprise issued this code, and this is its first verification.",
    ),
    Outcome.AGAIN: Text(
        "验证码正确，但这已是第 {times} 次验证，第一次在 {first}。如果不是您本人验证的，"
        "请问卖家：涂层可能已被刮开过，或者码被照抄了。",
        "The secret is right, but this is verification {times}; the first was at {first}. If it "
        "was not you, ask the seller: the layer may have been scratched, or the code copied.",
    ),
    Outcome.ISSUED: Text(
        "这个码确由企业发出。仅凭这个码不能证明商品是真的：码可以被照抄。",
        "The code was issued by the enterprise. That alone does not prove the goods genuine: a "
        "code can be copied.",
    ),
    Outcome.WITHDRAWN: Text(
        "这个码已由发码企业于 {day} 撤回，不应再用在商品上；请不要凭它相信商品，并告诉发码企业。",
        "The enterprise withdrew this code on {day}, and no goods should bear it: do not trust "
        "them by it, and tell the enterprise.",
    ),
    Outcome.WRONG: Text(
        "涂层下的验证码不对；请核对后再输。", "The secret under the layer is wrong; compare it."
    ),
    Outcome.BROUGHT_IN: Text("这个码已由你方导入。", "You brought this code in."),
}


_NOTHING_GIVEN = Text(
    "没有给出编码；请照包装上的输入追溯码。",
    "No code was given; enter the trace code as it stands on the package.",
)
_NO_LAYER = Text(
    "这个码确由企业发出，它没有涂层，不用输验证码。仅凭这个码不能证明商品是真的：码可以被照抄。",
    "The code was issued by the enterprise and has no secret under a layer. That alone does not "
    "prove the goods genuine: a code can be copied.",
)
_SEVERAL = Text(
    "这里有 {count} 个不同的码：{codes}。请一次只验一个，免得把一个码的答案当成另一个的。",
    "There are {count} different codes here: {codes}. Verify one at a time, lest the answer about "
    "one be taken for another's.",
)
_MOST_NAMED: Final = 5
_FEWEST_SEVERAL: Final = 2
_BY_ONE = Text("这个码由 {parties} 导入。", "{parties} brought this code in.")
_BY_SEVERAL = Text(
    "这个码被几家导入，至多一家是对的：{parties}。请核对领码记录，"
    "用 suyuan codes withdraw 撤回错的。",
    "Several brought this code in, of whom at most one is right: {parties}. Compare what they were "
    "given, and take the wrong one back with suyuan codes withdraw.",
)


class Here(Struct, frozen=True):
    """The name of a thing whose code was issued here, to which party, and what may be told."""

    name: str
    party: str
    told: IssuedHere


def verify(
    platform: Platform, text: str, secret: str | None = None, viewer: Viewer = PUBLIC
) -> Verification:
    """What is known of a code in hand; with its secret, the verification is counted.

    Imported codes are told to who brought them in, and to the operator. Of several different
    codes none is answered for.
    """
    if not text.strip():
        return Verification(outcome=Outcome.UNKNOWN, message=_NOTHING_GIVEN)
    found = recognise(text, platform.config.resolvers)
    meant = making.apart(found)
    meant = (*meant, *_beside(platform, text, meant, viewer))
    if len(meant) > 1:
        return _several(meant)
    told = _verified(platform, text, found, secret, viewer)
    return told or Verification(
        outcome=Outcome.UNKNOWN,
        message=what_can_be_said(found),
        code=meant[0] if meant else None,
    )


def _beside(platform: Platform, text: str, meant: Sequence[str], viewer: Viewer) -> tuple[str, ...]:
    """What else in a link could be a code of a stem that is supplied here.

    So no piece vouches for another, and a link is one guess and not as many as it has pieces.
    """
    pieces = making.beside(text, meant)
    if len(pieces) + len(meant) < _FEWEST_SEVERAL:
        return ()
    with platform.store.read() as conn:
        return _supplied(conn, pieces, viewer)


def _supplied(
    conn: ReadConnection, pieces: Mapping[str, Sequence[Slot]], viewer: Viewer
) -> tuple[str, ...]:
    """Those of the pieces that could be a code of a stem that is supplied here."""
    ways = [slot for slots in pieces.values() for slot in slots]
    known = issuing.stems_supplied(conn, ways, tenant=viewer.tenant)
    return tuple(
        piece for piece, slots in pieces.items()
        if any((slot.scheme, slot.stem) in known for slot in slots)
    )  # fmt: skip


def _verified(
    platform: Platform,
    text: str,
    found: Sequence[Candidate],
    secret: str | None,
    viewer: Viewer,
) -> Verification | None:
    """What may be said of a code that was issued or brought in here; None: nothing."""
    ways = list(making.slots(text[:_LONGEST_TEXT], found))
    if not issuing.is_invented(ways, platform.supplies, tenant=viewer.tenant):
        with platform.store.read() as conn:
            issued = issuing.find_all(conn, ways, platform.supplies, tenant=viewer.tenant)
            code = next(issued, None)
            known = None if code is None else _told(conn, code)
        if code is not None and known is not None:
            return _judged(platform, code, known, (secret or "").strip(), viewer)
    return _brought_in(platform, list(making.given_out(text[:_LONGEST_TEXT], found)), viewer)


def _judged(
    platform: Platform, code: issuing.Issued, known: Verification, secret: str, viewer: Viewer
) -> Verification | None:
    """What may be said of an issued code; None: nothing.

    Of a code that was withdrawn no secret makes a genuine one; it is not counted either.
    """
    may_know = _may_know(code, viewer)
    if code.withdrawn_at is not None or not secret:
        return known if may_know else None
    if code.salt is None:
        return structs.replace(known, message=_NO_LAYER) if may_know else None
    with platform.store.write() as conn:
        use = scratching.use(conn, code, secret[:_LONGEST], now=platform.clock())
    if use is not None:
        return _used(known, use)
    wrong = structs.replace(known, outcome=Outcome.WRONG, message=_SAID[Outcome.WRONG])
    return wrong if may_know else None


def _used(known: Verification, use: scratching.Use) -> Verification:
    outcome = Outcome.FIRST if use.times == 1 else Outcome.AGAIN
    said = _SAID[outcome].format(times=use.times, first=in_china(use.first_at))
    return structs.replace(
        known, outcome=outcome, message=said, times=use.times, first_at=use.first_at
    )


def _several(codes: Sequence[str]) -> Verification:
    named = [privacy.quoted(each, _LONGEST_NAMED) for each in codes[:_MOST_NAMED]]
    more = Text("等", " …") if len(codes) > _MOST_NAMED else Text("", "")
    listed = Text("、".join(named) + more.zh, ", ".join(named) + more.en)
    said = _SEVERAL.format(count=len(codes), codes=listed)
    return Verification(outcome=Outcome.SEVERAL, message=said)


def issued_here(
    platform: Platform,
    conn: ReadConnection,
    text: str,
    found: Sequence[Candidate],
    viewer: Viewer,
    absent: set[Way] | None = None,
) -> list[Here]:
    """The things in a text whose code was issued here, and what may be said of that.

    `found` are the text's readings. A link in which nothing is read is one guess: where several
    of its pieces could be codes of here, none is looked up. `absent` is for many texts at once:
    what one found that there is not, the next need not look for.
    """
    pieces = {} if making.apart(found) else making.beside(text, ())
    if len(pieces) > 1 and len(_supplied(conn, pieces, viewer)) > 1:
        return []
    ways = list(making.slots(text[:_LONGEST_TEXT], found))
    codes = issuing.find_all(conn, ways, platform.supplies, tenant=viewer.tenant, absent=absent)
    return [_here(conn, code, viewer) for code in codes if _may_know(code, viewer)]


def look_up_supplies(
    platform: Platform,
    conn: ReadConnection,
    texts: Mapping[str, Sequence[Candidate]],
    viewer: Viewer,
    absent: set[Way],
) -> None:
    """Look up at once whose supplies these texts' readings may be of, instead of one by one.

    A link in which several pieces may be codes asks for itself all the same.
    """
    ways = (
        slot for text, found in texts.items() for slot in making.slots(text[:_LONGEST_TEXT], found)
    )
    issuing.supplied(conn, ways, platform.supplies, tenant=viewer.tenant, absent=absent)


def _here(conn: ReadConnection, code: issuing.Issued, viewer: Viewer) -> Here:
    of = making.structure(code.scheme)
    name = making.name_of(of, code.stem, code.serial, party=code.party)
    gone = code.withdrawn_at
    told = IssuedHere(
        on=there(code.made_at, CHINA).date(),
        by=_issuer(conn, code),
        product=_product(conn, code),
        withdrawn=there(gone, CHINA).date() if gone else None,
        package=code.package if viewer.party == code.party else None,
    )
    return Here(name, code.party, told)


def _may_know(code: issuing.Issued, viewer: Viewer) -> bool:
    return code.guarded or viewer.role is Role.ADMIN or viewer.party == code.party


def _brought_in(
    platform: Platform, ways: Sequence[tuple[str, str]], viewer: Viewer
) -> Verification | None:
    """To a party whether it brought the code in itself; to the operator who did."""
    if not ways or not (viewer.party or viewer.role is Role.ADMIN):
        return None
    with platform.store.read() as conn:
        for scheme, code in dict.fromkeys(ways):
            brought = bringing.brought_by(conn, scheme, code, tenant=viewer.tenant)
            parties = list(dict.fromkeys(each.party for each in brought))
            if said := _said_of(parties, viewer):
                return Verification(outcome=Outcome.BROUGHT_IN, message=said, code=code)
    return None


def _said_of(parties: Sequence[str], viewer: Viewer) -> Text | None:
    if parties and viewer.role is Role.ADMIN:
        said = _BY_ONE if len(parties) == 1 else _BY_SEVERAL
        return said.format(parties=", ".join(parties))
    return _SAID[Outcome.BROUGHT_IN] if viewer.party in parties else None


def brought_in_here(
    conn: ReadConnection, scheme: str, code: str, viewer: Viewer
) -> tuple[BroughtIn, ...]:
    """That a code which a state body gave out was brought in here, as far as the viewer may know.

    A party is told of its own batches, the operator of all.
    """
    is_operator = viewer.role is Role.ADMIN
    if scheme not in making.STATE_ISSUED or not (is_operator or viewer.party):
        return ()
    found = bringing.brought_by(conn, scheme, code, tenant=viewer.tenant)
    told = [each for each in found if is_operator or each.party == viewer.party]
    names = directory.named(conn, {each.party for each in told}, tenant=viewer.tenant)
    return tuple(
        BroughtIn(
            by=_in_both(names[each.party].name) if each.party in names else Text(*[each.party] * 2),
            party=each.party,
            batch=each.batch,
            on=there(each.at, CHINA).date(),
        )
        for each in told
    )


def _told(conn: ReadConnection, code: issuing.Issued) -> Verification:
    """What is said of an issued code to who gives no secret."""
    outcome = Outcome.WITHDRAWN if code.withdrawn_at else Outcome.ISSUED
    said = _SAID[outcome]
    if code.withdrawn_at is not None:
        said = said.format(day=day_in_china(code.withdrawn_at))
    return Verification(
        outcome=outcome,
        message=said,
        code=making.code_of(making.structure(code.scheme), code.stem, code.serial),
        issuer=_issuer(conn, code),
        product=_product(conn, code),
        secret_expected=code.salt is not None,
    )


def _issuer(conn: ReadConnection, code: issuing.Issued) -> Text:
    found = directory.named(conn, [code.party], tenant=code.tenant).get(code.party)
    return Text(code.party, code.party) if found is None else _in_both(found.name)


def _product(conn: ReadConnection, code: issuing.Issued) -> Text | None:
    item = f"https://id.gs1.org/01/{code.stem}"
    found = directory.products(conn, [item], tenant=code.tenant).get(item)
    return None if found is None else _in_both(found.name)


def _in_both(name: Text) -> Text:
    """A name that was registered in Chinese alone is its own English."""
    return Text(name.zh, name.en or name.zh)
