"""`python -m local.openapi.problems`: writes the codes of problems for the portal's pages about them."""

import json
import sys

from local.node import PORTAL
from shared.errors import CATALOGUE

FILE = PORTAL / "src" / "pages" / "errors" / "catalogue.json"


def text() -> str:
    """Every code with its status, sentence and fix, in the catalogue's order."""
    return json.dumps({code: problem._asdict() for code, problem in CATALOGUE.items()}, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
    print(f"wrote portal/src/pages/errors/{FILE.name}", file=sys.stderr)
