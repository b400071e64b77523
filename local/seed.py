"""Makes what a deployment makes once: tables, queues, the vault's keys; and, for a stack, the demo connection.

Everything goes through the official clients with the managed identity, as a deployment's own hook would do it.
"""

import asyncio
import os
import sys
from dataclasses import replace

from local import processes
from local.config import (
    APP_CLIENT_ID,
    CONNECTION_ID,
    EPIC_CLIENT_IDS,
    PEOPLE,
    SENDER_NUMBER,
    TENANT_ID,
    StackConfig,
)
from local.node import ROOT
from local.settings import environment
from shared.adapters.identity import Identity
from shared.clock import to_text, wall_clock
from shared.keys.keyring import SECRET_NAME, new_secret
from shared.keys.signing import ALGORITHMS, ENVIRONMENTS, key_name
from shared.organisations.certificates import read_certificate
from shared.organisations.connection import (
    Approved,
    Connection,
    ConnectionState,
    Decision,
    SmsRules,
    Writeback,
)
from shared.rooms.envelope import KEY_NAME
from shared.services import Services
from shared.settings import Settings

ORGANISATION = "Northlake Health"
ZONE = "America/Chicago"
# What this hospital's Epic calls things: Epic publishes no values, each customer knows its own.
WRITEBACK = Writeback("epic-2018", {"connected": "1", "disconnected": "2"}, {"provider": "1", "patient": "2"})


async def seed(config: StackConfig, *, connection: bool = True) -> None:
    """Runs this module in a process of its own, which trusts the run's certificates. Raises PartError."""
    command = [sys.executable, "-m", "local.seed", str(config.run_dir / "stack.json")]
    if connection:
        command.append("--connection")
    trusting = os.environ | environment(config)
    await processes.run("seed", command, env=trusting, logs=config.run_dir / "logs", cwd=ROOT)


async def _vault_keys(settings: Settings) -> None:
    from azure.core.exceptions import ResourceNotFoundError
    from azure.keyvault.keys.aio import KeyClient
    from azure.keyvault.secrets.aio import SecretClient

    credential = Identity(settings).managed
    async with (
        credential,
        SecretClient(settings.vault_url, credential, verify_challenge_resource=False) as secrets,
        KeyClient(settings.vault_url, credential, verify_challenge_resource=False) as keys,
    ):
        try:
            await secrets.get_secret(SECRET_NAME)
        except ResourceNotFoundError:
            await secrets.set_secret(SECRET_NAME, new_secret(), content_type="application/json")
        wanted = {
            key_name(environment, algorithm): algorithm for environment in ENVIRONMENTS for algorithm in ALGORITHMS
        }
        known = {key.name async for key in keys.list_properties_of_keys()}
        for name, algorithm in wanted.items():
            if name in known:
                continue
            if algorithm == "ES384":
                await keys.create_ec_key(name, curve="P-384", key_operations=["sign", "verify"])
            else:
                await keys.create_rsa_key(name, size=2048, key_operations=["sign", "verify"])
        if KEY_NAME not in known:
            await keys.create_rsa_key(KEY_NAME, size=2048, key_operations=["encrypt", "decrypt"])


async def _connection(config: StackConfig, services: Services) -> None:
    if await services.connections.get(CONNECTION_ID):
        await _refresh(config, services)
        return
    now = wall_clock()
    approver, admin = PEOPLE["approver"], PEOPLE["admin"]
    certificate, pem = read_certificate(config.sender_certificate.read_bytes(), now=now, added_by=admin.oid)
    await services.vault.set_secret(certificate.secret_of(CONNECTION_ID), pem, "application/x-pem-file")
    connection = Connection(
        id=CONNECTION_ID,
        tenant=TENANT_ID,
        fhir_base=config.fhir_base,
        environment="testing",
        zone=ZONE,
        approver_oid=approver.oid,
        approver_name=approver.name,
        state=ConnectionState.APPROVED,
        client_ids=EPIC_CLIENT_IDS,
        # Whoever tries the stack books visits of any day, and wants to see them now.
        early_minutes=None,
        sms=SmsRules(enabled=True, sender=SENDER_NUMBER, organisation=ORGANISATION),
        writeback=WRITEBACK,
        endpoints=await services.epic.discover(config.fhir_base, EPIC_CLIENT_IDS["provider"]),
        certificates=(certificate,),
    )
    decision = Decision(True, "", approver.oid, now, connection.configuration)
    approved = Approved(connection.covered, approver.oid, now)
    await services.connections.add(replace(connection, decision=decision, approved=approved))
    given = {"sms_terms": True, "patient_consent": True}
    who = {f"{kind}_{what}": value for kind in given for what, value in (("by", admin.oid), ("at", to_text(now)))}
    await services.tables.upsert("tenants", {"PartitionKey": TENANT_ID, "RowKey": "consents"} | given | who)
    await services.claims.require(TENANT_ID, SENDER_NUMBER)
    verified = {"verification": "verified", "by": admin.oid, "at": to_text(now)}
    await services.tables.upsert("tenants", {"PartitionKey": TENANT_ID, "RowKey": f"number:{SENDER_NUMBER}"} | verified)


async def _refresh(config: StackConfig, services: Services) -> None:
    """A stack that kept its data has new ports: the EHR has moved, as it were, with everything approved."""
    connection = await services.connections.get(CONNECTION_ID, fresh=True)
    if connection is None or connection.fhir_base == config.fhir_base:
        return
    endpoints = await services.epic.discover(config.fhir_base, EPIC_CLIENT_IDS["provider"])
    await services.connections.save(replace(connection, fhir_base=config.fhir_base, endpoints=endpoints))


async def _main(path: str, *, connection: bool) -> None:
    config = StackConfig.load(path)
    settings = Settings.from_environment()
    assert settings.entra_client_id == APP_CLIENT_ID
    services = Services(settings)
    try:
        await services.tables.create_all()
        await services.queues.create_all()
        await _vault_keys(settings)
        if connection:
            await _connection(config, services)
    finally:
        await services.close()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], connection="--connection" in sys.argv))
