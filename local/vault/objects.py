"""The routes that secrets and keys share: get, list, versions, update, delete, and what follows a delete.

Source: https://learn.microsoft.com/rest/api/keyvault/ (secrets and keys, data plane).
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.routing import Route

from local.vault.answers import Frame, Json, bad_parameter, page
from local.vault.store import RECOVERABLE_DAYS, Shelf, Vault, Version

SECONDS_OF_RECOVERY = RECOVERABLE_DAYS * 86_400


@dataclass(frozen=True)
class Kind[V: Version]:
    """How one kind of object is shown and changed.

    `plural` names it in paths. `bundle` is the full form (with a secret's value), `item` the form in lists, `deleted`
    the form of a deleted one, `check` what is asked before a bundle is handed out, `change` what an update may change
    beside attributes and tags.
    """

    plural: str
    shelf: Shelf[V]
    bundle: Callable[[str, V], Json]
    item: Callable[[str, V], Json]
    deleted: Callable[[str, V], Json]
    check: Callable[[V], None]
    change: Callable[[V, Json], None]


def routes[V: Version](frame: Frame, vault: Vault, kind: Kind[V]) -> list[Route]:
    """The shared routes of one kind."""
    shelf, plural = kind.shelf, kind.plural

    def counted(operation: str) -> None:
        vault.operations[f"{plural}.{operation}"] += 1

    async def get(request: Request, _: Json) -> Json:
        counted("get")
        name = request.path_params["name"]
        version = shelf.get(name, request.path_params.get("version", ""))
        kind.check(version)
        return kind.bundle(name, version)

    async def update(request: Request, body: Json) -> Json:
        counted("update")
        name = request.path_params["name"]
        version = shelf.get(name, request.path_params.get("version", ""))
        kind.change(version, body)
        apply(version, body)
        shelf.touch(version)
        return kind.deleted(name, version)  # an update answers without a secret's value, as a delete does

    async def collection(request: Request, _: Json) -> Json:
        counted("list")
        items = [kind.item(name, shelf.get(name)) | _unversioned(vault, kind, name) for name in sorted(shelf.versions)]
        return page(request, vault.url, items)

    async def versions(request: Request, _: Json) -> Json:
        counted("versions")
        name = request.path_params["name"]
        shelf.get(name)
        # In the order of their ids, which is no order at all: whoever wants the newest must look at `created`.
        every = sorted(shelf.versions[name], key=lambda each: each.id)
        return page(request, vault.url, [kind.item(name, each) for each in every])

    def gone(name: str) -> Json:
        when, latest = shelf.get_deleted(name)
        return kind.deleted(name, latest) | {
            "recoveryId": f"{vault.url}/deleted{plural}/{name}",
            "deletedDate": when,
            "scheduledPurgeDate": when + SECONDS_OF_RECOVERY,
        }

    async def delete(request: Request, _: Json) -> Json:
        counted("delete")
        name = request.path_params["name"]
        shelf.delete(name)
        return gone(name)

    async def get_deleted(request: Request, _: Json) -> Json:
        counted("get_deleted")
        return gone(request.path_params["name"])

    async def list_deleted(request: Request, _: Json) -> Json:
        counted("list_deleted")
        items = [
            kind.item(name, shelf.get_deleted(name)[1]) | _unversioned(vault, kind, name) | _dates(gone(name))
            for name in sorted(shelf.deleted)
        ]
        return page(request, vault.url, items)

    async def recover(request: Request, _: Json) -> Json:
        counted("recover")
        name = request.path_params["name"]
        return kind.deleted(name, shelf.recover(name))

    async def purge(request: Request, _: Json) -> None:
        counted("purge")
        shelf.purge(request.path_params["name"])

    one, versioned, trash = f"/{plural}/{{name}}", f"/{plural}/{{name}}/{{version}}", f"/deleted{plural}"
    return [
        frame.route("GET", f"/{plural}", collection),
        frame.route("GET", f"{one}/versions", versions),
        # The SDKs write "the latest version" as an empty last segment.
        *(frame.route("GET", path, get) for path in (one, f"{one}/", versioned)),
        *(frame.route("PATCH", path, update) for path in (one, f"{one}/", versioned)),
        frame.route("DELETE", one, delete),
        frame.route("GET", trash, list_deleted),
        frame.route("GET", f"{trash}/{{name}}", get_deleted),
        frame.route("POST", f"{trash}/{{name}}/recover", recover),
        frame.route("DELETE", f"{trash}/{{name}}", purge),
    ]


def attributes(version: Version) -> Json:
    """The attributes object of a version."""
    times = {"nbf": version.nbf, "exp": version.exp, "created": version.created, "updated": version.updated}
    shown = {name: seconds for name, seconds in times.items() if seconds is not None}
    level = {"recoveryLevel": "Recoverable+Purgeable", "recoverableDays": RECOVERABLE_DAYS}
    return {"enabled": version.enabled, **shown, **level}


def apply(version: Version, body: Json) -> None:
    """Takes attributes and tags of a request over. Raises VaultError for values of the wrong type."""
    wanted = body.get("attributes") or {}
    tags = body.get("tags")
    if not isinstance(wanted, dict) or not isinstance(wanted.get("enabled", True), bool | None):
        raise bad_parameter("attributes is not valid")
    if any(not isinstance(wanted.get(name), int | None) for name in ("nbf", "exp")):
        raise bad_parameter("attributes.nbf and attributes.exp must be seconds since 1970")
    if tags is not None and not (isinstance(tags, dict) and all(isinstance(text, str) for text in tags.values())):
        raise bad_parameter("tags must be an object of strings")
    if wanted.get("enabled") is not None:
        version.enabled = wanted["enabled"]
    version.nbf = wanted.get("nbf", version.nbf)
    version.exp = wanted.get("exp", version.exp)
    version.tags = version.tags if tags is None else tags


def _unversioned[V: Version](vault: Vault, kind: Kind[V], name: str) -> Json:
    """Lists name the object, not its version. The member is `id` for secrets and `kid` for keys."""
    return {"kid" if kind.plural == "keys" else "id": f"{vault.url}/{kind.plural}/{name}"}


def _dates(gone: Json) -> Json:
    return {name: gone[name] for name in ("recoveryId", "deletedDate", "scheduledPurgeDate")}
