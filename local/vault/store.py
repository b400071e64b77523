"""What the vault holds: versions of secrets and keys by name, the deleted ones apart, and all of it on disk.

The file is written on every change, so that a stack which is started again on kept data finds the keys it signed and
sealed with.
"""

import json
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from local.vault.answers import VaultError, bad_parameter
from local.vault.material import PrivateKey, from_pem, to_pem

RECOVERABLE_DAYS = 90
_NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")


@dataclass
class Version:
    """What secrets and keys have in common. Times are seconds since 1970, as on the wire."""

    enabled: bool = True
    nbf: int | None = None
    exp: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    created: int = field(default_factory=lambda: int(time.time()))
    updated: int = field(default_factory=lambda: int(time.time()))
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass
class Secret(Version):
    """One version of a secret."""

    value: str = ""
    content_type: str | None = None


@dataclass
class Key(Version):
    """One version of a key; its private part as PEM (PKCS #8), which is what the file keeps."""

    kty: str = ""
    operations: list[str] = field(default_factory=list)
    pem: str = ""

    def __post_init__(self) -> None:
        self.private: PrivateKey = from_pem(self.pem)

    @classmethod
    def of(cls, private: PrivateKey, kty: str, operations: list[str]) -> "Key":
        """A new version around a private key."""
        return cls(kty=kty, operations=operations, pem=to_pem(private))


class Shelf[V: Version]:
    """All objects of one kind. `noun` is "secret" or "key"; each lookup raises VaultError when there is nothing."""

    def __init__(self, noun: str, on_change: Callable[[], None]) -> None:
        self.noun = noun
        self.versions: dict[str, list[V]] = {}
        self.deleted: dict[str, tuple[int, list[V]]] = {}
        self._on_change = on_change

    def get(self, name: str, version: str = "") -> V:
        """The named version, or the latest one."""
        found = [each for each in self.versions.get(name, []) if version in ("", each.id)]
        if not found:
            raise self._missing(name, version)
        return found[-1]

    def add(self, name: str, version: V) -> V:
        """Stores a new version. A deleted object keeps its name until it is purged."""
        self.check_name(name)
        self.versions.setdefault(name, []).append(version)
        self._on_change()
        return version

    def check_name(self, name: str) -> None:
        """Raises VaultError where a new version of this name may not be made."""
        if not _NAME.fullmatch(name):
            raise bad_parameter(f"The request URI contains an invalid name: {name}")
        if name in self.deleted:
            raise VaultError(
                409,
                "Conflict",
                f"{self.noun.title()} {name} is deleted but recoverable: its name cannot be reused until it is purged.",
                "ObjectIsDeletedButRecoverable",
            )

    def touch(self, version: V) -> None:
        """Notes that a version was changed."""
        version.updated = int(time.time())
        self._on_change()

    def delete(self, name: str) -> V:
        """Moves an object with all its versions to the deleted ones."""
        latest = self.get(name)
        self.deleted[name] = (int(time.time()), self.versions.pop(name))
        self._on_change()
        return latest

    def get_deleted(self, name: str) -> tuple[int, V]:
        """When it was deleted, and its latest version."""
        if name not in self.deleted:
            raise self._missing(name, "")
        when, versions = self.deleted[name]
        return when, versions[-1]

    def recover(self, name: str) -> V:
        """Brings a deleted object back."""
        _, latest = self.get_deleted(name)
        self.versions[name] = self.deleted.pop(name)[1]
        self._on_change()
        return latest

    def purge(self, name: str) -> None:
        """Forgets a deleted object for good."""
        self.get_deleted(name)
        del self.deleted[name]
        self._on_change()

    def _missing(self, name: str, version: str) -> VaultError:
        which = f"{name}/{version}" if version else name
        text = f"A {self.noun} with (name/id) {which} was not found in this key vault."
        return VaultError(404, f"{self.noun.title()}NotFound", text)


class Vault:
    """The whole vault, kept in one JSON file that only its owner may read."""

    def __init__(self, url: str, file: Path) -> None:
        self.url = url
        self.operations: Counter[str] = Counter()
        self._file = file
        self.secrets: Shelf[Secret] = Shelf("secret", self._save)
        self.keys: Shelf[Key] = Shelf("key", self._save)
        if file.exists():
            data = json.loads(file.read_text())
            _fill(self.secrets, data["secrets"], Secret)
            _fill(self.keys, data["keys"], Key)

    def _save(self) -> None:
        data = {"secrets": _plain(self.secrets), "keys": _plain(self.keys)}
        # Written aside and moved into place: a process killed in between leaves the old file whole.
        aside = self._file.with_suffix(".new")
        aside.touch(mode=0o600)
        aside.write_text(json.dumps(data))
        aside.replace(self._file)


def _plain[V: Version](shelf: Shelf[V]) -> dict[str, Any]:
    return {
        "versions": {name: [asdict(each) for each in versions] for name, versions in shelf.versions.items()},
        "deleted": {name: [when, [asdict(each) for each in old]] for name, (when, old) in shelf.deleted.items()},
    }


def _fill[V: Version](shelf: Shelf[V], data: dict[str, Any], kind: type[V]) -> None:
    shelf.versions = {name: [kind(**each) for each in versions] for name, versions in data["versions"].items()}
    shelf.deleted = {name: (when, [kind(**each) for each in old]) for name, (when, old) in data["deleted"].items()}
