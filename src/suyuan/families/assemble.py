"""Takes a family's files, and the general family where there is one; gives the family."""

from collections.abc import Iterator

from suyuan.families.predicates.base import Words
from suyuan.families.read import Files, fault
from suyuan.families.types import CodeUse, Cure, Family, Item, Law, Step, Word, places
from suyuan.families.verify import verify, verify_places
from suyuan.families.view import Reader, constant, reader
from suyuan.kit import Text


def assemble(files: Files, general: Family | None) -> Family:
    """One family, checked; it also knows the items and words of the general rules.

    Raises:
        FamilyDataError: something in the files does not fit.
    """
    if files.family.id != files.folder:
        raise fault(
            files.folder, "family.toml", "id", f"{files.family.id} is not the folder's name"
        )
    own = {item.name: item for item in files.data.item}
    items = {**(general.items if general else {}), **own}
    verify_places(files.folder, ((name, places(item)) for name, item in items.items()))
    head = files.family
    family = Family(
        id=head.id,
        name=_text(head.name),
        authority=_text(head.authority),
        scope=_text(head.scope),
        clause=_text(head.clause),
        laws={**(general.laws if general else {}), **{law.id: law for law in _laws(files)}},
        kinds={kind.id: _text(kind) for kind in head.kind},
        items=items,
        steps={step.id: step for step in files.lifecycle.step},
        matches=files.lifecycle.match,
        marks=files.lifecycle.mark,
        remembers=files.lifecycle.remember,
        recorded=tuple(item for item in items.values() if item.recorded is not None),
        asks_of=_asks_of(files, items),
        confirmable=frozenset(one for step in files.lifecycle.step for one in step.confirms),
        rules=files.rules.rule,
        overlays=tuple(rule for overlay in files.overlays for rule in overlay.rule),
        codes=files.codes.code,
        disclosure={**(general.disclosure if general else {}), **files.disclosure.fields},
        retention=head.retention,
        deadlines=head.deadline,
        recalls=head.recall,
        tolerances=head.tolerance,
        quality=head.quality,
        words=_words(files, items, general),
        readers={name: _reader(item) for name, item in items.items()},
        readme=files.readme,
    )
    return verify(family)


def _laws(files: Files) -> Iterator[Law]:
    yield from files.family.law
    for overlay in files.overlays:
        yield from overlay.law


def _asks_of(files: Files, items: dict[str, Item]) -> frozenset[str]:
    """The items, beside the things of an event, of which something is remembered or read."""
    remembered = (name for one in files.lifecycle.remember for name in one.of)
    read = (name for item in items.values() if item.recorded is not None for name in item.of)
    return frozenset((*remembered, *read)) - {"things", "instances"}


def _words(files: Files, items: dict[str, Item], general: Family | None) -> Words:
    codes = {code.scheme: _text(code) for code in files.codes.code}
    own = {word.id: _text(word) for word in files.family.word}
    return Words(
        items={name: _text(item) for name, item in items.items()},
        steps={step.id: _text(step) for step in files.lifecycle.step},
        words={**(general.words.words if general else {}), **codes, **own},
    )


def _reader(item: Item) -> Reader:
    if item.recorded is not None:
        return lambda _event: ()
    return reader(places(item)) if item.constant is None else constant(item.constant)


def _text(named: Cure | CodeUse | Item | Step | Word) -> Text:
    return Text(named.zh, named.en)
