"""What a measurement ran on: enough to judge the figures by, and nothing that names a place."""

import os
import platform
from pathlib import Path

from msgspec import Struct

import suyuan


class Machine(Struct, frozen=True, kw_only=True):
    """One machine; memory in GB, load as the minute's average before the run."""

    cpu: str
    cores: int
    memory_gb: float
    kernel: str
    python: str
    postgres: str
    suyuan: str
    load: float


def machine(postgres: str) -> Machine:
    """This machine, with the version of the server that was measured."""
    return Machine(
        cpu=_field(Path("/proc/cpuinfo"), "model name") or platform.processor(),
        cores=os.cpu_count() or 1,
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        kernel=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        postgres=postgres,
        suyuan=suyuan.__version__,
        load=round(os.getloadavg()[0], 2),
    )


def _field(file: Path, name: str) -> str:
    if not file.exists():
        return ""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
