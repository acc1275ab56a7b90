"""Parties and authorities for tests of credit decisions, on a day that stands still."""

from datetime import UTC, date, datetime
from typing import Any

from msgspec import structs

from suyuan.kit import Text
from suyuan.model import PUBLIC, Role, Viewer
from suyuan.registry.types import Account, Licence, Party, Site
from suyuan.service import OPERATOR, Platform, crediting, fresh_key, register, who

NOW = datetime(2026, 3, 15, 4, tzinfo=UTC)
TODAY = date(2026, 3, 15)
DAIRY, SHOP, NOWHERE = (f"urn:suyuan:party:{name}" for name in ("dairy", "shop", "nowhere"))
KITCHEN = "urn:suyuan:site:kitchen"
SAID: dict[str, Any] = {
    "kind": "violation", "ground": "标签虚假 false label", "document": "市监罚〔2026〕1号",
    "authority": "西湖区市场监管局", "decided_on": date(2026, 3, 1),
}  # fmt: skip


def standing(platform: Platform) -> Platform:
    """The platform on that day, with three parties: in Hangzhou, in Peking with a site, nowhere."""
    still = structs.replace(platform, clock=lambda: NOW)
    register(
        still,
        [
            Party(uri=DAIRY, name=Text("乳品厂", "Dairy"), division="330106"),
            Party(uri=SHOP, name=Text("商店", "Shop"), division="110105"),
            Party(uri=NOWHERE, name=Text("某店", "Nowhere")),
            Site(uri=KITCHEN, operator=SHOP, name=Text("厨房", "Kitchen"), division="330104"),
            Licence(
                party=DAIRY, kind="food_production_licence", number="SC10533010600000",
                valid_to=date(2026, 3, 14),
            ),
        ],
    )  # fmt: skip
    return still


def decided(
    platform: Platform, party: str = DAIRY, viewer: Viewer = OPERATOR, **other: Any
) -> crediting.CreditInfo:
    """A decision about a party, as usual but for what is said otherwise."""
    new = crediting.NewDecision(**(SAID | {"party": party} | other))
    return crediting.decide(platform, new, viewer)


def withdrawn(
    platform: Platform, number: int, viewer: Viewer = OPERATOR, **other: Any
) -> crediting.CreditInfo:
    """A decision that is taken back."""
    new = crediting.NewWithdrawal(**({"number": number, "ground": "复议撤销"} | other))
    return crediting.withdraw(platform, new, viewer)


def viewers(platform: Platform) -> dict[str, Viewer]:
    """Everybody who may look at a credit file, by name."""
    wanted = {
        "boss": Account(name="boss", role=Role.ADMIN),
        "hangzhou": Account(name="hangzhou", role=Role.REGULATOR, areas=("330100",)),
        "peking": Account(name="peking", role=Role.REGULATOR, areas=("11",)),
        "food": Account(name="food", role=Role.REGULATOR, families=("food",)),
        "hangzhou food": Account(
            name="hangzhou food", role=Role.REGULATOR, areas=("3301",), families=("food",)
        ),
        "dairy": Account(name="dairy", role=Role.CAPTURER, party=DAIRY),
        "shop": Account(name="shop", role=Role.CAPTURER, party=SHOP),
    }
    found = {
        name: who(platform, f"Bearer {fresh_key(platform, each)}", address="").viewer
        for name, each in wanted.items()
    }
    return found | {"public": PUBLIC, "machine": OPERATOR}
