"""Takes what is registered of parties, sites, products, licences, documents and accounts.

Gives who is who on a date (`directory`), who may what (`accounts`), and the tenants and
secrets of this installation (`installation`); it knows no event.
"""

from suyuan.registry import accounts, directory, installation
from suyuan.registry.types import Document, Licence, Party, Product, Site

__all__ = [
    "Document",
    "Licence",
    "Party",
    "Product",
    "Site",
    "accounts",
    "directory",
    "installation",
]
