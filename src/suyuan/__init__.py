"""Suyuan 溯源: the open-source traceability system for important products.

Takes what happens to things, from making to use; gives where they came from,
where they went and who answers for them.
"""

__version__ = "0.1.0"
