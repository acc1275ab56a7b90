"""Becomes a PostgreSQL program: run as a script of its own, never imported by the product.

A fork inside a threaded Python may not run Python code safely, so a fresh interpreter gives up
privileges, ties its life to the starter's, and turns into the program under the same pid.

Arguments: parent pid, uid, gid, signal to get when the parent's starting thread ends, program.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Leave the terminal's signals, drop to the user, arm the death signal, become the program."""
    parent, uid, gid, signal_number = map(int, arguments[:4])
    program = arguments[4:]
    library = ctypes.CDLL(None, use_errno=True)  # while files are still readable
    os.setsid()  # Ctrl-C is for the starter, which then stops the server in order
    os.umask(0o077)
    if os.geteuid() != uid:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # elsewhere the next start stops an orphan
        library.prctl(PR_SET_PDEATHSIG, signal_number)  # after setuid, which clears it
        if os.getppid() != parent:
            sys.exit("the starter ended before the start")
    os.execv(program[0], program)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
