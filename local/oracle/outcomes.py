"""How it refuses: a status and a FHIR OperationOutcome."""

from starlette.responses import JSONResponse

FHIR = "application/fhir+json"
CODES = {400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 409: "conflict", 423: "lock-error"}


class RefusedError(Exception):
    """A refusal."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why

    def answer(self) -> JSONResponse:
        """The refusal as an OperationOutcome (FHIR R4)."""
        issue = {"severity": "error", "code": CODES.get(self.status, "processing"), "diagnostics": self.why}
        body = {"resourceType": "OperationOutcome", "issue": [issue]}
        return JSONResponse(body, self.status, media_type=FHIR)
