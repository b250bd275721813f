#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""clang-format and clang-tidy over all C++ files of the tree or over the changed ones, in parallel, clean results remembered."""
import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE_FOLDERS = ("app/", "core/", "ui/", "tests/")
HEADERS = {".h", ".hpp"}
SOURCES = {".cpp", ".cc"}
# The lab's driver is in the kernel's style.
THIRD_PARTY = re.compile(r"(^|/)(third_party|qcustomplot)/|^tests/lab/driver/[^/]*\.h$")


def tool(name):
    """The newest installed one: tools carry their major version in the name, and an old clang cannot read std::expected."""
    found = [d / f for d in map(Path, os.environ.get("PATH", "").split(":")) if d.is_dir()
             for f in os.listdir(d) if re.fullmatch(rf"{name}-\d+", f)]
    wanted = [f for f in found if f.name == f"{name}-19"]
    if wanted:  # the formatting differs between versions: everybody uses the one that HACKING.md names
        return str(wanted[0])
    if found:
        return str(max(found, key=lambda f: int(f.name.rsplit("-", 1)[1])))
    return shutil.which(name) or sys.exit(f"{name} is not installed: packaging/dev deps lint")


def git(*arguments):
    """Lines of a git command, or None outside a repository; works in a checkout that belongs to somebody else."""
    done = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(ROOT), *arguments],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else None


def wanted(path):
    return (path.startswith(CODE_FOLDERS) and Path(path).suffix in HEADERS | SOURCES and not THIRD_PARTY.search(path)
            and (ROOT / path).is_file())


def all_files():
    listed = git("ls-files", "--cached", "--others", "--exclude-standard") if shutil.which("git") else None
    if listed is None:
        listed = [p.relative_to(ROOT).as_posix() for f in CODE_FOLDERS for p in (ROOT / f).rglob("*")]
    return sorted({p for p in listed if wanted(p)})


def changed_files(base):
    if git("rev-parse", "--git-dir") is None:
        print("not a git checkout: taking all files", file=sys.stderr)
        return all_files()
    changed = set((git("diff", "--name-only", "HEAD") or []) + (git("ls-files", "--others", "--exclude-standard") or []))
    if base:
        since = git("diff", "--name-only", f"{base}...HEAD")
        if since is None:
            since = git("diff", "--name-only", base, "HEAD")
        if since is None:
            sys.exit(f"{base} is not a commit of this repository")
        changed |= set(since)
    else:  # the first parent's side is what a merge found; a root commit (or a shallow clone's) has all its files
        last = git("diff", "--name-only", "HEAD^1", "HEAD")
        changed |= set(git("ls-tree", "-r", "--name-only", "HEAD") or [] if last is None else last)
    return sorted(p for p in changed if wanted(p))


def select(options):
    return changed_files(options.base) if options.changed else all_files()


# ------------------------------------------------------------------------------------------------ clang-format
def run_format(options):
    files = select(options)
    if not files:
        print("format: no files")
        return 0
    mode = ["-i"] if options.fix else ["--dry-run", "-Werror"]
    done = subprocess.run([tool("clang-format"), *mode, *files], cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    print(f"format: {len(files)} files")
    return done.returncode


# -------------------------------------------------------------------------------------------------- clang-tidy
def units_of(files):
    """The translation units that stand for the files: a header by its own .cpp, else by the first one that includes it."""
    sources = {f for f in all_files() if Path(f).suffix in SOURCES}
    units = []
    for path in files:
        if Path(path).suffix in SOURCES:
            units.append(path)
            continue
        own = Path(path).with_suffix(".cpp").as_posix()
        if own in sources:
            units.append(own)
            continue
        line = f'#include "{path}"'
        units += [s for s in sorted(sources) if line in (ROOT / s).read_text("utf-8")][:1]
    return sorted(set(units))


def dependencies(build, entry):
    """What the build knows that this object was made from (ninja's own record of the compiler's -MD), or None."""
    output = entry.get("output") or next(iter(re.findall(r" -o (\S+)", entry.get("command", ""))), "")
    done = subprocess.run(["ninja", "-C", str(build), "-t", "deps", output],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines or "deps not found" in lines[0] or "STALE" in lines[0]:
        return None
    return [line.strip() for line in lines[1:] if line.strip()]


def fingerprint(build, entry, version):
    """Names a clean result: same tool, rules, command line and text of everything included."""
    found = dependencies(build, entry)
    if found is None:
        return None
    digest = hashlib.sha256(version.encode())
    digest.update((ROOT / ".clang-tidy").read_bytes())
    digest.update(entry.get("command", "").encode())
    for name in sorted(found):
        path = (build / name).resolve()
        digest.update(str(path).encode())
        try:
            if path.is_relative_to(ROOT):
                digest.update(path.read_bytes())
            else:
                stat = path.stat()
                digest.update(f"{stat.st_size} {stat.st_mtime_ns}".encode())
        except OSError:
            return None
    return digest.hexdigest()


def run_tidy(options):
    units = units_of(select(options))
    if options.list:
        print("\n".join(units))
        return 0
    build = Path(options.build).resolve()
    entries = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = Path(entry["directory"], entry["file"]).resolve()
        if path.is_relative_to(ROOT):
            entries.setdefault(path.relative_to(ROOT).as_posix(), entry)
    skipped = [u for u in units if u not in entries]
    units = [u for u in units if u in entries]
    for unit in skipped:
        print(f"tidy: {unit} is not part of this build: not checked")

    binary = tool("clang-tidy")
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME") or "/tmp", ".cache"), "migscope-tidy")
    cache.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + options.seconds if options.seconds else None
    remembered, late, failed = [], [], []

    def check(unit):
        key = fingerprint(build, entries[unit], version)
        if key and (cache / key).exists():
            remembered.append(unit)
            return unit, 0, "", 0.0
        begin = time.monotonic()
        if deadline and begin > deadline:
            late.append(unit)
            return unit, 0, "", 0.0
        done = subprocess.run([binary, "--quiet", "-p", str(build), "--extra-arg=-Wno-unknown-warning-option", unit],
                              cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        if done.returncode == 0 and key:
            (cache / key).touch()
        return unit, done.returncode, done.stdout + (done.stderr if done.returncode else ""), time.monotonic() - begin

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for unit, code, text, seconds in pool.map(check, units):
            if code != 0:
                failed.append(unit)
                print(text.rstrip())
                print(f"tidy: {unit}: FAILED, {seconds:.0f} s", flush=True)
            elif seconds > 0:
                print(f"tidy: {unit}: ok, {seconds:.0f} s", flush=True)
    for unit in late:
        print(f"tidy: {unit}: no time left: NOT checked")
    print(f"tidy: {len(units)} files, {len(remembered)} unchanged since they were clean, {len(failed)} failed, "
          f"{len(late)} not checked for want of time")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    both = argparse.ArgumentParser(add_help=False)
    both.add_argument("--changed", action="store_true", help="only what the last commit and the work tree changed")
    both.add_argument("--base", help="with --changed: what changed since this commit")
    form = commands.add_parser("format", parents=[both])
    form.add_argument("--fix", action="store_true", help="format in place")
    tidy = commands.add_parser("tidy", parents=[both])
    tidy.add_argument("--build", default="build/dev", help="a build folder with compile_commands.json")
    tidy.add_argument("--list", action="store_true", help="only name the translation units")
    tidy.add_argument("--seconds", type=int, default=int(os.environ.get("MIGSCOPE_LINT_SECONDS") or 0),
                      help="start no further file after this time (0: no limit)")
    tidy.add_argument("-j", dest="jobs", type=int, default=os.cpu_count() or 2)
    options = parser.parse_args()
    return run_format(options) if options.command == "format" else run_tidy(options)


if __name__ == "__main__":
    sys.exit(main())
