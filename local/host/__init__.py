"""A local Functions host: our functions through Microsoft's own worker library, behind a thin HTTP host.

It exists because Core Tools cannot be had on every machine; where they can, `func start` runs the same app unchanged.
What differs from the real host is listed in docs/local-host.md.
"""
