"""The one error of the store: what is wrong and how to mend it, in both languages."""


class StoreError(Exception):
    """The store cannot be opened or used; `zh` and `en` name the fault and its cure."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en
