"""Takes what is typed of a question: a code, times; gives the parts of the question."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from suyuan.cli.output import say
from suyuan.cli.root import Shared
from suyuan.cli.writing import print_bytes, put
from suyuan.codes import unknown
from suyuan.interchange import Form
from suyuan.kit import SuyuanError, Text, encodings
from suyuan.kit.clock import there
from suyuan.kit.span import BadTimeError, parse_instant
from suyuan.model import Holder
from suyuan.network.ties import Ties
from suyuan.service import OPERATOR, Export, Platform, meant, one_holder
from suyuan.trace import ask, resting
from suyuan.trace.types import Answer, Pool, Scope

_BAD_OFFSET = Text("时区请写成 +08:00。", "Write the offset as +08:00.")

_FORMS = {
    ".jsonld": Form.EPCIS,
    ".json": Form.FCL,
    ".graphml": Form.GRAPHML,
    ".csv": Form.CSV,
    ".xlsx": Form.FSMA204,
    ".pdf": Form.PDF,
}
_NO_FORM = Text(
    "从文件名 “{name}” 看不出格式；用 --format 说明：{known}。",
    "The name '{name}' shows no form; say it with --format: {known}.",
)
_ENCODING = Text(
    f"文件不是 UTF-8 或 GBK 编码。{encodings.AS_UTF8.zh}",
    f"The file is neither UTF-8 nor GBK. {encodings.AS_UTF8.en}",
)
_LINE: Final = "{file}, line {number}"
_NO_CODES = "给出编码，或用 --things-file · Give a code, or --things-file with a code a line."
_HANDED = Text("已写入 {file}（{size} 字节）。", "Written to {file} ({size:byte|bytes}).")


class _Day(click.DateTime):
    """A day, as 2026-03-01."""

    def __init__(self) -> None:
        super().__init__(formats=["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """What was typed as a date, without the hour that it has not."""
        return super().convert(value, param, ctx).date()


DAY: Final = _Day()
"""What an option takes that asks for a day."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


AS_OF: Final = click.option("--as-of", help="截至发生时间 · Only what had happened by then.")
KNOWN_AT: Final = click.option(
    "--known-at", type=click.IntRange(0), help="截至记录位置 · Only what was recorded."
)
START: Final = click.option("--start", help="时间窗起 · Window begins.")
END: Final = click.option("--end", help="时间窗止 · Window ends.")
OFFSET: Final = click.option(
    "--offset", default="+08:00", show_default=True, help="时间按哪个时区 · Times' offset."
)
MOST_FACTS: Final = click.option(
    "--most-facts",
    type=click.IntRange(1),
    default=1_000_000,
    show_default=True,
    help="读几条 · How many facts are read.",
)
ISSUER: Final = click.option(
    "--issuer", default="register", show_default=True, help="编号的发放者 · Numbers' scope."
)
"""These options of several commands: each means the same in all, and what the parameter of that
name means over HTTP."""


THINGS_FILE: Final = click.option(
    "--things-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="文件，一行一个编码（UTF-8 或 GBK）· A file with a code a line.",
)


def codes_given(typed: Sequence[str], file: Path | None) -> dict[str, str]:
    """The codes that were typed, and behind them those of a file, a line each; with their places.

    Raises:
        UsageError: there are none.
        SuyuanError: the file is in no encoding that is read, or there are too many to ask about.
    """
    found = dict.fromkeys(typed, "THING")
    if file is not None:
        text = encodings.text_of(file.read_bytes())
        if text is None:
            raise SuyuanError("things.encoding", _ENCODING, str(file))
        for number, line in enumerate(text.splitlines(), 1):
            if code := line.strip():
                found.setdefault(code, _LINE.format(file=file.name, number=number))
    if not found:
        raise click.UsageError(_NO_CODES)
    ask.require_few_seeds(len(found))
    return found


def of_times(command: _Command) -> _Command:
    """Give a command the options of a question's times, and of the clock that they are on."""
    return _with(command, (AS_OF, KNOWN_AT, START, END, OFFSET))


def of_holder(command: _Command) -> _Command:
    """Give a command the options of the one holder at whom things are asked about."""
    options = (
        click.option("--holder-party", help="只问在该主体手里的 · Only what this party has,"),
        click.option("--holder-site", help="和该场所的 · at this site."),
    )
    return _with(command, options)


def holder_given(asked: dict[str, Any]) -> Callable[[Platform], Holder | None]:
    """Takes the holder out of what all options were given; gives what finds it on a platform.

    That raises a SuyuanError where a party is given without a site, or the other way round.
    """
    party, site = asked.pop("holder_party"), asked.pop("holder_site")
    return lambda platform: one_holder(platform, party, site, called=_option)


def of_rest(command: _Command) -> _Command:
    """Give a command the options of what its asker assumes of how long things rest."""
    options = (
        click.option(
            "--hold-for", help="假设：收到后至少停留多久 · Assume so long a stay at least: 2h, 3d."
        ),
        click.option(
            "--stay-at-most", help="假设：最多停留多久 · Assume that all leaves within: 30d."
        ),
        click.option(
            "--ties",
            type=click.Choice([each.value for each in Ties]),
            default=Ties.ALLOWED.value,
            show_default=True,
            help="同一时刻收到和发出算不算相接 · Whether equal times count.",
        ),
    )
    return _with(command, options)


def rest_given(asked: dict[str, Any]) -> resting.Rest:
    """Takes what these options were given out of all others.

    Raises:
        SuyuanError: one of them cannot be read, or nothing could pass under them.
    """
    given = (asked.pop(name) for name in ("hold_for", "stay_at_most", "ties"))
    return resting.rest_typed(*given, called=_option)


def out_to_file(command: _Command) -> _Command:
    """Give a command the options of handing its answer on."""
    options = (
        click.option(
            "--out",
            "target",
            type=click.Path(dir_okay=False, path_type=Path),
            help="写成文件交给别人 · Write the answer to a file to hand on.",
        ),
        click.option(
            "--format",
            "form",
            type=click.Choice([each.value for each in Form]),
            help="文件格式，默认看文件名 · Its form; else by the file's name.",
        ),
    )
    return _with(command, options)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _with(command: _Command, options: Sequence[Callable[[_Command], _Command]]) -> _Command:
    for option in reversed(options):
        command = option(command)
    return command


def form_of(target: Path | None, form: str | None) -> Form | None:
    """The form asked for, else the one that the file's name ends with; None: nothing is handed on.

    Raises:
        SuyuanError: a file is named, and neither says its form.
    """
    if form is not None or target is None:
        return None if form is None else Form(form)
    found = _FORMS.get(target.suffix.lower())
    if found is None:
        text = _NO_FORM.format(name=target.name, known=", ".join(Form))
        raise SuyuanError("export.form", text, place="--format")
    return found


def hand_on(export: Export, target: Path | None, shared: Shared) -> None:
    """Write an export to its file, whole or not at all, and say so; without one, print it."""
    if target is None:
        print_bytes(export.content)
        return
    put(target, export.content, "--out")
    say(_HANDED.format(file=target, size=len(export.content)), shared)


def is_known(answer: Answer | Scope) -> bool:
    """Whether anything is recorded of what was asked about."""
    return bool(answer.cost.facts) and len(answer.unknown) < len(set(answer.question.seeds))


def say_unknown(answer: Answer | Scope, shared: Shared) -> None:
    """Say to who is given a file of what it has nothing; beside it, for it may be printed."""
    if answer.unknown:
        say(answer.completeness.summary, shared, err=True)


def named(platform: Platform, things: Mapping[str, str]) -> tuple[str, ...]:
    """The canonical names of the things that texts name, each once; `things` says where they stand.

    A code that several recorded as they wrote it has several.

    Raises:
        SuyuanError: some text is no code.
    """
    found = meant(platform, list(things), OPERATOR)
    read = zip(things.items(), found, strict=True)
    unknown.require_read({text: place for (text, place), some in read if not some})
    return tuple(dict.fromkeys(each.canonical for some in found for each in some))


def minutes_of(offset: str) -> int:
    """Minutes east of UTC of an offset as it was typed.

    Raises:
        SuyuanError: it is none.
    """
    minutes: int | None = None
    with suppress(SuyuanError):
        _, minutes = parse_instant(f"2000-01-01T00:00:00{offset}")
    if minutes is None:
        raise SuyuanError("trace.offset", _BAD_OFFSET, place="--offset")
    return minutes


def instant(text: str | None, minutes: int, place: str, *, last: bool) -> datetime | None:
    """A time as the first or last instant of what was written; a bare day is that clock's.

    `place` is the option that it was given in.

    Raises:
        SuyuanError: it is no time.
    """
    if text is None:
        return None
    try:
        span, _ = parse_instant(text, offset_minutes=minutes)
    except BadTimeError as error:
        raise SuyuanError(error.code, error.text, place) from error
    return span.hi if last else span.lo


def instants(times: Mapping[str, str | None], minutes: int) -> dict[str, datetime | None]:
    """A question's times by their parameters: a window begins with its first day's first instant.

    Raises:
        SuyuanError: one of them is no time.
    """
    return {
        name: instant(text, minutes, _option(name), last=name != "start")
        for name, text in times.items()
    }


def written(at: datetime | None, offset: str) -> str:
    """A time on the clock that was asked for; a trace joins reports of many clocks."""
    return "" if at is None else f"{there(at, offset):%Y-%m-%d %H:%M}{offset}"


def day_shown(day: date | None) -> str:
    """A day, or nothing where there is none."""
    return day.isoformat() if day else ""


def holder_name(pool: Pool) -> str:
    """Party and site, as far as known."""
    return " @ ".join(part for part in (pool.party, pool.site) if part) or "?"
