"""Takes a Digital Link and what is wanted of it; gives where it leads.

GS1-Conformant Resolver Standard, RFC 9264.

What issuers enter for a code, its lot or its item holds below it too. The platform's own page of a
thing and its events are always among the links; the page is the default where the issuer says
nothing else.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID

from msgspec import Struct, structs

from suyuan.codes import levels, privacy
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import CHINA, there
from suyuan.model import PUBLIC, Capturer
from suyuan.registry import entitling, targeting
from suyuan.registry.types import Entitlement, Target
from suyuan.service.link_data import require_data
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection

VOCABULARY: Final = "https://ref.gs1.org/voc/"
TRACEABILITY: Final = f"{VOCABULARY}traceability"
EVENTS: Final = f"{VOCABULARY}epcis"
DEFAULT: Final = f"{VOCABULARY}defaultLink"
HANDLED: Final = f"{VOCABULARY}handledBy"
"""Another resolver answers for every key of a company prefix."""

_SAME: Final = re.compile(r"gs1:|https?://(?:(?:ref|www)\.)?gs1\.org/voc/")
"""Other spellings of the vocabulary's names, in use before or short."""

_TYPE: Final = re.compile(r"https?://[a-zA-Z0-9./_-]{3,200}|[a-z][a-z-]{1,40}")
_ADDRESS: Final = re.compile(r"https?://[^\s/?#\"<>\\]{1,200}(?:[/?#][^\s\"<>\\]{0,1500})?")
_LANGUAGE: Final = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")
_MEDIA: Final = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,80}")
_CONTEXT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.:-]{0,39}")
_OWN_TYPES: Final = frozenset((TRACEABILITY, EVENTS, DEFAULT, f"{VOCABULARY}defaultLinkMulti"))
_LONGEST_TITLE: Final = 200
_MOST_WANTED: Final = 100
_PREFIX: Final = re.compile(r"[0-9]{4,12}")
_HANDLER: Final = re.compile(r"https?://[^\s?#]+")
_LENGTHS: Final = range(4, 13)

_NO_KEY = Text(
    "“{given}” 不是 GS1 编码；链接登记在 GS1 编码的数字链接上，如 https://id.gs1.org/01/06901234567892。",
    "'{given}' is no GS1 key; links are entered for Digital Links, as "
    "https://id.gs1.org/01/06901234567892.",
)
_NO_TYPE = Text(
    "“{given}” 不是链接类型；如 gs1:pip、gs1:certificationInfo。平台自己给的类型不能登记。",
    "'{given}' is no type of link that can be entered; as gs1:pip, gs1:certificationInfo. The "
    "platform's own types cannot be entered.",
)
_WRONG = Text("“{given}” 不对：{should}。", "'{given}' is wrong: {should}.")
_SHOULD: Final = {
    "href": Text("应为 http 或 https 网址", "an http or https address"),
    "handler": Text("应为解析器的根网址，不带 ? 和 #", "a resolver's root, without ? and #"),
    "title": Text("标题要有，最多 200 个字", "a title of 200 characters at most is needed"),
    "languages": Text("语言写成 zh 或 zh-CN", "languages are written zh or zh-CN"),
    "media": Text("媒体类型写成 text/html", "a media type is written text/html"),
    "context": Text("场合为短词，如 CN", "a context is a short word, as CN"),
}
_NO_PREFIX = Text(
    "gs1:handledBy 登记在厂商识别代码（4 至 12 位数字）上，“{given}” 不是。",
    "gs1:handledBy is entered for a company prefix, of 4 to 12 digits; '{given}' is none.",
)
_HERE_AGAIN = Text(
    "{href} 就是本平台，链接会一直转回来。",
    "{href} is this platform: links would come back for ever.",
)
_PERSON = Text(
    "链接里不能有身份证号码；请去掉。",
    "No link may have the number of somebody's identity card; leave it out.",
)
_NONE = Text(
    "没有这样的链接，或不是贵单位登记的。", "There is no such link, or another party entered it."
)


class Wanted(Struct, frozen=True, kw_only=True):
    """What a request asks for: a type of link, and what it would rather read, best first."""

    link_type: str = ""
    languages: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    context: str = ""


class LinkLevel(Struct, frozen=True):
    """A name, and what is said of it."""

    name: str
    targets: tuple[Target, ...]


def entered(platform: Platform, target: Target, capturer: Capturer) -> Target:
    """Enter where links of a code lead; gives it in its one spelling.

    Raises:
        SuyuanError: a code that is no GS1 key or not the party's own (403), or a part out of form.
    """
    found = _in_form(target)
    if found.link_type == HANDLED:
        _require_elsewhere(platform, found.href)
    now = platform.clock()
    on = there(now, CHINA).date()
    with platform.store.write() as conn:
        targeting.require_own(conn, found.key, found.party, tenant=capturer.tenant, on=on)
        targeting.enter(conn, found, tenant=capturer.tenant)
        platform.log_act(
            conn, "link.entered", party=found.party, account=capturer.account,
            link=str(found.id), key=found.key, type=found.link_type, href=found.href,
            title=found.title, languages=list(found.languages), media=found.media,
            context=list(found.context), default=found.is_default,
        )  # fmt: skip
    return found


def withdraw_link(platform: Platform, number: UUID, capturer: Capturer | None) -> None:
    """End a link that a party entered; None, for the operator at the machine: any party.

    Raises:
        SuyuanError: there is none (404).
    """
    now, party = platform.clock(), capturer.party if capturer else None
    with platform.store.write() as conn:
        if not targeting.withdraw(conn, number, party=party, tenant=PUBLIC.tenant, at=now):
            raise SuyuanError("links.none", _NONE, "id", status=404)
        account = capturer.account if capturer else None
        platform.log_act(conn, "link.withdrawn", party=party, account=account, link=str(number))


def links_of(platform: Platform, party: str | None) -> list[Target]:
    """What a party entered and has not withdrawn; None: what anybody did."""
    with platform.store.read() as conn:
        return targeting.targets_of(conn, party, tenant=PUBLIC.tenant)


def levels_of(platform: Platform, link: str) -> list[LinkLevel]:
    """A link's name and those above it, each with what is said of it, the finest first.

    Nothing if the text is no Digital Link of this platform.

    Raises:
        SuyuanError: it is one, and wrong, or data in its query are (400).
    """
    path, _, query = link.partition("?")
    names = levels.levels(path, platform.config.resolvers)
    if not names:
        return []
    require_data(query)
    on = there(platform.clock(), CHINA).date()
    with platform.store.read() as conn:
        found = _still_own(conn, targeting.targets(conn, names, tenant=PUBLIC.tenant), on)
    return [LinkLevel(name, tuple(each for each in found if each.key == name)) for name in names]


def _still_own(conn: ReadConnection, found: Iterable[Target], on: date) -> list[Target]:
    """Those of parties that hold the code still: a prefix may pass to another."""
    held: dict[str, list[Entitlement]] = {}
    own = []
    for each in found:
        if each.party not in held:
            held[each.party] = entitling.entitlements(conn, tenant=PUBLIC.tenant, party=each.party)
        if targeting.is_own(each.key, held[each.party], on):
            own.append(each)
    return own


def handler_of(platform: Platform, found: Sequence[LinkLevel]) -> Target | None:
    """Which resolver answers for a code instead, by the longest company prefix that is entered."""
    if not found:
        return None
    number = targeting.issued(found[-1].name)
    prefixes = [number[:length] for length in _LENGTHS if length <= len(number)]
    on = there(platform.clock(), CHINA).date()
    with platform.store.read() as conn:
        handed = targeting.targets(conn, prefixes, tenant=PUBLIC.tenant)
        own = _still_own(conn, (each for each in handed if each.link_type == HANDLED), on)
    return max(own, key=lambda each: len(each.key), default=None)


def _require_elsewhere(platform: Platform, href: str) -> None:
    """See that links that are handed over do not come back here."""
    config = platform.config
    own = {*config.resolvers, urlsplit(config.public).hostname}
    if urlsplit(href).hostname in own:
        raise SuyuanError("links.handled-here", _HERE_AGAIN.format(href=href), "href")


def link_type(given: str) -> str:
    """A type of link in its one spelling."""
    begun = _SAME.match(given)
    return given if begun is None else VOCABULARY + given[begun.end() :]


def default_of(found: Iterable[LinkLevel]) -> Target | None:
    """The default that is said at the finest level."""
    return next((each for level in found for each in level.targets if each.is_default), None)


def best(found: Iterable[LinkLevel], wanted: Wanted) -> list[Target]:
    """Those of a type that fit best, at the finest level that has any; several fit alike."""
    kind = link_type(wanted.link_type)
    for level in found:
        fitting = [each for each in level.targets if each.link_type == kind]
        if fitting:
            top = max(_fit(each, wanted) for each in fitting)
            return [each for each in fitting if _fit(each, wanted) == top]
    return []


def linkset(found: Sequence[LinkLevel], root: str, only: Iterable[Target] | None = None) -> Any:
    """The links as RFC 9264 JSON, by level; with `only`, those alone.

    `root` is the address of this platform: its own page and events of each name are among them.
    """
    chosen = None if only is None else {each.id for each in only}
    sets = [_set_of(level, root, chosen) for level in found]
    return {"linkset": [each for each in sets if len(each) > 2]}  # noqa: PLR2004 -- more than a head


def platform_links(name: str, root: str) -> dict[str, list[dict[str, Any]]]:
    """The platform's own: its page of a thing, in each language, and the thing's events."""
    page = root + name.removeprefix("https://id.gs1.org")
    events = {"href": f"{root}/events?MATCH_anyEPC={quote(name, safe='')}", "title": "EPCIS events"}
    pages = (("zh", "来源和去向"), ("en", "Where it came from and went"))
    return {
        TRACEABILITY: [
            {"href": f"{page}?lang={lang}", "title": title, "type": "text/html", "hreflang": [lang]}
            for lang, title in pages
        ],
        EVENTS: [events | {"type": "application/ld+json"}],
    }


def _set_of(level: LinkLevel, root: str, only: set[UUID] | None) -> dict[str, Any]:
    links: dict[str, list[dict[str, Any]]] = {}
    for each in level.targets:
        if only is None or each.id in only:
            links.setdefault(each.link_type, []).append(_link(each))
    if only is None:
        links |= platform_links(level.name, root)
        links[DEFAULT] = [_default(level, root)]
    return {"anchor": level.name, "itemDescription": _described(level.name), **links}


def _default(level: LinkLevel, root: str) -> dict[str, str]:
    """Without optional attributes, as the standard has it."""
    said = default_of([level])
    if said is not None:
        return {"href": said.href, "title": said.title}
    href = root + level.name.removeprefix("https://id.gs1.org")
    return {"href": href, "title": "来源和去向 Where it came from and went"}


def _described(name: str) -> str:
    _, *parts = name.removeprefix("https://").split("/")
    return "".join(f"({ai}){value}" for ai, value in zip(parts[::2], parts[1::2], strict=False))


def _link(each: Target) -> dict[str, Any]:
    more: Mapping[str, Any] = {
        "type": each.media,
        "hreflang": list(each.languages),
        "context": list(each.context),
    }
    return {"href": each.href, "title": each.title, **{k: v for k, v in more.items() if v}}


def _fit(each: Target, wanted: Wanted) -> tuple[int, int, int]:
    """How well one fits: the context that is asked for, the language, the kind of file."""
    if wanted.context:
        context = 2 if wanted.context in each.context else int(not each.context)
    else:
        context = int(not each.context)
    language = _rank([_base(language) for language in each.languages], map(_base, wanted.languages))
    return context, language, _rank([each.media], wanted.media)


def _rank(has: Collection[str], wanted: Iterable[str]) -> int:
    """The higher the sooner something that it has is wanted; 0 if nothing is."""
    places = [-place for place, word in enumerate(wanted, start=-_MOST_WANTED) if word in has]
    return max(places, default=0)


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def _handing(target: Target) -> Target:
    """The words for handing a company prefix over; there is one for each prefix."""
    key = target.key.strip()
    if not _PREFIX.fullmatch(key):
        text = _NO_PREFIX.format(given=privacy.quoted(target.key, 60))
        raise SuyuanError("links.prefix", text, "key")
    if not _HANDLER.fullmatch(target.href):
        raise _out_of_form("handler", target.href)
    title = target.title.strip()
    _require_form(target, title)
    return structs.replace(target, key=key, link_type=HANDLED, title=title, is_default=True)


def _in_form(target: Target) -> Target:
    if link_type(target.link_type.strip()) == HANDLED:
        return _handing(target)
    names = () if not target.key.strip() else _names(target.key)
    if not names:
        text = _NO_KEY.format(given=privacy.quoted(target.key, 60))
        raise SuyuanError("links.key", text, "key")
    kind = link_type(target.link_type.strip())
    if not _TYPE.fullmatch(kind) or kind in _OWN_TYPES | {"anchor"}:
        text = _NO_TYPE.format(given=privacy.quoted(target.link_type, 60))
        raise SuyuanError("links.type", text, "link_type")
    title = target.title.strip()
    _require_form(target, title)
    if privacy.names_person(names[0]) or any(
        privacy.masked(said) != said for said in (title, target.href, target.key)
    ):
        raise SuyuanError("links.person", _PERSON, "key")
    return Target(
        **{name: getattr(target, name) for name in Target.__struct_fields__}
        | {"key": names[0], "link_type": kind, "title": title}
    )


def _require_form(target: Target, title: str) -> None:
    if not (_ADDRESS.fullmatch(target.href) and _is_address(target.href)):
        raise _out_of_form("href", target.href)
    if target.media and not _MEDIA.fullmatch(target.media):
        raise _out_of_form("media", target.media)
    for name, pattern in (("languages", _LANGUAGE), ("context", _CONTEXT)):
        for said in getattr(target, name):
            if not pattern.fullmatch(said):
                raise _out_of_form(name, said)
    if not 0 < len(title) <= _LONGEST_TITLE or not title.isprintable():
        raise _out_of_form("title", target.title)


def _is_address(href: str) -> bool:
    """Whether a browser can go there; some that look so cannot be taken apart."""
    try:
        parts = urlsplit(href)
        return bool(parts.hostname) and parts.port != 0 and href.isprintable()
    except ValueError:
        return False


def _names(key: str) -> tuple[str, ...]:
    return levels.levels(key.strip())


def _out_of_form(name: str, given: str) -> SuyuanError:
    text = _WRONG.format(given=privacy.quoted(given, 60), should=_SHOULD[name])
    return SuyuanError(f"links.{name}", text, name)
