# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The lab's emulator: the installed one where it has igb, else a newer one unpacked into the cache.

import os
import shutil
import subprocess

import lab_cache
from lab_apt import Apt, run
from lab_cache import die


def has_igb(binary, *options, modules=None) -> bool:
    environment = {**os.environ, "QEMU_MODULE_DIR": str(modules)} if modules else None
    # The exit status is 0 for an unknown device too.
    out = subprocess.run([str(binary), *map(str, options), "-M", "none", "-device", "igb,help"], env=environment, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return "igb options" in out


def make_qemu(apt: Apt) -> tuple:
    """The system's QEMU when it emulates igb (SR-IOV), else the one of backports, unpacked beside it. (version, folder | None)."""
    system = shutil.which("qemu-system-x86_64")
    if not system:
        die("qemu-system-x86_64 is not installed (see tests/lab/packages)")
    if has_igb(system):
        return run(system, "--version").split("version ")[1].split()[0] + " (installed)", None
    records = apt.records("qemu-system-x86", "qemu-system-common", "qemu-system-data", "seabios")
    if "qemu-system-x86" not in records:
        die("the system's QEMU has no igb device and the backports suite offers no newer one")
    version = records["qemu-system-x86"]["Version"]
    name = f"qemu-{version.replace(':', '%')}"
    folder = lab_cache.root() / name
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        files = apt.download(list(records.values()))
        for file in files:
            run("dpkg", "-x", file, folder)
            file.unlink()
        unresolved = [line.strip() for line in run("ldd", folder / "usr/bin/qemu-system-x86_64").splitlines() if "not found" in line]
        if unresolved:
            die(f"QEMU {version} of backports lacks libraries here: {'; '.join(unresolved)}")
        if not has_igb(folder / "usr/bin/qemu-system-x86_64", "-L", folder / "usr/share/qemu",
                       modules=lab_cache.qemu_modules(folder)):
            die(f"QEMU {version} of backports has no igb device")
        (folder / "complete").write_text(version + "\n")
    return version, name
