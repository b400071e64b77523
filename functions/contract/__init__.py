"""The API's contract: every HTTP function by its name. `docs/openapi.json` is generated from here (scripts/generate)."""
