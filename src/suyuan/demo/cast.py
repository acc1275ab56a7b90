"""Takes nothing; gives who plays in the pork story: parties, sites, licences, products.

All are invented; codes are well-formed, from a range that GS1 shows in examples.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct

from suyuan.kit import Text
from suyuan.registry import Document, Licence, Party, Product, Site

_HOST = "https://id.gs1.org"


def checked(body: str) -> str:
    """A GS1 number with its check digit (GS1 General Specifications §7.9)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body[::-1]))
    return f"{body}{-total % 10}"


class Actor(Struct, frozen=True, kw_only=True):
    """A party with one site; `key` is its name in the story's code."""

    key: str
    number: int
    name: Text
    kind: str
    role: str
    division: str
    contact: str = ""

    @property
    def party(self) -> str:
        """The party's canonical name (party GLN)."""
        return f"{_HOST}/417/{self._gln()}"

    @property
    def site(self) -> str:
        """The site's canonical name (location GLN)."""
        return f"{_HOST}/414/{self._gln()}"

    def _gln(self) -> str:
        return checked(f"69012340{self.number:04d}")


def _actor(key: str, number: int, role: str, division: str, zh: str, en: str) -> Actor:
    kind = "platform" if role == "animal_health_supervisor" else "organisation"
    return Actor(key=key, number=number, name=Text(zh, en), kind=kind, role=role, division=division)


FARMS = (
    _actor("farm_a", 1, "farm", "411725", "青山生猪养殖合作社", "Qingshan Pig Cooperative"),
    _actor("farm_b", 2, "farm", "411725", "清河家庭农场", "Qinghe Family Farm"),
    _actor("farm_c", 3, "farm", "411729", "老桥养殖场", "Laoqiao Farm"),
)
SUPERVISOR = _actor(
    "supervisor",
    9,
    "animal_health_supervisor",
    "411700",
    "驿城动物卫生监督所",
    "Yicheng Animal Health",
)
CARRIER = _actor(
    "carrier", 10, "carrier", "411700", "顺安活畜运输队", "Shun'an Livestock Transport"
)
ABATTOIR = _actor(
    "abattoir", 20, "slaughterhouse", "411702", "豫丰定点屠宰厂", "Yufeng Slaughterhouse"
)
MARKET = _actor(
    "market", 30, "wholesale_market", "410105", "城东肉类批发市场", "Chengdong Wholesale Market"
)
WHOLESALER = _actor(
    "wholesaler", 31, "wholesaler", "410105", "城东市场张记批发", "Zhang's Wholesale"
)
STALL_LI = _actor("stall_li", 40, "retailer", "410103", "南街菜市场李记肉摊", "Li's Meat Stall")
STALL_WANG = _actor(
    "stall_wang", 41, "retailer", "410103", "南街菜市场王记肉摊", "Wang's Meat Stall"
)
CANTEEN = _actor(
    "canteen", 50, "canteen", "410102", "实验小学食堂", "Shiyan Primary School Canteen"
)
SUPERMARKET = _actor(
    "supermarket", 60, "supermarket", "410104", "惠民超市配送中心", "Huimin Supermarket DC"
)
STORE = _actor(
    "store", 61, "supermarket", "410104", "惠民超市文化路店", "Huimin Supermarket, Wenhua Road"
)

ACTORS = (
    *FARMS, SUPERVISOR, CARRIER, ABATTOIR, MARKET, WHOLESALER, STALL_LI, STALL_WANG, CANTEEN,
    SUPERMARKET, STORE,
)  # fmt: skip

HALF = f"{_HOST}/01/0{checked('690123400101')}"
"""Half carcasses."""

PACK = f"{_HOST}/01/0{checked('690123400202')}"
"""Retail packs of streaky pork."""

_FAMILY = "edible-agricultural-products"


def crate(number: int) -> str:
    """A returnable crate (GRAI)."""
    return f"{_HOST}/8003/0{checked('690123400303')}{number:04d}"


def registry(today: date) -> Iterable[Party | Site | Product | Licence]:
    """Everything the story's world has registered."""
    for actor in ACTORS:
        yield Party(
            uri=actor.party,
            name=actor.name,
            kind=actor.kind,
            roles=(actor.role,) if actor.kind != "platform" else (actor.role, "platform"),
            division=actor.division,
        )
        yield Site(
            uri=actor.site,
            operator=actor.party,
            name=actor.name,
            kind=actor.role,
            division=actor.division,
        )
    yield _product(HALF, Text("白条猪肉（半胴）", "Half pork carcass"), ABATTOIR)
    yield _product(PACK, Text("冷鲜五花肉 400 克", "Chilled streaky pork, 400 g"), SUPERMARKET)
    yield from _licences(today)


def _product(class_uri: str, name: Text, owner: Actor) -> Product:
    return Product(
        class_uri=class_uri,
        name=name,
        owner=owner.party,
        family=_FAMILY,
        kind="pork",
        unit="KGM",
    )


def _licences(today: date) -> Iterable[Licence]:
    since, until = today - timedelta(days=700), today + timedelta(days=700)
    yield Licence(
        party=ABATTOIR.party,
        kind="pig_slaughter_licence",
        number="豫驻屠准字第A0017号",
        valid_from=since,
        valid_to=until,
    )
    for place, actor in enumerate((STALL_LI, STALL_WANG, SUPERMARKET, STORE)):
        for kind in ("business_licence", "food_trade_licence"):
            yield Licence(
                party=actor.party,
                kind=kind,
                number=f"{kind[:1].upper()}{place:06d}",
                valid_from=since,
                valid_to=until,
            )


def quarantine_papers(today: date) -> Iterable[Document]:
    """The animal quarantine certificates the supervisor issued, one for each farm."""
    for farm in FARMS:
        yield Document(
            kind="quarantine_animal",
            number=animal_certificate(farm),
            issuer=SUPERVISOR.party,
            valid_from=today - timedelta(days=4),
            valid_to=today - timedelta(days=1),
        )


def animal_certificate(farm: Actor) -> str:
    """The number of a farm's animal quarantine certificate: ten digits."""
    return f"41{20260 + farm.number:08d}"


def product_certificate(batch: int) -> str:
    """The number of a slaughter batch's product quarantine certificate."""
    return f"42{30000 + batch:08d}"


def meat_certificate(batch: int) -> str:
    """The number of a slaughter batch's meat inspection certificate."""
    return f"RP{50000 + batch:08d}"


def ear_tag(farm: Actor, number: int) -> str:
    """An ear tag: 1 for pig, the county's division code, eight digits of serial."""
    return f"urn:suyuan:ear-tag:1{farm.division}{farm.number * 100_000 + number:08d}"


def voucher(number: int) -> str:
    """A trade voucher of the wholesaler: operator's code 13, serial 7 (SB/T 10680)."""
    return f"4101050010007{number:07d}"


def delivery_voucher(number: int) -> str:
    """A delivery voucher of the supermarket's distribution centre."""
    return f"4101040020001{number:07d}"


OPERATOR_CODE = "4101050010007"
