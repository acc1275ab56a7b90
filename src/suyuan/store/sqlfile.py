"""Named SQL: the statements of a stage live in `queries.sql` beside its code."""

import re
from importlib.resources import files
from typing import LiteralString

_SECTION = re.compile(r"^-- (\w+) --[ \t]*$", re.MULTILINE)
_DESCRIPTION = re.compile(r"(?:-- .*\n)+")
_INCLUDED = re.compile(r"\{\{(\w+)\}\}")


class Queries:
    """The statements of `<package>/queries.sql`: `q["name"]` or `q.name`.

    A section is a line `-- name --`, comment lines that say what the statement does, and the
    statement, which alone is sent. `{{name}}` stands for a statement further up, as a subquery
    that several share. The text is the program's own, so it counts as literal for psycopg.

    Raises:
        ValueError: a section without description or statement, a name used twice, or a
            statement that stands for one that is not further up.
        KeyError, AttributeError: a name that the file does not have.
    """

    def __init__(self, package: str) -> None:
        self._package = package
        text = files(package).joinpath("queries.sql").read_text(encoding="utf-8")
        self._statements = parse(text, package)

    def __getitem__(self, name: str) -> LiteralString:
        if name not in self._statements:
            raise KeyError(f"{self._package}/queries.sql has no section {name!r}")
        return self._statements[name]

    def __getattr__(self, name: str) -> LiteralString:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(error.args[0]) from error

    def names(self) -> tuple[str, ...]:
        """The names in the order of the file."""
        return tuple(self._statements)


def parse(text: str, origin: str) -> dict[str, LiteralString]:
    """The sections of a file of named SQL; `origin` is named in errors."""
    _, *parts = _SECTION.split(text)
    statements: dict[str, LiteralString] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        said = body.strip()
        description = _DESCRIPTION.match(said)
        statement = said[description.end() :] if description else ""
        if not statement or statement.startswith("--"):
            raise ValueError(f"{origin}: section {name!r} needs a description line and a statement")
        if name in statements:
            raise ValueError(f"{origin}: section {name!r} stands there twice")
        statements[name] = _whole(statement.strip().removesuffix(";"), statements, origin)
    return statements


def _whole(statement: LiteralString, above: dict[str, LiteralString], origin: str) -> LiteralString:
    """A statement with those in place that it includes."""
    for name in _INCLUDED.findall(statement):
        if name not in above:
            raise ValueError(f"{origin}: no section {name!r} stands above the one that includes it")
        statement = statement.replace("{{" + name + "}}", above[name])
    return statement
