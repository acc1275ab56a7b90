"""Which structures an enterprise fills in itself, and which only a state body gives out."""

import re
from collections.abc import Iterable
from typing import Final

from suyuan.codes.checks import gs1_check_digit, is_gs1_checked
from suyuan.codes.clean import clean
from suyuan.codes.gs1_keys import CANONICAL_ROOT, encoded
from suyuan.codes.making.alphabets import DIGITS, SAFE
from suyuan.codes.making.reserved import require_company, require_fixed
from suyuan.codes.making.types import MakingError, StateIssued, Structure
from suyuan.codes.misplaced import is_fixed, misplaced
from suyuan.codes.own_names import issued, named
from suyuan.codes.plain import spelled
from suyuan.codes.privacy import quoted
from suyuan.codes.registry import all_schemes, named_schemes, scheme_of
from suyuan.codes.types import Grain, Note, Scheme
from suyuan.codes.words import SAID_SO
from suyuan.kit import Text

_GTIN = Text("商品条码 GTIN（8、12、13 或 14 位，校验位正确）", "a GTIN whose check digit is right")
_GTIN_FORM = re.compile("[0-9]{14}")
_PESTICIDE_STEM = Text(
    "前 11 位：登记类别 1 位（1 至 3）、登记证号后 6 位、生产类型 1 位（1 自产、2 委托加工、"
    "3 委托分装）、规格码 3 位",
    "11 digits: category 1 (1 to 3), last six of the registration number, kind of production 1 "
    "(1 own, 2 contract, 3 repacking), pack 3",
)
_REGISTERED: Final = {"1": "(?:PDN?|LS|EX)", "2": "(?:WPN?|WL)", "3": "(?:LS|WL)"}
_SSCC_STEM = Text("扩展位 1 位加厂商识别代码", "an extension digit and the company prefix")
_SSCC_BODY = 17


def _head(scheme: str) -> re.Pattern[str]:
    """What stands before the serial, by the scheme's own layout."""
    return re.compile(spelled(named_schemes()[scheme].layout[:-1]))


def _serial(scheme: str) -> int:
    return named_schemes()[scheme].layout[-1].most


STRUCTURES: Final[dict[str, Structure]] = {
    each.scheme: each
    for each in (
        Structure(
            scheme="sgtin",
            name=Text("商品单品码（GTIN + 序列号）", "item (GTIN and serial)"),
            grain=Grain.INSTANCE,
            stem=_GTIN_FORM,
            stem_help=_GTIN,
            sample="6901234567892",
            proof="gs1_company_prefix",
            source="GS1 General Specifications §3.5.2 AI (21); GB/T 16986",
            alphabet=SAFE,
        ),
        Structure(
            scheme="lgtin",
            name=Text("商品批次码（GTIN + 批号）", "lot (GTIN and lot number)"),
            grain=Grain.LOT,
            stem=_GTIN_FORM,
            stem_help=_GTIN,
            sample="6901234567892",
            proof="gs1_company_prefix",
            source="GS1 General Specifications §3.4.1 AI (10); GB/T 16986",
            alphabet=SAFE,
        ),
        Structure(
            scheme="sscc",
            name=Text("物流单元码（SSCC）", "logistic unit (SSCC)"),
            grain=Grain.INSTANCE,
            stem=re.compile("[0-9]{5,13}"),
            stem_help=_SSCC_STEM,
            sample="06901234",
            proof="gs1_company_prefix",
            source="GS1 General Specifications §3.3.1 AI (00)",
            alphabet=DIGITS,
            guarded=False,
        ),
        Structure(
            scheme="pesticide-unit",
            name=Text("农药单元识别代码（32 位）", "pesticide unit code (32 digits)"),
            grain=Grain.INSTANCE,
            stem=_head("pesticide-unit"),
            stem_help=_PESTICIDE_STEM,
            sample="10929272001",
            proof="pesticide_registration",
            source="农业部公告第2579号 (2017); 农业农村部公告第1049号",
            alphabet=DIGITS,
            serial_length=_serial("pesticide-unit"),
            longest=_serial("pesticide-unit"),
        ),
        Structure(
            scheme="seed-unit",
            name=Text("种子单元识别代码", "seed unit code"),
            grain=Grain.INSTANCE,
            stem=re.compile("[0-9A-Z]{4}"),
            stem_help=Text("企业自定的前缀 4 位", "a prefix of your own, 4 characters"),
            sample="A701",
            proof="seed_licence",
            source="农作物种子标签二维码编码规则 (农办种〔2016〕)",
            alphabet=SAFE,
            scoped=True,
        ),
        Structure(
            scheme="mv-trace",
            name=Text("肉菜流通追溯码（20 位）", "meat and vegetable trace code (20 digits)"),
            grain=Grain.LOT,
            stem=_head("mv-trace"),
            stem_help=Text("经营者主体码 13 位", "the operator's 13 digits"),
            sample="3706000040001",
            proof="mv_operator",
            source="SB/T 10680-2012",
            alphabet=DIGITS,
            serial_length=_serial("mv-trace"),
            longest=_serial("mv-trace"),
            guarded=False,
        ),
    )
}  # fmt: skip

STATE_ISSUED: Final[dict[str, StateIssued]] = {
    each.scheme: each
    for each in (
        StateIssued(
            scheme="veterinary-trace",
            name=Text("兽药追溯码（24 位）", "veterinary drug trace code (24 digits)"),
            issuer=Text("国家兽药产品追溯系统", "the national veterinary drug system"),
            consecutive=False,
            called="veterinary|animal.?drug|兽药",
        ),
        StateIssued(
            scheme="drug-trace",
            name=Text("药品追溯码（20 位）", "drug trace code (20 digits)"),
            issuer=Text("在协同平台备案的药品追溯系统", "the drug traceability system on file"),
            consecutive=False,
            called="drug|药品",
        ),
        StateIssued(
            scheme="ear-tag",
            name=Text("畜禽标识（耳标）", "livestock ear tag"),
            issuer=Text("县级畜牧兽医部门", "the county's veterinary authority"),
            consecutive=True,
            called="\\bear.?tag|耳标|畜禽标识",
        ),
    )
}

_PREFIX: Final = re.compile("69[0-9]{5,8}|(?!69)[0-9]{4,12}")
"""Company prefixes have 4 to 12 digits (GS1 General Specifications §1.4.4), China's 7 to 10."""

_PROOF_SCHEMES: Final = {
    "pesticide_registration": ("pesticide-registration",),
    "seed_licence": ("seed-licence", "forest-seed-licence"),
    "mv_operator": ("mv-operator",),
}
_PROOF_HELP: Final = {
    "gs1_company_prefix": Text(
        "厂商识别代码 4 到 12 位数字，690 至 699 开头的 7 到 10 位，不带校验位",
        "a company prefix of 4 to 12 digits, 7 to 10 if it begins with 69, without a check digit",
    ),
    "pesticide_registration": Text(
        "农药登记证号，如 PD20092927（PDN2-88 这样的旧号不能证明单元码归谁）",
        "a pesticide registration such as PD20092927 (old ones like PDN2-88 prove no unit code)",
    ),
    "seed_licence": Text(
        "种子生产经营许可证号，如 B(京)农种许字(2020)第0001号",
        "a seed licence such as B(京)农种许字(2020)第0001号",
    ),
    "mv_operator": Text("经营者主体码 13 位数字", "an operator's code of 13 digits"),
}

_STATE = Text(
    "{name}由{issuer}发放，企业不能自己生成；请导入已领的码：suyuan codes import {scheme} 文件 "
    "--party 单位，或接口 POST /codes/imports。",
    "The {name} is given out by {issuer} and not made by enterprises; bring the codes in that you "
    "were given: suyuan codes import {scheme} FILE --party PARTY, or POST /codes/imports.",
)
_UNKNOWN = Text("没有可生成的编码体系 “{name}”；可用：{known}。",
                "No scheme '{name}' can be made; use one of: {known}.")  # fmt: skip
_OTHERS = Text(
    "{name}的编发方：{issuer}；这里不能生成。可生成：{known}。",
    "{name}, issued by: {issuer}. It is not made here; use one of: {known}.",
)
_STEM = Text(
    "“{given}” 不对。{wanted}它须属于下单的单位，凭{proof}。",
    "'{given}' is not right. {wanted} It must be of the party that orders, by {proof}.",
)
_WANTED = Text(
    "{name}的前段应为{help}，例如 {sample}。",
    "The stem of this scheme, {name}, is {help}, for instance {sample}.",
)
_CHECK = Text(
    "“{given}” 的校验位（最后一位）应为 {expected}，而不是 {found}；请和条码核对。",
    "The check digit of '{given}', its last, should be {expected}, not {found}; compare it with "
    "the bar code.",
)
_NUMBER = Text(
    "“{given}” 不对：应为{help}。请照单位自己的证书填写：{proof}。",
    "'{given}' is not right: give {help}. Copy it from the party's own paper: {proof}.",
)
PROOFS: Final = {
    "gs1_company_prefix": Text(
        "厂商识别代码（向中国物品编码中心或其他 GS1 成员组织申请）",
        "a GS1 company prefix (apply to GS1 China or another GS1 member organisation)",
    ),
    "pesticide_registration": Text(
        "农药登记证（向农业农村部申请）",
        "a pesticide registration (apply to the Ministry of Agriculture and Rural Affairs)",
    ),
    "seed_licence": Text(
        "种子生产经营许可证（向县级以上农业农村或林草部门申请）",
        "a seed licence (apply to the authority for agriculture or forestry of county or above)",
    ),
    "mv_operator": Text(
        "经营者主体码（由所在市场或商务部门在备案时给出）",
        "an operator's code (given at filing by the market or the commerce department)",
    ),
}
"""What proves a stem to be a party's own, and who gives it."""


def proof_called(kind: str) -> Text:
    """A kind of proof in words, and as it is written in commands."""
    name = PROOFS[kind]
    zh, en = name.zh.partition("（")[0], name.en.partition(" (")[0]
    return Text(f"{zh}（{kind}）", f"{en} ({kind})")


def state_issued(asked: str) -> StateIssued | None:
    """The scheme that a state body gives out and somebody asks for by its id or in words."""
    called = (
        each for each in STATE_ISSUED.values() if re.search(each.called, asked, re.IGNORECASE)
    )
    return STATE_ISSUED.get(asked) or next(called, None)


def _others_scheme(asked: str) -> Scheme | None:
    """The scheme of others that somebody asks for by its name or by a label's word for it."""
    spoken = asked.strip().casefold()
    names = {
        name.casefold(): each for each in all_schemes() for name in (each.name.zh, each.name.en)
    }
    called = (each for each, words in SAID_SO.items() if words.search(asked))
    return names.get(spoken) or scheme_of(next(called, ""))


def structure(scheme: str) -> Structure:
    """The structure of a scheme that enterprises make.

    Raises:
        MakingError: a state body or another party gives those codes out, or there is no such
            scheme.
    """
    if found := STRUCTURES.get(scheme):
        return found
    other = None if scheme in STATE_ISSUED else scheme_of(scheme)
    if other is None and (state := state_issued(scheme)):
        text = _STATE.format(name=state.name, issuer=state.issuer, scheme=state.scheme)
        raise MakingError("making.state-issued", text, "scheme", status=403)
    known = ", ".join(STRUCTURES)
    if other := other or _others_scheme(scheme):
        text = _OTHERS.format(name=other.name, issuer=other.issuer, known=known)
    else:
        text = _UNKNOWN.format(name=quoted(scheme, 40), known=known)
    raise MakingError("making.scheme", text, "scheme")


def stem_wanted(of: Structure) -> Text:
    """Which form of stem a structure takes, with one for instance."""
    return _WANTED.format(name=of.name, help=of.stem_help, sample=of.sample)


def stem_of(of: Structure, given: str) -> str:
    """A stem in its one spelling: GTINs with 14 digits, letters in upper case.

    Raises:
        MakingError: not in form, a wrong check digit, or no number of a company's own.
    """
    stem = given.strip().upper()
    if of.stem is _GTIN_FORM and len(stem) in {8, 12, 13} and stem.isdecimal():
        stem = stem.zfill(14)
    wrong = of.stem.fullmatch(stem) is None or not stem.isascii()
    if of.serial_length:  # the law's structure is its scheme's, with all that is checked there
        wrong = wrong or not is_sound(of.scheme, stem + "0" * of.serial_length)
    if not wrong and of.stem is _GTIN_FORM and not is_gs1_checked(stem):
        text = _CHECK.format(given=stem, expected=gs1_check_digit(stem[:-1]), found=stem[-1])
        raise MakingError("making.stem", text, "stem")
    if wrong:
        proof, wanted = PROOFS[of.proof], stem_wanted(of)
        text = _STEM.format(given=quoted(given, 40), wanted=wanted, proof=proof)
        for said in _out_of_place(of, stem):
            text = Text(f"{said.text.zh}{text.zh}", f"{said.text.en} {text.en}")
        raise MakingError("making.stem", text, "stem")
    _require_own(of, stem, given)
    return stem


def _require_own(of: Structure, stem: str, given: str) -> None:
    """See that a stem of GS1's is one behind which a company makes codes."""
    if of.proof == "gs1_company_prefix":
        require_company(stem[1:], given, "stem")
    if of.stem is _GTIN_FORM:
        require_fixed(stem, given)


def _out_of_place(of: Structure, stem: str) -> tuple[Note, ...]:
    """Which digits of a stem of the law's length its structure does not allow there."""
    layout = named_schemes()[of.scheme].layout[:-1] if of.serial_length else ()
    is_whole = bool(layout) and is_fixed(layout) and len(stem) == sum(each.most for each in layout)
    return misplaced(layout, stem)[:1] if is_whole else ()


def is_sound(scheme: str, code: str) -> bool:
    """Whether a text is exactly a code of a scheme, by its layout and its checks."""
    found = named_schemes()[scheme].recognise(clean(code))
    return found is not None and found.valid and found.canonical == named(scheme, code)


def in_one_series(scheme: str, first: str, last: str) -> bool:
    """Whether two codes differ in their serial alone: all between them are codes as well."""
    length = _serial(scheme)
    return first[:-length] == last[:-length]


def serial_room(of: Structure, stem: str) -> int:
    """Characters that a serial may have behind this stem: the law's number, else the most."""
    if of.scheme == "sscc":
        return _SSCC_BODY - len(stem)
    if of.scheme == "seed-unit":
        return of.longest - len(stem)
    return of.serial_length or of.longest


def code_of(of: Structure, stem: str, serial: str) -> str:
    """A code as people read it: GS1 keys with their identifiers in brackets."""
    match of.scheme:
        case "sgtin":
            return f"(01){stem}(21){serial}"
        case "lgtin":
            return f"(01){stem}(10){serial}"
        case "sscc":
            body = stem + serial
            return f"(00){body}{gs1_check_digit(body)}"
        case _:
            return stem + serial


def name_of(of: Structure, stem: str, serial: str, *, party: str) -> str:
    """The canonical URI of the thing that bears the code; `party` is its maker."""
    match of.scheme:
        case "sgtin":
            return f"{CANONICAL_ROOT}01/{stem}/21/{encoded(serial)}"
        case "lgtin":
            return f"{CANONICAL_ROOT}01/{stem}/10/{encoded(serial)}"
        case "sscc":
            body = stem + serial
            return f"{CANONICAL_ROOT}00/{body}{gs1_check_digit(body)}"
        case _ if of.scoped:
            return issued(of.scheme, party, stem + serial)
        case _:
            return named(of.scheme, stem + serial)


def proof_number(kind: str, given: str) -> str:
    """The number of a proof in its one spelling.

    Raises:
        MakingError: it is not in the form that numbers of its kind have, or proves no code.
    """
    if kind == "gs1_company_prefix":
        number = clean(given).bare
        good = _PREFIX.fullmatch(number) is not None
    else:
        schemes = _PROOF_SCHEMES[kind]
        read = clean(given)
        number = read.written or read.text if kind == "seed_licence" else read.bare
        good = any(_is_number(scheme, number) for scheme in schemes)
    if not good:
        text = _NUMBER.format(given=quoted(given, 40), help=_PROOF_HELP[kind], proof=PROOFS[kind])
        for said in _errors(_PROOF_SCHEMES.get(kind, ()), number):
            text = Text(f"{said.zh}{text.zh}", f"{said.en} {text.en}")
        raise MakingError("making.proof", text, "number")
    if kind == "gs1_company_prefix":
        require_company(number, given, "number")
    return number


def _errors(schemes: Iterable[str], number: str) -> list[Text]:
    """What is wrong with a number that has the form of one of its schemes."""
    found = (named_schemes()[scheme].recognise(clean(number)) for scheme in schemes)
    said = (note for each in found if each is not None for note in each.notes)
    return [note.text for note in said if note.severity == "error"][:1]


def _is_number(scheme: str, number: str) -> bool:
    found = named_schemes()[scheme].recognise(clean(number))
    return found is not None and found.valid


def meet(kind: str, one: str, other: str) -> bool:
    """Whether two numbers of a kind prove a stem in common; a prefix is met by what begins so."""
    if kind == "gs1_company_prefix":
        return one.startswith(other) or other.startswith(one)
    return one == other


def proves(of: Structure, stem: str, number: str) -> bool:
    """Whether a licence of the structure's kind with that number makes a stem its holder's own.

    A company prefix does for the keys that begin with it; a pesticide registration for the unit
    codes with its last six digits and category (1 PD, PDN, LS, EX; 2 WP, WPN, WL; 3 the temporary
    LS and WL: Announcement 2579); an operator's number for itself; any seed licence, since the law
    leaves seed codes to enterprises. Numbers of the form PDN2-88 prove nothing: which six digits
    a code takes of them is not known.
    """
    match of.scheme:
        case "sscc":
            return stem[1:] == number
        case "sgtin" | "lgtin":
            return number.isdecimal() and len(number) >= 4 and stem[1:].startswith(number)  # noqa: PLR2004 -- the shortest prefix
        case "pesticide-unit":
            return bool(
                re.fullmatch(f"{_REGISTERED[stem[0]]}[0-9]{{2}}{stem[1:7]}", number.strip().upper())
            )
        case "mv-trace":
            return number.strip() == stem
        case _:
            return True
