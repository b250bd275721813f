# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Judges the boots of the lab's own driver: what our programs said of each misbehaviour, and what the driver itself saw of them.
"""Times are asserted only where the driver made them (a latency, a pace: at least so long), and where one call of ours must lie
around the kernel's. Who keeps the rules is told by the driver's own truth, not by our programs."""

import json
import pathlib
import re

import checks
import driver_truth
import evidence
from lab_cache import say

FLAGS = (1, 3, 5, 7)
P2P, PRE_COPY = 2, 4
# Direct arcs by what a device has; evidence.ARCS is those of a device with all.
BASE = {("STOP", "STOP_COPY"), ("STOP_COPY", "STOP"), ("STOP", "RESUMING"), ("RESUMING", "STOP")}
WITHOUT_P2P = {("RUNNING", "STOP"), ("STOP", "RUNNING")}
WITH_P2P = {("RUNNING", "RUNNING_P2P"), ("RUNNING_P2P", "RUNNING"), ("RUNNING_P2P", "STOP"), ("STOP", "RUNNING_P2P")}
WITH_PRE_COPY = {("RUNNING", "PRE_COPY"), ("PRE_COPY", "RUNNING")}
# ENOMSG, 0: drained in pre-copy. Other than these a read fails only where it was told to.
ENOMSG, EAGAIN = 42, 11

MIB = 1 << 20


def arcs_of(flags: int) -> set:
    if flags == P2P | PRE_COPY | 1:
        return {(evidence.NAMES[a], evidence.NAMES[b]) for a, b in evidence.ARCS}
    return BASE | (WITH_P2P if flags & P2P else WITHOUT_P2P) | (WITH_PRE_COPY | {("PRE_COPY", "STOP_COPY")} if flags & PRE_COPY else set())


def source(flags: int) -> str:
    return f"{flags}0000000-0000-4000-8000-00000000000a"


def destination(flags: int) -> str:
    return f"{flags}0000000-0000-4000-8000-00000000000b"


A, B = source(7), destination(7)
BOTH_RUN = {A: "RUNNING", B: "RUNNING"}

# step -> (exit codes, what is said, the states in which the devices are left). Words of errors, of states, of what is to do.
FAULTS = {
    "fail-stay": ((1,), ("SET STOP_COPY", "EIO"), BOTH_RUN),
    "fail-moved": ((1,), ("SET STOP_COPY", "EIO"), BOTH_RUN),
    "fail-midway": ((1,), ("SET STOP_COPY", "EIO"), BOTH_RUN),
    "fail-error": ((1,), ("SET STOP_COPY", "EIO"), BOTH_RUN),
    "error-no-reset": ((5,), ("SET PRE_COPY", "EIO", "state: ERROR"), {A: "ERROR"}),
    "error-set": ((1,), ("nothing was sent to the device", "found in ERROR", "the way out has reset it"), {A: "RUNNING"}),
    "resuming-refused": ((1,), ("SET RESUMING", "EINVAL"), BOTH_RUN),
    "load-refused": ((1,), ("SET STOP", "EINVAL", "rejects the image"), BOTH_RUN),
    "load-error": ((1,), ("SET STOP", "EIO", "rejects the image"), BOTH_RUN),
    "run-refused": ((1,), ("SET RUNNING", "EIO"), BOTH_RUN),
    "no-fd-source": ((1,), ("SET PRE_COPY", "broke the protocol", "data fd that it owes"), BOTH_RUN),
    "no-fd-destination": ((1,), ("SET RESUMING", "broke the protocol", "data fd that it owes"), BOTH_RUN),
    "extra-fd": ((1,), ("SET PRE_COPY_P2P", "broke the protocol", "a data fd came"), BOTH_RUN),
    "endless": ((130,), ("cancelled",), BOTH_RUN),
    "stall-read": ((130,), ("stuck in read", "cancelled"), BOTH_RUN),
    "stall-stuck": ((1,), ("stuck in read", "interrupting it", "was interrupted"), BOTH_RUN),
    "stall-write": ((130,), ("stuck in write", "cancelled"), BOTH_RUN),
    "sleep-soft": ((130,), ("cancelled", "EINTR"), BOTH_RUN),
    "sleep-killable": ((137,), ("stuck in SET PRE_COPY_P2P",), BOTH_RUN),
    "sleep-hard": ((5,), ("stuck in SET PRE_COPY_P2P", "has not returned"), {}),
    "reset-again": ((0,), (), BOTH_RUN),
    "reset-busy": ((1,), ("RESET", "EBUSY"), BOTH_RUN),
    "reset-eio": ((1,), ("RESET", "EIO"), BOTH_RUN),
    "drift-source": ((1,), ("GET_PRECOPY_INFO", "ENODEV", "session has ended"), BOTH_RUN),
    "drift-error": ((1,), ("read", "ENODEV", "session has ended"), BOTH_RUN),
    "drift-destination": ((1,), ("write", "ENODEV", "session has ended"), BOTH_RUN),
    "kept-set": ((1,), ("found in STOP_COPY", "only a reset is safe", "the way out has reset it"), BOTH_RUN),
    "second-empty": ((1,), ("SET STOP", "EINVAL", "rejects the image"), BOTH_RUN),
    "cut-load": ((1,), ("SET STOP", "EINVAL", "rejects the image"), BOTH_RUN),
    "corrupt": ((1,), ("write", "EINVAL"), BOTH_RUN),
    "read-eio": ((1,), ("read", "EIO"), BOTH_RUN),
    "write-enomem": ((1,), ("write", "ENOMEM"), BOTH_RUN),
    "gives-up": ((1,), ("does not converge", "after 5 rounds"), BOTH_RUN),
    "dirty-refused": ((1,), ("DMA_LOGGING_START", "ENOSPC"), BOTH_RUN),
}
# Combined: the kernel walks the arcs, as it does for QEMU. Nothing is left to judge of who was killed, or of a call that came back too late.
COMBINED, KILLED = ("fail-midway", "qemu"), ("sleep-killable", "sleep-hard")
# A file stays open behind a call that does not return: the kernel closes it when it lets the process go.
FOUND = {"error-found", "error-set", "error-reset", "kept-show", "kept-set", "kept-reset"}


class DriverJudge(checks.Judge):
    def truth(self, step: str) -> dict:
        """device -> entries of the truth; {} and a failed check when it proves nothing."""
        try:
            return driver_truth.read(self.text(f"steps/{step}.truth"))
        except ValueError as error:
            self.expect(False, f"{step}: {error}")
            return {}

    def left(self, step: str, knob: str) -> dict:
        """device -> what a file of the driver's said after the step."""
        return dict(re.findall(rf"(?m)^/sys/bus/mdev/devices/([0-9a-f-]+)/lab/{knob}:(.*)$", self.text(f"steps/{step}.left")))

    def steps(self) -> list:
        return sorted(path.stem for path in (self.share / "steps").glob("*.truth"))

    def ready(self) -> bool:
        """The machine came up, the kernel is content, the driver went without leaving anything."""
        good = self.machine_is_whole()
        self.equal(self.text("knobs-refused").strip(), "", "knobs that the driver refused")
        self.equal(self.text("steps/removed.live").split(), ["devices", "0", "files", "0", "shared", "0"], "what the driver still has")
        self.equal(self.text("steps/rmmod.rc").strip(), "0", f"rmmod: {self.text('steps/rmmod.err').strip()}")
        return good

    def machine_is_whole(self) -> bool:
        self.equal(self.text("setup-failed").strip(), "", "the guest's machine")
        self.equal(self.text("steps-exit").strip(), "0", f"guest-steps ({self.text('steps.log').strip()[-300:]})")
        self.equal(checks.kernel_trouble(self.text("kernel.log")), [], "the guest's kernel log")
        self.equal(re.findall(r"(?m)^.*(?:not found|Permission denied|Invalid argument).*$", self.text("steps.log")), [], "guest-steps' own log")
        return self.expect("Linux version" in self.text("kernel.log"), "the kernel log is whole")

    def watched(self) -> None:
        """Of the steps that strace watched: both witnesses agree, and after a refused SET nothing is set before the state was read."""
        if not self.read_trace():
            return
        steps = sorted(path.stem for path in (self.share / "steps").glob("*.strace"))
        self.expect(len(steps) >= 15, f"strace watched the misbehaviours: {steps}")
        refused = 0
        for step in steps:
            events = self.events(step)
            self.witnesses(step)
            self.expect(any(e.is_get() for e in events), f"{step}: the kernel saw that the state was read")
            if step not in COMBINED:
                self.equal(evidence.violations(events, {}, may_stay=True, may_fail=True), [], f"{step}: rules broken, as the kernel saw it")
            refused += sum(e.is_set() and e.ret not in (0, None) for e in events)
        self.expect(refused >= 8, f"the kernel saw SETs refused: {refused}")

    def outlived(self) -> None:
        """A data file that is open alone keeps the module, and nothing but itself."""
        self.equal(self.text("steps/outlive.out").strip(), "open", f"outlive: {self.text('steps/outlive.err').strip()[-300:]}")
        self.equal(self.text("steps/outlive.live").split(), ["devices", "0", "files", "1", "shared", "1"], "outlive: what the driver has but the file")
        self.equal(self.text("steps/outlive-rmmod.rc").strip(), "1", "outlive: rmmod while a data file is open")
        self.says("outlive-rmmod", "in use")

    # --- the rules, as the driver saw them --------------------------------------------------------------------------
    def rules(self, least: int = 400, whole: bool = True) -> None:
        """`least`: SETs that the driver must have seen; `whole`: every arc of every type was gone."""
        total, walked = 0, {flags: set() for flags in FLAGS}
        for step in self.steps():
            for device, entries in self.truth(step).items():
                found = violations(entries, int(device[0]), step in COMBINED)
                self.equal(found, [], f"{step}: rules broken on {device}, as the driver saw it")
                total += sum(e.kind == "set" for e in entries)
                walked[int(device[0])] |= {(e.source, e.target) for e in entries if e.kind == "arc" and e.ret == 0}
            if step not in KILLED:
                lives = re.findall(r"/live:(files|sessions) (\d+)", self.text(f"steps/{step}.left"))
                self.equal([f"{what} {count}" for what, count in lives if count != "0"], [], f"{step}: what is still open in the driver")
        self.expect(total > least, f"the driver saw the SETs of the whole run (only {total})")
        for flags in FLAGS if whole else ():
            missing = arcs_of(flags) - walked[flags]
            self.equal(sorted(f"{a}->{b}" for a, b in missing), [], f"arcs of flags {flags} that no step went")

    # --- each type ----------------------------------------------------------------------------------------------------
    def types(self) -> None:
        topology = {d.get("name"): d for d in self.document("list", "migscope.topology/1").get("devices", [])}
        self.untouched("list")
        for flags in FLAGS:
            for device in (source(flags), destination(flags)):
                self.equal((topology.get(device) or {}).get("driver"), "miglab", f"list: driver of {device}")
            self.exits(f"show-{flags}", 0)
            shown, probe = self.shown(f"show-{flags}")
            self.equal((probe.get("flags"), probe.get("state"), probe.get("stop_copy_bytes"), shown.get("verdict")),
                       (flags, "RUNNING", MIB, "migratable"), f"show-{flags}: flags, state, size, verdict")
            self.exits(f"set-{flags}", 0)
            arcs = [(a.get("from"), a.get("to")) for a in self.document(f"set-{flags}", "migscope.arcs/1").get("arcs", [])]
            seen = [(e.source, e.target) for e in self.truth(f"set-{flags}").get(source(flags), []) if e.kind == "set"]
            self.equal(arcs, seen[:len(arcs)], f"set-{flags}: the walk as reported, and as the driver saw it")
            self.exits(f"save-{flags}", 0)
            self.equal(self.document(f"save-{flags}", "migscope.save/1").get("state_bytes"), MIB, f"save-{flags}: bytes")
            self.exits(f"load-{flags}", 0)
            self.loaded(f"load-{flags}", flags)
            self.moved(f"migrate-{flags}", flags, least=MIB)
            self.moved(f"final-{flags}", flags, exactly=MIB)
        self.untouched("final-list")

    def untouched(self, step: str) -> None:
        self.exits(step, 0)
        self.equal([e.kind for entries in self.truth(step).values() for e in entries], [], f"{step}: what the devices felt of it")

    def loaded(self, step: str, flags: int = 7) -> None:
        """The destination has checked every byte, and holds the source's state."""
        seeds, entries = self.left(step, "seed"), self.truth(step).get(destination(flags), [])
        self.expect(seeds and seeds.get(source(flags)) == seeds.get(destination(flags)), f"{step}: the state arrived: {seeds}")
        loads = [e for e in entries if e.kind == "loaded"]
        self.equal([e.ret for e in loads], [0] * max(1, len(loads)), f"{step}: loads, as the driver saw them")
        self.equal([e.a for e in entries if e.kind == "mismatch"], [], f"{step}: bytes that were not the source's")
        written = sum(e.ret for e in entries if e.kind == "write" and e.ret > 0)
        self.equal(sum(e.a for e in loads), written, f"{step}: bytes loaded, and written")

    def moved(self, step: str, flags: int = 7, exactly: int | None = None, least: int = 0, proves: bool = True) -> dict:
        """A migration that succeeds: sums of the report against the driver's, and the content."""
        self.exits(step, 0)
        report = self.document(step, "migscope.report/1")
        self.equal((report.get("outcome"), report.get("simulated")), ("ok", False), f"{step}: outcome")
        runs = report.get("runs") or [{}]
        entries = self.truth(step)
        read, written = (sum(e.ret for e in entries.get(device, []) if e.kind == kind and e.ret > 0)
                         for device, kind in ((source(flags), "read"), (destination(flags), "write")))
        reported = sum(run.get("state_bytes", -1) for run in runs)
        self.equal((read, written), (reported, reported), f"{step}: bytes read and written, as the driver saw them, and as reported")
        if exactly is not None:
            self.equal(runs[0].get("state_bytes"), exactly, f"{step}: state bytes")
        self.expect(runs[0].get("state_bytes", -1) >= least, f"{step}: at least {least} bytes: {runs[0].get('state_bytes')}")
        self.equal({d["name"]: d["final_state"] for d in runs[-1].get("devices", [])}.get(destination(flags)), "RUNNING", f"{step}: the destination runs")
        if proves:
            self.loaded(step, flags)
        return runs[0]

    def phase(self, run: dict, name: str) -> int:
        return next((p["duration_ns"] or 0 for p in run.get("phases", []) if p["name"] == name), 0)

    # --- sizes, paces, streams that are odd ------------------------------------------------------------------------
    def streams(self) -> None:
        settings = dict(re.findall(r"(?m)^(\w+)='?([^'\n]*)'?$", self.text("in/programs.env")))
        big = int(settings.get("big_mib", "0")) * MIB
        for flags in FLAGS:
            run = self.moved(f"big-{flags}", flags, least=big)
            self.expect(big > 0 and run.get("state_bytes", 0) < 1.2 * big, f"big-{flags}: not much more than the state")
        self.exits("save-big", 0)
        saved = min(big, 300 * MIB)
        self.equal(self.document("save-big", "migscope.save/1").get("state_bytes"), saved, "save-big: bytes")
        self.expect(int(self.text("steps/save-big.size") or 0) > saved, "save-big: the image holds them")
        self.exits("load-big", 0)
        self.loaded("load-big")
        for count in (0, 128, 1000003):
            self.moved(f"migrate-bytes-{count}", exactly=count, proves=count > 0)
        run = self.moved("truth", least=MIB)
        for name, least in (("stop", 3_000_000), ("save", 20_000_000), ("load", 50_000_000), ("resume", 6_000_000)):
            self.expect(self.phase(run, name) >= least, f"truth: the phase {name} took what its arcs were told to take: {run.get('phases')}")
        # A source that gives 8 MB/s for all but the initial bytes; the driver lets a reader catch up 50 ms.
        run = self.moved("paced-read", exactly=MIB)
        self.expect(self.phase(run, "save") >= 70_000_000, f"paced-read: the save took what the pace makes of it: {run.get('phases')}")
        run = self.moved("paced-write", exactly=MIB)
        self.expect(self.phase(run, "load") >= 380_000_000, f"paced-write: and the load its pace and its latency: {run.get('phases')}")
        self.moved("nonblock-ignored", exactly=40_000_000)
        for step in ("nonblock-enomsg", "no-poll", "short-calls", "no-initial", "size-small", "size-large", "size-leak", "size-errno"):
            self.moved(step, least=MIB)
        self.moved("precopy-zero", least=MIB)
        drained = [e for e in self.truth("precopy-zero").get(A, []) if e.kind == "read" and e.ret == 0]
        self.expect(len(drained) >= 2, "precopy-zero: a read of 0 in pre-copy was not taken for the end")
        short = self.truth("short-calls")
        self.expect(all(e.ret <= 4097 for e in short.get(A, []) if e.kind == "read"), "short-calls: the driver gave no more than it was told")
        self.expect(all(e.ret <= 1009 for e in short.get(B, []) if e.kind == "write"), "short-calls: and took no more")
        self.moved("reinit", exactly=17_000_000)
        infos = [json.loads(line) for line in self.text("files/reinit.migrec").splitlines() if '"kind":"precopy"' in line]
        # Before kernels with PRECOPY_INFOv2 the data come all the same, but nobody is told.
        told = self.shown("show-7")[1].get("precopy_info_v2") == "available"
        self.equal(any(info.get("reinit") for info in infos), told, f"reinit: said in the recording: {infos}")
        run = self.moved("never-converges", least=64 * MIB)
        self.expect(run.get("pairs", [{}])[0].get("precopy_rounds") == 5, f"never-converges: ended by its bound: {run.get('pairs')}")
        for step, word in (("size-leak-show", "0xfffffffffffffffb"), ("size-errno-show", "EIO")):
            self.exits(step, 0)
            _, probe = self.shown(step)
            self.equal(probe.get("stop_copy_bytes"), None, f"{step}: no size is made of an error")
            self.expect(word in str(probe.get("stop_copy_unknown")), f"{step}: and it is said: {probe.get('stop_copy_unknown')}")

    # --- misbehaviour -------------------------------------------------------------------------------------------------
    def faults(self) -> None:
        # Without IOMMUFD_DRIVER the kernel has no bitmap for a report.
        bitmap = re.search(r"(?m)^CONFIG_IOMMUFD_DRIVER=y", self.text("in/config"))
        dirty = ((0,), (), BOTH_RUN) if bitmap else ((1,), ("DMA_LOGGING_REPORT", "EOPNOTSUPP", "IOMMUFD_DRIVER"), BOTH_RUN)
        for step, (codes, words, states) in {**FAULTS, "dirty": dirty}.items():
            self.exits(step, *codes)
            self.says(step, *words)
            seen = self.left(step, "state")
            self.equal({d: seen.get(d) for d in states}, states, f"{step}: where the devices are, as the driver says")
        for step in ("error-found", "kept-show"):
            self.exits(step, 0)
            self.equal(self.shown(step)[1].get("needs_reset"), True, f"{step}: says that the device needs a reset")
        self.state("error-found", "ERROR")
        self.state("kept-show", "STOP_COPY")
        for step in ("error-reset", "kept-reset", "kept-after"):
            self.exits(step, 0)
        self.state("kept-after", "RUNNING")
        self.equal(sum(e.kind == "reset" for e in self.truth("reset-again").get(A, [])), 3, "reset-again: asked until it was not busy")
        # What was sent can be told of a stream that is cut or altered only by who checks it.
        self.exits("cut-save", 0)
        self.equal(self.document("cut-save").get("state_bytes"), 500000, "cut-save: bytes")
        self.exits("cut-taken", 0)
        self.equal([e.a for e in self.truth("corrupt").get(B, []) if e.kind == "mismatch"], [699999], "corrupt: the byte that the destination found")
        self.exits("second-empty-taken", 0)
        self.equal([r.get("state_bytes") for r in self.document("second-empty-taken", "migscope.report/1").get("runs", [])], [MIB, 0],
                   "second-empty-taken: bytes of both runs")

    def qemu(self) -> None:
        """QEMU takes the device as a PCI function and moves it: the driver's own account must be that of QEMU's events."""
        said = self.text("steps/qemu-save.out")
        self.expect(f'"device": {0x4c07}, ' in said and f'"vendor": {0x4d53}' in said, "qemu: query-pci has the function")
        # The machine did not run before the first and does after the second.
        events = [re.findall(r'"device-state": "([a-z0-9-]+)"', self.text(f"steps/qemu-{part}.out")) for part in ("save", "load")]
        truth = self.truth("qemu")
        for step, device, seen in (("save", A, events[0]), ("load", B, events[1])):
            self.expect('"status": "completed"' in self.text(f"steps/qemu-{step}.out"), f"qemu: its migration completed ({step}): {self.text(f'steps/qemu-{step}.err')[-300:]}")
            states = [e.target.lower().replace("_", "-") for e in truth.get(device, []) if e.kind == "set" and e.ret == 0]
            self.equal([s for s in seen if s in states], seen, f"qemu: states that it told of ({step}), and that the driver saw: {states}")
        self.loaded("qemu")
        self.expect(any(e.kind == "loaded" and e.a >= 8_000_000 for e in truth.get(B, [])), "qemu: the whole state arrived")

    def dirty_pages(self) -> None:
        """DMA logging: what we count round by round is what the driver set in that report."""
        for step, ranges, each in (("nothing", 1, 0), ("rate", 1, None), ("stride", 2, 2341 + 37), ("large-pages", 1, 147)):
            self.exits(step, 0)
            document = self.document(step, "migscope.dirty/1")
            entries = self.truth(step).get(A, [])
            counts = [e.a for e in entries if e.kind == "log-read" and e.ret == 0]
            told = [sum(counts[i:i + ranges]) for i in range(0, len(counts), ranges)]
            seen = [r.get("dirty_pages") for r in document.get("rounds", [])]
            self.expect(seen, f"{step}: has rounds")
            self.equal(seen, told, f"{step}: pages of each round, ours and the driver's")
            if each is not None:
                self.equal(set(seen), {each}, f"{step}: pages of each round")
            self.equal(document.get("nothing_written"), step == "nothing", f"{step}: whether anything was written")
            self.equal([e.kind for e in entries if e.kind in ("log-start", "log-stop")], ["log-start", "log-stop"], f"{step}: started and stopped once")
        self.equal(self.document("large-pages").get("page_bytes"), 65536, "large-pages: the device's page, not the one that was asked for")
        # Twenty thousand pages a second, by the driver's own clock between its calls.
        reads = [e for e in self.truth("rate").get(A, []) if e.kind in ("log-start", "log-read")]
        for before, after in zip(reads, reads[1:]):
            wanted, most = (after.begin - before.end) * 20_000 // 10**9, (after.end - before.begin) * 20_000 // 10**9 + 2
            self.expect(wanted - 2 <= after.a <= most, f"rate: {after.a} pages where {wanted} to {most} were written")
        self.exits("sweep", 0)
        self.exits("refused", 1)
        self.says("refused", "DMA_LOGGING_START", "ENOSPC")

    # --- our figures and the kernel's ---------------------------------------------------------------------------------
    def stamps(self) -> None:
        for step in driver_truth.STEPS:
            try:
                rows = driver_truth.rows(*driver_truth.load(self.share, step))
            except (ValueError, KeyError, StopIteration, IndexError, OSError) as error:
                self.expect(False, f"{step}: our record and the kernel's cannot be compared: {error!r}")
                continue
            self.expect(len(rows) >= 10, f"{step}: arcs and phases compared: {len(rows)}")
            for row in rows:
                if row.before is not None:
                    self.expect(row.before >= 0 and row.after >= 0, f"{step}: {row.what}: our call lies around the kernel's: {row}")
                # Whatever the emulator's load: a figure that leaves the kernel's by so much is another figure.
                elif row.what.startswith(("phase", "downtime", "calls")):
                    slack = max(5_000_000, row.kernel // 10)
                    self.expect(abs(row.ours - row.kernel) <= slack, f"{step}: {row.what}: ours and the kernel's: {row}")


def violations(entries: list, flags: int, combined: bool) -> list:
    """What breaks the rules on one device in one step, by the driver's own account."""
    found, here, arcs, opened, reset = [], "RUNNING", [], False, True
    allowed = arcs_of(flags)
    for entry in entries:
        if entry.kind == "open":
            here, opened, arcs = entry.source, True, []
            reset = here == "RUNNING"
        elif entry.kind == "arc":
            arcs.append(entry)
        elif entry.kind == "set":
            if not opened:
                found.append(f"SET {entry.target} on a device that nobody opened")
            if not reset:
                found.append(f"SET {entry.target} on a device found in {here}: it may only be reset")
            if entry.source == "ERROR":
                found.append(f"SET {entry.target} in ERROR")
            if not combined and (entry.source, entry.target) not in allowed:
                found.append(f"SET {entry.source} -> {entry.target} is no arc of flags {flags}")
            if not combined and len(arcs) > 1:
                found.append(f"SET {entry.target} went {len(arcs)} arcs")
            arcs = []
        elif entry.kind == "reset" and entry.ret == 0:
            reset = True
        elif entry.kind == "close":
            opened = False
    if opened:
        found.append("nobody closed it")
    return found


def judge(share: pathlib.Path, cli: pathlib.Path) -> int:
    """Number of failed checks; each is printed."""
    judge_ = DriverJudge(share, cli)
    if judge_.ready():
        judge_.watched_over()
        judge_.types()
        judge_.streams()
        judge_.faults()
        judge_.qemu()
        judge_.stamps()
        judge_.outlived()
        judge_.watched()
        judge_.rules()
    say(f"{judge_.passed} checks passed, {judge_.failed} failed; kernel {judge_.text('kernel-release').strip()}, "
        f"machine ready after {judge_.text('machine-ready').strip()} s, steps done at {judge_.text('steps-done').strip()} s")
    return judge_.failed


def judge_dirty(share: pathlib.Path, cli: pathlib.Path) -> int:
    judge_ = DriverJudge(share, cli)
    if judge_.ready():
        judge_.watched_over()
        judge_.dirty_pages()
    say(f"{judge_.passed} checks passed, {judge_.failed} failed; kernel {judge_.text('kernel-release').strip()}, "
        f"steps done at {judge_.text('steps-done').strip()} s")
    return judge_.failed


def judge_stress(share: pathlib.Path, cli: pathlib.Path) -> int:
    judge_ = DriverJudge(share, cli)
    if judge_.ready():
        judge_.watched_over()
        judge_.equal(judge_.text("steps/chaos.rc").strip(), "0", f"chaos: {judge_.text('steps/chaos.err').strip()[-300:]}")
        counts = re.findall(r"(?m)^(\w+) (\d+) of (\d+)$", judge_.text("steps/chaos.out"))
        judge_.equal(len(counts), 12, "chaos: kinds of acts")
        for name, done, _ in counts:
            judge_.expect(int(done) > 0, f"chaos: some {name} succeeded")
        judge_.equal(judge_.text("steps/left-slabs").strip(), "", "objects of the driver that outlived it")
        judge_.equal(re.findall(r"(?m)^.*\b(?:lab_|vfio|mdev|iommufd)\w*\+.*$", judge_.text("steps/kmemleak")), [], "memory that nothing points to any more")
        for step in ("before", "after"):
            judge_.moved(step)
        say("chaos: " + judge_.text("steps/chaos.out").strip().replace("\n", ", "))
    say(f"{judge_.passed} checks passed, {judge_.failed} failed; kernel {judge_.text('kernel-release').strip()}, "
        f"steps done at {judge_.text('steps-done').strip()} s")
    return judge_.failed
