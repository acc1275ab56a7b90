"""Takes the words and codes of a query; gives what in them is probably not meant so.

A bare word that the CBV has not is refused. The standard's schemas of queries and of events, those
of JSON, have one definition of each of these vocabularies: the CBV's own bare words, or a URI that
is not of the CBV (`bizStep`, `disposition`, `error-reason`, types of transactions and of sources).
So no event can hold another bare word, and a value that is none of its type is a
QueryParameterException (EPCIS 2.0 §8.2.7.1). Everything else may be somebody's own and is answered:
URIs, codes whoever gave them, and the types of measurements and dispositions that persist, which
are kept as they come, whatever edition they are of. What is odd about them is said beside the
answer.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from suyuan.codes import privacy
from suyuan.codes.types import Identifier
from suyuan.exchange.query import QueryError
from suyuan.kit import Text
from suyuan.kit.text import joined
from suyuan.wire import Context
from suyuan.wire.cbv import Vocabulary, nearest
from suyuan.wire.contexts import expand

MOST: Final = 3
"""So many are told, as it takes a while to find what was meant, and they are told in a header: a
proxy may hold 4 kB of these, and a notice takes one at most."""
_CBV: Final = (
    "urn:epcglobal:cbv:",
    "https://ref.gs1.org/cbv/",
    "http://ref.gs1.org/cbv/",
    "https://ns.gs1.org/cbv/",
    "http://ns.gs1.org/cbv/",
)
_NO_WORD = Text(
    "参数 “{name}” 的 “{value}” 不是 CBV 的 {vocabulary}。",
    "'{value}' in '{name}' is no {vocabulary} of the CBV.",
)
_NO_WORD_KNOWN = Text(
    "参数 “{name}” 的 “{value}” 不在已知的 {vocabulary} 之列。",
    "'{value}' in '{name}' is no {vocabulary} that is known here.",
)
_MEANT = Text("是不是要写 {near}？", "Did you mean {near}?")
_OWN = Text("请写 CBV 的单词，自己的词写成 URI。", "Write a word of the CBV, or a URI of your own.")
_COMPARE = Text("请核对拼写。", "Compare the spelling.")
_PREFIX = Text(
    "参数 “{name}” 的 “{value}” 的前缀没有说明，按原样查找。",
    "The prefix of '{value}' in '{name}' is not explained; it is looked for as it is written.",
)
_PREFIX_CURE = Text(
    "请在请求头 GS1-Extensions（前缀=命名空间）或 @context 里说明前缀。",
    "Say what it means in the header GS1-Extensions (prefix=namespace) or in @context.",
)
_CODE = Text(
    "参数 “{name}” 的 “{value}” 不是可用的编码。{why}",
    "'{value}' in '{name}' is no sound code. {why}",
)
_CODE_CURE = Text(
    "请与物品或单据上的核对后重新查询。", "Compare it with the label or paper, and ask again."
)


class Notice(Struct, frozen=True, kw_only=True):
    """What is odd about a parameter (`place`) that is answered all the same, and what to do."""

    rule: str
    place: str
    text: Text
    cure: Text


class WordError(QueryError):
    """A bare word that no event can hold."""

    def __init__(self, text: Text, place: str, cure: Text) -> None:
        super().__init__("query.word", text, place)
        self.cure = cure


def of_words(
    name: str, values: Sequence[str], known: Vocabulary, context: Context
) -> Iterator[Notice]:
    """What is odd about words, each bare or a URI in full; each is looked at when it is asked for.

    Raises:
        WordError: at once, if one is bare, and none of a vocabulary that is closed.
    """
    bare = (value for value in values if ":" not in value and value not in known.words)
    if not known.tolerant and (value := next(bare, None)) is not None:
        told = _no_word(name, value, value, known)
        raise WordError(told.text, told.place, told.cure)
    return _odd_words(name, values, known, context)


def _odd_words(
    name: str, values: Sequence[str], known: Vocabulary, context: Context
) -> Iterator[Notice]:
    for value in values:
        if value in known.words:
            continue
        beginnings = (*known.full, *known.withdrawn, *_CBV)
        begun = next((each for each in beginnings if value.startswith(each)), None)
        if ":" not in value or begun is not None:
            yield _no_word(name, value, value.removeprefix(begun or ""), known)
        elif expand(value, context) is None:
            yield _notice("query.prefix", name, value, _PREFIX, _PREFIX_CURE)


def _no_word(name: str, value: str, local: str, known: Vocabulary) -> Notice:
    near = nearest(local, known)
    meant = _MEANT.format(near=joined(near)) if near else Text("", "")
    own = _OWN if value == local else _COMPARE
    cure = Text(meant.zh + own.zh, f"{meant.en} {own.en}".strip())
    text = _NO_WORD_KNOWN if known.tolerant else _NO_WORD
    return _notice("query.word", name, value, text, cure, vocabulary=known.name)


def of_code(name: str, value: str, read: Identifier) -> Iterator[Notice]:
    """What is wrong with a code: its check digit, its form."""
    if read.note is not None and read.note.severity != "info":
        yield _notice("query.code", name, value, _CODE, _CODE_CURE, why=read.note.text)


def _notice(rule: str, name: str, value: str, text: Text, cure: Text, **more: Text | str) -> Notice:
    shown = privacy.quoted(name)
    said = text.format(name=shown, value=privacy.quoted(value), **more)
    return Notice(rule=rule, place=shown, text=said, cure=cure)
