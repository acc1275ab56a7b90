"""The case files of the families are judged here too; their reader stands beside their tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "families"))
