"""The function app's own identity: a managed identity, and the app registration that trusts it.

No secret exists: the registration accepts the identity's token as a federated credential, in every tenant that has
consented to the registration; the identity itself belongs to the home tenant.
https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
"""

from functools import cached_property
from typing import TYPE_CHECKING

from shared.settings import Settings

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.identity.aio import ClientAssertionCredential, ManagedIdentityCredential

EXCHANGE_SCOPE = "api://AzureADTokenExchange/.default"


class Identity:
    """Credentials of this deployment, made when first asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._applications: dict[str, ClientAssertionCredential] = {}

    @cached_property
    def managed(self) -> "ManagedIdentityCredential":
        """The user-assigned managed identity: for storage, Key Vault and the SMS resource."""
        from azure.identity.aio import ManagedIdentityCredential

        return ManagedIdentityCredential(client_id=self._settings.managed_identity_client_id or None)

    def application(self, tenant: str) -> "AsyncTokenCredential":
        """The app registration as a tenant knows it, for Graph: Teams' access policies name applications, not identities.

        One credential a tenant: what it caches can then never serve another one.
        """
        from azure.identity.aio import ClientAssertionCredential

        host = self._settings.entra_authority_host
        if tenant not in self._applications:
            self._applications[tenant] = ClientAssertionCredential(
                tenant,
                self._settings.entra_client_id,
                self._assertion_sync,
                authority=host,
                disable_instance_discovery=host != "https://login.microsoftonline.com",
            )
        return self._applications[tenant]

    @cached_property
    def _managed_sync(self) -> object:
        from azure.identity import ManagedIdentityCredential

        return ManagedIdentityCredential(client_id=self._settings.managed_identity_client_id or None)

    def _assertion_sync(self) -> str:
        # azure-identity asks for the assertion from a plain function even in its asynchronous credential. The
        # identity endpoint is on this machine and the token is cached for hours, so the wait is milliseconds.
        return self.token_for(EXCHANGE_SCOPE.removesuffix("/.default"))

    def token_for(self, audience: str) -> str:
        """The managed identity's own token for whoever trusts it, such as AWS. Blocking: call it in a thread."""
        token: str = self._managed_sync.get_token(f"{audience}/.default").token  # type: ignore[attr-defined]
        return token

    def assertion(self) -> str:
        """A fresh federated credential for the app registration, for `msal`. Blocking: call it in a thread."""
        return self._assertion_sync()

    async def close(self) -> None:
        """Closes the credentials that were used."""
        for credential in self._applications.values():
            await credential.close()
        if "managed" in self.__dict__:
            await self.managed.close()
