# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Reads the ground truth of the lab's own driver, and sets our programs' figures beside the kernel's own stamps.
"""The driver stamps every call with CLOCK_MONOTONIC as the kernel saw it (tests/lab/driver/README.md); a recording has the same
clock. So a call of ours must lie around the kernel's: what is more is the way there and back."""

import dataclasses
import errno
import json
import os
import pathlib
import re

KIND_SET, KIND_READ, KIND_WRITE = "set", "read", "write"
# The steps whose recordings are set beside the truth.
STEPS = ("migrate-1", "migrate-3", "migrate-5", "migrate-7", "truth", "paced-read", "big-7")


@dataclasses.dataclass
class Entry:
    """One line of the truth. `a` and `b` mean what driver/README.md says of the kind."""

    seq: int
    kind: str
    begin: int
    end: int
    pid: int
    source: str
    target: str
    ret: int
    a: int
    b: int


def read(text: str) -> dict:
    """device -> its entries in order. Raises ValueError when the ring lost some: then it proves nothing."""
    found, device = {}, None
    for line in text.splitlines():
        head = re.match(r"# miglab truth 1 device (\S+) lost (\d+)$", line)
        if head:
            device = head.group(1)
            found[device] = []
            if head.group(2) != "0":
                raise ValueError(f"the driver's ring lost {head.group(2)} entries of {device}")
            continue
        if line.startswith("#") or not line.strip():
            continue
        seq, kind, begin, end, pid, source, target, ret, a, b = line.split()
        found[device].append(Entry(int(seq), kind, int(begin), int(end), int(pid), source, target, int(ret), int(a), int(b)))
    return found


@dataclasses.dataclass
class Row:
    """One line of the table, in nanoseconds. `before` and `after`: how much longer our call is at either end, where it is one call;
    `calls`: how many it adds up, where it is not."""

    what: str
    ours: int
    kernel: int
    before: int | None = None
    after: int | None = None
    calls: int = 0

    @property
    def more(self) -> int:
        return self.ours - self.kernel


def arcs_of(events: list, header: dict) -> list:
    """The recording's arcs that succeeded, as (device name, from, to, call, return) on the kernel's clock."""
    base = header["clock"]["t0_ns"]
    names = {d.get("dev", i): d.get("name") for i, d in enumerate(header["devices"])}
    return [(names[e["dev"]], e["from"], e["to"], e["t_call_ns"] + base, e["t_return_ns"] + base)
            for e in events if e.get("kind") == "arc" and not e.get("errno")]


def arc_rows(recording: list, truth: dict) -> list:
    """Our arcs beside the kernel's, in order. Raises ValueError when they are not the same ones."""
    rows = []
    for device in sorted(truth):
        ours = [arc for arc in arcs_of(recording[1:], recording[0]) if arc[0] == device]
        sets = [e for e in truth[device] if e.kind == KIND_SET and e.ret == 0]
        if [(a[1], a[2]) for a in ours] != [(e.source, e.target) for e in sets]:
            raise ValueError(f"{device}: recorded {[(a[1], a[2]) for a in ours]}, the kernel saw {[(e.source, e.target) for e in sets]}")
        rows += [Row(f"{device[0]}{device[-1]} {a[1]} -> {a[2]}", a[4] - a[3], e.end - e.begin, e.begin - a[3], a[4] - e.end)
                 for a, e in zip(ours, sets)]
    return rows


def kernel_phases(source: list, destination: list) -> dict:
    """Phases of a migration between two devices by the kernel's stamps alone, cut as a report cuts them."""
    sets = [e for e in source if e.kind == KIND_SET and e.ret == 0]
    copy = next(i for i, e in enumerate(sets) if e.target == "STOP_COPY")
    # What takes a device out of full running: its last SET from RUNNING or PRE_COPY before the copy.
    stop = [e for e in sets[:copy + 1] if e.source in ("RUNNING", "PRE_COPY")][-1]
    saves = sets[copy].begin
    last = [e for e in source if e.kind == KIND_READ and e.ret == 0][-1]
    loads = [e for e in destination if e.kind == KIND_SET and e.ret == 0]
    loaded = next(e for e in loads if e.source == "RESUMING")
    running = [e for e in loads if e.target == "RUNNING"][-1]
    in_save = sum(e.end - e.begin for e in destination if e.kind == KIND_WRITE and saves <= e.begin <= last.end)
    return {"stop": saves - stop.begin, "save": last.end - saves - in_save, "load": loaded.end - last.end + in_save,
            "resume": running.end - loaded.end, "downtime": running.end - stop.begin}


def calls_and_waits(entries: list, kind: str) -> int:
    """Nanoseconds in calls on one data file, and from each that had nothing to give or take (EAGAIN) to the next: there we wait in
    poll, and what a device makes us wait for is its time, not ours."""
    calls = [e for e in entries if e.kind == kind]
    waits = sum(after.begin - e.end for e, after in zip(calls, calls[1:]) if e.ret == -errno.EAGAIN)
    return sum(e.end - e.begin for e in calls) + waits


def rows(recording: list, report: dict, truth: dict) -> list:
    """Arcs, calls on the data files, and phases of one run with one pair."""
    pair = report["runs"][0]["pairs"][0]
    source, destination = truth[pair["source"]], truth[pair["destination"]]
    result = arc_rows(recording, {pair["source"]: source, pair["destination"]: destination})
    kernel = kernel_phases(source, destination)
    result += [Row(f"phase {p['name']}", p["duration_ns"], kernel[p["name"]]) for p in pair["phases"]
               if p["name"] in kernel and p["duration_ns"] is not None]
    result.append(Row("downtime", pair["downtime_ns"], kernel["downtime"]))
    for what, key, entries, kind in (("calls and waits, source's file", "source_calls_ns", source, KIND_READ),
                                     ("calls and waits, destination's file", "destination_calls_ns", destination, KIND_WRITE)):
        if pair.get(key) is not None:
            result.append(Row(what, pair[key], calls_and_waits(entries, kind), calls=sum(e.kind == kind for e in entries)))
    return result


def load(share: pathlib.Path, step: str) -> tuple:
    """(recording's lines, report, truth) of a step that migrated with --record."""
    recording = [json.loads(line) for line in (share / f"files/{step}.migrec").read_text().splitlines()]
    return recording, json.loads((share / f"steps/{step}.out").read_text()), read((share / f"steps/{step}.truth").read_text())


def largest(found: list) -> list:
    """The largest difference of each sort, and what it is made of. `found`: (step, Row)."""

    def of(start: tuple) -> tuple:
        return max(((step, row) for step, row in found if row.what.startswith(start)), key=lambda pair: abs(pair[1].more))

    arc = max(((step, row) for step, row in found if row.before is not None), key=lambda pair: pair[1].more)
    phase, down, calls = of("phase"), of("downtime"), of("calls")
    each = calls[1].more / max(calls[1].calls, 1)
    return [
        "Largest differences", "",
        f"* arc: {arc[1].what} of {arc[0]}, {arc[1].more / 1e3:.1f} us, {arc[1].before / 1e3:.1f} of it on the way into the kernel and {arc[1].after / 1e3:.1f} on the",
        "  way back. Our stamps are taken next to the ioctl, the driver's inside it: entry and exit of the kernel, the VFIO core's lock",
        "  and copies, and whatever else the processor did meanwhile lie between. An arc that slept for long, or the first one of a",
        "  device, finds that way cold.",
        f"* calls on a data file: {calls[0]}, {calls[1].more / 1e3:.1f} us over {calls[1].calls} calls, {each / 1e3:.1f} us each: the same way in and out, once a call. A wait",
        "  in poll counts on both sides, from the call that had nothing (EAGAIN) to the next.",
        f"* phase: {phase[1].what.removeprefix('phase ')} of {phase[0]}, {phase[1].more / 1e3:+.1f} us: what the calls on the destination cost on their way lies in save for the driver",
        "  and in load for us. Both phases together differ as downtime does.",
        f"* downtime: {down[0]}, {down[1].more / 1e3:+.1f} us of {down[1].ours / 1e6:.1f} ms: the way into its first SET and back from its last.",
    ]


def machine() -> str:
    """Where the figures come from."""
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "unknown")
    return f"QEMU without KVM (TCG), 2 virtual processors, on {os.cpu_count()} cores of {model}"


def table(share: pathlib.Path, steps: tuple = STEPS) -> str:
    lines, found = [], []
    for step in steps:
        lines += ["", f"{step}", f"  {'arc or phase':<44}{'ours':>14}{'kernel':>14}{'more by':>12}{'before':>10}{'after':>10}"]
        for row in rows(*load(share, step)):
            found.append((step, row))
            ends = "".join(f"{'' if value is None else format(value / 1e3, '.1f'):>10}" for value in (row.before, row.after))
            lines.append(f"  {row.what:<44}{row.ours / 1e3:>14.1f}{row.kernel / 1e3:>14.1f}{row.more / 1e3:>12.1f}{ends}".rstrip())
    kernel = (share / "kernel-release").read_text().strip()
    head = ["Our figures beside the kernel's own stamps, in microseconds", f"Linux {kernel}; {machine()}"]
    return "\n".join(head + lines + [""] + largest(found))
