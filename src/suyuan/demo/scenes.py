"""Takes the story told; gives what to look at in it, and whether it holds what it promises."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from suyuan.codes import recognise
from suyuan.demo import cast, pork
from suyuan.demo.events import CHINA
from suyuan.demo.play import Told, totals
from suyuan.demo.scene import Scene
from suyuan.kit import Text
from suyuan.publish import PublicAnswer, Tone
from suyuan.service import Platform, answer, viewer_for

NO_REFUSAL = Text("应恰有一条明天的事件被拒收", "exactly one event, dated tomorrow, is refused")
NO_HOLD = Text("应有日期颠倒的屠宰待查", "the slaughter with impossible dates is held")
NO_ORIGIN = Text("样品包装应能追到养殖场的耳标", "the pack's way begins at the farms")
NO_STOP = Text("不合格批次应显示停止销售", "the failed lot says stop")
NO_GAP = Text("沉默的摊位应显示缺口", "the silent stall shows as a gap")
NO_HISTORY = Text("更正过的交易应显示更正记录", "the corrected sale shows its correction")


def scenes() -> tuple[Scene, ...]:
    """What a newcomer should open, the best first."""
    return (
        Scene(
            thing=recognise(pork.example_pack())[0].canonical,
            caption=Text("一盒五花肉：从餐桌到猪场", "A pack of pork, from the table to the farm"),
            party=cast.SUPERMARKET.party,
        ),
        Scene(
            thing=recognise(pork.failed_half())[0].canonical,
            caption=Text("抽检不合格的一批，卖了也要说清", "The lot that failed, and was sold"),
            party=cast.WHOLESALER.party,
        ),
        Scene(
            thing=recognise(pork.silent_half())[0].canonical,
            caption=Text("发给王记肉摊，没有收货记录", "Sent to a stall that says nothing"),
            party=cast.WHOLESALER.party,
        ),
        Scene(
            thing=recognise(pork.corrected_half())[0].canonical,
            caption=Text("凭证号更正过一次", "A voucher corrected once"),
            party=cast.WHOLESALER.party,
        ),
    )


def story_folder(data_dir: Path, now: datetime, scale: float = 1.0) -> Path:
    """Each day and scale has a story of its own: its dates are that day's yesterdays."""
    day = now.astimezone(CHINA).date().isoformat()
    return data_dir / "demo" / (day if scale == 1 else f"{day}x{scale:g}")


def check(platform: Platform, told: Sequence[Told]) -> list[Text]:
    """What of the story's promises does not hold; nothing, if all is well.

    A story told again the same day has only repeats, and is not counted anew.
    """
    counts = totals(told)
    wrong = [NO_REFUSAL] if counts.get("refused") != 1 else []
    fresh = not counts.get("duplicate")
    if fresh and not counts.get("held"):
        wrong.append(NO_HOLD)
    pack, failed, silent, corrected = (_seen(platform, scene) for scene in scenes())
    if not any(stage.step.en == "ear tagging" for stage in pack.origins):
        wrong.append(NO_ORIGIN)
    if failed.verdict.tone is not Tone.STOP:
        wrong.append(NO_STOP)
    if not silent.gaps:
        wrong.append(NO_GAP)
    if not corrected.history:
        wrong.append(NO_HISTORY)
    return wrong


def _seen(platform: Platform, scene: Scene) -> PublicAnswer:
    """As the party that answers for it sees it."""
    return answer(platform, scene.thing, viewer_for(platform, scene.party))
