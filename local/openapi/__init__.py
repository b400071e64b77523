"""Makes `docs/openapi.json` from the functions' own bindings and their contract."""

import logging

# The app is only listed here and has no settings: that its start misses them is no news.
logging.getLogger("visitbridge.start").setLevel(logging.CRITICAL)
