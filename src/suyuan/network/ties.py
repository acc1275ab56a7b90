"""Whether what comes and what leaves at one and the same time may be of one chain."""

from enum import StrEnum


class Ties(StrEnum):
    """Whether a link may leave at the very time that another came 同时收发."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
