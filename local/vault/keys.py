"""The vault's keys: create, import, and how they are shown. https://learn.microsoft.com/rest/api/keyvault/keys/"""

import asyncio

from starlette.requests import Request
from starlette.routing import Route

from local.vault import objects
from local.vault.answers import Frame, Json, bad_parameter
from local.vault.material import from_jwk, generate, public_jwk
from local.vault.store import Key, Vault

OPERATIONS = {
    "RSA": ("encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"),
    "EC": ("sign", "verify"),
}


def routes(frame: Frame, vault: Vault) -> list[Route]:
    """All routes under /keys and /deletedkeys, except those that use a key."""

    def key_id(name: str, key: Key) -> str:
        return f"{vault.url}/keys/{name}/{key.id}"

    def bundle(name: str, key: Key) -> Json:
        jwk = {"kid": key_id(name, key), "kty": key.kty, "key_ops": key.operations, **public_jwk(key.private)}
        return {"key": jwk, "attributes": objects.attributes(key), **({"tags": key.tags} if key.tags else {})}

    def item(name: str, key: Key) -> Json:
        tags = {"tags": key.tags} if key.tags else {}
        return {"kid": key_id(name, key), "attributes": objects.attributes(key), **tags}

    def store(name: str, key: Key, body: Json) -> Json:
        objects.apply(key, body)
        return bundle(name, vault.keys.add(name, key))

    async def create(request: Request, body: Json) -> Json:
        vault.operations["keys.create"] += 1
        name, kty = request.path_params["name"], body.get("kty")
        vault.keys.check_name(name)
        operations = _operations(kty, body.get("key_ops"))
        private = await asyncio.to_thread(generate, kty, body.get("key_size"), body.get("crv"))
        return store(name, Key.of(private, str(kty), operations), body)

    async def put(request: Request, body: Json) -> Json:
        vault.operations["keys.import"] += 1
        name, jwk = request.path_params["name"], body.get("key")
        vault.keys.check_name(name)
        if not isinstance(jwk, dict):
            raise bad_parameter("key is required")
        operations = _operations(jwk.get("kty"), jwk.get("key_ops"))
        return store(name, Key.of(from_jwk(jwk), jwk["kty"], operations), body)

    def change(key: Key, body: Json) -> None:
        key.operations = _operations(key.kty, body.get("key_ops") or key.operations)

    def allowed(_: Key) -> None:
        """A key's public part is handed out even when the key is disabled."""

    kind = objects.Kind("keys", vault.keys, bundle, item, bundle, allowed, change)
    return [
        frame.route("POST", "/keys/{name}/create", create),
        frame.route("PUT", "/keys/{name}", put),
        *objects.routes(frame, vault, kind),
    ]


def _operations(kty: object, wanted: object) -> list[str]:
    """What a key may be used for: all that its type can, unless the request says less."""
    possible = OPERATIONS.get(str(kty).removesuffix("-HSM"))
    if possible is None:
        raise bad_parameter(f"Key type {kty} is not supported")
    if not wanted:
        return list(possible)
    if not isinstance(wanted, list) or any(operation not in possible for operation in wanted):
        raise bad_parameter(f"key_ops must be among {possible} for a key of type {kty}")
    return wanted
