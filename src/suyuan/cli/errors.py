"""Takes what is wrong; tells it on standard error: in Chinese, then in English, or as JSON.

Every error of a command goes this way, in whatever language its answers are: who reads it may be
another person than who set the language, and a program looks for neither.
"""

import json
from typing import Final

from suyuan.cli.echo import echo, echo_json
from suyuan.kit import Text

_WRONG: Final = Text("错误：{said}{place}{code}", "Error: {said}{place}{code}")


def show_error(text: Text, code: str = "", place: str = "", *, as_json: bool = False) -> None:
    """Say what is wrong, where, and in which code, masked: a line for each language.

    As JSON one line, with both.
    """
    from suyuan.codes import privacy  # noqa: PLC0415 -- only when something is wrong

    if as_json:
        message = {"zh": privacy.masked(text.zh), "en": privacy.masked(text.en)}
        told = {"error": code, "message": message, "place": privacy.masked(place)}
        echo_json(json.dumps(told, ensure_ascii=False), err=True)
        return
    where, which = f" [{place}]" if place else "", f" ({code})" if code else ""
    said = _WRONG.format(said=text, place=where, code=which)
    for line in (said.zh, said.en):
        echo(privacy.masked(line), err=True)
