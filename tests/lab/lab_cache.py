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
LAYOUT = 3


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


def current() -> dict | None:
    """What the last prepare chose: {kernel, kernel_dir, qemu, qemu_dir | null}; None when nothing usable is there."""
    try:
        chosen = json.loads((root() / "current.json").read_text())
    except (OSError, ValueError):
        return None
    if chosen.get("layout") != LAYOUT:
        return None
    for key in ("kernel_dir", "qemu_dir"):
        folder = chosen.get(key)
        if folder and not (root() / folder / "complete").exists():
            return None
    return chosen


def driver_sources() -> list:
    """Files that the lab's own driver is built of."""
    folder = pathlib.Path(__file__).resolve().parent / "driver"
    return sorted([*folder.glob("*.c"), *folder.glob("*.h"), folder / "Kbuild"])


def driver_dir(chosen: dict) -> pathlib.Path:
    """Where the driver built of these sources for that kernel lies, or will: work trees with other sources have others."""
    digest = hashlib.sha256()
    for path in driver_sources():
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return root() / f"driver-{chosen['kernel_dir'].removeprefix('kernel-')}-{digest.hexdigest()[:16]}"


def logging_dir(chosen: dict) -> pathlib.Path:
    """Where vfio.ko and the driver lie that were built with IOMMUFD_DRIVER, which a distribution's kernel may lack."""
    return root() / driver_dir(chosen).name.replace("driver-", "logging-", 1)


def headers_dir(chosen: dict) -> pathlib.Path:
    """Where the headers of that kernel lie, unpacked and made ready to build against."""
    return root() / f"headers-{chosen['kernel_dir'].removeprefix('kernel-')}"
