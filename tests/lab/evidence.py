# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Reads what the guest's kernel and strace saw of a step, and holds every SET against the protocol's arcs.
"""Two witnesses below our own code: kernel probes (they see the payload of each device ioctl, and every open of a VFIO node)
and strace (it sees every open and ioctl of the process). Neither trusts what our program says about itself."""

import dataclasses
import errno
import re

ERROR, STOP, RUNNING, STOP_COPY, RESUMING, RUNNING_P2P, PRE_COPY, PRE_COPY_P2P = range(8)
NAMES = ["ERROR", "STOP", "RUNNING", "STOP_COPY", "RESUMING", "RUNNING_P2P", "PRE_COPY", "PRE_COPY_P2P"]

# Direct arcs of a device with P2P and pre-copy (PRE_COPY to STOP_COPY is none: it leads over PRE_COPY_P2P): one SET of ours may ask
# for exactly one of these.
ARCS = {
    (RUNNING, RUNNING_P2P), (RUNNING_P2P, RUNNING), (RUNNING_P2P, STOP), (STOP, RUNNING_P2P), (STOP, STOP_COPY), (STOP_COPY, STOP),
    (STOP, RESUMING), (RESUMING, STOP), (RUNNING, PRE_COPY), (PRE_COPY, RUNNING), (PRE_COPY, PRE_COPY_P2P), (PRE_COPY_P2P, PRE_COPY),
    (RUNNING_P2P, PRE_COPY_P2P), (PRE_COPY_P2P, RUNNING_P2P), (PRE_COPY_P2P, STOP_COPY),
}

DEVICE_FEATURE = 0x3B75
DEVICE_RESET = 0x3B6F
FEATURE_GET, FEATURE_SET, FEATURE_PROBE = 1 << 16, 1 << 17, 1 << 18
MIG_DEVICE_STATE = 2


@dataclasses.dataclass
class Event:
    """One line of the kernel's trace; of an ioctl `ret` and `answer` (the state in its payload then) are filled in from its return
    probe (None: it never returned, or has no such payload)."""

    kind: str
    thread: int
    file: int = 0
    cmd: int = 0
    flags: int = 0
    state: int = 0
    ret: int | None = None
    answer: int | None = None

    def is_feature(self, number: int, operation: int) -> bool:
        return self.kind == "device_ioctl" and self.cmd == DEVICE_FEATURE and self.flags == number | operation

    def is_get(self) -> bool:
        return self.is_feature(MIG_DEVICE_STATE, FEATURE_GET)

    def is_set(self) -> bool:
        return self.kind == "device_ioctl" and self.cmd == DEVICE_FEATURE and bool(self.flags & FEATURE_SET) \
            and self.flags & 0xFFFF == MIG_DEVICE_STATE

    def is_reset(self) -> bool:
        return self.kind == "device_ioctl" and self.cmd == DEVICE_RESET

    def is_open(self) -> bool:
        return self.kind.endswith("_open")


LINE = re.compile(r"^\s*.+-(\d+)\s+\[\d+\]\s+\S+\s+[\d.]+: (\w+): (.*)$")


def read_trace(text: str) -> dict:
    """step -> its events in order. Raises ValueError when the kernel's buffer lost entries: then it proves nothing."""
    counts = re.search(r"entries-in-buffer/entries-written: (\d+)/(\d+)", text)
    if not counts or counts.group(1) != counts.group(2):
        raise ValueError("the kernel's trace buffer overflowed or has no header")
    steps, step, waiting = {}, "", {}
    for line in text.splitlines():
        found = LINE.match(line)
        if not found:
            continue
        thread, kind, rest = int(found.group(1)), found.group(2), found.group(3)
        if kind == "tracing_mark_write":
            step = rest.strip().removeprefix("step=")
            steps.setdefault(step, [])
            continue
        values = {key: int(value, 0) for key, value in re.findall(r"(\w+)=(-?(?:0x)?[0-9a-f]+)\b", rest)}
        if kind == "device_ioctl_ret":
            if thread in waiting:
                call = waiting.pop(thread)
                call.ret, call.answer = values.get("ret"), values.get("state")
            continue
        event = Event(kind, thread, values.get("file", 0), values.get("cmd", 0), values.get("flags", 0), values.get("state", 0))
        if kind == "device_ioctl":
            waiting[thread] = event
        steps.setdefault(step, []).append(event)
    return steps


def name_of(state: int | None) -> str:
    return NAMES[state] if state is not None and 0 <= state < len(NAMES) else f"state {state}"


def violations(events: list, states: dict, start: int = RUNNING, may_stay: bool = False, arcs: set | None = None, may_fail: bool = False) -> list:
    """What in one step breaks the rules: a SET that is no direct arc from where the device was seen last, a refused or unreturned SET
    (a refused one may_fail; then the state must be read before another), a device given back in another state than RUNNING (unless
    may_stay). `start`: the state in which an opened device is found, where nothing asks for it. `arcs`: of the device, ARCS if not
    said. `states` (open file -> state, None: unknown) is carried from step to step, since a process may hold its device over several."""
    found, astray = [], set()
    for event in events:
        if event.is_set():
            here = states.get(event.file, start)
            if event.file in astray or (start != RUNNING and event.file not in states):
                found.append(f"SET {name_of(event.state)} on a device found in {name_of(here)}: it may only be reset")
            elif here is None:
                found.append(f"SET {name_of(event.state)} after a refused one, and nobody has read the state")
            elif (here, event.state) not in (arcs or ARCS) and here != event.state:
                found.append(f"SET {name_of(here)} -> {name_of(event.state)} is no arc of the protocol")
            if event.ret is None:
                found.append(f"SET {name_of(event.state)} never returned")
            elif event.ret != 0 and not may_fail:
                found.append(f"SET {name_of(here)} -> {name_of(event.state)} was refused by the kernel: {event.ret}")
            states[event.file] = event.state if event.ret == 0 else None
        elif event.is_get() and event.ret == 0 and event.answer is not None:
            if event.file not in states and event.answer != RUNNING:
                astray.add(event.file)
            states[event.file] = event.answer
        elif event.is_reset() and event.ret == 0:
            states[event.file] = RUNNING
            astray.discard(event.file)
        elif event.kind == "device_close" and event.file in states:
            state = states.pop(event.file)
            if state != RUNNING and not may_stay and event.file not in astray:
                found.append(f"the device was closed in {name_of(state)}")
            astray.discard(event.file)
    return found


def sets(events: list, file: int | None = None) -> list:
    return [e.state for e in events if e.is_set() and (file is None or e.file == file)]


STRACE_OPEN = re.compile(r"\b(?:open|openat|openat2|creat)\((.*)$")


def strace_opens(text: str) -> list:
    """(path, flags) of every successful or failed open; flags as a number, 0 when not shown."""
    result = []
    for line in text.splitlines():
        found = STRACE_OPEN.search(line)
        if not found:
            continue
        path = re.search(r'"((?:[^"\\]|\\.)*)"', found.group(1))
        rest = found.group(1)[path.end():] if path else ""
        flags = re.search(r",\s*(?:\{flags=)?(0x[0-9a-f]+|\d+)", rest)
        result.append((path.group(1) if path else "?", int(flags.group(1), 0) if flags else 0))
    return result


def is_device_node(path: str, flags: int) -> bool:
    """A VFIO or iommufd node; reading the folder of nodes is looking, not opening."""
    o_directory = 0x10000
    return bool(re.match(r"/dev/(vfio|iommu)(/|$)", path)) and not flags & o_directory


def strace_ioctls(text: str) -> list:
    """Numbers of every VFIO or iommufd ioctl (type ';')."""
    numbers = [int(n, 16) for n in re.findall(r"\bioctl\([^,]+, (0x[0-9a-f]+)", text)]
    return [n for n in numbers if n & 0xFF00 == 0x3B00]


def strace_results(text: str, request: int) -> dict:
    """thread -> results of its ioctls of that number, in order, as the kernel gives them: negative errnos; None: it never returned."""
    results, waiting = {}, {}
    for line in text.splitlines():
        call = re.match(r"(\d+) +(?:ioctl\([^,]+, (0x[0-9a-f]+)|<\.\.\. ioctl resumed>)", line)
        if not call:
            continue
        thread = int(call.group(1))
        if call.group(2) and int(call.group(2), 16) != request:
            continue
        ended = re.search(r"\) += (-?\d+|\?)(?: (E[A-Z0-9]+))?", line)
        if call.group(2):
            results.setdefault(thread, []).append(None)
            waiting[thread] = True
        if ended and waiting.pop(thread, False):
            name = ended.group(2)
            # A call that is to be restarted has an errno that no program sees.
            results[thread][-1] = int(ended.group(1)) if not name else -getattr(errno, name, 512)
    return results


def feature_results(events: list) -> dict:
    """The same, as the kernel's probes saw it."""
    results = {}
    for event in events:
        if event.kind == "device_ioctl" and event.cmd == DEVICE_FEATURE:
            results.setdefault(event.thread, []).append(event.ret)
    return results
