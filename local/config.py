"""What every part of the local stack must agree on: ports, addresses, identities and the people of the story.

One JSON file, written by the stack into its run directory, is read by each process. Nothing here is a secret of
anyone's: the passwords and keys are made for one run on one machine.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SERVICES = ("functions", "portal", "control", "entra", "epic", "graph", "sms", "vault", "blob", "queue", "table")

# The demo hospital, home of the app registration, and an affiliate that shares its Epic and has a tenant of its own. The
# client ids stand for the registrations a hospital's Epic and Entra would hold.
TENANT_ID = "6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10"
AFFILIATE_TENANT_ID = "8c3a5e77-2b94-4d06-a1f8-3e9d0c6b7f21"
TENANTS = (TENANT_ID, AFFILIATE_TENANT_ID)
TENANT_NAMES = {TENANT_ID: "Northlake Health", AFFILIATE_TENANT_ID: "Riverside Clinic"}
APP_CLIENT_ID = "c0a8a5f2-77f0-4f3b-8f39-3c9d6f4c2b51"
IDENTITY_CLIENT_ID = "5d2f0b7e-9a41-4a3c-8a55-6c1e0f9b7d23"
IDENTITY_PRINCIPAL_ID = "b9c1f8d4-2e60-4c77-9d0a-1f7e5a3b8c64"
CONNECTION_ID = "demo2amer"
EPIC_CLIENT_IDS = {
    "provider": "0b1f6a3e-5d0c-4f1a-9a77-2f4f1d7c8e01",
    "patient": "1c2e7b4f-6e1d-4a2b-8b88-3a5e2e8d9f02",
    "backend": "2d3f8c5a-7f2e-4b3c-9c99-4b6f3f9e0a03",
}
SENDER_NUMBER = "+18335550100"
INTERCONNECT = "/interconnect-demo-oauth"


@dataclass(frozen=True)
class StackConfig:
    """Ports, folders and per-run secrets of one stack.

    `ports` has one entry for each of SERVICES. `secrets` holds values made at start: `master_key` (Functions host),
    `identity_header` (managed identity endpoint), `entra_control` (what guards the token-minting route of Entra's
    stand-in). `run_dir` holds certificates, keys, logs and this file. `geography` is what the stamp calls itself.
    """

    run_dir: Path
    ports: dict[str, int]
    secrets: dict[str, str]
    geography: str = "amer"

    @property
    def ca(self) -> Path:
        """The run's own certificate authority, PEM."""
        return self.run_dir / "certificates" / "ca.pem"

    @property
    def bundle(self) -> Path:
        """The system's authorities and the run's own in one PEM file, for SSL_CERT_FILE and REQUESTS_CA_BUNDLE."""
        return self.run_dir / "certificates" / "bundle.pem"

    @property
    def server_certificate(self) -> Path:
        """PEM chain for localhost and 127.0.0.1, signed by the run's authority."""
        return self.run_dir / "certificates" / "server.pem"

    @property
    def server_key(self) -> Path:
        """Private key of `server_certificate`, PEM."""
        return self.run_dir / "certificates" / "server.key"

    @property
    def sender_certificate(self) -> Path:
        """Public certificate with which the demo hospital's interface engine signs, PEM (`.cer`, Base64)."""
        return self.run_dir / "certificates" / "sender.cer"

    @property
    def sender_key(self) -> Path:
        """Private key of `sender_certificate`, PEM, RSA 2048."""
        return self.run_dir / "certificates" / "sender.key"

    @property
    def functions(self) -> str:
        return f"http://localhost:{self.ports['functions']}"

    @property
    def portal(self) -> str:
        return f"http://localhost:{self.ports['portal']}"

    @property
    def control(self) -> str:
        return f"http://localhost:{self.ports['control']}"

    @property
    def entra(self) -> str:
        """Origin of the Entra stand-in, what `ENTRA_AUTHORITY_HOST` is set to."""
        return f"https://localhost:{self.ports['entra']}"

    @property
    def authority(self) -> str:
        """The home tenant's authority."""
        return self.authority_of(TENANT_ID)

    def authority_of(self, tenant: str) -> str:
        """A tenant's authority."""
        return f"{self.entra}/{tenant}"

    @property
    def graph(self) -> str:
        return f"https://localhost:{self.ports['graph']}"

    @property
    def sms(self) -> str:
        return f"https://localhost:{self.ports['sms']}"

    @property
    def vault(self) -> str:
        return f"https://localhost:{self.ports['vault']}"

    @property
    def epic(self) -> str:
        """Origin and instance path of the Epic stand-in: what Epic's own documents call the interconnect URL."""
        return f"https://localhost:{self.ports['epic']}{INTERCONNECT}"

    @property
    def fhir_base(self) -> str:
        """The FHIR base URL, without a trailing slash, as launches send it."""
        return f"{self.epic}/api/FHIR/R4"

    @property
    def identity_endpoint(self) -> str:
        """App Service's managed identity endpoint, served by the Entra stand-in."""
        return f"{self.entra}/msi/token"

    @property
    def storage(self) -> str:
        """Connection string of Azurite's well-known development account on this run's ports."""
        # Published by Microsoft for the emulator; it opens nothing else.
        key = (
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50u"  # pragma: allowlist secret
            "SRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="  # pragma: allowlist secret
        )
        services = "".join(
            f"{name.title()}Endpoint=http://127.0.0.1:{self.ports[name]}/devstoreaccount1;"
            for name in ("blob", "queue", "table")
        )
        return f"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={key};{services}"

    def save(self) -> Path:
        path = self.run_dir / "stack.json"
        path.write_text(json.dumps(asdict(self) | {"run_dir": str(self.run_dir)}, indent=1))
        return path

    @classmethod
    def load(cls, path: str | Path) -> "StackConfig":
        data: dict[str, Any] = json.loads(Path(path).read_text())
        return cls(Path(data["run_dir"]), data["ports"], data["secrets"], data.get("geography", "amer"))


@dataclass(frozen=True)
class Person:
    """Someone of the story. `oid` is the Entra object id, in `tenant`; `fhir_id` the EHR's id of the same person, if any."""

    name: str
    username: str = ""
    password: str = ""
    oid: str = ""
    roles: tuple[str, ...] = ()
    epic_username: str = ""
    epic_password: str = ""
    fhir_type: str = ""
    fhir_id: str = ""
    phone: str = ""
    tenant: str = TENANT_ID


PEOPLE = {
    "admin": Person(
        "Ada Okafor", "ada.okafor@northlake.example", "ada-demo-1", "a0000000-0000-4000-8000-000000000001",
        ("Connector.Admin",),
    ),
    "approver": Person(
        "Priya Raman", "priya.raman@northlake.example", "priya-demo-1", "a0000000-0000-4000-8000-000000000002",
        ("Connector.Approver",), "PRAMAN", "epic-demo-1", "Practitioner", "ePriyaRamanAnalyst3",
    ),
    "clinician": Person(
        "Marcus Bell", "marcus.bell@northlake.example", "marcus-demo-1", "a0000000-0000-4000-8000-000000000003",
        (), "MBELL", "epic-demo-1", "Practitioner", "eMarcusBellDoctor3",
    ),
    "second_clinician": Person(
        "Ines Moreau", "ines.moreau@northlake.example", "ines-demo-1", "a0000000-0000-4000-8000-000000000004",
        (), "IMOREAU", "epic-demo-1", "Practitioner", "eInesMoreauDoctor3",
    ),
    "reader": Person(
        "Rosa Lind", "rosa.lind@northlake.example", "rosa-demo-1", "a0000000-0000-4000-8000-000000000005",
        ("Reports.Read",),
    ),
    "nobody": Person(
        "Noah Weiss", "noah.weiss@northlake.example", "noah-demo-1", "a0000000-0000-4000-8000-000000000006",
    ),
    "patient": Person(
        "Pat Tester", "pat.tester", "mychart-demo-1", epic_username="pat.tester",
        epic_password="mychart-demo-1",  # pragma: allowlist secret
        fhir_type="Patient", fhir_id="ePatTesterPatient3", phone="+16085550143",
    ),
    "affiliate_admin": Person(
        "Tomas Reyes", "tomas.reyes@riverside.example", "tomas-demo-1", "b0000000-0000-4000-8000-000000000001",
        ("Connector.Admin",), tenant=AFFILIATE_TENANT_ID,
    ),
    "affiliate_approver": Person(
        "Hanna Lindqvist", "hanna.lindqvist@riverside.example", "hanna-demo-1", "b0000000-0000-4000-8000-000000000002",
        ("Connector.Approver",), "HLINDQVIST", "epic-demo-1", "Practitioner", "eHannaLindqvistAnalyst3",
        tenant=AFFILIATE_TENANT_ID,
    ),
    "affiliate_clinician": Person(
        "Owen Park", "owen.park@riverside.example", "owen-demo-1", "b0000000-0000-4000-8000-000000000003",
        (), "OPARK", "epic-demo-1", "Practitioner", "eOwenParkDoctor3", tenant=AFFILIATE_TENANT_ID,
    ),
}  # fmt: skip
