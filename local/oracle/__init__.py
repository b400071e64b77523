"""A stand-in for one tenant of Oracle Health Millennium: discovery, tokens for system accounts, appointments by id.

As strict as its public documentation:
https://docs.oracle.com/en/industries/health/millennium-platform-apis/mfrap/op-appointment-id-patch.html
It is no part of the stack: tests serve it.
"""
