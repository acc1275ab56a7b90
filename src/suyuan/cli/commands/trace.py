"""`suyuan trace`: where a thing came from or where it went, with how complete the answer is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from msgspec import structs

from suyuan import service
from suyuan.cli.output import emit_json, json_option, plain_errors, say, show_table
from suyuan.cli.questions import (
    THINGS_FILE,
    codes_given,
    form_of,
    hand_on,
    holder_given,
    instants,
    is_known,
    minutes_of,
    named,
    of_holder,
    of_rest,
    of_times,
    out_to_file,
    rest_given,
    say_unknown,
    written,
)
from suyuan.cli.root import Shared
from suyuan.cli.telling import rounds_told
from suyuan.cli.writing import put, writing_to
from suyuan.drawings import on_paper
from suyuan.kit import Text
from suyuan.kit.canonical import plain_decimal
from suyuan.kit.quantity import Quantity, normal
from suyuan.kit.text import Lang
from suyuan.service import (
    OPERATOR,
    Platform,
    export,
    names_on_file,
    open_platform,
    told,
    trace,
)
from suyuan.trace import Answer, Direction, Question, Seed, gather
from suyuan.trace import alike as pieces
from suyuan.trace.types import Origin, Pool, Responsible, Whereabouts, by_code

_HEADS = (
    Text("追溯单元", "thing"),
    Text("在谁手里", "holder"),
    Text("情况", "state"),
    Text("数量", "quantity"),
    Text("可信", "sure"),
)
_ORIGINS = Text("从哪里来", "Where it came from")
_WHEREABOUTS = Text("到哪里去", "Where it went")
_RESPONSIBLE = Text("谁负责", "Who answers for it")
_WHO = (
    Text("单位", "party"),
    Text("场所", "site"),
    Text("从", "from"),
    Text("到", "until"),
    Text("件数", "things"),
)
_NAMELESS = Text(
    "只有编码的单位还没有登记：suyuan register，或“登记”页 /registry。",
    "Parties shown by their code alone are not registered: suyuan register, or the page /registry.",
)
Names = Mapping[str, Text]
_COST = Text(
    "完整到第 {position} 条记录；读取 {facts} 条事实，{links} 条链接。",
    "Complete to entry {position}; {facts:fact|facts} read, {links:link|links}.",
)
_REQUESTS = Text(
    "已写 {count} 份问询表到 {folder}；填好后用 suyuan import partner 导入，再问一次。",
    "{count:workbook is|workbooks are} in {folder}; import them filled with suyuan import partner, "
    "ask again.",
)
_NOW = Text("至今", "now")
_SURE = Text("确定", "certain")
_MAYBE = Text("可能", "possible")
_MORE = Text("{thing} 另有 {more} 件经历相同", "{thing} and {more} alike")
_MOST = 40


@click.command("trace", help="追溯：从哪来（默认）或到哪去 · Trace back (default) or forward.")
@click.argument("things", nargs=-1, metavar="[THING]...")
@THINGS_FILE
@click.option(
    "--direction",
    type=click.Choice([each.value for each in Direction]),
    default=Direction.BACKWARD.value,
    show_default=True,
    help="溯源或追踪 · Where from, or where to.",
)
@of_holder
@of_times
@of_rest
@click.option("--depth", type=click.IntRange(1), help="最多几步 · At most so many steps.")
@click.option(
    "--requests",
    type=click.Path(file_okay=False, path_type=Path),
    help="给断点处各单位的问询表，写到该目录 · Workbooks that ask where it stops, into a folder.",
)
@out_to_file
@json_option
@click.pass_obj
def command(  # noqa: PLR0913 -- one for each option
    shared: Shared,
    /,
    things: tuple[str, ...],
    *,
    things_file: Path | None,
    as_json: bool,
    offset: str,
    target: Path | None,
    form: str | None,
    requests: Path | None,
    **asked: Any,
) -> None:
    """Print the answer, or write it to a file; exit with 1 if nothing is recorded of the thing."""
    with plain_errors():
        codes = codes_given(things, things_file)
        wanted, rest, holder_on = form_of(target, form), rest_given(asked), holder_given(asked)
        question = rest.of(_question(minutes=minutes_of(offset), **asked))
        with open_platform(shared.config()) as platform:
            holder = holder_on(platform)
            seeds = tuple(Seed(thing=each, holder=holder) for each in named(platform, codes))
            question = structs.replace(question, seeds=seeds)
            with rounds_told(shared.lang, quiet=as_json) as limit:
                answer, alike = _answer(platform, question, shared.lang, limit, every_piece=as_json)
            names = names_on_file(platform, _holders(answer))
            if requests is not None:
                say_unknown(answer, shared)
                _ask(
                    service.requests(platform, question, OPERATOR, lang=shared.lang),
                    requests,
                    shared,
                )
                raise SystemExit(0 if is_known(answer) else 1)
            if wanted is not None:
                lang = shared.lang
                made = export(platform, question, OPERATOR, wanted, lang=lang, draw=on_paper)
                say_unknown(answer, shared)
                hand_on(made, target, shared)
                raise SystemExit(0 if is_known(answer) else 1)
    if as_json:
        emit_json(answer)
    else:
        say(answer.completeness.summary, shared)
        if is_known(answer):
            _show(answer, names, alike, shared, offset)
    raise SystemExit(0 if is_known(answer) else 1)


def _answer(
    platform: Platform, question: Question, lang: Lang, limit: gather.Limit, *, every_piece: bool
) -> tuple[Answer, pieces.Alike]:
    """The answer; unless it is to name every piece, of those that are alike it tells one."""
    if every_piece:
        return trace(platform, question, OPERATOR, limit=limit), pieces.NONE_ALIKE
    found = told(platform, question, OPERATOR, lang=lang, limit=limit)
    return found.answer, found.alike


def _ask(books: Mapping[str, bytes], folder: Path, shared: Shared) -> None:
    with writing_to(folder, "--requests"):
        folder.mkdir(parents=True, exist_ok=True)
    for name, content in books.items():
        put(folder / name, content, "--requests")
    say(_REQUESTS.format(count=len(books), folder=folder), shared)


def _question(
    *,
    minutes: int,
    direction: str,
    known_at: int | None,
    depth: int | None,
    **times: str | None,
) -> Question:
    """What is asked, before it is known of what."""
    asked = instants(times, minutes)
    return Question(
        seeds=(),
        direction=Direction(direction),
        as_of=asked["as_of"],
        known_at=known_at,
        start=asked["start"],
        end=asked["end"],
        depth=depth,
    )


def _holders(answer: Answer) -> set[str]:
    """Every party and site that the answer names."""
    pools = [each.pool for each in answer.origins] + [each.pool for each in answer.whereabouts]
    pairs = [(each.party, each.site) for each in pools]
    pairs += [(each.party, each.site) for each in answer.responsibility]
    return {uri for pair in pairs for uri in pair} - {""}


def _show(answer: Answer, names: Names, alike: pieces.Alike, shared: Shared, offset: str) -> None:
    lang = shared.lang
    if answer.origins:
        rows = [_end(each, names, alike, lang) for each in answer.origins[:_MOST]]
        show_table(_ORIGINS, _HEADS, rows, lang)
    if answer.whereabouts:
        rows = [_end(each, names, alike, lang) for each in answer.whereabouts[:_MOST]]
        show_table(_WHEREABOUTS, _HEADS, rows, lang)
    rows = [_who(each, names, lang, offset) for each in answer.responsibility[:_MOST]]
    show_table(_RESPONSIBLE, _WHO, rows, lang)
    if {each.party for each in answer.responsibility} - names.keys() - {""}:
        say(_NAMELESS, shared)
    for assumption in answer.assumptions:
        say(assumption, shared)
    for warned in by_code(answer.anomalies):
        say(warned.line, shared)
    cost = answer.cost
    say(_COST.format(position=answer.position, facts=cost.facts, links=cost.links), shared)


def _end(end: Origin | Whereabouts, names: Names, alike: pieces.Alike, lang: Lang) -> list[str]:
    state = end.kind if isinstance(end, Origin) else end.rest
    sure = (_SURE if end.certain else _MAYBE).pick(lang)
    who = " @ ".join(_called(each, names, lang) for each in (end.pool.party, end.pool.site) if each)
    return [_thing(end.pool, alike, lang), who or "?", state, _much(end), sure]


def _much(end: Origin | Whereabouts) -> str:
    """How much, in the unit in which a recall's scope tells it too."""
    if end.quantity is None:
        return ""
    amount = normal(Quantity(end.quantity, end.unit))
    return f"{plain_decimal(amount.value)} {amount.unit or ''}".strip()


def _thing(pool: Pool, alike: pieces.Alike, lang: Lang) -> str:
    """The thing, and how many pieces beside it are alike."""
    more = pieces.count_of(pool.thing, alike) - 1
    name = pool.thing or pool.container
    return _MORE.pick(lang).format(thing=name, more=more) if more else name


def _who(each: Responsible, names: Names, lang: Lang, offset: str) -> list[str]:
    until = _NOW.pick(lang) if each.until is None else written(each.until.hi, offset)
    party, site = (_called(one, names, lang) for one in (each.party, each.site))
    return [party, site, written(each.since.lo, offset), until, str(each.things)]


def _called(uri: str, names: Names, lang: Lang) -> str:
    """A party or site by its name, if it is registered, and its URI."""
    return f"{names[uri].pick(lang)} {uri}" if uri in names else uri
