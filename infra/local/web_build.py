"""Builds the web application at set-up, and checks its code. Standard library only.

Its packages lie in `web/node_modules`, what was built in `.local/web`; nothing is done again while the files that it comes from stay as
they are.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.local import installers, place
from infra.local.installers import Task
from infra.local.network import Network

LOCK = place.WEB / "package-lock.json"
PACKAGES = place.WEB / "node_modules"
PACKAGES_STAMP = PACKAGES / "installed"
BUILT_STAMP = place.WEB_BUILT / "built"
OF_THE_BUILD = ("index.html", "package-lock.json", "vite.config.ts", "build", "src")
BUILD = ("vite/bin/vite.js", "build", "--outDir", str(place.WEB_BUILT / "files"), "--emptyOutDir")
CHECKS = (  # in this order, so that the quickest complains first
    ("@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."),
    ("typescript/bin/tsc", "--noEmit"),
    ("knip/bin/knip.js", "--no-progress"),
)
FORMAT = ("@biomejs/biome/bin/biome", "check", "--write", ".")


def sources() -> Iterator[Path]:
    """The files that the built application comes from."""
    for name in OF_THE_BUILD:
        path = place.WEB / name
        yield from sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]


def fingerprint() -> str:
    """SHA-256 over these files and their names, but for what is generated among them."""
    digest = hashlib.sha256()
    for file in sources():
        if not file.name.endswith(".d.ts"):
            digest.update(f"{file.relative_to(place.WEB)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@dataclass(frozen=True)
class Work:
    """What set-up has left to do: fetch packages (those of tests too), build, or both."""

    packages: str
    built: str
    tests: bool
    fetches: bool
    builds: bool

    @classmethod
    def left(cls, *, tests: bool) -> Work | None:
        """None where everything is as the files say; packages that are there for tests do for the build as well."""
        lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
        installed = PACKAGES_STAMP.read_text().split() if PACKAGES_STAMP.exists() else []
        tests = tests or "tests" in installed
        packages = f"{lock} tests" if tests else lock
        built = fingerprint()
        fetches = installed != packages.split()
        builds = not BUILT_STAMP.exists() or BUILT_STAMP.read_text() != built
        return cls(packages, built, tests, fetches, builds) if fetches or builds else None

    def start(self, npm: list[str], node: Path, logs: Path, network: Network) -> Task:
        """Start with the first of what is left."""

        def build() -> Task:
            BUILT_STAMP.unlink(missing_ok=True)
            return installers.program(
                "The web application", [str(node), str(PACKAGES / BUILD[0]), *BUILD[1:]], logs / "setup-web.log", place.WEB, network
            )

        if not self.fetches:
            return build()
        PACKAGES_STAMP.unlink(missing_ok=True)
        task = installers.npm(npm, node, logs / "setup-web-npm.log", network, "Web packages", place.WEB, tests=self.tests)
        task.then = build if self.builds else None
        return task

    def done(self) -> None:
        """Note what was done, so that it isn't done again."""
        place.WEB_BUILT.mkdir(parents=True, exist_ok=True)
        PACKAGES_STAMP.write_text(self.packages)
        BUILT_STAMP.write_text(self.built)


def generate() -> None:
    """Make the types of the API from the functions as they are, so that the compiler compares every screen with them."""
    document = subprocess.run([str(place.python()), "-m", "infra.openapi"], cwd=place.CHECKOUT, check=True, capture_output=True).stdout
    place.WEB_BUILT.mkdir(parents=True, exist_ok=True)
    file = place.WEB_BUILT / "openapi.json"
    file.write_bytes(document)
    run(
        (
            "openapi-typescript/bin/cli.js",
            str(file),
            "--output",
            str(place.WEB / "src" / "shared" / "api" / "schema.d.ts"),
            "--default-non-nullable=false",
        )
    )


def run(tool: tuple[str, ...]) -> int:
    """Run a tool of the web's packages; its exit code."""
    node, _ = installers.packaged_node()
    return subprocess.run([str(node), str(PACKAGES / tool[0]), *tool[1:]], cwd=place.WEB, check=False).returncode


def main(arguments: list[str]) -> int:
    """`types` makes the API's types, `check` makes them and checks the code, `format` formats it, `watch` builds at each save."""
    tasks = {"types": (), "check": CHECKS, "format": (FORMAT,), "watch": ((*BUILD, "--watch"),)}
    if arguments[0] in {"types", "check"}:
        generate()
    return next((failed for failed in map(run, tasks[arguments[0]]) if failed), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
