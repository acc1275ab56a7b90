"""`suyuan interlock`: may this be filled, used, sold or sent, by this party, here and now?"""

import json
from datetime import UTC, datetime
from typing import Any

import click

from suyuan.cli.commands.check import shown_finding
from suyuan.cli.echo import echo
from suyuan.cli.output import emit_quoted, json_option, plain_errors, say
from suyuan.cli.root import Shared
from suyuan.kit import SuyuanError, Text
from suyuan.kit.span import BadTimeError, parse_instant
from suyuan.service import Act, interlock, open_platform

_CHINA = 480
_YES = Text("可以：{step}。", "Yes: {step}.")
_NO = Text("不可以：{step}。", "No: {step}.")
_FORBIDS = Text("禁止", "refuse")
_VALUE = Text("“{given}” 应写成 数据项=值。", "'{given}' should be written ITEM=VALUE.")


@click.command("interlock", help="事前联锁：现在可以做吗 · May this be done, here and now?")
@click.argument("step")
@click.argument("things", nargs=-1, required=True)
@click.option("--party", required=True, help="由谁来做 · Who is to do it.")
@click.option("--family", help="门类，环节名不唯一时 · The family, if several have the step.")
@click.option("--kind", help="产品种类 · The kind of product.")
@click.option("--place", help="在哪里 · Where.")
@click.option("--at", help="何时，缺省为现在 · When, else now.")
@click.option(
    "--value", "values", multiple=True, metavar="ITEM=VALUE",
    help="此外已知的，如 fillMass 写作 fill_mass=14.5 · What else is known of it.",
)  # fmt: skip
@json_option
@click.pass_obj
def command(shared: Shared, /, values: tuple[str, ...], *, as_json: bool, **said: Any) -> None:
    """Print yes or no with every reason; exit with 1 if it is no. Nothing is recorded."""
    with plain_errors(), open_platform(shared.config()) as platform:
        asked = said | {"things": list(said["things"]), "at": _instant(said["at"])}
        found = interlock(platform, Act(values=_values(values), **asked))
    if as_json:
        emit_quoted(found)
    else:
        say((_YES if found.allowed else _NO).format(step=found.step_name), shared)
        for each in found.reasons:
            echo(shown_finding(each, shared.lang, weight=_FORBIDS))
        for each in found.warnings:
            echo(shown_finding(each, shared.lang))
    raise SystemExit(0 if found.allowed else 1)


def _values(texts: tuple[str, ...]) -> dict[str, Any]:
    """Items with their values; one that is given twice has both."""
    found: dict[str, Any] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not (name and sign):
            raise SuyuanError("interlock.value", _VALUE.format(given=text[:60]), "--value")
        found.setdefault(name.strip(), []).append(_plain(value.strip()))
    return found


def _plain(text: str) -> Any:
    """A number as a number, anything else as it is written."""
    try:
        number = json.loads(text)
    except ValueError:
        return text
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    return number if is_number and str(number) == text else text


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        span, _ = parse_instant(text, offset_minutes=_CHINA)
    except BadTimeError as error:
        raise SuyuanError(error.code, error.text, "--at") from error
    return span.lo.astimezone(UTC) if span.lo else None
