"""Drawn names with right check digits: products, places, parties, things, documents."""

from random import Random

from msgspec import Struct

HOST = "https://id.gs1.org"
PRODUCTS, PARTIES = 2_000, 500


def checked(body: str) -> str:
    """A GS1 number with its check digit (GS1 General Specifications §7.9)."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(body[::-1]))
    return f"{body}{-total % 10}"


def digits(draw: Random, count: int) -> str:
    """So many digits."""
    return f"{draw.randrange(10**count):0{count}d}"


def uuid_urn(draw: Random) -> str:
    """A random UUID (RFC 9562 version 4) as a URN."""
    text = f"{draw.getrandbits(128):032x}"
    return f"urn:uuid:{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


class Actor(Struct, frozen=True):
    """An organisation with one site."""

    party: str
    site: str


class Cast(Struct, frozen=True):
    """Products and organisations that return in many events."""

    products: tuple[str, ...]
    actors: tuple[Actor, ...]


def cast(draw: Random) -> Cast:
    """A market of made-up organisations and products."""
    glns = [checked("690" + digits(draw, 9)) for _ in range(PARTIES)]
    return Cast(
        products=tuple(checked("0690" + digits(draw, 9)) for _ in range(PRODUCTS)),
        actors=tuple(Actor(f"{HOST}/417/{gln}", f"{HOST}/414/{gln}") for gln in glns),
    )


def item(draw: Random, product: str) -> str:
    """An instance with a random serial."""
    return f"{HOST}/01/{product}/21/{draw.getrandbits(48):012X}"


def lot(draw: Random, product: str) -> str:
    """A lot with a random number."""
    return f"{HOST}/01/{product}/10/L{digits(draw, 8)}"


def case(draw: Random) -> str:
    """A logistic unit."""
    return f"{HOST}/00/{checked('3690' + digits(draw, 13))}"
