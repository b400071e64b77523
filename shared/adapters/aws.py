"""Amazon Web Services without a secret: keys of an IAM role, for the token of our managed identity.

Entra is an OpenID Connect provider of the AWS account, and the role's trust names the identity. The keys live for an
hour and are made anew before they end. `boto3` blocks: everything here is called in a thread.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from shared.clock import Clock
from shared.errors import Unavailable

log = logging.getLogger(__name__)

CONNECT_SECONDS = 2
READ_SECONDS = 4
REFRESH_BEFORE = timedelta(minutes=5)
# It stands in the account's trail; it says what we are and nothing about anyone.
SESSION_NAME = "visitbridge"


@dataclass(frozen=True, slots=True)
class Role:
    """Whose keys, where. `endpoint` is empty but for tests: the region's own."""

    arn: str
    region: str
    endpoint: str = ""


class RoleClients:
    """Clients of one service with the role's keys; one is kept until its keys are about to end."""

    def __init__(self, service: str, role: Role, token: Callable[[], str], clock: Clock) -> None:
        self._service = service
        self._role = role
        self._token = token
        self._clock = clock
        self._lock = Lock()
        self._client: Any = None
        self._until: datetime | None = None
        self._warned = False

    def get(self) -> Any:
        """A client whose keys will do for minutes. Blocking. Raises `Unavailable`."""
        with self._lock:
            if self._until is None or self._until - REFRESH_BEFORE <= self._clock():
                self._client, self._until = self._make()
            return self._client

    def forget(self) -> None:
        """Makes the next call ask for new keys: these are refused."""
        with self._lock:
            self._until = None

    def _make(self) -> tuple[Any, datetime]:
        from azure.core.exceptions import AzureError
        from boto3.session import Session  # type: ignore[import-untyped]
        from botocore import UNSIGNED  # type: ignore[import-untyped]
        from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
        from botocore.parsers import ResponseParserError  # type: ignore[import-untyped]

        try:
            session = Session(region_name=self._role.region)
            sts = session.client(
                "sts", endpoint_url=self._role.endpoint or None, config=_config(signature_version=UNSIGNED)
            )
            answer = sts.assume_role_with_web_identity(
                RoleArn=self._role.arn, RoleSessionName=SESSION_NAME, WebIdentityToken=self._token()
            )
        except ClientError as error:
            # Its code only: its message may name the token's subject.
            self._warn(f"STS answered {error.response.get('Error', {}).get('Code', 'nothing')}")
            raise Unavailable from None
        except (BotoCoreError, ResponseParserError, AzureError) as error:
            self._warn(f"no keys: {type(error).__name__}")
            raise Unavailable from None
        self._warned = False
        keys = answer["Credentials"]
        client = session.client(
            self._service,
            endpoint_url=self._role.endpoint or None,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            config=_config(),
        )
        client.meta.events.register("before-send", _on_a_connection_of_its_own)
        return client, keys["Expiration"]

    def _warn(self, why: str) -> None:
        if not self._warned:
            log.warning("The role for Amazon %s cannot be assumed (%s): see docs/sns.md", self._service.upper(), why)
        self._warned = True


def _on_a_connection_of_its_own(request: Any, **_: Any) -> None:
    """Asks for the connection to be closed afterwards.

    One that is kept may be closed by the other side just as the next call uses it, and whoever finds it so cannot know
    whether that call was heard. https://www.rfc-editor.org/rfc/rfc9112#section-9.6
    """
    request.headers["Connection"] = "close"


def _config(**more: Any) -> Any:
    from botocore.config import Config  # type: ignore[import-untyped]

    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        # Whoever calls knows what may be done twice; a library does not.
        retries={"total_max_attempts": 1, "mode": "standard"},
        # Addresses come from our settings, never from variables or files of the machine.
        ignore_configured_endpoint_urls=True,
        **more,
    )
