"""Takes what click found wrong with a command line; gives it in both languages.

At the root alone: which words are wrong is known before the language is, so both are said.
"""

from typing import Any, Final

import click
from click.exceptions import NoArgsIsHelpError, NoSuchCommand, NoSuchOption

from suyuan.kit import Text

_USAGE: Final = Text("用法", "Usage")
_HELP: Final = Text("看说明：{command} --help", "for help: {command} --help")
_MISSING: Final = Text("缺少参数 {what}。", "Missing: {what}.")
_NO_OPTION: Final = Text("没有 {what} 这个选项。", "There is no option {what}.")
_NO_COMMAND: Final = Text("没有 {what} 这个命令。", "There is no command {what}.")
_LIKE: Final = Text("您是不是要用：{names}？", "Did you mean: {names}?")
_BAD: Final = Text("{what} 的值不能用：{cure}。", "The value of {what} cannot be used: {cure}.")
_OTHER: Final = Text("命令写法不对。", "The command is not written so: {said}")
_FILE: Final = Text("打不开文件 {name}。", "The file {name} cannot be opened: {said}")
_ABORTED: Final = Text("已中止。", "Aborted.")


def show(error: click.ClickException) -> None:
    """Print the error on standard error: how the command is used, what is wrong, what mends it."""
    if isinstance(error, NoArgsIsHelpError):
        error.show()
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        pieces = " ".join(context.command.collect_usage_pieces(context))
        click.echo(f"{_both(_USAGE)}: {context.command_path} {pieces}", err=True)
        click.echo(_both(_HELP.format(command=context.command_path)) + "\n", err=True)
    click.echo(f"错误 Error: {_both(_told(error))}", err=True)


def show_abort() -> None:
    """Say that somebody broke off."""
    click.echo(_both(_ABORTED), err=True)


def _both(text: Text) -> str:
    return f"{text.zh} · {text.en}"


def _told(error: click.ClickException) -> Text:
    if isinstance(error, NoSuchOption):
        return _with_like(_NO_OPTION.format(what=error.option_name), error.possibilities)
    if isinstance(error, NoSuchCommand):
        return _with_like(_NO_COMMAND.format(what=error.command_name), error.possibilities)
    if isinstance(error, click.MissingParameter):
        return _MISSING.format(what=_name(error))
    if isinstance(error, click.BadParameter):
        return _BAD.format(what=_name(error), cure=_cure(error))
    if isinstance(error, click.FileError):
        return Text(_FILE.zh.format(name=error.ui_filename), error.format_message())
    return Text(_OTHER.zh, error.format_message())


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
    """What the value should be, by the kind of the parameter; click's own words are the English."""
    said = error.message.rstrip(".")
    kind = error.param.type if error.param is not None else None
    return Text(_wanted(kind), said)


def _wanted(kind: click.ParamType[Any] | None) -> str:
    if isinstance(kind, click.Choice):
        return f"应为 {'、'.join(map(str, kind.choices))} 之一"
    if isinstance(kind, (click.IntRange, click.FloatRange)):
        least = "" if kind.min is None else f"不小于 {kind.min}"
        most = "" if kind.max is None else f"不大于 {kind.max}"
        return f"应为{'，'.join(filter(None, (least, most)))} 的数" if least or most else "应为数字"
    if isinstance(kind, (click.Path, click.File)):
        return "应为能打开的文件或目录"
    if isinstance(kind, click.DateTime):
        return f"应为日期，写成 {'、'.join(kind.formats)}"
    names = {"integer": "整数", "float": "数字", "boolean": "是或否（true、false）", "uuid": "UUID"}
    return f"应为{names.get(kind.name, '另一种写法')}" if kind is not None else "请看说明"
