# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the guest's initramfs: busybox, guest-init and the kernel modules, as a gzipped newc archive.
"""Written here and not with cpio: it needs no root for the device nodes, and the result is the same on every machine."""

import gzip
import pathlib
import stat


class Archive:
    def __init__(self):
        self.parts = []
        self.inode = 0

    def entry(self, name: str, mode: int, data: bytes = b"", device: tuple = (0, 0)) -> None:
        self.inode += 1
        path = name.encode() + b"\0"
        fields = [self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, device[0], device[1], len(path), 0]
        header = b"070701" + b"".join(b"%08x" % field for field in fields) + path
        self.parts.append(header + b"\0" * (-len(header) % 4) + data + b"\0" * (-len(data) % 4))

    def folder(self, name: str) -> None:
        self.entry(name, stat.S_IFDIR | 0o755)

    def finish(self) -> bytes:
        self.entry("TRAILER!!!", 0)
        return gzip.compress(b"".join(self.parts), compresslevel=1)


def write(target: pathlib.Path, busybox: pathlib.Path, init: pathlib.Path, kernel: pathlib.Path) -> None:
    archive = Archive()
    for name in ("bin", "dev", "proc", "sys", "modules", "host", "lower", "upper", "share"):
        archive.folder(name)
    # The console must exist before devtmpfs is mounted, or init runs without one.
    archive.entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.entry("bin/busybox", stat.S_IFREG | 0o755, busybox.read_bytes())
    archive.entry("init", stat.S_IFREG | 0o755, init.read_bytes())
    archive.entry("modules.order", stat.S_IFREG | 0o644, (kernel / "modules.order").read_bytes())
    for module in sorted((kernel / "modules").iterdir()):
        archive.entry(f"modules/{module.name}", stat.S_IFREG | 0o644, module.read_bytes())
    target.write_bytes(archive.finish())
