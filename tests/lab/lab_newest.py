# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The lab's second kernel: the newest sources that the mirror has, small, with our own configuration and with the kernel's own checks.

import hashlib
import os
import pathlib
import re
import shutil
import tempfile
import time

import lab_cache
import lab_modules
from lab_apt import Apt, newer, run
from lab_cache import die, say

# By role, newest first where the distribution is orderly; the newest sources of them all are taken.
SUITES = ("unstable", "testing", "stable-backports")
CONFIG = pathlib.Path(__file__).resolve().parent / "kernel/config"


def newest(apt: Apt) -> dict:
    records = apt.records(*apt.names(r"linux-source-[0-9.]+"))
    if not records:
        die(f"none of {', '.join(SUITES)} has the kernel's sources")
    best = None
    for record in records.values():
        if best is None or newer(record["Version"], best["Version"]) > 0:
            best = record
    return best


def settings(text: str) -> dict:
    return dict(re.findall(r"(?m)^(CONFIG_\w+)=(.*)$", text))


def dropped(wanted: str, config: str) -> list:
    """Lines of ours that the kernel's own rules did not take."""
    have = settings(config)
    return [f"{key}={value} (it is {have.get(key, 'not set')})" for key, value in settings(wanted).items() if have.get(key, "n") != value]


def make_in(tree: pathlib.Path, *targets: str, **environment: str) -> str:
    """What make said; it is nobody's hurry: others on this machine come first."""
    return run("nice", "make", "-C", tree, f"-j{os.cpu_count() or 1}", *targets, env={**os.environ, "MAKEFLAGS": "", **environment})


def configure(tree: pathlib.Path) -> str:
    make_in(tree, "allnoconfig", KCONFIG_ALLCONFIG=str(CONFIG))
    config = (tree / ".config").read_text()
    if lost := dropped(CONFIG.read_text(), config):
        die("these lines of tests/lab/kernel/config do not stand in the kernel's configuration:\n  " + "\n  ".join(lost))
    return config


def make(apt: Apt, record: dict, folder: pathlib.Path) -> str:
    """The kernel's release. Takes minutes to tens of minutes."""
    headers = lab_cache.headers_dir(folder)
    for old in (folder, headers):
        shutil.rmtree(old, ignore_errors=True)
    file = apt.download([record])[0]
    with tempfile.TemporaryDirectory(dir=lab_cache.root()) as scratch_name:
        tree, installed = pathlib.Path(scratch_name) / "tree", pathlib.Path(scratch_name) / "installed"
        say(f"unpacking {record['Package']} (2 GB, for as long as it takes)")
        lab_modules.extract_sources(file, tree)
        file.unlink()
        config = configure(tree)
        say("building the kernel, which takes minutes to tens of minutes")
        began = time.monotonic()
        make_in(tree, "bzImage", "modules")
        say(f"the kernel was built in {time.monotonic() - began:.0f} s")
        release = run("make", "-s", "-C", tree, "kernelrelease").strip()
        make_in(tree, "modules_install", INSTALL_MOD_PATH=str(installed))
        # What the kernel's own packages of headers are made with.
        make_in(tree, "run-command", KBUILD_RUN_COMMAND=f"$(srctree)/scripts/package/install-extmod-build {headers}")
        lab_modules.put_modules(folder, lab_modules.module_closure(installed, release, "mtty"))
        shutil.copy(tree / "arch/x86/boot/bzImage", folder / "vmlinuz")
        shutil.copy(lab_modules.module_root(installed, release) / "modules.alias", folder / "modules.alias")
        (folder / "config").write_text(config)
    lab_cache.finish(folder, release, headers)
    return release


def ending() -> str:
    """Kernels of another configuration have other folders."""
    return f"-{hashlib.sha256(CONFIG.read_bytes()).hexdigest()[:8]}-layout{lab_cache.LAYOUT}"


def fits(chosen: dict) -> bool:
    return chosen["kernel_dir"].endswith(ending())


def take(apt: Apt) -> dict:
    """{kernel, release, kernel_dir, cdev_dir}: both are the same folder, since this kernel has all."""
    record = newest(apt)
    folder = lab_cache.root() / f"kernel-newest-{record['Version']}{ending()}"
    say(f"the newest kernel's sources here are {record['Package']} {record['Version']}")
    release = (folder / "complete").read_text().strip() if (folder / "complete").exists() else make(apt, record, folder)
    return {"kernel": f"{release} ({record['Version']})", "release": release, "kernel_dir": folder.name, "cdev_dir": folder.name}
