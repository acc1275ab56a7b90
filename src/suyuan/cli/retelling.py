"""Takes a story of the demonstration told; gives what a terminal shows of it: what was caught."""

from collections.abc import Iterator
from typing import Final

from suyuan.cli.echo import echo
from suyuan.cli.output import say, show_table
from suyuan.cli.root import Shared
from suyuan.demo import stories
from suyuan.kit import Text
from suyuan.kit.text import counted

_TOLD: Final = Text("共 {events}。{plot}", "{events}. {plot}")
_REPLAYED: Final = Text(
    "{devices}：设备没有接入，这里以传感器事件重放。",
    "Of {devices}: no device is connected here, the readings are replayed as sensor events.",
)
_CAUGHT: Final = Text("查出了什么", "What was caught")
_HEADS: Final = (
    Text("规则", "rule"),
    Text("依据", "law"),
    Text("次数", "times"),
    Text("查到的", "what was found"),
)
_ASKED: Final = Text("再问一句：{says}。", "And asked: {says}.")


def show_story(story: stories.Story, told: stories.Retold, base: str, shared: Shared) -> None:
    """A story's plot, what its family's rules caught, and the pages to look at."""
    echo()
    echo(story.title.pick(shared.lang), bold=True)
    say(
        _TOLD.format(events=counted(told.events, "件事件", "event", "events"), plot=story.plot),
        shared,
    )
    if story.replayed.zh:
        say(_REPLAYED.format(devices=story.replayed), shared)
    show_table(_CAUGHT, _HEADS, list(_rows(told, shared)), shared.lang)
    for promise in story.promises:
        say(_ASKED.format(says=promise.says), shared)
    for scene in story.scenes:
        echo(f"  {base}{scene.path}  {scene.caption.pick(shared.lang)}")
    echo(f"  {base}/families/{story.family}")


def _rows(told: stories.Retold, shared: Shared) -> Iterator[list[str]]:
    """One row for each rule, with its first finding."""
    by_rule: dict[str, list[stories.Caught]] = {}
    for one in told.caught:
        by_rule.setdefault(one.finding.rule, []).append(one)
    for rule, found in by_rule.items():
        first = found[0].finding
        law = "" if first.cited is None else first.cited.pick(shared.lang)
        yield [rule, law, str(len(found)), first.message.pick(shared.lang)]
