#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layering test: reads the real #include graph and the text of the tree, and refuses what the house forbids."""
import os
import re
import sys
from pathlib import Path

CODE = {".h", ".hpp", ".cpp", ".cc"}
HEADERS = {".h", ".hpp"}
SCRIPTS = {".py", ".sh"}
TEXT = CODE | SCRIPTS | {".md", ".txt", ".cmake", ".json", ".xml", ".in", ".desktop", ".1", ".c", ".supp", ".svg", ".qrc", ".ts", ""}
# Code that goes into a kernel is written in the kernel's style, under its licence.
KERNEL_CODE = re.compile(r"^tests/lab/driver/[^/]*\.[ch]$")
TOP_FOLDERS = {"app", "core", "ui", "resources", "tests", "packaging"}

# Who may include whom. core/ folders see the ones named here and themselves; this is the whole table.
CORE_SEES = {
    "base": set(),
    "uapi": {"base"},
    "device": {"base", "uapi"},
    "host": {"base", "uapi", "device"},
    "vfio": {"base", "uapi", "device"},
    "kernel": {"base", "uapi", "device", "host", "vfio"},
    "sim": {"base", "uapi", "device", "host", "vfio"},
    "transfer": {"base", "uapi", "device", "vfio"},
    "check": {"base", "uapi", "device", "vfio", "transfer"},
}
UI_SEES = {"base", "device", "transfer", "check"}
UI_SEES_FILES = {"core/vfio/backend.h"}

# Dear headers: (pattern, most source files that may have it, most headers, reason).
DEAR = [
    (re.compile(r"nlohmann/json\.hpp$"), 6, 0, "4 s of compile time a file, 22 s with sanitizers"),
    (re.compile(r"^CLI/"), 1, 0, "9 s of compile time a file, 80 s with sanitizers"),
    (re.compile(r"(^|/)qcustomplot\.h$"), 2, 2, "only the chart view and our plottables know the library"),
    (re.compile(r"^regex$"), 0, 0, "dear, and never needed here"),
    (re.compile(r"^iostream$"), 0, 0, "static constructors in every file; use fmt or cstdio"),
    (re.compile(r"^(format|print)$"), 0, 0, "the oldest supported compiler does not have it; use fmt"),
]
QT_MODULES = "Core|Gui|Widgets|Test|Svg|SvgWidgets|PrintSupport|Concurrent|Network|DBus|Xml|OpenGL"
QT_UMBRELLA = re.compile(rf"^(Qt({QT_MODULES})|Qt(?P<m>{QT_MODULES})/Qt(?P=m))$")
QT_HEADER = re.compile(r"^(Qt?[A-Z]\w*(/.*)?|qt?[a-z]\w*\.h)$")

TEST_FRAMEWORK = re.compile(r"^(gtest|gmock|benchmark)/|^Q(SignalSpy|Test)$")

# Time passes only through Clock, so that a virtual clock can jump; every descriptor is closed by an exec.
OWN_TIME = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep|clock_gettime)\s*\(|\b\w+_clock::now\b")
OWN_TIME_FILES = ("core/base/clock.", "core/transfer/recording_header.cpp")  # the latter: which wall-clock time t0 was
DESCRIPTOR = re.compile(
    r"(?<![\w>])::(open|openat|creat|memfd_create|eventfd|epoll_create1?|timerfd_create|signalfd|socket|socketpair|accept4?|"
    r"inotify_init1?|pipe2?|dup[23]?|mkostemp|mkstemp)\s*\((?P<rest>[^;]*);")
FLAGS_OF_ANOTHER = re.compile(r"CLOEXEC|\b\w*[fF]lags\b")  # a wrapper hands its caller's flags on

LINES_SOFT, LINES_HARD = 400, 800

# Words of one person's desk, which mean nothing to a reader of the tree. In pieces, so that this file does not contain them.
FORBIDDEN = [
    (re.compile(r"(?<![\w.])/wo" r"rk/"), "a path of one machine"),
    (re.compile(r"\bfa" r"rm-"), "a name of one workplace"),
    (re.compile(r"shared/(design|refe" r"rence)"), "a path of one machine"),
    (re.compile(r"\.lib" r"rary/"), "a path of one machine"),
    (re.compile(r"/tmp/bu" r"ild-"), "a path of one machine"),
    (re.compile(r"\btr" r"ap \d+", re.I), "a number of private notes: state the fact itself"),
    (re.compile(r"\bis" r"sue \d+", re.I), "a number of a private list"),
    (re.compile(r"\bhel" r"per [A-Z]\b"), "a name of one workplace"),
    (re.compile(r"\b(deb|ftp|security|snapshot)\.deb" r"ian\.org|\bpyp" r"i\.org|crates\.i" r"o\b|registry\.np" r"mjs"),
     "a package-registry host: derive it from the machine's own sources"),
]
# Captures of real machines are data, not prose.
FORBIDDEN_SKIP = ("tests/data/", "LICENSE")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?P<open>[<"])(?P<path>[^>"]+)[>"]', re.M)


class Tree:
    """The files of a source tree, read once."""

    def __init__(self, root):
        self.root = Path(root)
        self.files = {}
        for folder, folders, names in os.walk(self.root):
            at = Path(folder).relative_to(self.root)
            top = at == Path(".")
            folders[:] = sorted(
                f for f in folders
                if f != "__pycache__" and not (top and (f.startswith("build") or (f.startswith(".") and f != ".ci")))
            )
            for name in sorted(names):
                path = at / name
                if path.suffix in TEXT and not (top and name.startswith(".") and name != ".editorconfig"):
                    try:
                        self.files[path.as_posix()] = (self.root / path).read_text("utf-8")
                    except (UnicodeDecodeError, OSError):
                        continue  # binaries without a suffix

    def code(self):
        return ((p, t) for p, t in self.files.items() if Path(p).suffix in CODE and p.split("/")[0] in TOP_FOLDERS)

    @staticmethod
    def includes(text):
        """(line number, path, quoted) of every #include, comments and strings ignored as far as a line tells."""
        for match in INCLUDE.finditer(text):
            yield line_at(text, match.start()), match["path"], match["open"] == '"'


def area_of(path):
    """'core/vfio', 'ui', 'app/cli', 'tests', …"""
    parts = path.split("/")
    if parts[0] == "core" and len(parts) > 2:
        return "core/" + parts[1]
    if parts[0] == "app" and len(parts) > 2:
        return "app/" + parts[1]
    return parts[0]


def forbidden_direction(source, target):
    """Why `source` may not include the project file `target`, or None."""
    from_area, to_area = area_of(source), area_of(target)
    if from_area == "tests":
        return None
    if to_area == "tests":
        return "product code includes test code"
    if from_area.startswith("core/"):
        folder = from_area.removeprefix("core/")
        if folder not in CORE_SEES:
            return f"core/{folder} is not in the table of layers"
        if not to_area.startswith("core/"):
            return f"core includes {to_area}"
        other = to_area.removeprefix("core/")
        if other != folder and other not in CORE_SEES[folder]:
            return f"core/{folder} may not see core/{other}"
    elif from_area == "ui":
        if to_area.startswith("app"):
            return "ui includes app"
        if to_area.startswith("core/") and to_area.removeprefix("core/") not in UI_SEES and target not in UI_SEES_FILES:
            return f"ui may not see {to_area} ({', '.join(sorted(UI_SEES_FILES))} excepted)"
    elif from_area == "app/cli" and to_area in ("ui", "app/gui"):
        return "the command line includes the window"
    return None


def check_direction(tree):
    for path, text in tree.code():
        folder = path.rsplit("/", 1)[0]
        if KERNEL_CODE.match(path):
            continue  # built in a folder of its own, by the kernel's rules
        for line, target, quoted in tree.includes(text):
            if not quoted:
                continue
            if target.startswith("..") or "/../" in target:
                yield f"{path}:{line}: include from the root of the tree, not by '..': {target}"
                continue
            if target.split("/")[0] not in TOP_FOLDERS:
                if f"{folder}/{target}" in tree.files:
                    yield f"{path}:{line}: include from the root of the tree: {folder}/{target}"
                continue  # generated (moc, ui) or a third-party header
            if why := forbidden_direction(path, target):
                yield f"{path}:{line}: {why}: {target}"


def check_cycles(tree):
    graph = {
        path: [t for _, t, quoted in tree.includes(text) if quoted and t in tree.files] for path, text in tree.code()
    }
    state = {}

    def visit(node, trail):
        state[node] = "open"
        for follower in graph.get(node, ()):
            if state.get(follower) == "open":
                yield f"{node}: include cycle: {' -> '.join(trail[trail.index(follower):] + [follower])}"
            elif follower not in state:
                yield from visit(follower, trail + [follower])
        state[node] = "done"

    for path in graph:
        if path not in state:
            yield from visit(path, [path])


def qt_free(path):
    return path.startswith(("core/", "app/cli/", "tests/core/", "tests/support/core/"))


def check_qt(tree):
    for path, text in tree.code():
        for line, target, quoted in tree.includes(text):
            if quoted:
                continue
            if qt_free(path) and QT_HEADER.match(target):
                yield f"{path}:{line}: no Qt here: <{target}>"
            elif QT_UMBRELLA.match(target):
                yield f"{path}:{line}: a whole Qt module's headers: <{target}>; include the classes"


def check_dear(tree):
    for pattern, most_sources, most_headers, reason in DEAR:
        sources, headers = [], []
        for path, text in tree.code():
            for line, target, _ in tree.includes(text):
                if pattern.search(target):
                    (headers if Path(path).suffix in HEADERS else sources).append(f"{path}:{line}")
                    break
        for found, most, what in ((sources, most_sources, "source files"), (headers, most_headers, "headers")):
            if len(found) > most:
                yield f"{found[most]}: {pattern.pattern} in {len(found)} {what}, at most {most} ({reason}): {', '.join(found)}"


def check_head(tree):
    for path, text in tree.files.items():
        suffix, name = Path(path).suffix, path.rsplit("/", 1)[-1]
        lines = text.split("\n")
        script = text.startswith("#!")
        if KERNEL_CODE.match(path):
            if not re.match(r"/[/*] SPDX-License-Identifier: GPL-2\.0-only( \*/)?$", lines[0]):
                yield f"{path}:1: the kernel's licence is missing at its top"
            continue
        if suffix in CODE:
            mark = "//"
        elif suffix in SCRIPTS or script or name == "CMakeLists.txt" or suffix == ".cmake":
            mark = "#"
        else:
            continue
        head = lines[1:4] if script else lines[0:3]
        if (len(head) < 3 or not head[0].startswith(f"{mark} SPDX-FileCopyrightText: ")
                or not head[1].startswith(f"{mark} SPDX-License-Identifier: ")):
            yield f"{path}:1: the two SPDX lines are missing at its top"
        elif name != "CMakeLists.txt" and not re.match(rf'({mark} |""")\S+ \S+', head[2]):
            yield f"{path}:{4 if script else 3}: one line that says what the file is must follow the SPDX lines"
        if suffix in HEADERS and not re.search(r"^#pragma once$", text, re.M):
            yield f"{path}:1: #pragma once is missing"


def line_at(text, position):
    return text.count("\n", 0, position) + 1


def without_comments(text):
    """The same lines with // comments blanked; strings holding // lose their tail, which no rule here minds."""
    return re.sub(r"//[^\n]*", "", text)


def check_calls(tree):
    for path, text in tree.code():
        if not path.startswith(("core/", "app/", "ui/")):
            continue
        for line, target, quoted in tree.includes(text):
            if not quoted and TEST_FRAMEWORK.search(target):
                yield f"{path}:{line}: product code includes a test framework: <{target}>"
        code = without_comments(text)
        if path.startswith("core/") and not path.startswith(OWN_TIME_FILES):
            for match in OWN_TIME.finditer(code):
                yield f"{path}:{line_at(code, match.start())}: time passes only through Clock: {match[0]}"
        for match in DESCRIPTOR.finditer(code):
            if not FLAGS_OF_ANOTHER.search(match["rest"]):
                yield f"{path}:{line_at(code, match.start())}: a descriptor without CLOEXEC: {match[0].split('(')[0]}"


def lines_of(text):
    return text.count("\n")


def check_size(tree):
    for path, text in tree.code():
        if lines_of(text) > LINES_HARD:
            yield f"{path}:1: {lines_of(text)} lines; split it (at most {LINES_HARD})"


def warn_size(tree):
    for path, text in tree.code():
        if LINES_SOFT < lines_of(text) <= LINES_HARD:
            yield f"{path}:1: warning: {lines_of(text)} lines; above {LINES_SOFT} a file wants splitting"


def check_words(tree):
    for path, text in tree.files.items():
        if path.startswith(FORBIDDEN_SKIP):
            continue
        for pattern, why in FORBIDDEN:
            for match in pattern.finditer(text):
                yield f"{path}:{line_at(text, match.start())}: {why}: {match[0]}"


def check_top(tree):
    for folder in sorted({p.split("/")[0] for p in tree.files if "/" in p} - TOP_FOLDERS - {".ci"}):
        yield f"{folder}: not a folder of this tree ({', '.join(sorted(TOP_FOLDERS))})"


CHECKS = [check_direction, check_cycles, check_qt, check_dear, check_calls, check_head, check_size, check_words, check_top]


def findings(root):
    tree = Tree(root)
    return [finding for check in CHECKS for finding in check(tree)], list(warn_size(tree)), len(tree.files)


def main(arguments):
    if len(arguments) != 2:
        print("usage: layering.py ROOT", file=sys.stderr)
        return 2
    errors, warnings, count = findings(arguments[1])
    for line in warnings + errors:
        print(line)
    print(f"layering: {count} files, {len(errors)} errors, {len(warnings)} warnings")
    if count == 0:
        print("layering: nothing was read: is this the root of the tree?")
    return 1 if errors or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
