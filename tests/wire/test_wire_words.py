"""Words of the Core Business Vocabulary, bare, as URN and as web address: one word in all forms."""

import json
from pathlib import Path
from typing import Any

import pytest
from wire_samples import OBJECT, changed, put, read

from suyuan.wire import Mode
from suyuan.wire.cbv import BIZ_STEP, DISPOSITION, Vocabulary

SHARED = Path(__file__).parents[3] / "shared" / "data" / "epcis"
TRANSLATOR = SHARED / "openepcis-epc-digitallink-translator" / "translate-vectors.json"


def meant(member: str, value: str) -> str | None:
    """The word or URI of an event in which it is written so; None where it is refused."""
    event = read(changed(OBJECT, put(member, value)), Mode.LENIENT).event
    found = None if event is None else {"bizStep": event.biz_step, "disposition": event.disposition}
    return found and found[member]


@pytest.mark.parametrize("vocabulary", [BIZ_STEP, DISPOSITION], ids=lambda each: each.name)
def test_every_word_is_the_same_in_every_form(vocabulary: Vocabulary) -> None:
    for word in vocabulary.words:
        for beginning in ("", *vocabulary.withdrawn, *vocabulary.full):
            assert meant(vocabulary.name, beginning + word) == word
        assert meant(vocabulary.name, f"{vocabulary.full[0]}{word}x") != word


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the corpora are not beside the checkout")
def test_what_the_translator_takes_for_no_word_in_full_is_no_word_here() -> None:
    """It gives such a value back as it came; we take it for no word of the vocabulary either."""
    cases: list[dict[str, Any]] = json.loads(TRANSLATOR.read_text())
    cases = [each for each in cases if each["op"].endswith("Vocabulary")]
    assert len(cases) == 8
    for each in cases:
        assert each["in"] == each["expect"]
        assert meant("bizStep", each["in"]) not in BIZ_STEP.words
        assert meant("disposition", each["in"]) not in DISPOSITION.words
