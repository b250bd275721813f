# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The lab's cache folder: what is in it, where it lies, and what prepare and run share.
"""Everything the lab downloads lives under one folder, keyed by package version, so that a filled cache needs no network."""

import hashlib
import json
import os
import pathlib
import sys

# Raised when what a finished kernel folder must hold changes: an older folder is then made anew.
LAYOUT = 4


def root() -> pathlib.Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(base) / "migscope-lab"


def say(text: str) -> None:
    print(f"lab: {text}", flush=True)


def die(text: str, code: int = 1) -> None:
    print(f"lab: error: {text}", file=sys.stderr, flush=True)
    sys.exit(code)


def qemu_modules(folder: pathlib.Path) -> pathlib.Path:
    """An unpacked QEMU must not load the modules of an installed one of another version."""
    return next(folder.glob("usr/lib/*/qemu"), folder / "no-modules")


def usable(chosen: dict) -> bool:
    if chosen.get("layout") != LAYOUT:
        return False
    kernels = [root() / chosen[key] for key in ("kernel_dir", "cdev_dir") if chosen.get(key)]
    return all((folder / "complete").exists() for folder in kernels + ([root() / chosen["qemu_dir"]] if chosen.get("qemu_dir") else [])) \
        and all((root() / how_built(kernel)["headers"]).exists() for kernel in kernels)


def current(which: str = "stock") -> dict | None:
    """What the last prepare chose: {kernel, release, kernel_dir, cdev_dir, qemu, qemu_dir | null}; None when nothing usable is there.
    `which`: stock or newest. cdev_dir: the same kernel with VFIO's device nodes, iommufd and debugfs (null: they
    could not be built); the newest has them anyway."""
    try:
        chosen = json.loads((root() / record(which)).read_text())
        return chosen if usable(chosen) else None
    except (OSError, ValueError, KeyError):
        return None


def record(which: str) -> str:
    """A work tree of another layout has a record of its own: the two do not take the cache from each other."""
    return f"{'current' if which == 'stock' else which}-layout{LAYOUT}.json"


def choose(which: str, **chosen) -> dict:
    chosen = {"layout": LAYOUT, **chosen}
    (root() / record(which)).write_text(json.dumps(chosen, indent=1) + "\n")
    return chosen


def finish(folder: pathlib.Path, release: str, headers: pathlib.Path, options: list = (), symbols: list = ()) -> None:
    """A kernel's folder is whole. `headers`, `options`, `symbols`: what a module for it is built against, and told."""
    (folder / "built.json").write_text(json.dumps(
        {"headers": str(headers.relative_to(root())), "options": list(options), "symbols": list(symbols)}, indent=1) + "\n")
    (folder / "complete").write_text(release + "\n")


def how_built(kernel: pathlib.Path) -> dict:
    return json.loads((kernel / "built.json").read_text())


def driver_sources() -> list:
    """Files that the lab's own driver is built of."""
    folder = pathlib.Path(__file__).resolve().parent / "driver"
    return sorted([*folder.glob("*.c"), *folder.glob("*.h"), folder / "Kbuild"])


def driver_dir(kernel: pathlib.Path) -> pathlib.Path:
    """Where the driver built of these sources for the kernel of that folder lies, or will: work trees with other sources have others."""
    digest = hashlib.sha256()
    for path in driver_sources():
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return root() / f"driver-{kernel.name.removeprefix('kernel-')}-{digest.hexdigest()[:16]}"


def headers_dir(kernel: pathlib.Path) -> pathlib.Path:
    """Where the headers of that kernel lie, unpacked and made ready to build against."""
    return root() / f"headers-{kernel.name.removeprefix('kernel-')}"
