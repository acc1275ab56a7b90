"""Takes answers and accounts as use cases give them; gives small drawings (SVG) and their words.

Whatever is drawn also stands beside it in words. Pages, papers and files have the same drawings.
"""

from suyuan.drawings.paper import on_paper
from suyuan.drawings.reached import by_holder
from suyuan.drawings.sankey import sankey, words
from suyuan.drawings.streams import of_recall, of_trace
from suyuan.drawings.strip import strip

__all__ = [
    "by_holder",
    "of_recall",
    "of_trace",
    "on_paper",
    "sankey",
    "strip",
    "words",
]  # fmt: skip
