"""What people are told of the log's keys and marks."""

from typing import Final

from suyuan.kit import Text

IS_RESTORED: Final = Text(
    "数据库或这些密钥来自 {at} 的备份，此后可能还签过别的，所以不签名。请取得任何人见过的"
    "最新检查点，运行 suyuan ledger resume 检查点；若无从取得，请运行 suyuan ledger begin "
    "另起一部日志。",
    "The database or these keys came from a backup of {at}, and the keys may have signed more "
    "since, so they sign nothing. Find the newest checkpoint that anybody has seen and run suyuan "
    "ledger resume CHECKPOINT; if there is none to be had, run suyuan ledger begin, which begins "
    "another log.",
)
NO_TIME: Final = Text(
    "{path} 读不出来：它记着数据库或密钥来自哪一时刻的备份，此后密钥先不签名。请写回它：只一行，"
    "备份的时间，如 2026-03-01T08:00:00+00:00（suyuan restore --check 备份 会说）。",
    "{path} cannot be read: it says of what time the backup is that the database or the keys came "
    "from, and that they sign nothing before that is settled. Write it again: one line, the time "
    "of the backup, as 2026-03-01T08:00:00+00:00 (suyuan restore --check BACKUP tells it).",
)
UNFINISHED: Final = Text(
    "{path}：密钥没有恢复完，缺 log.key。请再次运行 suyuan restore；"
    "若另起一部日志，请运行 suyuan ledger begin。",
    "{path}: the keys of a backup were not put back whole, log.key is missing. Run suyuan restore "
    "again; to begin another log, run suyuan ledger begin.",
)
NO_MARK: Final = Text(
    "{path} 不见了：没有它就不知道签过什么，不能再签名。请从备份恢复；"
    "若已丢失，请运行 suyuan ledger begin 另起一部日志。",
    "{path} is gone: without it nobody knows what was signed, so nothing more is. Restore it from "
    "a backup; if it is lost, run suyuan ledger begin, which begins another log.",
)
BAD_MARK: Final = Text(
    "{path} 不是本日志所签：文件被改动或属于另一部日志；请从备份恢复。",
    "{path} was not signed by this log: it was changed, or is another log's; restore it from a "
    "backup.",
)
NOT_ROTATED: Final = Text(
    "{vkey} 不是此日志换下的公钥；现行公钥请用 suyuan ledger rotate --revoke 更换并撤销。",
    "{vkey} is no former key of this log; the present one is replaced and revoked with suyuan "
    "ledger rotate --revoke.",
)
NO_SM2: Final = Text(
    "此日志没有 SM2 密钥；请用 suyuan ledger keys --sm2 添加。",
    "This log has no SM2 key; add one with suyuan ledger keys --sm2.",
)
RETIRES: Final = Text(
    "{key} 不是此日志的 SM2 公钥，或其公钥没有留存；"
    "请给出早先 suyuan ledger keys 打印的那一行，或在 OpenSSL 3.0、3.1 的机器上重试。",
    "{key}: its public key is not kept here, or the one given is another. Give the line that "
    "suyuan ledger keys printed of it, or try again on a machine with OpenSSL 3.0 or 3.1.",
)
NO_NAME: Final = Text(
    "它应是日志名称一行，末尾换行。", "it should be the name of the log, a line with its end."
)
BAD_NAME: Final = Text(
    "日志名称不能有空格、加号或控制字符，应形如 trace.example.com/log：{name}。",
    "The name of a log has no space, plus sign or control character; write it as "
    "trace.example.com/log: {name}.",
)
OTHER_NAME: Final = Text(
    "本日志名为 {known}，名称不能改为 {name}；请去掉 --log-origin（SUYUAN_LOG_ORIGIN），"
    "或用 suyuan --log-origin {name} ledger begin 另起一部日志。",
    "This log is called {known}, and a log's name does not change to {name}; leave out "
    "--log-origin (SUYUAN_LOG_ORIGIN), or begin another log with suyuan --log-origin {name} "
    "ledger begin.",
)
