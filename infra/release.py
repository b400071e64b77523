"""Makes what a release consists of: `python -m infra.release vX.Y.Z FOLDER`.

The app's package, the portal's files (to be configured for a deployment by portal/configure.mjs), a bill of materials
each (CycloneDX), their checksums, and the notes out of CHANGELOG.md. Fails if the tag, pyproject.toml, the portal and the
changelog do not name one version.
"""

# ruff: noqa: T201, this is a program
# ruff: noqa: S603, and runs programs whose names are written here

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from infra.hooks import package
from infra.hooks.package import EPOCH, ROOT


class ReleaseError(Exception):
    """The tree is not ready for this release."""


def notes(changelog: str, version: str) -> str:
    """The changelog's section of a version. Raises `ReleaseError` where there is none."""
    found = re.search(rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## \[|\Z)", changelog, re.MULTILINE | re.DOTALL)
    if not found or not found[1].strip():
        raise ReleaseError(f"CHANGELOG.md has no section [{version}]")
    return found[1].strip() + "\n"


def version_of(tag: str, texts: Mapping[str, str]) -> str:
    """The version that the tag and every file name. Raises `ReleaseError`."""
    named = {
        "the tag": tag.removeprefix("v"),
        "pyproject.toml": tomllib.loads(texts["pyproject.toml"])["project"]["version"],
        "portal/package.json": json.loads(texts["portal/package.json"])["version"],
    }
    if len(set(named.values())) > 1:
        raise ReleaseError("versions differ: " + ", ".join(f"{name} {version}" for name, version in named.items()))
    return str(named["the tag"])


def portal(target: Path) -> None:
    """Packs the portal's build; without a deployment's own files, which configure.mjs writes."""
    dist = ROOT / "portal" / "dist"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as files:
        for path in sorted(path for path in dist.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(dist).as_posix(), EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            files.writestr(entry, path.read_bytes())


def bills(folder: Path) -> None:
    """Bills of materials from the lock files: what is really installed."""
    uv = [
        str(ROOT / ".venv" / "bin" / "uv"),
        "export",
        "--quiet",
        "--frozen",
        "--no-default-groups",
        "--no-emit-project",
    ]
    subprocess.run([*uv, "--format", "cyclonedx1.5", "--output-file", folder / "app.cdx.json"], cwd=ROOT, check=True)
    npm = ["npm", "sbom", "--sbom-format", "cyclonedx", "--omit", "dev", "--package-lock-only"]
    made = subprocess.run(npm, cwd=ROOT / "portal", check=True, capture_output=True, text=True)
    (folder / "portal.cdx.json").write_text(made.stdout)


def main(tag: str, folder: Path) -> None:
    """Writes everything into the folder. Raises `ReleaseError`."""
    texts = {name: (ROOT / name).read_text() for name in ("pyproject.toml", "portal/package.json", "CHANGELOG.md")}
    version = version_of(tag, texts)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "notes.md").write_text(notes(texts["CHANGELOG.md"], version))
    package.make(folder / f"visitbridge-app-{version}.zip")
    portal(folder / f"visitbridge-portal-{version}.zip")
    bills(folder)
    sums = [f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.glob("*.[zj]*"))]
    (folder / "SHA256SUMS").write_text("".join(sums))


if __name__ == "__main__":
    try:
        main(sys.argv[1], Path(sys.argv[2]))
    except ReleaseError as problem:
        sys.exit(str(problem))
    print(f"{sys.argv[2]} is ready")
