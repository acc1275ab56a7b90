"""The ways in which an artefact of a log is refused: it cannot be read, or it proves nothing."""

from suyuan.kit import SuyuanError, Text


class FormatError(SuyuanError, ValueError):
    """The bytes are not of the format that they claim to be; `place` says where they leave it."""


class UndecidedError(FormatError):
    """Nothing can be said: it is no file of a log, or what it is to be held against is missing."""


class ProofError(SuyuanError):
    """Well-formed, and not true: a signature, a path or a quorum does not hold (status 422)."""

    found_wrong = True

    def __init__(self, code: str, text: Text, place: str = "") -> None:
        super().__init__(code, text, place, status=422)


class SuiteError(SuyuanError):
    """This machine cannot compute what the key asks for, so the answer is neither yes nor no."""

    def __init__(self, code: str, text: Text, place: str = "") -> None:
        super().__init__(code, text, place, status=501)
