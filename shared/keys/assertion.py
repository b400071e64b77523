"""`private_key_jwt`: how we authenticate to an EHR's token endpoint, launch and backend alike.

SMART App Launch 2.2, Client Authentication: Asymmetric; RFC 7523. `client_id` stays out of the form at Epic.
"""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from shared.keys.signing import Signer

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFE = timedelta(minutes=4)


async def client_assertion(
    signer: Signer, *, environment: str, algorithm: str, client_id: str, token_url: str, now: datetime
) -> dict[str, str]:
    """The two form fields. The token lives four minutes (five are allowed) and its `jti` is used once."""
    issued = int(now.timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": token_url,
        "jti": token_urlsafe(24),
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(LIFE.total_seconds()),
    }
    return {
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": await signer.sign(environment, claims, algorithm=algorithm),
    }
