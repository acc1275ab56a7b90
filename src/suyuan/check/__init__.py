"""Takes an event and what is known of it; gives a judgement: verdict, findings, family and step.

It is pure: the state of things and parties comes in as `suyuan.families.Knowledge`, and
nothing is recorded here.
"""

from suyuan.check.chain import contradictions, made_impossible
from suyuan.check.confirming import unconfirmed
from suyuan.check.judge import Judgement, judge_event

__all__ = ["Judgement", "contradictions", "judge_event", "made_impossible", "unconfirmed"]
