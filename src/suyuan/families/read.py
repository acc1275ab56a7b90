"""Takes a folder of TOML; gives its entries as frozen structs, faults told by file and key."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec
from msgspec import Struct, structs

from suyuan.families.types import (
    Audience,
    CodeUse,
    Cure,
    Deadline,
    Item,
    Law,
    Mark,
    Quality,
    RecallLevel,
    Remember,
    Retention,
    Rule,
    Step,
    StepMatch,
    Tolerance,
    Word,
)
from suyuan.kit import SuyuanError, Text

T = TypeVar("T")


class FamilyDataError(SuyuanError, ValueError):
    """A family's data contradict their form or themselves; `place` is file and key."""


class FamilyFile(Struct, frozen=True, forbid_unknown_fields=True):
    """family.toml: what the family is, its laws, words, terms, tolerances and quality list."""

    id: str
    name: Cure
    authority: Cure
    scope: Cure
    clause: Cure
    law: tuple[Law, ...]
    kind: tuple[Word, ...] = ()
    word: tuple[Word, ...] = ()
    retention: tuple[Retention, ...] = ()
    deadline: tuple[Deadline, ...] = ()
    recall: tuple[RecallLevel, ...] = ()
    tolerance: tuple[Tolerance, ...] = ()
    quality: tuple[Quality, ...] = ()


class CodesFile(Struct, frozen=True, forbid_unknown_fields=True):
    """codes.toml: the code schemes in use."""

    code: tuple[CodeUse, ...] = ()


class LifecycleFile(Struct, frozen=True, forbid_unknown_fields=True):
    """lifecycle.toml: steps, how to tell them, the marks they leave, what is remembered."""

    step: tuple[Step, ...] = ()
    match: tuple[StepMatch, ...] = ()
    mark: tuple[Mark, ...] = ()
    remember: tuple[Remember, ...] = ()


class DataFile(Struct, frozen=True, forbid_unknown_fields=True):
    """data.toml: the data items."""

    item: tuple[Item, ...] = ()


class RulesFile(Struct, frozen=True, forbid_unknown_fields=True):
    """rules.toml: the dated rules."""

    rule: tuple[Rule, ...] = ()


class OverlayFile(Struct, frozen=True, forbid_unknown_fields=True):
    """overlays/DIVISION.toml: the law of a province or city, and its rules."""

    division: str
    law: tuple[Law, ...]
    rule: tuple[Rule, ...]


class DisclosureFile(Struct, frozen=True, forbid_unknown_fields=True):
    """disclosure.toml: the widest audience of each item."""

    fields: dict[str, Audience] = {}


class Files(Struct, frozen=True, kw_only=True):
    """One family's folder, read but not yet put together."""

    folder: str
    family: FamilyFile
    codes: CodesFile
    lifecycle: LifecycleFile
    data: DataFile
    rules: RulesFile
    disclosure: DisclosureFile
    overlays: tuple[OverlayFile, ...]
    readme: str


def read_folder(folder: Traversable) -> Files:
    """Everything in a family's folder except its cases.

    Raises:
        FamilyDataError: a file is missing, is no TOML, or a key has a wrong form.
    """
    return Files(
        folder=folder.name,
        family=_toml(folder, "family.toml", FamilyFile),
        codes=_toml(folder, "codes.toml", CodesFile),
        lifecycle=_toml(folder, "lifecycle.toml", LifecycleFile),
        data=_toml(folder, "data.toml", DataFile),
        rules=_toml(folder, "rules.toml", RulesFile),
        disclosure=_toml(folder, "disclosure.toml", DisclosureFile),
        overlays=tuple(_overlays(folder)),
        readme=_text(folder, "README.md"),
    )


def _overlays(folder: Traversable) -> Iterator[OverlayFile]:
    """The overlays of a folder, by division; the file is called after it."""
    local = folder / "overlays"
    files = sorted(one.name for one in local.iterdir()) if local.is_dir() else ()
    for name in files:
        read = _toml(folder, f"overlays/{name}", OverlayFile)
        if name != f"{read.division}.toml":
            raise fault(folder.name, f"overlays/{name}", "division", "not the name of the file")
        rules = tuple(structs.replace(rule, division=read.division) for rule in read.rule)
        yield structs.replace(read, rule=rules)


def fault(folder: str, file: str, key: str, problem: Text | str) -> FamilyDataError:
    """An error in the data, told by file and key."""
    place = f"{folder}/{file}: {key}" if key else f"{folder}/{file}"
    text = Text("产品门类数据有误：{problem}", "Faulty family data: {problem}")
    return FamilyDataError("family.data", text.format(problem=problem), place, status=500)


def _toml(folder: Traversable, file: str, shape: type[T]) -> T:
    try:
        table = tomllib.loads(_text(folder, file), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise fault(folder.name, file, "", str(error)) from error
    try:
        return msgspec.convert(table, shape)
    except msgspec.ValidationError as error:
        problem, _, key = str(error).partition(" - at ")
        raise fault(folder.name, file, key.strip("`"), problem) from error


def _text(folder: Traversable, file: str) -> str:
    try:
        return (folder / file).read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise fault(folder.name, file, "", str(error)) from error
