"""Check characters of the schemes, each as its standard defines it."""

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUE = {character: value for value, character in enumerate(_USCC_ALPHABET)}
_USCC_WEIGHTS = tuple(3**place % 31 for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ZERO = ord("0")


def gs1_check_digit(digits: str) -> str:
    """The check digit for the ASCII digits before it (GS1 General Specifications §7.9.1).

    Modulo 10 with weights 3, 1, 3 … from the right. On the path of every captured code, so
    it sums byte slices in C and takes the sum of the ASCII zeros off at the end.
    """
    data = digits.encode()
    odd, even = data[::-2], data[-2::-2]
    total = 3 * sum(odd) + sum(even) - _ZERO * (3 * len(odd) + len(even))
    return "0987654321"[total % 10]


def is_gs1_checked(digits: str) -> bool:
    """Whether ASCII digits end in their GS1 check digit."""
    return gs1_check_digit(digits[:-1]) == digits[-1]


def uscc_check(body: str) -> str | None:
    """The 18th character of a unified social credit code (GB 32100-2015), None if unreadable.

    `body` is its first 17 characters; the alphabet leaves out I, O, S, V and Z.
    """
    values = [_USCC_VALUE.get(character) for character in body]
    total = 0
    for value, weight in zip(values, _USCC_WEIGHTS, strict=True):
        if value is None:
            return None
        total += value * weight
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def is_uscc_checked(code: str) -> bool:
    """Whether both check characters of a unified social credit code hold, its own and the inner."""
    return uscc_check(code[:17]) == code[17] and organisation_check(code[8:16]) == code[16]


def organisation_check(body: str) -> str:
    """The 9th character of an organisation code (GB 11714) for its first eight, 0-9 and A-Z."""
    weighted = zip(body, _ORGANISATION_WEIGHTS, strict=True)
    remainder = 11 - sum(int(character, 36) * weight for character, weight in weighted) % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def mod_11_10(digits: str) -> str:
    """The ISO/IEC 7064 MOD 11,10 check digit (GB/T 17710) for the digits before it."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = 2 * total % 11
    return str((1 - product) % 10)


def mod_11_2(digits: str) -> str:
    """The ISO/IEC 7064 MOD 11-2 check character (GB 11643) for the digits before it."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    return "0123456789X"[(12 - total) % 11]


def cas_check(digits: str) -> str:
    """The last digit of a CAS number for those before it: places from the right, modulo 10."""
    return str(sum(place * int(digit) for place, digit in enumerate(reversed(digits), 1)) % 10)


def ec_check(digits: str) -> str | None:
    """The last digit of an EC number for the six before it: places from the left, modulo 11.

    None where that is 10, for such a number is not given out.
    """
    remainder = sum(place * int(digit) for place, digit in enumerate(digits, 1)) % 11
    return str(remainder) if remainder < 10 else None  # noqa: PLR2004 -- one digit


_SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_SET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


def gmn_check(body: str) -> str | None:
    """The two check characters of a global model number (General Specifications §7.9.5).

    Values in the set of 82 times the primes from the right, modulo 1021, as two of 32
    characters. None if a character is outside the set or there are too many.
    """
    values = [_SET_82.find(character) for character in reversed(body)]
    if len(values) > len(_PRIMES) or -1 in values:
        return None
    total = sum(value * prime for value, prime in zip(values, _PRIMES, strict=False)) % 1021
    return _SET_32[total >> 5] + _SET_32[total & 31]


def container_check(code: str) -> str:
    """The check digit of a freight container (ISO 6346) for its first ten characters.

    Letters count from 10 without the multiples of 11; places double; modulo 11, then 10.
    """
    total = 0
    for place, character in enumerate(code):
        value = int(character, 36)
        total += (value if character.isdigit() else value + (value - 1) // 10) << place
    return str(total % 11 % 10)
