# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# apt for the lab: suites of the mirror that this machine uses, lists and downloads in the lab's own folder, nothing installed.
"""Suites are named by their role (CODENAME-backports, unstable, …) and hosts not at all: both come from this machine's own sources,
checked with the same keyring."""

import os
import pathlib
import re
import subprocess

import lab_cache
from lab_cache import die, say


def run(*command, **options) -> str:
    done = subprocess.run([str(c) for c in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def os_release(key: str) -> str:
    for line in pathlib.Path("/etc/os-release").read_text().splitlines():
        if line.startswith(key + "="):
            return line.split("=", 1)[1].strip().strip('"')
    return ""


def newer(left: str, right: str) -> int:
    if left == right:
        return 0
    return 1 if subprocess.run(["dpkg", "--compare-versions", left, "gt", right]).returncode == 0 else -1


class Apt:
    """apt pointed at some suites only, with lists and downloads in our own folder."""

    def __init__(self, cache: pathlib.Path, *suites: str):
        """`suites`: names that the mirror has; none: backports of this machine's release."""
        self.codename = os_release("VERSION_CODENAME")
        if not self.codename:
            die("this system names no release (VERSION_CODENAME in /etc/os-release); the lab is written for Debian")
        self.suites = suites or (f"{self.codename}-backports",)
        # Each choice of suites has its own lists: apt forgets those that its sources do not name.
        self.base = cache / ("apt-" + "-".join(self.suites))
        for folder in ("lists/partial", "archives/partial", "empty"):
            (self.base / folder).mkdir(parents=True, exist_ok=True)
        self.sources = self.base / "lab.sources"
        self.sources.write_text(self.stanza())
        self.options = []
        for key, value in {
            "Dir::Etc::SourceList": self.sources, "Dir::Etc::SourceParts": self.base / "empty",
            "Dir::State::Lists": self.base / "lists", "Dir::Cache::Archives": self.base / "archives",
            "Dir::Cache::pkgcache": "", "Dir::Cache::srcpkgcache": "",
            # The installed packages are no candidates here: only what the suite offers counts.
            "Dir::State::status": "/dev/null", "Acquire::Languages": "none", "Acquire::Retries": "3",
            # Without this an unreachable mirror is only a warning.
            "APT::Update::Error-Mode": "any",
            # As root apt drops to a user that cannot enter a private cache folder.
            "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        }.items():
            self.options += ["-o", f"{key}={value}"]

    def stanza(self) -> str:
        """Our suites of the very mirror, and with the very keyring, that this machine takes its release from."""
        for block in run("apt-get", "indextargets", "--no-release-info", "Created-By: Packages").split("\n\n"):
            target = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if target.get("Release") not in (self.codename, "stable") or target.get("Component") != "main":
                continue
            uri = target["Repo-URI"]
            text = f"Types: deb\nURIs: {uri}\nSuites: {' '.join(self.suites)}\nComponents: main\nArchitectures: amd64\n"
            keyring = self.keyring(target.get("Sourcesentry", ""))
            return text + (f"Signed-By: {keyring}\n" if keyring else "")
        die(f"no apt source of this machine offers {self.codename} main; the lab takes its kernel from the same mirror")

    @staticmethod
    def keyring(entry: str) -> str:
        """Signed-By of the source that apt names as FILE:NUMBER (the number of the stanza or of the line); a file path only."""
        name, _, number = entry.rpartition(":")
        if not name or not os.path.exists(name):
            return ""
        text = pathlib.Path(name).read_text()
        if name.endswith(".sources"):
            found = re.search(r"^Signed-By:[ \t]*(/\S+)", text, re.M)
        else:
            lines = text.splitlines()
            line = lines[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(lines) else ""
            found = re.search(r"signed-by=(/[^\s\]]+)", line)
        return found.group(1) if found else ""

    def update(self) -> None:
        run("apt-get", *self.options, "update")

    def records(self, *names) -> dict:
        """name -> the newest record of that name as a dict (Version, Depends, Size, …)."""
        result = {}
        if not names:
            return result
        out = subprocess.run(["apt-cache", *self.options, "show", *names], text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL).stdout
        for block in out.split("\n\n"):
            record = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(" "))
            name = record.get("Package")
            if name and (name not in result or newer(record["Version"], result[name]["Version"]) > 0):
                result[name] = record
        return result

    def names(self, pattern: str) -> list:
        return [n for n in run("apt-cache", *self.options, "pkgnames").split() if re.fullmatch(pattern, n)]

    def download(self, records: list) -> list:
        total = sum(int(r["Size"]) for r in records)
        say(f"downloads from {' and '.join(self.suites)}, {total / 1e6:.0f} MB in all, unpacked into {lab_cache.root()}, never installed:")
        for r in records:
            say(f"  {int(r['Size']) / 1e6:7.1f} MB  {r['Package']} {r['Version']}")
        folder = self.base / "archives"
        # apt-get download checks each file against the signed index.
        run("apt-get", *self.options, "download", *[f"{r['Package']}={r['Version']}" for r in records], cwd=folder)
        files = []
        for r in records:
            found = [f for f in folder.glob(f"{r['Package']}_*.deb")
                     if run("dpkg-deb", "-f", f, "Version").strip() == r["Version"]]
            if not found:
                die(f"apt downloaded no file for {r['Package']} {r['Version']}")
            files.append(found[0])
        return files
