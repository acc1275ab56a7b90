"""Takes what click found wrong with a command line, or its help; gives it in both languages.

At the root alone: which words are wrong is known before the language is, so both are said.
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Final

import click
from click.exceptions import NoArgsIsHelpError, NoSuchCommand, NoSuchOption

from suyuan.cli.echo import echo
from suyuan.cli.errors import show_error
from suyuan.kit import Text

_CODE: Final = "cli.usage"
_USAGE: Final = Text("用法", "Usage")
_HELP: Final = Text("看说明：{command} --help", "for help: {command} --help")
_MISSING: Final = Text("缺少参数 {what}。", "Missing: {what}.")
_NO_OPTION: Final = Text("没有 {what} 这个选项。", "There is no option {what}.")
_NO_NEGATIVE: Final = Text(
    "这里不能用负数（{what}…）；数量应为 1 或更大的整数。",
    "A negative number ({what}…) cannot stand here; a count is a whole number from 1.",
)
_NEGATIVE: Final = re.compile("-[0-9]")
"""Of a number with a minus sign click takes the first digit for the name of an option."""

_BEFORE: Final = Text(
    "{what} 写在命令之前：suyuan {what} … {command}。",
    "{what} goes before the command: suyuan {what} … {command}.",
)
_NO_COMMAND: Final = Text("没有 {what} 这个命令。", "There is no command {what}.")
_LIKE: Final = Text("您是不是要用：{names}？", "Did you mean: {names}?")
_BAD: Final = Text("{what} 的值不能用：{cure}。", "The value of {what} cannot be used: {cure}.")
_OTHER: Final = Text("命令写法不对。", "The command is not written so: {said}")
_FILE: Final = Text("打不开文件 {name}。", "The file {name} cannot be opened: {said}")
_ONE_OF: Final = Text("应为 {names} 之一", "it should be one of {names}")
_WITHIN: Final = Text(
    "应为 {least} 到 {most} 的{kind}", "it should be {kind} from {least} to {most}"
)
_LEAST: Final = Text("应为 {least} 或更大的{kind}", "it should be {kind} from {least}")
_MOST: Final = Text("应为不大于 {most} 的{kind}", "it should be {kind} up to {most}")
_WHOLE: Final = Text("整数", "a whole number")
_NUMBER: Final = Text("数", "a number")
_OPENABLE: Final = Text("应为能打开的文件或目录", "a file or folder that can be opened")
_DAY: Final = Text("应为日期（年-月-日），写成 {forms}", "it should be a day, written {forms}")
_FIELDS: Final = {
    "%Y": "YYYY", "%m": "MM", "%d": "DD", "%H": "hh", "%M": "mm", "%S": "ss",
}  # fmt: skip
_OTHERWISE: Final = Text("写法不对，请看说明", "written otherwise; see the help")
_KINDS: Final = {
    "integer": Text("应为整数", "it should be a whole number"),
    "float": Text("应为数字", "it should be a number"),
    "boolean": Text("应为 true 或 false", "it should be true or false"),
    "uuid": Text("应为 UUID", "it should be a UUID"),
}
_HEADS: Final = {
    "Options": Text("选项", "Options"),
    "Commands": Text("命令", "Commands"),
}
_SHOW_HELP: Final = Text("显示这份说明", "Show this message and exit.")
_ABORTED: Final = Text("已中止。", "Aborted.")


class SaidError(click.UsageError):
    """What is wrong with a command line, where it is known better than click knows it."""

    def __init__(self, text: Text, ctx: click.Context | None = None) -> None:
        super().__init__(text.en, ctx)
        self.text = text


class _Formatter(click.HelpFormatter):
    """Click's, whose headings are in both languages."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or f"{_both(_USAGE)}: ")

    def write_heading(self, heading: str) -> None:
        said = _HEADS.get(heading)
        super().write_heading(_both(said) if said else heading)


class Context(click.Context):
    """Click's, whose help is in both languages."""

    formatter_class = _Formatter


def in_both(command: click.Command) -> click.Command:
    """The command, with the help of it and of what is below it in both languages."""
    if command.context_class is not Context:
        command.context_class = Context
        click.help_option("-h", "--help", help=_both(_SHOW_HELP))(command)
        for each in command.commands.values() if isinstance(command, click.Group) else ():
            in_both(each)
    return command


def show(error: click.ClickException, root: click.Command, words: Sequence[str]) -> None:
    """Print the error on standard error: how the command is used, what is wrong, what mends it.

    What is quoted of the command line, the `words` behind `root`, is masked. As JSON if they ask
    for it.
    """
    if isinstance(error, NoArgsIsHelpError):
        error.show()
        return
    as_json = _asks_json(root, words)
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None and not as_json:
        pieces = " ".join(context.command.collect_usage_pieces(context))
        echo(f"{_both(_USAGE)}: {context.command_path} {pieces}", err=True)
        echo(_both(_HELP.format(command=context.command_path)) + "\n", err=True)
    said = error.text if isinstance(error, SaidError) else _told(error)
    show_error(said, _CODE, as_json=as_json)


def _asks_json(command: click.Command, words: Sequence[str]) -> bool:
    """Whether `--json` is among the words, and neither the value of an option nor an argument.

    What the words mean is followed by hand: click gives no reading of those that it refused.
    """
    context, left = click.Context(command), iter(words)
    for word in left:
        if word in {"--", "--json"}:
            return word == "--json"
        values = _values(command, word)
        for _ in range(values):
            next(left, None)
        if not values and isinstance(command, click.Group):
            command = command.get_command(context, word) or command
    return False


def _values(command: click.Command, word: str) -> int:
    """How many words behind this one are its values."""
    return sum(
        each.nargs
        for each in command.params
        if isinstance(each, click.Option) and word in each.opts and not (each.is_flag or each.count)
    )


def show_abort() -> None:
    """Say that somebody broke off."""
    echo(_both(_ABORTED), err=True)


def _both(text: Text) -> str:
    return f"{text.zh} · {text.en}"


def _no_option(error: NoSuchOption) -> Text:
    if error.ctx and _is_roots(error.option_name, error.ctx):
        command = error.ctx.command_path.partition(" ")[2]
        return _BEFORE.format(what=error.option_name, command=command)
    if _NEGATIVE.fullmatch(error.option_name):
        return _NO_NEGATIVE.format(what=error.option_name)
    return _with_like(_NO_OPTION.format(what=error.option_name), error.possibilities)


def _is_roots(option: str, ctx: click.Context) -> bool:
    """Whether an option is one of `suyuan` itself, and none of the command behind it."""
    return any(option in each.opts for each in ctx.find_root().command.params)


def _told(error: click.ClickException) -> Text:
    if isinstance(error, NoSuchOption):
        return _no_option(error)
    if isinstance(error, NoSuchCommand):
        return _with_like(_NO_COMMAND.format(what=error.command_name), _alike(error))
    if isinstance(error, click.MissingParameter):
        return _MISSING.format(what=_name(error))
    if isinstance(error, click.BadParameter):
        return _BAD.format(what=_name(error), cure=_cure(error))
    if isinstance(error, click.FileError):
        return Text(_FILE.zh.format(name=error.ui_filename), error.format_message())
    return Text(_OTHER.zh, error.format_message())


def _alike(error: NoSuchCommand) -> list[str]:
    """Commands called nearly so; click knows none of those that are imported when asked for."""
    group = error.ctx.command if error.ctx else None
    if error.ctx is None or not isinstance(group, click.Group):
        return []
    return get_close_matches(error.command_name, group.list_commands(error.ctx))


def _with_like(text: Text, names: Any) -> Text:
    if not names:
        return text
    like = _LIKE.format(names=", ".join(sorted(names)))
    return Text(f"{text.zh}{like.zh}", f"{text.en} {like.en}")


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    if isinstance(error.param, click.Argument):
        return (error.param.name or "").upper()
    return error.param.opts[-1]


def _cure(error: click.BadParameter) -> Text:
    """What the value should be, by the kind of the parameter; of others click says it in English.

    So of files: only click knows whether one is missing, or is a folder.
    """
    kind = error.param.type if error.param is not None else None
    wanted = _wanted(kind)
    if wanted in {_OPENABLE, _OTHERWISE}:
        return Text(wanted.zh, error.message.rstrip("."))
    return wanted


def _wanted(kind: click.ParamType[Any] | None) -> Text:
    if isinstance(kind, click.Choice):
        return _ONE_OF.format(names=", ".join(map(str, kind.choices)))
    if isinstance(kind, click.IntRange):
        return _bounds(kind.min, kind.max, _WHOLE)
    if isinstance(kind, click.FloatRange):
        return _bounds(kind.min, kind.max, _NUMBER)
    if isinstance(kind, (click.Path, click.File)):
        return _OPENABLE
    if isinstance(kind, click.DateTime):
        return _DAY.format(forms=", ".join(map(_spelled, kind.formats)))
    return _KINDS.get(kind.name, _OTHERWISE) if kind is not None else _OTHERWISE


def _spelled(form: str) -> str:
    """How a time is written, as people say it."""
    for field, letters in _FIELDS.items():
        form = form.replace(field, letters)
    return form


def _bounds(least: float | None, most: float | None, kind: Text) -> Text:
    if least is not None and most is not None:
        return _WITHIN.format(least=least, most=most, kind=kind)
    if least is None:
        return _MOST.format(most=most, kind=kind)
    return _LEAST.format(least=least, kind=kind)
