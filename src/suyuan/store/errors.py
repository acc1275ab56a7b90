"""The one error of the store: what is wrong and how to mend it, in both languages."""

from suyuan.kit import SuyuanError, Text


class StoreError(SuyuanError):
    """The store cannot be opened or used; `zh` and `en` name the fault and its cure."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__("store.unusable", Text(zh, en), status=503)
        self.zh = zh
        self.en = en

    def __str__(self) -> str:
        return f"{self.zh}\n{self.en}"
