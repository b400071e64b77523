"""Checks what is deployed, without Azure: `python -m infra.checks [--quick]`. Exit status 0: nothing was found.

Always: every Bicep file parses, its names agree, and each resource has only properties of Azure's published types. Then
checkov, with no file it cannot read; zizmor on the workflows; and the real compiler where `bicep` or `az` is on the PATH.
`--quick` leaves checkov out.
"""

# ruff: noqa: T201, this is a program
# ruff: noqa: S603, S607, and runs programs whose names are written here

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.checks import names, types
from infra.checks.bicep import EXTENSION, BicepError, BicepFile, read

ROOT = Path(__file__).resolve().parents[2]
INFRA = ROOT / "infra"
# checkov's 290 MB and their many pins stay out of the product's environment.
CHECKOV = ROOT / ".venv" / "checkov"
# What is deployed by itself; everything else is a module of these.
TOPS = ("main", "entra", "modules/events", "modules/datakeys")
CHECKOV_LOCK = INFRA / "checks" / "checkov.txt"


def files() -> dict[Path, BicepFile]:
    """Every Bicep file of ours by its path. Raises `BicepError`."""
    found = sorted([*INFRA.rglob("*.bicep"), *INFRA.rglob("*.bicepparam")])
    # As they are seen from here, so that what is printed can be opened.
    return {path: read(Path(os.path.relpath(path))) for path in found}


def walked(all_files: dict[Path, BicepFile]) -> tuple[list[str], int, dict[str, int]]:
    """What the published types object to; how many resources were looked at; and those whose types are not here."""
    wrong: list[str] = []
    seen, unseen = 0, dict[str, int]()
    for file in all_files.values():
        for resource in file.resources.values():
            name = f"{resource.type}@{resource.version}"
            known = types.published(resource.type, resource.version)
            if types.misspelt(resource.type, resource.version):
                wrong.append(f"{file.path}:{resource.line}: no {name} (is it new? python -m infra.checks.extract)")
                continue
            if known is None:
                unseen[name] = unseen.get(name, 0) + 1
                continue
            seen += 1
            if not resource.existing:
                for body in file.bodies(resource.symbol):
                    wrong += [
                        f"{file.path}:{resource.line}: {one}" for one in types.walk(*known, body, resource.symbol)
                    ]
    return wrong, seen, unseen


def compiled() -> list[str] | None:
    """What the real compiler says; None where there is none."""
    if shutil.which("bicep"):
        command, parameters = ["bicep", "build", "--stdout"], ["bicep", "build-params", "--stdout"]
    elif (
        shutil.which("az")
        and not subprocess.run(["az", "bicep", "version"], capture_output=True, check=False).returncode
    ):
        command = ["az", "bicep", "build", "--stdout", "--file"]
        parameters = ["az", "bicep", "build-params", "--stdout", "--file"]
    else:
        return None
    calls = [[*command, str(INFRA / f"{name}.bicep")] for name in TOPS]
    calls += [[*parameters, str(path)] for path in sorted(INFRA.glob("environments/*.bicepparam"))]
    wrong: list[str] = []
    for call in calls:
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        if done.returncode:
            wrong.append(done.stderr.strip())
    return wrong


def _checkov() -> str:
    program = CHECKOV / "bin" / "checkov"
    stamp = CHECKOV / "lock"
    if not (stamp.exists() and stamp.read_bytes() == CHECKOV_LOCK.read_bytes()):
        print("  .. installing checkov (once, about a minute)", file=sys.stderr, flush=True)
        shutil.rmtree(CHECKOV, ignore_errors=True)
        uv = shutil.which("uv") or str(ROOT / ".venv" / "bin" / "uv")
        subprocess.run([uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(CHECKOV)], check=True)
        install = [uv, "pip", "install", "--quiet", "--require-hashes", "--python", str(CHECKOV / "bin" / "python")]
        subprocess.run([*install, "-r", str(CHECKOV_LOCK)], check=True)
        stamp.write_bytes(CHECKOV_LOCK.read_bytes())
    return str(program)


def scanned() -> tuple[list[str], str]:
    """checkov's objections, and its own count. Its parser is old: what it cannot read is an objection too."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "infra")
        for path in INFRA.rglob("*.bicep"):
            target = copy / path.relative_to(INFRA)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(EXTENSION.sub("//", path.read_text()))
        for path in INFRA.rglob("*.json"):
            if path.parent.name == "modules":
                shutil.copy(path, copy / path.relative_to(INFRA))
        options = ["--framework", "bicep", "--skip-download", "--output", "json", "--directory", str(copy)]
        # It may not ask for news, and has nothing to say to a colour terminal.
        quiet = os.environ | {"CHECKOV_RUN_SCA_PACKAGE_SCAN_V2": "false", "LOG_LEVEL": "CRITICAL"}
        done = subprocess.run([_checkov(), *options], capture_output=True, text=True, check=False, env=quiet)
    try:
        report = json.loads(done.stdout)
        results, summary = report["results"], report["summary"]
    except (ValueError, KeyError, TypeError):
        return [f"checkov gave no report: {done.stderr[-2000:]}"], ""
    wrong = [f"checkov cannot read {Path(one).name}" for one in results["parsing_errors"]]
    used = {(one["file_path"], one["check_id"]) for one in results["skipped_checks"]}
    wrong += [
        f"{path.relative_to(ROOT)}: the skip of {check} skips nothing"
        for path in INFRA.rglob("*.bicep")
        for check in re.findall(r"checkov:skip=(\w+)", path.read_text())
        if (f"/{path.relative_to(INFRA).as_posix()}", check) not in used
    ]
    for one in results["failed_checks"]:
        place = f"infra{one['file_path']}:{one['file_line_range'][0]}"
        wrong.append(f"{place}: {one['check_id']} {one['check_name']} ({one['resource']})")
    return (
        wrong,
        f"checkov {summary['checkov_version']}: {summary['passed']} passed, {summary['skipped']} skipped with a reason",
    )


def unreasoned() -> list[str]:
    """checkov's skips must say why, where they stand."""
    lines = [
        (path, number, line)
        for path in sorted(INFRA.rglob("*.bicep"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "checkov:skip" in line
    ]
    return [
        f"{path}:{number}: a skip without its reason"
        for path, number, line in lines
        if not re.search(r"checkov:skip=CKV2?_AZURE_\d+: \S.{10,}", line)
    ]


def workflows() -> list[str]:
    """zizmor's objections to the workflows."""
    program = Path(sys.executable).with_name("zizmor")
    command = [str(program), "--offline", "--quiet", "--no-progress", "--format", "plain", str(ROOT / ".github")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [done.stdout + done.stderr] if done.returncode else []


def main() -> int:
    """Prints what was found and what was looked at."""
    try:
        all_files = files()
    except BicepError as error:
        print(error)
        return 1
    wrong = [*names.findings(all_files), *unreasoned()]
    objections, seen, unseen = walked(all_files)
    wrong += objections
    said = [f"{len(all_files)} files parse; {seen} resources name only known types and properties"]
    if unseen:
        said.append(
            f"{sum(unseen.values())} resources not looked at, their types are not here: {', '.join(sorted(unseen))}"
        )
    if "--quick" not in sys.argv:
        found, count = scanned()
        wrong += found
        said.append(count)
    wrong += workflows()
    found_by_compiler = compiled()
    wrong += found_by_compiler or []
    said.append("no Bicep compiler on the PATH" if found_by_compiler is None else "compiled")
    print("\n".join([*wrong, *said]))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
