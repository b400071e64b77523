"""The documents by which an app finds Epic's endpoints: SMART configuration, OpenID configuration, CapabilityStatement.

Shapes: those that fhir.epic.com publishes (2026). Older Epics lack members, or the whole SMART document; `Discovery`
can be told to be as old.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.config import StackConfig
from local.epic.answers import Json
from local.epic.keys import SigningKeys

PUBLIC_KEYS = "/api/epic/2019/Security/Open/PublicKeys/530027/OIDC"
STYLE = "/api/epic/2016/EDI/HTTP/style/100016/1.json"
OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
CAPABILITIES = [
    "launch-ehr",
    "launch-standalone",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "context-banner",
    "context-style",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "permission-offline",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
    "sso-openid-connect",
    "authorize-post",
]
_ANYONE = {"Access-Control-Allow-Origin": "*"}


@dataclass
class Discovery:
    """`omit` names members that smart-configuration leaves out; the `missing` documents answer 404."""

    config: StackConfig
    keys: SigningKeys
    omit: frozenset[str] = frozenset()
    missing: bool = False
    openid_missing: bool = False

    @property
    def issuer(self) -> str:
        """Whom id_tokens come from: the authorization server, which is not the FHIR base."""
        return f"{self.config.epic}/oauth2"

    async def smart(self, _: Request) -> Response:
        """`{FHIR base}/.well-known/smart-configuration`: SMART App Launch 2.2, Conformance."""
        if self.missing:
            return Response(status_code=404)
        document = self._endpoints() | {
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "private_key_jwt"],
            "grant_types_supported": [
                "authorization_code",
                "refresh_token",
                "client_credentials",
                "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ],
            "scopes_supported": ["epic.scanning.dmsusername", "fhirUser", "launch", "openid", "profile"],
            "response_types_supported": ["code"],
            "capabilities": CAPABILITIES,
            "code_challenge_methods_supported": ["S256"],
        }
        return JSONResponse({name: it for name, it in document.items() if name not in self.omit}, headers=_ANYONE)

    async def openid(self, _: Request) -> Response:
        """OpenID Connect Discovery 1.0 §3, below the issuer; old Epics have it below the FHIR base too."""
        if self.openid_missing:
            return Response(status_code=404)
        document = self._endpoints() | {
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "fhirUser", "profile"],
            "claims_supported": ["aud", "exp", "fhirUser", "iat", "iss", "nonce", "preferred_username", "sub"],
        }
        return JSONResponse(document, headers=_ANYONE)

    async def metadata(self, _: Request) -> Response:
        """The CapabilityStatement, FHIR R4. It names no resources: this stand-in serves none."""
        endpoints = [
            {"url": "authorize", "valueUri": f"{self.issuer}/authorize"},
            {"url": "token", "valueUri": f"{self.issuer}/token"},
        ]
        code = {"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "SMART-on-FHIR"}
        security = {
            "cors": True,
            "service": [{"coding": [code], "text": "OAuth2 using SMART-on-FHIR profile"}],
            "extension": [{"url": OAUTH_URIS, "extension": endpoints}],
        }
        statement = {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": "2026-05-01T00:00:00Z",
            "publisher": "Northlake Health (demo)",
            "kind": "instance",
            "software": {"name": "Epic stand-in", "version": "May 2026"},
            "implementation": {"description": "Northlake Health, testing", "url": self.config.fhir_base},
            "fhirVersion": "4.0.1",
            "format": ["json"],
            "rest": [{"mode": "server", "security": security}],
        }
        return JSONResponse(statement, headers=_ANYONE, media_type="application/fhir+json")

    async def public_keys(self, _: Request) -> Response:
        """The keys of id_tokens."""
        return JSONResponse(self.keys.published(), headers=_ANYONE | {"Cache-Control": "public, max-age=300"})

    async def no_resource(self, request: Request) -> Response:
        """What any FHIR request is told: OperationOutcome, FHIR R4 §3.1.0.5."""
        details = {"text": f"{request.method} {request.url.path} is not served here"}
        outcome = {"severity": "error", "code": "not-found", "details": details}
        body = {"resourceType": "OperationOutcome", "issue": [outcome]}
        return JSONResponse(body, 404, media_type="application/fhir+json")

    async def style(self, _: Request) -> Response:
        """The look that `smart_style_url` offers: SMART App Launch 2.2, styling."""
        colours: Json = {"color_background": "#f7f9fb", "color_error": "#b3261e", "color_highlight": "#0b6e8f"}
        fonts = {"font_family_body": "'Segoe UI', sans-serif", "font_family_heading": "'Segoe UI', sans-serif"}
        return JSONResponse(colours | fonts | {"color_text": "#1b1f24", "dim_border_radius": "6px"}, headers=_ANYONE)

    def _endpoints(self) -> Json:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.config.epic}{PUBLIC_KEYS}",
        }
