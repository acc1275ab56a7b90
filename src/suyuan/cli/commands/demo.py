"""`suyuan demo`: seven stories, told, traced and served, so that a newcomer sees all of it."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
from msgspec import Struct

from suyuan.cli.echo import echo
from suyuan.cli.output import plain_errors, say, show_table
from suyuan.cli.ports import require_free
from suyuan.cli.retelling import show_story
from suyuan.cli.root import Shared
from suyuan.cli.telling import progress_bar
from suyuan.cli.tracing import show_answer
from suyuan.demo import Scene, Told, chapters, check, play, scenes, stories, story_folder
from suyuan.kit import Text
from suyuan.kit.clock import system_clock
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import AccessError, Platform, answer, follow, fresh_key, open_platform

_WORK = Text("讲猪肉的故事", "Telling the pork story")
_TITLE = Text("发生了什么", "What happened")
_HEADS = (
    Text("谁报了什么", "who reported what"),
    Text("接受", "accepted"),
    Text("提示", "flagged"),
    Text("待查", "held"),
    Text("拒收", "refused"),
    Text("重复", "repeats"),
    Text("说明", "remarks"),
)
_LOOK = Text("打开看看：", "Open and look:")
_KEY = Text(
    "采集用的密钥（账户 demo，惠民超市）：{key}",
    "A key for capturing (account demo, Huimin Supermarket): {key}",
)
_OTHERS_TOO = Text(
    "以监管者身份看：在另一个终端运行 suyuan --data-dir {folder} account 监管 --role REGULATOR "
    "--area 410000，用所给的密钥登录 {base}/sign-in；换成 --role ADMIN 看全部。",
    "To look as a regulator, run in another terminal: suyuan --data-dir {folder} account county "
    "--role REGULATOR --area 410000, and sign in at {base}/sign-in with the key; with --role ADMIN "
    "you see everything.",
)
_STOP = Text("按 Ctrl+C 停止。", "Ctrl+C stops it.")
_GOOD = Text("演示检查通过。", "The demonstration is in order.")
_BAD = Text("演示不符：{what}", "The demonstration is not in order: {what}")


_MORE = Text("讲其余六个故事", "Telling the six others")
_INDEX = Text("整理索引", "Bringing the index up to date")


class _Others(Struct, frozen=True):
    """The stories beside pork, and what became of each."""

    told: tuple[stories.Story, ...]
    retold: list[stories.Retold]


@click.command(
    "demo",
    help="讲七个追溯故事（先讲猪肉）并打开网页 · Tell seven stories, pork first, and serve them.",
)
@click.option(
    "--check", "only_check", is_flag=True, help="跑一遍就退出 · Run through and exit 0 or 1."
)
@click.option(
    "--scale",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0.001, 1_000),
    help="日常流通放大的倍数 · So many times the everyday trade of the six others.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 · Address.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535))
@click.pass_obj
def command(shared: Shared, /, *, only_check: bool, scale: float, host: str, port: int) -> None:
    """Tell the stories on a store of their own, show them, and serve until stopped."""
    with plain_errors():
        config = shared.config(host=host, port=port)
        require_free(host, 0 if only_check else port)
    folder = story_folder(config.data_dir, system_clock(), scale)
    with plain_errors(), open_platform(config.inside(folder)) as platform:
        base, day = f"http://{host}:{port}", stories.today_of(platform)
        told = _tell(platform, shared)
        others = _retell(platform, day, scale, shared)
        key = _key(platform, Account(name="demo", role=Role.CAPTURER, party=scenes()[0].party))
        _show(platform, told, shared)
        for story, retold in zip(others.told, others.retold, strict=True):
            show_story(story, retold, base, shared)
        _say_where(base, key, platform.config.data_dir, shared)
        if only_check:
            raise SystemExit(_verdict(platform, told, others, shared))
        shared.launcher.serve(platform)


def _retell(platform: Platform, day: date, scale: float, shared: Shared) -> _Others:
    """The six others, in as many processes as there are processors."""
    every = stories.every_story(day, scale)
    processes = min(len(every), os.cpu_count() or 1)
    with progress_bar(_MORE, len(every), shared.lang) as advance:
        retold = stories.tell_all(platform, day, scale, processes=processes, heard=advance)
    with progress_bar(_INDEX, None, shared.lang):
        follow(platform)
    return _Others(every, retold)


def _key(platform: Platform, account: Account) -> str:
    """A key to show; it takes the place of the one that was shown before, if there was one."""
    try:
        return fresh_key(platform, account, renew=True)
    except AccessError:
        return fresh_key(platform, account)


def _tell(platform: Platform, shared: Shared) -> list[Told]:
    total = chapters(platform)
    with progress_bar(_WORK, total, shared.lang) as advance:
        heard: list[Told] = []

        def hear(chapter: Told) -> None:
            heard.append(chapter)
            advance(len(heard))

        return play(platform, heard=hear)


def _show(platform: Platform, told: Sequence[Told], shared: Shared) -> None:
    rows = [_row(chapter, shared) for chapter in told]
    show_table(_TITLE, _HEADS, rows, shared.lang)
    show_answer(answer(platform, scenes()[0].thing), shared)


def _row(chapter: Told, shared: Shared) -> list[str]:
    names = ("accepted", "flagged", "held", "refused", "duplicate")
    counts = [str(chapter.counts[name]) if chapter.counts.get(name) else "" for name in names]
    remarks = "\n".join(remark.pick(shared.lang) for remark in chapter.remarks)
    return [chapter.title.pick(shared.lang), *counts, remarks]


def _say_where(base: str, key: str, folder: Path, shared: Shared) -> None:
    echo()
    say(_LOOK, shared)
    echo(f"  {base}/")
    for scene in scenes():
        echo(f"  {base}{scene.path}  {_caption(scene, shared)}")
    say(_KEY.format(key=key), shared)
    say(_OTHERS_TOO.format(folder=folder, base=base), shared)
    say(_STOP, shared)


def _caption(scene: Scene, shared: Shared) -> str:
    return scene.caption.pick(shared.lang)


def _verdict(platform: Platform, told: Sequence[Told], others: _Others, shared: Shared) -> int:
    """0 if everything that the stories promise is so, else 1 with what is not."""
    wrong = check(platform, told)
    for story, retold in zip(others.told, others.retold, strict=True):
        wrong += stories.shortfalls(platform, story, retold)
    for each in wrong:
        say(_BAD.format(what=each), shared)
    if not wrong:
        say(_GOOD, shared)
    return 1 if wrong else 0
