"""The triggers: each parses what the platform hands it, calls one function of `shared/` and answers."""
