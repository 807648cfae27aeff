"""Builds the extension: npm makes the kernel's scripts, `heapbook build` the machine's, which lie beside them.

`HEAPBOOK_SCRIPTS` names a folder where the machine's are already.
"""

import os
import pathlib
import shutil
import subprocess

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]


def run(command, folder):
    subprocess.run(command.split(), cwd=folder, check=True)


def installed():
    """Whether npm has installed what the lock file says."""
    done, lock = HERE / "node_modules/.package-lock.json", HERE / "package-lock.json"
    return done.is_file() and done.stat().st_mtime >= lock.stat().st_mtime


class Extension(BuildHookInterface):
    def initialize(self, version, build_data):
        scripts = os.environ.get("HEAPBOOK_SCRIPTS")
        if not scripts:
            run("cargo run --release -- build", ROOT)
        if not installed():
            run("npm ci --no-audit --no-fund", HERE)
        run("npm run build", HERE)
        for script in pathlib.Path(scripts or ROOT / "target/book").glob("heapbook-*.js"):
            shutil.copy(script, HERE / "labextension/static")
