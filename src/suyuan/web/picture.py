"""Takes an answer; gives its path as a small drawing (SVG), for those who would rather look.

Up to six steps, one dot each on a stream from the source down to now; what is only possible is
dashed, what is held or stopped is red. Everything drawn also stands below in words.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from markupsafe import Markup

from suyuan.publish import PublicAnswer, Stage, Tone
from suyuan.web.render import Reader, local_time

_MOST = 6
_LEAST = 2
_STEP, _HEIGHT, _LEFT = 110, 92, 55
_INK, _SOFT, _OWN, _STOP = "#16211d", "#44524c", "#0b5345", "#8f1414"


def picture(answer: PublicAnswer, reader: Reader) -> Markup | None:
    """The drawing, or None where there is too little to draw."""
    stages = _chosen((*answer.origins, *answer.whereabouts))
    if len(stages) < _LEAST:
        return None
    width = _STEP * len(stages)
    label = escape(" → ".join(reader.text(stage.step) for stage in stages), {'"': "&quot;"})
    drawn = "".join([*_stream(stages), *_dots(stages, reader)])
    return Markup(  # noqa: S704 -- every text in it is escaped above and below
        f'<svg viewBox="0 0 {width} {_HEIGHT}" width="{width}" role="img" aria-label="{label}" '
        f'font-size="17" text-anchor="middle">{drawn}</svg>'
    )


def _chosen(stages: Sequence[Stage]) -> list[Stage]:
    """The first and last steps and those between that change hands, at most six, in time order."""
    ordered = sorted(stages, key=lambda stage: stage.at)
    turns = [
        stage
        for before, stage in zip([None, *ordered], ordered, strict=False)
        if before is None or stage.step != before.step
    ]
    if len(turns) <= _MOST:
        return turns
    gap = (len(turns) - 1) / (_MOST - 1)
    return [turns[round(place * gap)] for place in range(_MOST)]


def _stream(stages: Sequence[Stage]) -> list[str]:
    return [
        f'<line x1="{_LEFT + _STEP * place + 11}" x2="{_LEFT + _STEP * (place + 1) - 11}" '
        f'y1="18" y2="18" stroke="{_OWN}" stroke-width="3"{_dash(stage)}/>'
        for place, stage in enumerate(stages[1:])
    ]


def _dots(stages: Sequence[Stage], reader: Reader) -> list[str]:
    return [_dot(_LEFT + _STEP * place, stage, reader) for place, stage in enumerate(stages)]


def _dot(x: int, stage: Stage, reader: Reader) -> str:
    colour = _STOP if stage.tone in {Tone.HOLD, Tone.STOP} else _OWN
    fill = colour if stage.certain else "#fff"
    step = escape(_short(reader.text(stage.step), reader))
    day = escape(local_time(stage, reader.lang).rpartition(" ")[0])
    return (
        f'<circle cx="{x}" cy="18" r="9" fill="{fill}" stroke="{colour}" stroke-width="3"/>'
        f'<text x="{x}" y="54" fill="{_INK}">{step}</text>'
        f'<text x="{x}" y="78" fill="{_SOFT}" font-size="13">{day}</text>'
    )


def _dash(stage: Stage) -> str:
    return "" if stage.certain else ' stroke-dasharray="4 5"'


def _short(text: str, reader: Reader) -> str:
    most = 6 if reader.lang == "zh" else 12
    return text if len(text) <= most else text[: most - 1] + "…"
