#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs the build into an empty folder and checks every file that must be there, each with its own validator."""
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

APP_ID = "io.github.migscope.Migscope"
DEMOS = Path(__file__).resolve().parents[2] / "resources/demos"
ALWAYS = ["share/man/man1/migscope-cli.1", "share/bash-completion/completions/migscope-cli",
          *(f"share/migscope/examples/{path.name}" for path in sorted(DEMOS.glob("*.migrec")))]
WITH_WINDOW = [
    "share/man/man1/migscope.1",
    "share/bash-completion/completions/migscope",
    f"share/applications/{APP_ID}.desktop",
    f"share/metainfo/{APP_ID}.metainfo.xml",
    f"share/mime/packages/{APP_ID}.xml",
    f"share/icons/hicolor/scalable/apps/{APP_ID}.svg",
]
VALIDATORS = {
    ".desktop": ["desktop-file-validate"],
    ".metainfo.xml": ["appstreamcli", "validate", "--no-net"],
    # groff itself: man(1) would need a pager, a locale and a database
    ".1": ["groff", "-man", "-Tutf8", "-ww", "-z"],
    "completions/migscope-cli": ["bash", "-n"],
    "completions/migscope": ["bash", "-n"],
}


def cache_value(build, name):
    for line in (build / "CMakeCache.txt").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return line.split("=", 1)[1]
    return ""


def run(*command, env=None):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, env=env)


def main(cmake, build):
    build = Path(build)
    window = cache_value(build, "MIGSCOPE_GUI") == "ON"
    programs = ["migscope-cli"] + (["migscope"] if window else [])
    complete = all((build / "bin" / p).exists() for p in programs)
    failures, skipped = [], []
    with tempfile.TemporaryDirectory() as prefix:
        done = run(cmake, "--install", build, "--prefix", prefix, *([] if complete else ["--component", "data"]))
        if done.returncode != 0:
            print(done.stdout + done.stderr)
            return 1
        wanted = ALWAYS + (WITH_WINDOW if window else []) + ([f"bin/{p}" for p in programs] if complete else [])
        for name in wanted:
            path = Path(prefix, name)
            if not path.is_file() or path.stat().st_size == 0:
                failures.append(f"{name}: not installed")
                continue
            for suffix, command in VALIDATORS.items():
                if not name.endswith(suffix):
                    continue
                if not shutil.which(command[0]):
                    skipped.append(f"{name}: {command[0]} is not here")
                    continue
                done = run(*command, path)
                if done.returncode != 0 or (suffix == ".1" and (done.stdout or done.stderr)):
                    failures.append(f"{name}: {' '.join(command)}: {done.stdout}{done.stderr}")
            if name.endswith((".svg", ".xml")):
                root = xml.parse(path).getroot()
                if name.endswith(".svg") and (not root.tag.endswith("}svg") or not root.get("viewBox")):
                    failures.append(f"{name}: not an SVG with a viewBox")
            if name.startswith("bin/"):
                # --help and --version only print: they must do so on a machine without a display
                environment = {k: v for k, v in os.environ.items()
                               if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
                for word in ("--help", "--version"):
                    done = run(path, word, env=environment)
                    if done.returncode != 0 or not done.stdout.strip():
                        failures.append(f"{name} {word}: exit {done.returncode}: {done.stderr}")
        strangers = sorted(p.relative_to(prefix).as_posix() for p in Path(prefix).rglob("*")
                           if p.is_file() and (p.name.endswith((".a", ".h")) or "gtest" in p.name))
        failures += [f"{name}: does not belong into an installation" for name in strangers]
        desktop = Path(prefix, f"share/applications/{APP_ID}.desktop")
        if desktop.is_file() and f"Icon={APP_ID}\n" not in desktop.read_text():
            failures.append("the desktop entry names another icon")
    for line in failures + skipped:
        print(line)
    if not complete:
        print(f"the programs are not built ({', '.join(programs)}): only the data was checked")
    print(f"install: {len(wanted)} files, {len(failures)} failures, {len(skipped)} checks skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: install_test.py CMAKE BUILD")
    sys.exit(main(sys.argv[1], sys.argv[2]))
