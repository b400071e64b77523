"""The vendor's app as registered with Epic: one client per audience, each with its redirect URIs and key address."""

from dataclasses import dataclass

from local.config import EPIC_CLIENT_IDS, StackConfig

# Which client an integration record of each kind names: Epic registers apps by audience.
CLIENT_OF_AUDIENCE = {"provider": "provider", "directsms": "provider", "patient": "patient", "devicetest": "patient"}
_CALLBACKS = {
    "provider": ("launch/callback/provider", "launch/callback/directsms", "approval/callback"),
    "patient": ("launch/callback/patient", "launch/callback/devicetest"),
    "backend": (),
}
# Epic grants what the registration lists, whatever is asked for.
_SCOPES = {
    "provider": "user/Appointment.read user/Encounter.read user/Patient.read user/Practitioner.read",
    "patient": "patient/Appointment.read patient/Encounter.read patient/Patient.read",
    "backend": "",
}


@dataclass(frozen=True)
class Client:
    """One registration. `kind` is provider, patient or backend."""

    kind: str
    client_id: str
    redirect_uris: frozenset[str]
    jwks_url: str
    scopes: str


class Registrations:
    """The clients this Epic knows."""

    def __init__(self, config: StackConfig) -> None:
        self._clients = {
            client_id: Client(
                kind,
                client_id,
                frozenset(f"{config.functions}/api/{path}" for path in _CALLBACKS[kind]),
                f"{config.functions}/api/jwks/testing",
                _SCOPES[kind],
            )
            for kind, client_id in EPIC_CLIENT_IDS.items()
        }

    def find(self, client_id: str) -> Client | None:
        """The registration with this id."""
        return self._clients.get(client_id)
