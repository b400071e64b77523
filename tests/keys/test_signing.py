"""What our signer signs is verified by what it publishes; the vault is asked beside the work, not before it."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import jwt
import pytest
from azure.keyvault.keys.aio import KeyClient
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from shared.adapters.vault import CACHE_FOR, LOOK_AGAIN, Vault
from shared.keys.signing import ALGORITHMS, Signer, key_name
from shared.settings import Settings
from tests.builders import NOW, StillClock

YEAR = timedelta(days=365)
SETTINGS = Settings("https://us", "", "", "", "https://vault.example", "")


class Keys:
    """The vault's keys, as its SDK gives them. `lists` counts how often versions were asked for."""

    def __init__(self) -> None:
        self.made: dict[str, list[tuple[Any, Any]]] = {}
        self.lists = 0
        self.down = False

    def add(self, name: str, algorithm: str, made: Any) -> None:
        private: Any = (
            ec.generate_private_key(ec.SECP384R1()) if algorithm == "ES384" else rsa.generate_private_key(65537, 2048)
        )
        version = f"v{len(self.made.get(name, []))}"
        about = SimpleNamespace(
            id=f"https://vault.example/keys/{name}/{version}", version=version, enabled=True, created_on=made,
            not_before=None, expires_on=None,
        )  # fmt: skip
        self.made.setdefault(name, []).append((about, private))

    async def list_properties_of_key_versions(self, name: str) -> Any:
        self.lists += 1
        if self.down:
            raise ConnectionError
        for about, _ in self.made[name]:
            yield about

    async def get_key(self, name: str, version: str) -> Any:
        private = next(private for about, private in self.made[name] if about.version == version)
        numbers = private.public_key().public_numbers()
        names = ("x", "y") if isinstance(private, ec.EllipticCurvePrivateKey) else ("n", "e")
        values = {each: getattr(numbers, each) for each in names}
        sizes = {"x": 48, "y": 48, "n": 256, "e": 3}
        return SimpleNamespace(key=SimpleNamespace(**{k: v.to_bytes(sizes[k]) for k, v in values.items()}))


class OurVault(Vault):
    """The adapter over those keys."""

    def __init__(self, keys: Keys, clock: StillClock) -> None:
        super().__init__(SETTINGS, cast("Any", None), clock)
        self.__dict__["_keys"] = cast("KeyClient", keys)
        self._made = keys

    async def sign(self, key_id: str, algorithm: str, digest: bytes) -> bytes:
        private = next(p for each in self._made.made.values() for about, p in each if about.id == key_id)
        hashed = utils.Prehashed(hashes.SHA384())
        if algorithm == "RS384":
            return bytes(private.sign(digest, padding.PKCS1v15(), hashed))
        r, s = utils.decode_dss_signature(private.sign(digest, ec.ECDSA(hashed)))
        return r.to_bytes(48) + s.to_bytes(48)


class World:
    """A signer over a vault with one version of each key of `testing`, a year old."""

    def __init__(self) -> None:
        self.keys, self.clock = Keys(), StillClock()
        for algorithm in ALGORITHMS:
            self.keys.add(key_name("testing", algorithm), algorithm, NOW - YEAR)
        self.vault = OurVault(self.keys, self.clock)
        self.signer = Signer(self.vault, self.clock)

    async def kids(self) -> list[str]:
        return [key["kid"] for key in (await self.signer.jwks("testing"))["keys"]]

    async def settled(self) -> None:
        """Waits for what is read beside the work, whatever comes of it."""
        await asyncio.wait(self.vault._looking.values())


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_what_is_signed_verifies_by_the_one_published_key_of_its_id(algorithm: str) -> None:
    world = World()
    token = await world.signer.sign("testing", {"iss": "client"}, algorithm=algorithm)
    header = jwt.get_unverified_header(token)
    (key,) = [each for each in (await world.signer.jwks("testing"))["keys"] if each["kid"] == header["kid"]]
    assert (header["alg"], key["alg"], header["typ"]) == (algorithm, algorithm, "JWT")
    assert jwt.decode(token, jwt.PyJWK(key), algorithms=[algorithm]) == {"iss": "client"}
    assert not {"d", "p", "q"} & set(key)


async def test_a_new_version_is_published_within_a_minute_and_signs_after_the_wait() -> None:
    world = World()
    (old, _) = await world.kids()
    world.keys.add(key_name("testing", "ES384"), "ES384", NOW)
    world.clock.pass_time(seconds=60)
    await world.kids()
    await world.settled()
    es_old, es_new, _ = await world.kids()
    assert es_old == old

    async def signed_by() -> str:
        return str(jwt.get_unverified_header(await world.signer.sign("testing", {}))["kid"])

    assert await signed_by() == es_old
    world.clock.pass_time(hours=30)
    assert await signed_by() == es_new


async def test_the_vault_is_asked_for_versions_beside_the_work() -> None:
    world = World()
    await world.signer.sign("testing", {})
    for _ in range(10):
        await world.signer.sign("testing", {})
    assert world.keys.lists == 1
    world.clock.pass_time(seconds=LOOK_AGAIN.total_seconds())
    world.keys.down = True
    await world.signer.sign("testing", {})
    await world.settled()
    assert world.keys.lists == 2


async def test_versions_that_nobody_could_read_for_too_long_are_not_believed() -> None:
    world = World()
    await world.signer.sign("testing", {})
    world.keys.down = True
    world.clock.pass_time(seconds=CACHE_FOR.total_seconds())
    with pytest.raises(ConnectionError):
        await world.signer.sign("testing", {})
