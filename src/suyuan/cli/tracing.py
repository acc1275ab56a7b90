"""Takes an answer about a thing; gives it in a terminal, in the order of the page."""

from collections.abc import Iterable

from rich.text import Text as Line
from rich.tree import Tree

from suyuan.cli.echo import echo, visible
from suyuan.cli.output import Printed, print_shown
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.kit.clock import there
from suyuan.publish import PublicAnswer, Stage, Tone

_COLOURS = {
    Tone.GOOD: "green",
    Tone.NOTE: "yellow",
    Tone.HOLD: "dark_orange",
    Tone.STOP: "red",
    Tone.UNKNOWN: "bright_black",
    Tone.PLAIN: "cyan",
}
_FROM = Text("从哪里来", "Where it came from")
_TO = Text("到哪里去", "Where it went")
_MISSING = Text("还缺什么", "What is missing")
_HISTORY = Text("更正记录", "Corrections")
_FIRST, _LAST = 4, 10
_MORE = Text("…… 中间还有 {count} 步", "… {count:more step|more steps} in between")


def show_answer(answer: PublicAnswer, shared: Shared) -> None:
    """Verdict first, then the way, then what is missing."""
    lang = shared.lang
    colour = _COLOURS[answer.verdict.tone]
    head = Line(visible(answer.verdict.word.pick(lang)), style=f"bold {colour}")
    tree = Tree(
        head.append(
            visible(f"  {answer.name.pick(lang)}  {answer.subject.canonical}"), style="bold"
        )
    )
    tree.add(Line(visible(answer.verdict.sentence.pick(lang))))
    _add_stages(tree, _FROM, answer.origins, shared)
    _add_stages(tree, _TO, answer.whereabouts, shared)
    if answer.folded is not None:
        tree.add(Line(visible(answer.folded.pick(lang))))
    _add_lines(tree, _MISSING, answer.gaps, shared)
    _add_lines(tree, _HISTORY, answer.history, shared)
    echo()
    print_shown(Printed(), tree)


def _add_stages(tree: Tree, title: Text, stages: tuple[Stage, ...], shared: Shared) -> None:
    if not stages:
        return
    branch = tree.add(Line(title.pick(shared.lang), style="bold"))
    between = len(stages) - _FIRST - _LAST
    for stage in stages[:_FIRST] if between > 0 else stages:
        branch.add(_line(stage, shared))
    if between > 0:
        branch.add(_MORE.format(count=between).pick(shared.lang))
        for stage in stages[-_LAST:]:
            branch.add(_line(stage, shared))


def _line(stage: Stage, shared: Shared) -> Line:
    when = f"{there(stage.at, stage.offset):%Y-%m-%d %H:%M}{stage.offset}"
    who = (stage.party or stage.reporter, stage.place)
    names = dict.fromkeys(each.pick(shared.lang) for each in who if each)
    said = f"{when}  {stage.step.pick(shared.lang)}  {' · '.join(names)}"
    line = Line(visible(said), style="" if stage.tone is Tone.GOOD else _COLOURS[stage.tone])
    if not stage.certain:
        line.append(" ?", style="bright_black")
    if stage.note is not None:
        line.append(visible(f"  {stage.note.pick(shared.lang)}"))
    return line


def _add_lines(tree: Tree, title: Text, lines: Iterable[Text], shared: Shared) -> None:
    said = [line.pick(shared.lang) for line in lines]
    if said:
        branch = tree.add(Line(title.pick(shared.lang), style="bold"))
        for line in said:
            branch.add(Line(visible(line)))
