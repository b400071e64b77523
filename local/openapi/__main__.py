"""`python -m local.openapi`: writes docs/openapi.json; with `--check` only says whether it is up to date."""

import logging
import sys
from pathlib import Path

# The app is only listed here and has no settings: that its start misses them is no news.
logging.getLogger("visitbridge.start").setLevel(logging.CRITICAL)

from local.openapi.document import text  # noqa: E402

FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"

if __name__ == "__main__":
    if "--check" not in sys.argv:
        FILE.write_text(text())
        print(f"wrote docs/{FILE.name}", file=sys.stderr)
    elif FILE.read_text() != text():
        sys.exit(f"docs/{FILE.name} is not what the code says: run scripts/generate")
