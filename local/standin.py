"""What a stand-in is: one small ASGI app on a port of its own, and the control routes by which a test or the demo
sees what it received and makes it act. All stand-ins written in Python share one process (`python -m local.standins`).
"""

from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.routing import BaseRoute


@dataclass(frozen=True)
class StandIn:
    """`service` is the name of its port in `local.config.SERVICES`; `app` speaks the public contract over TLS;
    `control` routes are served together with those of the other stand-ins on the stack's control address.
    """

    service: str
    app: Starlette
    control: list[BaseRoute] = field(default_factory=list)
