# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Boots the lab's guest once: QEMU by emulation only, the host's root read-only, one writable share, a time limit.
"""What the guest has to say comes back as files in the share. The console is kept for people and never parsed."""

import ctypes
import dataclasses
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import tarfile
import time

import initramfs
import lab_cache


@dataclasses.dataclass
class Suite:
    """One boot: what its machine is made of and what is done in it."""

    name: str
    machine: pathlib.Path  # sourced by guest-init as root of the guest
    steps: pathlib.Path
    files: dict = dataclasses.field(default_factory=dict)  # name in the share's `in` -> file of the host
    memory: int = 768  # MiB
    devices: bool = True  # PCI devices and an IOMMU, for VFIO's physical side
    limit: float = 200  # seconds that the steps may take
    append: str = ""


class Outcome:
    """How a boot ended; `finished` is the only good end."""

    def __init__(self, reached_init: bool, finished: bool, seconds: float, text: str):
        self.reached_init = reached_init
        self.finished = finished
        self.seconds = seconds
        self.text = text


PCI_DEVICES = [
    "-device", "intel-iommu,caching-mode=on",
    "-blockdev", "driver=null-co,node-name=disk,size=1048576,read-zeroes=on",
    "-device", "pcie-root-port,id=port1,chassis=1,slot=1,bus=pcie.0,addr=8",
    "-device", "pcie-root-port,id=port2,chassis=2,slot=2,bus=pcie.0,addr=9",
    "-device", "pcie-root-port,id=port3,chassis=3,slot=3,bus=pcie.0,addr=a",
    # Behind a conventional bridge nothing separates functions: both share one group.
    "-device", "pcie-root-port,id=port4,chassis=4,slot=4,bus=pcie.0,addr=b", "-device", "pcie-pci-bridge,id=conventional,bus=port4",
    # No option ROMs: nothing boots from these, and the files are another package's.
    "-device", "e1000,bus=conventional,addr=1,romfile=", "-device", "e1000,bus=conventional,addr=2,romfile=",
    "-device", "igb,bus=port1,romfile=", "-device", "e1000e,bus=port2,romfile=", "-device", "nvme,bus=port3,drive=disk,serial=lab",
]


def qemu_program(cache: dict) -> tuple:
    """(command, environment) of the emulator itself."""
    environment = dict(os.environ)
    command = ["qemu-system-x86_64"]
    if cache["qemu_dir"]:
        folder = lab_cache.root() / cache["qemu_dir"]
        environment["QEMU_MODULE_DIR"] = str(lab_cache.qemu_modules(folder))
        command = [str(folder / "usr/bin/qemu-system-x86_64"), "-L", str(folder / "usr/share/qemu"), "-L", str(folder / "usr/share/seabios")]
    return command, environment


def qemu_command(cache: dict, kernel: pathlib.Path, work: pathlib.Path, suite: Suite) -> tuple:
    """(command, environment). With devices: igb for its VFs, an e1000e, an NVMe and two e1000 in one group, behind an Intel IOMMU."""
    command, environment = qemu_program(cache)
    # An emulator on a busy host starves a processor for seconds: a lockup is one after 40 s. The boot's crypto self-tests are long.
    line = "console=ttyS0 loglevel=5 panic=-1 oops=panic softlockup_panic=1 watchdog_thresh=20 cryptomgr.notests nokaslr"
    command += [
        "-no-user-config", "-nodefaults", "-display", "none", "-monitor", "none", "-no-reboot",
        "-accel", "tcg,thread=multi", "-machine", "q35,kernel-irqchip=off", "-smp", "2", "-m", str(suite.memory),
        "-serial", f"file:{work / 'console.log'}",
        "-kernel", str(kernel / "vmlinuz"), "-initrd", str(work / "initrd.gz"),
        "-append", f"{line}{' intel_iommu=on' if suite.devices else ''} {suite.append}".strip(),
        "-virtfs", "local,path=/,mount_tag=hostroot,readonly=on,multidevs=remap,security_model=none",
        "-virtfs", f"local,path={str(work / 'share').replace(',', ',,')},mount_tag=labshare,multidevs=remap,security_model=none",
    ]
    return command + (PCI_DEVICES if suite.devices else []), environment


def die_with_parent() -> None:
    """A test runner that gives up kills the script with a signal nothing can catch; the guest must not outlive it."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def boot(cache: dict, kernel: pathlib.Path, work: pathlib.Path, here: pathlib.Path, suite: Suite, programs: dict, init_limit: float,
         limit: float) -> Outcome:
    """One boot of that kernel's folder with a fresh share. `programs`: variable -> program of the host (or another word); the guest runs it
    where it lies, from the host's own root. Blocks up to `limit` seconds."""
    shutil.rmtree(work, ignore_errors=True)
    share = work / "share"
    (share / "in").mkdir(parents=True)
    files = {"guest-steps": suite.steps, "guest-machine": suite.machine, "guest-lib": here / "guest-lib", "config": kernel / "config",
             "modules.alias": kernel / "modules.alias", **suite.files}
    for name, source in files.items():
        shutil.copy(source, share / "in" / name)
    (share / "in/limit").write_text(f"{suite.limit:.0f}\n")
    (share / "in/programs.env").write_text("".join(
        f"{name}={shlex.quote(str(value.resolve() if isinstance(value, pathlib.Path) else value))}\n" for name, value in programs.items()))
    initramfs.write(work / "initrd.gz", pathlib.Path(shutil.which("busybox")), here / "guest-init", kernel)
    command, environment = qemu_command(cache, kernel, work, suite)
    began = time.monotonic()
    with open(work / "qemu.log", "wb") as log:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   preexec_fn=die_with_parent)
        text = ""
        try:
            while process.poll() is None:
                passed = time.monotonic() - began
                if passed > limit:
                    text = f"the guest did not power off within {limit:.0f} s"
                    break
                if passed > init_limit and not (share / "init-reached").exists():
                    text = f"the guest did not reach init within {init_limit:.0f} s"
                    break
                time.sleep(0.1)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
    if (share / "work.tar").exists():
        with tarfile.open(share / "work.tar") as archive:
            # Written by our own guest; a capture has links that lead out of its folder. Older Pythons know no filters.
            archive.extraction_filter = getattr(tarfile, "fully_trusted_filter", None)
            archive.extractall(share)
        (share / "work.tar").unlink()
    finished = (share / "steps-done").exists() and (share / "kernel.log").exists()
    if not text and (share / "hung").exists():
        finished, text = False, (share / "hung").read_text().strip()
    if not text and not finished:
        text = f"QEMU ended (status {process.returncode}) before the guest was done"
    return Outcome((share / "init-reached").exists(), finished and not text, time.monotonic() - began, text)
