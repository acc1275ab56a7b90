"""Takes the folders of family data; gives all families, checked, with their rules made ready."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from suyuan.families.assemble import assemble
from suyuan.families.judge import Families
from suyuan.families.plan import Plan, made_ready, plan
from suyuan.families.read import read_folder
from suyuan.families.types import Family, Step

GENERAL = "general"


def load_families(folder: Traversable | None = None) -> Families:
    """All families under a folder (default: those that come with this package).

    Those of the package are read once in a process. `general` must be among the folders; it
    is no family, its rules apply to every event.

    Raises:
        FamilyDataError: something in the data does not fit; names file and key.
    """
    return _ours() if folder is None else _read(folder)


@lru_cache(maxsize=1)
def _ours() -> Families:
    return _read(files("suyuan.families") / "data")


def _read(root: Traversable) -> Families:
    general = assemble(read_folder(root / GENERAL), None)
    names = sorted(one.name for one in root.iterdir() if one.is_dir() and one.name != GENERAL)
    families = {name: assemble(read_folder(root / name), general) for name in names}
    return Families(
        general=general,
        by_id=families,
        plans=_plans(general, families.values()),
        overlays=_overlays(families.values()),
    )


def _plans(
    general: Family, families: Iterable[Family]
) -> dict[tuple[str | None, str | None], Plan]:
    always = [made_ready(general, rule) for rule in general.rules]
    plans: dict[tuple[str | None, str | None], Plan] = {(None, None): plan(always, None)}
    for family in families:
        ready = [*always, *(made_ready(family, rule) for rule in family.rules)]
        steps: tuple[Step | None, ...] = (None, *family.steps.values())
        for step in steps:
            plans[family.id, step.id if step else None] = plan(ready, step)
    return plans


def _overlays(families: Iterable[Family]) -> dict[tuple[str | None, str | None], Plan]:
    """The plans of local rules, only of the steps that have any: most have none."""
    plans: dict[tuple[str | None, str | None], Plan] = {}
    for family in families:
        ready = [made_ready(family, rule) for rule in family.overlays]
        for step in family.steps.values():
            local = plan(ready, step)
            if local.days:
                plans[family.id, step.id] = local
    return plans
