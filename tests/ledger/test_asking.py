"""What a witness answered, in the words in which the log's operator is told of it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from suyuan.ledger.asking import refusal

MOST = 200
WORD = "[aé0]"
words = st.lists(st.text("aé0 见证，-\n", min_size=1, max_size=40), min_size=1, max_size=30)


def told(body: str) -> str:
    """What of a body is shown as the witness's own words."""
    return refusal(500, body.encode()).en.partition("(its words: ")[2].removesuffix(")")


@given(words)
def test_words_of_a_witness_are_told_whole_or_cut_behind_a_whole_one(parts: list[str]) -> None:
    body = "".join(parts)
    whole = body.replace("\n", " ").strip()
    shown = told(body)
    if len(whole) <= MOST:
        assert shown == whole
        return
    assert shown.endswith("…")
    kept = shown.removesuffix("…")
    rest = whole.removeprefix(kept)
    assert whole == kept + rest
    assert len(kept) <= MOST
    is_within = re.search(f"{WORD}$", kept) and re.match(WORD, rest)
    assert not is_within or re.fullmatch(f"{WORD}{{{MOST}}}", kept), "so long, it is no word"
    more = re.match(rf" *({WORD}+|.)", rest)
    assert more is not None
    assert len(kept) + more.end() > MOST, "one more word would have had its place"


def test_a_sentence_is_cut_at_a_word() -> None:
    assert told("refused " * 30) == " ".join(["refused"] * 25) + "…"
    assert told("不认识" * 80) == ("不认识" * 67)[:MOST] + "…"
