"""Takes files of partners' tracing tools, or an answer; gives events, or the answer in forms.

FoodChain-Lab's JSON and workbooks and UTX come in as EPCIS documents, through the same door as all
capture. A trace or scope goes out as EPCIS, FoodChain-Lab JSON, GraphML, CSV, FSMA 204 sheet, PDF.
"""

from suyuan.interchange.about import about
from suyuan.interchange.answering import answering
from suyuan.interchange.events import Words
from suyuan.interchange.incoming import read
from suyuan.interchange.outgoing import MEDIA, requests_of, write
from suyuan.interchange.types import Form

__all__ = ["MEDIA", "Form", "Words", "about", "answering", "read", "requests_of", "write"]
