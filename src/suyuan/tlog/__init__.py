"""Takes bytes; gives the formats and proofs of a transparency log, without a database or a file.

The formats are those of C2SP, the tree is that of RFC 6962. Each module is a format or a
mechanism of its own: `suyuan.tlog.proof`, `note`, `checkpoint`, `receipt`, `tiles`, …
"""
