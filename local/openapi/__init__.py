"""Makes `docs/openapi.json` from the functions' own bindings and their contract."""
