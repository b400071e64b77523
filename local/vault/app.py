"""Puts the vault together: one vault per run, its data-plane routes, and one control route that shows no values."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.config import StackConfig
from local.standin import StandIn
from local.vault import crypto, keys, secrets
from local.vault.answers import Frame, VaultError
from local.vault.store import Shelf, Vault, Version


def create(config: StackConfig) -> StandIn:
    """The vault of one stack, with what an earlier run left in `run_dir/vault.json`."""
    vault = Vault(config.vault, config.run_dir / "vault.json")
    frame = Frame(config)
    # Routes that use a key stand first: "/keys/{name}/{version}" would not take them, but create and versions would.
    app = Starlette(
        routes=[*crypto.routes(frame, vault), *secrets.routes(frame, vault), *keys.routes(frame, vault)],
        exception_handlers={HTTPException: _http_error},
    )
    # A trailing slash means "latest version" here: it must not be redirected away.
    app.router.redirect_slashes = False

    async def overview(_: Request) -> Response:
        """`GET {control}/vault`: names, versions and what was done, never a value."""
        return JSONResponse(
            {
                "secrets": _names(vault.secrets),
                "keys": _names(vault.keys),
                "operations": dict(sorted(vault.operations.items())),
            }
        )

    return StandIn("vault", app, [Route("/vault", overview, methods=["GET"])])


async def _http_error(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return VaultError(status, "BadParameter" if status == 405 else "NotFound", str(error)).answer()


def _names[V: Version](shelf: Shelf[V]) -> dict[str, dict[str, int | bool]]:
    live = {name: {"versions": len(versions), "deleted": False} for name, versions in shelf.versions.items()}
    gone = {name: {"versions": len(versions), "deleted": True} for name, (_, versions) in shelf.deleted.items()}
    return dict(sorted({**live, **gone}.items()))
