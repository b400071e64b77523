"""The vault's secrets: set, and how they are shown. https://learn.microsoft.com/rest/api/keyvault/secrets/"""

from starlette.requests import Request
from starlette.routing import Route

from local.vault import objects
from local.vault.answers import Frame, Json, VaultError, bad_parameter
from local.vault.store import Secret, Vault

LARGEST_VALUE_BYTES = 25 * 1024


def routes(frame: Frame, vault: Vault) -> list[Route]:
    """All routes under /secrets and /deletedsecrets."""

    def item(name: str, secret: Secret) -> Json:
        shown: Json = {"id": f"{vault.url}/secrets/{name}/{secret.id}", "attributes": objects.attributes(secret)}
        if secret.content_type is not None:
            shown["contentType"] = secret.content_type
        if secret.tags:
            shown["tags"] = secret.tags
        return shown

    def bundle(name: str, secret: Secret) -> Json:
        return {"value": secret.value, **item(name, secret)}

    async def put(request: Request, body: Json) -> Json:
        vault.operations["secrets.set"] += 1
        name, value = request.path_params["name"], body.get("value")
        vault.secrets.check_name(name)
        if not isinstance(value, str):
            raise bad_parameter("The value of the secret must be a string.")
        if len(value.encode()) > LARGEST_VALUE_BYTES:
            raise bad_parameter(f"The value of the secret is longer than {LARGEST_VALUE_BYTES} bytes.")
        secret = Secret(value=value)
        objects.apply(secret, body)
        _change(secret, body)
        return bundle(name, vault.secrets.add(name, secret))

    kind = objects.Kind("secrets", vault.secrets, bundle, item, item, _check, _change)
    return [frame.route("PUT", "/secrets/{name}", put), *objects.routes(frame, vault, kind)]


def _check(secret: Secret) -> None:
    if not secret.enabled:
        raise VaultError(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled")


def _change(secret: Secret, body: Json) -> None:
    content_type = body.get("contentType", secret.content_type)
    if not isinstance(content_type, str | None):
        raise bad_parameter("contentType must be a string")
    secret.content_type = content_type
