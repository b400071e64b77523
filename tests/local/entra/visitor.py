"""A visitor of the tenant: signs in through the page as a browser would, and proves who signed a token."""

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt

from local.config import APP_CLIENT_ID, IDENTITY_CLIENT_ID, PEOPLE, Person, StackConfig

ADMIN = PEOPLE["admin"]
CLINICIAN = PEOPLE["clinician"]
SCOPE = f"api://{APP_CLIENT_ID}/Portal.Access"


class Visitor:
    """Follows redirects until they leave the tenant. `client` keeps the cookies."""

    def __init__(self, client: httpx.AsyncClient, stack: StackConfig) -> None:
        self.client = client
        self.spa = f"{stack.portal}/"
        self.web = f"{stack.functions}/api/signin/callback"

    async def go(self, url: str, **params: str) -> httpx.Response:
        """What the browser ends up with: a page of the tenant, or a redirect to the application."""
        answer = await self.client.get(url, params=params or None)
        return await self._follow(answer)

    async def authorize(self, **changed: str) -> httpx.Response:
        """Asks for a code for the portal, `changed` as told; an empty value leaves the parameter out."""
        usual = {
            "client_id": APP_CLIENT_ID,
            "response_type": "code",
            "redirect_uri": self.spa,
            "scope": f"openid profile {SCOPE}",
            "state": "state-1",
            "nonce": "nonce-1",
            "code_challenge": challenge("v" * 43),
            "code_challenge_method": "S256",
        }
        return await self.go("oauth2/v2.0/authorize", **{k: v for k, v in (usual | changed).items() if v})

    async def submit(self, page: httpx.Response, username: str, password: str) -> httpx.Response:
        """Fills in the sign-in page."""
        assert '<form method="post">' in page.text, page.text
        answer = await self.client.post(page.url, data={"username": username, "password": password})
        return await self._follow(answer)

    async def sign_in(self, person: Person = ADMIN, **changed: str) -> dict[str, str]:
        """Signs the person in on the page; what the application is told."""
        return told(await self.submit(await self.authorize(**changed), person.username, person.password))

    async def redeem(self, **form: str) -> httpx.Response:
        """Posts to the token endpoint as a browser of the portal would; an empty value leaves the parameter out."""
        usual = {"client_id": APP_CLIENT_ID, "redirect_uri": self.spa, "code_verifier": "v" * 43}
        origin = {"origin": self.spa.rstrip("/")}
        sent = {name: value for name, value in (usual | form).items() if value}
        return await self.client.post("oauth2/v2.0/token", data=sent, headers=origin)

    async def _follow(self, answer: httpx.Response) -> httpx.Response:
        while answer.has_redirect_location:
            target = str(answer.url.join(answer.headers["location"]))
            if target.startswith((self.spa, self.web)):
                return answer
            answer = await self.client.get(target)
        return answer


def told(answer: httpx.Response) -> dict[str, str]:
    """The parameters with which the browser was sent to the application, whichever way they travel."""
    if answer.has_redirect_location:
        address = urlsplit(answer.headers["location"])
        return dict(parse_qsl(address.query or address.fragment))
    assert 'action="http://localhost' in answer.text, answer.text  # response_mode=form_post
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))


def challenge(verifier: str) -> str:
    """PKCE's S256, RFC 7636 §4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def verified(token: str, keys: dict[str, Any], audience: str, issuer: str) -> dict[str, Any]:
    """The token's claims, if it is signed with a published key, in time, for the audience and by the issuer."""
    by_kid = {key.key_id: key for key in jwt.PyJWKSet.from_dict(keys).keys}
    key = by_kid[jwt.get_unverified_header(token)["kid"]]
    required = ["exp", "iat", "nbf", "aud", "iss", "sub", "oid", "tid"]
    claims: dict[str, Any] = jwt.decode(
        token, key, algorithms=["RS256"], audience=audience, issuer=issuer, leeway=5, options={"require": required}
    )
    return claims


async def identity_answer(
    client: httpx.AsyncClient, stack: StackConfig, header: str | None = None, **changed: str
) -> httpx.Response:
    """Asks the managed identity endpoint as App Service documents it; an empty value leaves a parameter out."""
    usual = {"api-version": "2019-08-01", "resource": "api://AzureADTokenExchange", "client_id": IDENTITY_CLIENT_ID}
    params = {name: value for name, value in (usual | changed).items() if value}
    sent = stack.secrets["identity_header"] if header is None else header
    return await client.get(stack.identity_endpoint, params=params, headers={"X-IDENTITY-HEADER": sent})


async def control(client: httpx.AsyncClient, stack: StackConfig, action: str, **body: Any) -> dict[str, Any]:
    """What the server's control route answers."""
    secret = {"x-control-secret": stack.secrets["entra_control"]}
    answer = await client.post(f"{stack.entra}/control/{action}", json=body, headers=secret)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
