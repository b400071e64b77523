"""An `az` that answers from a script and writes down what it was asked, for hooks and an administrator's scripts."""

import json
import os
import stat
import sys
from pathlib import Path

PROGRAM = """#!{python}
import json, pathlib, sys
folder = pathlib.Path({folder!r})
words = sys.argv[1:]
with (folder / "asked").open("a") as asked:
    asked.write(json.dumps(words) + "\\n")
for word in words:
    if word.startswith("@"):
        (folder / "parameters").write_text(pathlib.Path(word[1:]).read_text())
        (folder / "mode").write_text(oct(pathlib.Path(word[1:]).stat().st_mode & 0o777))
line = " ".join(words)
for start, answer, status in json.loads((folder / "answers").read_text()):
    if start in line:
        print(answer)
        if status:
            print("az says no", file=sys.stderr)
        raise SystemExit(status)
"""


class Azure:
    """`answers`: what a call says whose words hold a text, the first that fits; nothing otherwise."""

    def __init__(self, folder: Path, *answers: tuple[str, str] | tuple[str, str, int]) -> None:
        self.folder = folder
        program = folder / "az"
        program.write_text(PROGRAM.format(python=sys.executable, folder=str(folder)))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        complete = [(*answer, 0)[:3] for answer in answers]
        (folder / "answers").write_text(json.dumps(complete))

    @property
    def path(self) -> str:
        """PATH with this `az` in front."""
        return f"{self.folder}{os.pathsep}{os.environ['PATH']}"

    @property
    def asked(self) -> list[list[str]]:
        """The calls so far."""
        file = self.folder / "asked"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def changes(self) -> list[list[str]]:
        """The calls that change something."""
        return [words for words in self.asked if {"create", "patch", "post", "config-zip"} & set(words)]
