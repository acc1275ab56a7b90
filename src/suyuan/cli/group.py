"""Takes a command's name; gives the command, imported only when it is asked for.

`suyuan --help` must answer at once, so no command's module (and nothing it needs) is loaded
before it runs; the one-line helps stand here, in both languages.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from suyuan.cli import usage
from suyuan.cli.errors import show_error
from suyuan.cli.writing import help_to_stdout
from suyuan.kit import SuyuanError, Text

COMMANDS: Mapping[str, tuple[str, Text]] = {
    "serve": ("serve", Text("启动网页与接口服务", "Serve pages and API until stopped.")),
    "demo": ("demo", Text("一条命令看懂：七个追溯故事", "Tell seven stories, then serve them.")),
    "capture": ("capture", Text("采集 EPCIS 文件", "Capture EPCIS documents from files.")),
    "check": ("check", Text("判一份文件，不记录", "Judge a document, record nothing.")),
    "families": ("families", Text("产品门类与规则", "Families of products and their rules.")),
    "template": (
        "template",
        Text("工作簿模板与 JSON Schema", "Workbook templates and JSON Schema of a family."),
    ),
    "trace": ("trace", Text("追溯：从哪来、到哪去", "Trace where a thing came from or went.")),
    "scope": ("scope", Text("召回范围：涉及谁、多少", "Say how far a recall reaches.")),
    "balance": ("balance", Text("物料平衡，矛盾在哪", "Where amounts contradict themselves.")),
    "dispersion": ("dispersion", Text("扩散度：进了多少产品", "In how many products inputs are.")),
    "identify": ("identify", Text("识别任意编码", "Say what a code is.")),
    "read": ("read", Text("识别照片和 PDF 里的码", "Read the codes in photos and PDFs.")),
    "codes": ("codes", Text("发码、印码、验码", "Issue, print and verify codes.")),
    "interlock": ("interlock", Text("事前联锁：现在可以做吗", "May this be done, here and now?")),
    "register": (
        "register",
        Text("登记主体、场所、产品、证照", "Enter who is who, and what is whose."),
    ),
    "registry": ("registry", Text("查看登记的内容", "See what is registered of whom.")),
    "permit": ("permit", Text("许可证和配额的余额", "Permits, quotas and what is left of them.")),
    "credit": ("credit", Text("信用决定", "Credit decisions of authorities about parties.")),
    "due": ("due", Text("法定时限：到期、逾期、已报", "What the law has due, filed, overdue.")),
    "division": ("division", Text("查行政区划代码", "Say what a division's code means.")),
    "links": ("links", Text("数字链接指向哪里", "Where Digital Links lead.")),
    "subscribe": ("subscribe", Text("推送新事件", "Send new events to subscribers.")),
    "import": ("imports", Text("导入表格", "Bring tables in as events.")),
    "contacts": ("contacts", Text("接触链分析", "Contact chains of holdings.")),
    "source": ("source", Text("问题源头定位", "Where cases most probably come from.")),
    "coverage": ("coverage", Text("病例覆盖率", "What explains the cases, over deliveries.")),
    "inspections": ("inspections", Text("抽检推断责任供应方", "Who answers for failed tests.")),
    "account": ("account", Text("开立账户、给出密钥", "Open an account and show its key.")),
    "reindex": ("reindex", Text("由记录重建索引", "Make the index again from the record.")),
    "receipt": ("receipt", Text("出具存证回执", "Give the receipt of an entry.")),
    "ledger": ("ledger", Text("签名并发布存证日志", "Sign and publish the log.")),
    "witness": ("witness", Text("见证别人的日志", "Cosign the logs of others.")),
    "verify": ("verify", Text("离线核验存证回执", "Verify receipts of the log, offline.")),
    "convert": ("converting", Text("转换 EPCIS 文件的写法", "Turn documents into another form.")),
    "hash": ("hashing", Text("事件的散列与摘要", "Hash ids and digests of events.")),
    "conformance": (
        "conformance",
        Text("与 EPCIS 2.0 的符合情况", "How EPCIS 2.0 is conformed to."),
    ),
    "state-rules": (
        "state_rules",
        Text("与记录矛盾的上报是否待查", "Hold what the record contradicts, or not."),
    ),
    "strictness": (
        "strictness",
        Text("报文严格或宽松读取", "Hold documents to the schema, or forgive."),
    ),
    "override": ("override", Text("改判一个事件", "Override the verdict on an event.")),
    "erase": ("erase", Text("依法销毁事件", "Destroy an event by a lawful decision.")),
    "backup": ("backup", Text("备份", "Back everything up, while others go on.")),
    "restore": ("restore", Text("从备份恢复", "Restore a backup into an empty database.")),
    "doctor": ("doctor", Text("检查运行状况", "Check that everything is in order.")),
}


class LazyGroup(click.Group):
    """A group whose commands live in `suyuan.cli.commands.<module>:command`."""

    def main(
        self, args: Sequence[str] | None = None, *rest: Any, standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:  # fmt: skip
        """As click does it; what is wrong with the command line is said in both languages."""
        run: Any = super().main  # its overloads know no argument that is passed on
        words = sys.argv[1:] if args is None else args
        if not standalone_mode:
            return run(words, *rest, standalone_mode=False, **extra)
        try:
            with help_to_stdout():
                status = run(words, *rest, standalone_mode=False, **extra)
        except click.ClickException as error:
            usage.show(error, self, words)
            sys.exit(error.exit_code)
        except click.Abort:
            usage.show_abort()
            sys.exit(1)
        except SuyuanError as error:  # where nothing else would tell it: of standard output
            show_error(error.text, error.code, error.place)
            sys.exit(2)
        sys.exit(status if isinstance(status, int) else 0)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """The commands in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command; None lets click say that there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"suyuan.cli.commands.{COMMANDS[cmd_name][0]}")
        command = module.command
        assert isinstance(command, click.Command)  # noqa: S101 -- ours, by construction
        return usage.in_both(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, f"{text.zh} · {text.en}") for name, (_, text) in COMMANDS.items()]
            )
