"""`suyuan template`: a family's workbook templates, or the JSON Schema of its steps."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from suyuan.cli.output import plain_errors, say
from suyuan.cli.root import Shared
from suyuan.cli.writing import put, writing_to
from suyuan.families import Families, load_families
from suyuan.kit import Text
from suyuan.kit.clock import system_clock
from suyuan.service import day_of, json_schema, templates, today, workbook
from suyuan.templates.types import Template

_WRITTEN = Text("已写出 {file}", "Wrote {file}")


@click.command(
    "template", help="工作簿模板与 JSON Schema · Workbook templates and JSON Schema of a family."
)
@click.argument("family")
@click.option("--kind", default=None, help="只看一个产品种类 · One kind of product only.")
@click.option("--step", default=None, help="只要一个环节 · One step only.")
@click.option(
    "--on", metavar="DATE", help="按哪一天的规则 · By the rules of which day; else today."
)
@click.option(
    "--division", metavar="CODE", help="加上一地的规则 · With the rules of a place, as 310000."
)
@click.option("--json-schema", "as_schema", is_flag=True, help="JSON Schema 而非工作簿 · Schemas.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="文件；或文件夹，每个环节一个文件 · A file; or a folder, a file for each step.",
)
@click.pass_obj
def command(
    shared: Shared, /, family: str, *, on: str | None, as_schema: bool, out: Path, **only: Any
) -> None:
    """Write the templates of one step, or of all steps of a family."""
    with plain_errors():
        families = load_families()
        day = day_of(on, "--on") or today(system_clock)
        made = templates(families, family, day, **only)
        suffix = ".schema.json" if as_schema else ".xlsx"
        is_folder = out.is_dir() or not out.suffix
        parts = {out / f"{family}.{each.step}{suffix}": [each] for each in made}
        for file, some in (parts if is_folder else {out: list(made)}).items():
            content = _schema(families, some) if as_schema else workbook(some)
            with writing_to(out, "--out"):
                file.parent.mkdir(parents=True, exist_ok=True)
            put(file, content, "--out")
            say(_WRITTEN.format(file=file), shared)


def _schema(families: Families, some: Sequence[Template]) -> bytes:
    schemas = [json_schema(families, each) for each in some]
    one = schemas[0] if len(schemas) == 1 else {"$defs": {each["$id"]: each for each in schemas}}
    return msgspec.json.format(msgspec.json.encode(one), indent=2)
