# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Judges what a run of the lab left in its share: our programs' answers, the kernel's and strace's evidence, the kernel log.
"""State here is 96 bytes moved in microseconds: order, counts and exact sums are asserted, never times."""

import json
import pathlib
import re
import subprocess

import evidence
from evidence import NAMES, PRE_COPY, PRE_COPY_P2P, RESUMING, RUNNING, STOP_COPY
from lab_cache import say

SOURCE, DESTINATION, LOOP, ORPHAN = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222",
                                     "33333333-3333-4333-8333-333333333333", "44444444-4444-4444-8444-444444444444")
MOST_LINES = 40
MTTY_FINDINGS = pathlib.Path(__file__).resolve().parent / "expected/mtty-check.json"
MTTY_FLAGS, MTTY_STATE_BYTES = 7, 96
# The header comes in pre-copy, the two ports' registers once stopped.
MTTY_INITIAL_BYTES = 24

KERNEL_TROUBLE = re.compile(
    r"\bBUG\b|\bWARNING:|\bOops:|soft lockup|hard LOCKUP|general protection|unable to handle|blocked for more than|use-after-free", re.I)
# The kernel's advice at boot uses the word too.
KERNEL_HARMLESS = re.compile(r"and report a bug", re.I)

ARC_WALK = ["RUNNING", "PRE_COPY", "PRE_COPY_P2P", "PRE_COPY", "RUNNING", "RUNNING_P2P", "PRE_COPY_P2P", "RUNNING_P2P", "STOP", "STOP_COPY",
            "STOP", "RUNNING_P2P", "RUNNING", "PRE_COPY", "PRE_COPY_P2P", "STOP_COPY", "STOP", "RUNNING_P2P", "RUNNING"]


def kernel_trouble(log: str) -> list:
    return [line for line in log.splitlines() if KERNEL_TROUBLE.search(line) and not KERNEL_HARMLESS.search(line)]


class Judge:
    def __init__(self, share: pathlib.Path, cli: pathlib.Path):
        self.share, self.cli = share, cli
        self.passed = self.failed = 0
        self.trace = {}

    def expect(self, condition, text: str) -> bool:
        if condition:
            self.passed += 1
        else:
            self.failed += 1
            if self.failed <= MOST_LINES:
                print(f"lab: FAILED: {text}"[:1000], flush=True)
            elif self.failed == MOST_LINES + 1:
                print("lab: FAILED: … and more, which the first ones explain", flush=True)
        return bool(condition)

    def equal(self, seen, wanted, text: str) -> bool:
        return self.expect(seen == wanted, f"{text}: wanted {wanted!r}, seen {seen!r}")

    # --- what a step left ---------------------------------------------------------------------------------------
    def text(self, name: str) -> str:
        path = self.share / name
        return path.read_text(errors="replace") if path.exists() else ""

    def code(self, step: str) -> int | None:
        text = self.text(f"steps/{step}.rc").strip()
        return int(text) if text else None

    def exits(self, step: str, *codes: int) -> bool:
        tail = self.text(f"steps/{step}.err").strip()[-400:]
        return self.expect(self.code(step) in codes, f"{step}: exit code {self.code(step)}, not {' or '.join(map(str, codes))}; it said: {tail}")

    def document(self, step: str, schema: str | None = None) -> dict:
        """The one JSON document of a step; {} (and a failed check) when there is none."""
        try:
            document = json.loads(self.text(f"steps/{step}.out"))
        except ValueError as error:
            self.expect(False, f"{step}: stdout is no JSON document: {error}")
            return {}
        if schema:
            self.equal(document.get("schema"), schema, f"{step}: schema")
        return document

    def events(self, step: str) -> list:
        self.expect(step in self.trace, f"{step}: the kernel's trace has no such step")
        return self.trace.get(step, [])

    def says(self, step: str, *words: str) -> None:
        """One line on stderr, or the error document, has these words."""
        text = self.text(f"steps/{step}.err") + self.text(f"steps/{step}.out")
        for word in words:
            self.expect(word.lower() in text.lower(), f"{step}: nothing said about {word!r}: {text.strip()[-400:]}")

    # --- the parts --------------------------------------------------------------------------------------------------
    def machine(self) -> bool:
        self.equal(self.text("setup-failed").strip(), "", "the guest's machine")
        self.equal(self.text("steps-exit").strip(), "0", f"guest-steps ({self.text('steps.log').strip()[-300:]})")
        self.equal(kernel_trouble(self.text("kernel.log")), [], "the guest's kernel log")
        self.expect("Linux version" in self.text("kernel.log"), "the kernel log is whole")
        self.equal(re.findall(r"(?m)^.*(?:not found|Permission denied).*$", self.text("steps.log")), [], "guest-steps' own log")
        return self.read_trace()

    def watched_over(self, warn: bool = True) -> None:
        """The kernel itself ends a boot in which an oops came or a processor was stuck (`warn`: or it warned): so it was told before the first
        step, and still behind the last. Without that a boot that comes to its end says little."""
        for when in ("before", "after"):
            said = dict((line.split(None, 1) + [""])[:2] for line in self.text(f"watch-{when}").splitlines() if line.strip())
            for name in ("panic_on_oops", "softlockup_panic", "watchdog", "soft_watchdog") + (("panic_on_warn",) if warn else ()):
                self.equal(said.get(name), "1", f"{name} in the guest, {when} the steps")
            # A lockup is one after twice that; what the guest runs under is slow, and more than a minute is no watch.
            seconds = said.get("watchdog_thresh", "")
            self.expect(seconds.isdigit() and 0 < int(seconds) <= 30, f"watchdog_thresh in the guest, {when} the steps: {seconds!r}")
            self.equal(said.get("watchdog_cpumask"), said.get("online", "unknown"), f"processors under watch, {when} the steps")

    def read_trace(self) -> bool:
        """What the kernel's probes saw, into self.trace."""
        try:
            self.trace = evidence.read_trace(self.text("trace.txt"))
        except ValueError as error:
            return self.expect(False, f"no evidence: {error}")
        return True

    def witnesses(self, step: str) -> None:
        """Where strace watched the step: thread by thread, the same features were asked with the same results as the kernel's probes saw."""
        trace = self.text(f"steps/{step}.strace")
        if trace:
            self.equal(evidence.strace_results(trace, evidence.DEVICE_FEATURE), evidence.feature_results(self.events(step)),
                       f"{step}: device features asked, strace against the kernel's probe")

    def passive(self, *steps: str) -> None:
        """Nothing opened: no VFIO node, no ioctl; and, where strace ran, nothing written and no config space read."""
        for step in steps:
            self.exits(step, 0)
            self.equal([e.kind for e in self.events(step)], [], f"{step}: VFIO nodes opened or device calls made, as the kernel saw it")
            trace = self.text(f"steps/{step}.strace")
            if not trace:
                continue
            opened = evidence.strace_opens(trace)
            self.expect(any("iommu_group" in path for path, _ in opened), f"{step}: strace saw the program look at the host at all")
            self.equal([p for p, f in opened if evidence.is_device_node(p, f)], [], f"{step}: device nodes opened, as strace saw it")
            self.equal([p for p, _ in opened if re.search(r"(^|/)config$", p) and not p.startswith(("/boot", "/etc", "/lab-work"))], [],
                       f"{step}: config files opened")
            self.equal([p for p, f in opened if f & 3 and not p.startswith(("/lab-work/", "/dev/null", "/dev/tty"))], [], f"{step}: opened for writing")
            self.equal(evidence.strace_ioctls(trace), [], f"{step}: VFIO ioctls, as strace saw it")

    def rules(self) -> None:
        """No SET outside the rules in any step, and both witnesses agree."""
        total, states = 0, {}
        for step, events in self.trace.items():
            start = RESUMING if step in ("orphan-show", "orphan-set", "orphan-reset") else RUNNING
            self.equal(evidence.violations(events, states, start, may_stay=step == "orphan-hold"), [], f"{step}: rules broken, as the kernel saw it")
            total += len(evidence.sets(events))
            self.witnesses(step)
        self.equal([evidence.name_of(state) for state in states.values()], [], "states of devices that nobody closed")
        self.expect(total > 60, f"the kernel saw the SETs of the whole run (only {total})")
        walked = {pair for step in ("arcs", "migrate", "load", "loopback", "arcs-resuming") for pair in self.pairs(step)}
        self.equal(sorted(f"{NAMES[a]}->{NAMES[b]}" for a, b in evidence.ARCS - walked), [], "arcs of the protocol that no step went")

    def pairs(self, step: str) -> set:
        """(from, to) of each SET of a step, device by device."""
        found, here = set(), {}
        for event in self.events(step):
            if event.is_set():
                found.add((here.get(event.file, RUNNING), event.state))
                here[event.file] = event.state
            elif event.is_reset():
                here[event.file] = RUNNING
            elif event.kind == "device_close":
                here.pop(event.file, None)
        return found

    def topology(self, machine: dict) -> None:
        topology = self.document("list", "migscope.topology/1")
        self.equal(topology.get("simulated"), False, "list: simulated")
        devices = {d.get("name"): d for d in topology.get("devices", [])}
        groups = {str(g.get("id")): g for g in topology.get("groups", [])}

        def group_of(name: str) -> dict:
            return groups.get(str(devices.get(name, {}).get("iommu_group")), {})

        for name in (SOURCE, DESTINATION, LOOP, ORPHAN):
            if self.expect(name in devices, f"list: has the mdev {name}"):
                self.equal(devices[name].get("bus"), "mdev", f"list: bus of {name}")
                self.equal(devices[name].get("driver"), "mtty", f"list: driver of {name}")
                self.equal(group_of(name).get("kind"), "emulated", f"list: kind of the group of {name}")
                self.expect(str(devices[name].get("vfio_dev") or "").startswith("vfio"), f"list: vfio_dev of {name}")
        for key, driver in (("VF", "vfio-pci"), ("NVME", "vfio-pci"), ("ALONE", "vfio-pci"), ("BLOCKED", "vfio-pci"), ("BLOCKER", "e1000"), ("PF", "igb")):
            name = machine[key]
            if self.expect(name in devices, f"list: has {key} {name}"):
                self.equal(devices[name].get("driver"), driver, f"list: driver of {key} {name}")
                self.equal(group_of(name).get("kind"), "physical", f"list: kind of the group of {key} {name}")
                self.equal(devices[name].get("verdict"), "not-migratable", f"list: verdict on {key} {name}")
        self.equal(group_of(machine["BLOCKED"]).get("viable"), False, "list: a group with a kernel driver beside vfio-pci is not viable")
        self.equal(group_of(machine["ALONE"]).get("viable"), True, "list: a group with vfio-pci alone is viable")
        self.equal(group_of(machine["BLOCKED"]).get("id"), group_of(machine["BLOCKER"]).get("id"), "list: both e1000 are in one group")
        for name, device in devices.items():
            if device.get("verdict") != "migratable":
                self.expect(device.get("reasons"), f"list: a reason why {name} is {device.get('verdict')}")
            for reason in device.get("reasons") or []:
                self.expect(reason.get("id") and reason.get("text") and reason.get("next"), f"list: reason of {name} has id, text and next: {reason}")

    def shown(self, step: str) -> tuple:
        """(device, probe) of a show document."""
        document = self.document(step, "migscope.show/1")
        return document.get("device") or {}, document.get("probe") or {}

    def state(self, step: str, wanted: str) -> None:
        self.equal(self.shown(step)[1].get("state"), wanted, f"{step}: state found")

    def probes(self, machine: dict) -> None:
        self.exits("probe-mtty", 0)
        shown, probe = self.shown("probe-mtty")
        self.equal(probe.get("flags"), MTTY_FLAGS, "probe-mtty: migration flags")
        self.equal(probe.get("state"), "RUNNING", "probe-mtty: state")
        self.equal(probe.get("stop_copy_bytes"), MTTY_STATE_BYTES, "probe-mtty: size estimate")
        self.equal((shown.get("verdict"), shown.get("evidence")), ("migratable", "probe"), "probe-mtty: verdict and its evidence")
        self.equal(evidence.sets(self.events("probe-mtty")), [], "probe-mtty: a probe sets nothing")
        for step, key in (("probe-e1000e", "ALONE"), ("probe-vf", "VF"), ("probe-nvme", "NVME")):
            self.exits(step, 0)
            shown, probe = self.shown(step)
            self.equal((shown.get("verdict"), shown.get("evidence")), ("not-migratable", "probe"), f"{step}: verdict and its evidence")
            self.equal((probe.get("protocol"), probe.get("flags")), ("none", None), f"{step}: protocol and flags")
            self.expect(shown.get("reasons"), f"{step}: why {machine[key]} cannot migrate")
            self.expect(any(e.kind == "device_ioctl" and e.ret == -25 for e in self.events(step)), f"{step}: the kernel was asked and said ENOTTY")
        self.expect(self.code("probe-blocked") == 3, f"probe-blocked: exit code {self.code('probe-blocked')}, not 3: {self.text('steps/probe-blocked.err')}")

    def walks(self) -> None:
        self.exits("arcs", 0)
        arcs = self.document("arcs", "migscope.arcs/1")
        wanted = list(zip(ARC_WALK, ARC_WALK[1:]))
        self.equal([(a.get("from"), a.get("to")) for a in arcs.get("arcs", [])][:len(wanted)], wanted, "arcs: the walk as reported")
        self.expect(all(a.get("errno") in (None, 0) for a in arcs.get("arcs", [])), "arcs: no arc failed")
        self.expect(all(isinstance(a.get("duration_ns"), int) and a["duration_ns"] > 0 for a in arcs.get("arcs", [])), "arcs: each has its duration")
        self.equal(arcs.get("final_state"), "RUNNING", "arcs: final state")
        self.equal([NAMES[s] for s in evidence.sets(self.events("arcs"))], ARC_WALK[1:], "arcs: the walk as the kernel saw it")
        self.exits("arcs-goal", 0)
        self.equal([NAMES[s] for s in evidence.sets(self.events("arcs-goal"))][:3], ["RUNNING_P2P", "STOP", "STOP_COPY"], "arcs-goal: one SET per arc on the way")
        self.exits("arcs-resuming", 0)
        self.equal([NAMES[s] for s in evidence.sets(self.events("arcs-resuming"))], ["RUNNING_P2P", "STOP", "RESUMING"], "arcs-resuming: into it, and no SET out of it")
        self.expect(any(e.is_reset() for e in self.events("arcs-resuming")), "arcs-resuming: brought back by a reset")

    def images(self) -> None:
        for step in ("save", "save-stop-copy", "load", "load-proof"):
            self.exits(step, 0)
        for name in ("mtty.state", "mtty-stop-copy.state"):
            path = self.share / "files" / name
            self.expect(path.exists() and path.stat().st_size > MTTY_STATE_BYTES, f"{name} was written, more than the bare {MTTY_STATE_BYTES} bytes")
        self.equal(sorted(p.name for p in (self.share / "files").glob("*.partial")), [], "no .partial file stays")
        self.expect(PRE_COPY in evidence.sets(self.events("save")), "save: uses pre-copy where the device has it")
        self.expect(PRE_COPY not in evidence.sets(self.events("save-stop-copy")), "save-stop-copy: does not")
        self.equal(self.document("save", "migscope.save/1").get("state_bytes"), MTTY_STATE_BYTES, "save: state bytes")
        self.equal(self.document("load", "migscope.load/1").get("final_state"), "RUNNING", "load: final state")
        self.equal([NAMES[s] for s in evidence.sets(self.events("load"))], ["RUNNING_P2P", "STOP", "RESUMING", "STOP", "RUNNING_P2P", "RUNNING"], "load --run: the destination's way")
        self.exits("load-cut", 6)
        self.equal([e.kind for e in self.events("load-cut")], [], "load-cut: a damaged file is refused before any device is opened")

    def report(self, step: str, runs: int = 1) -> dict:
        """Exact sums of a migrate report; returns its first run."""
        self.exits(step, 0)
        report = self.document(step, "migscope.report/1")
        self.equal(report.get("outcome"), "ok", f"{step}: outcome")
        self.equal(report.get("simulated"), False, f"{step}: simulated")
        self.equal(report.get("workload"), "none", f"{step}: workload")
        self.equal(len(report.get("runs", [])), runs, f"{step}: number of runs")
        for run in report.get("runs", []):
            self.equal(run.get("outcome"), "ok", f"{step}: outcome of a run")
            self.equal(run.get("state_bytes"), MTTY_STATE_BYTES, f"{step}: state bytes")
            phases = [p.get("duration_ns") for p in run.get("phases", []) if p.get("duration_ns") is not None]
            self.expect(phases and sum(phases) == run.get("downtime_ns"), f"{step}: phases {phases} do not add up to the downtime {run.get('downtime_ns')}")
            self.expect(isinstance(run.get("downtime_error_ns"), int), f"{step}: the downtime's error is stated")
            roles = sorted(d.get("role") for d in run.get("devices", []))
            self.expect("source" in roles and "destination" in roles, f"{step}: roles {roles}")
            self.expect(all(d.get("final_state") for d in run.get("devices", [])), f"{step}: final states")
        return (report.get("runs") or [{}])[0]

    def handover(self, step: str, entry: int) -> None:
        """The order of a migration between two devices, from the kernel's own record. `entry`: the source's SET at t0."""
        events = [e for e in self.events(step) if e.kind == "device_ioctl"]
        moves = [(i, e.file, e.state) for i, e in enumerate(events) if e.is_set()]
        source = next((f for _, f, s in moves if s == STOP_COPY), None)
        destination = next((f for _, f, s in moves if s == RESUMING), None)
        if not self.expect(source and destination and source != destination, f"{step}: two devices took part"):
            return
        resuming = next(i for i, f, s in moves if f == destination and s == RESUMING)
        t0 = next((i for i, f, s in moves if f == source and s == entry), -1)
        copied = next(i for i, f, s in moves if f == source and s == STOP_COPY)
        runs = next((i for i, f, s in moves if f == destination and s == RUNNING and i > resuming), -1)
        given_up = next((i for i, e in enumerate(events) if e.file == source and i > copied and (e.is_set() or e.is_reset())), len(events))
        self.expect(0 <= resuming < t0, f"{step}: the destination is in RESUMING before the source stops")
        self.expect(runs > copied, f"{step}: the destination runs after the source was copied")
        self.expect(given_up > runs > 0, f"{step}: the source leaves STOP_COPY only after the destination runs")
        dark = [e for e in events[t0:runs + 1] if not e.is_set()]
        self.equal([(hex(e.cmd), hex(e.flags)) for e in dark], [], f"{step}: device calls in the dark time that the protocol does not need")

    def migrations(self) -> None:
        run = self.report("migrate")
        self.handover("migrate", PRE_COPY_P2P)
        self.report("migrate-stop-copy")
        self.handover("migrate-stop-copy", evidence.RUNNING_P2P)
        self.report("migrate-runs", 3)
        self.report("migrate-log")
        self.kernel_log()
        self.report("loopback")
        self.exits("report", 0)
        again = (self.document("report", "migscope.report/1").get("runs") or [{}])[0]
        for key in ("downtime_ns", "downtime_error_ns", "blackout_ns", "state_bytes", "phases"):
            self.equal(again.get(key), run.get(key), f"report recomputed from the recording: {key}")
        self.recording(run)

    def recording(self, run: dict) -> None:
        lines = self.text("files/mtty-migrate.migrec").splitlines()
        try:
            events = [json.loads(line) for line in lines]
        except ValueError as error:
            self.expect(False, f"recording: a line is no JSON: {error}")
            return
        if not self.expect(len(events) > 10, f"recording: has only {len(events)} lines"):
            return
        self.equal(events[0].get("schema"), "migscope.recording/1", "recording: schema of the header")
        self.equal(events[-1].get("kind"), "summary", "recording: the last line")
        arcs = [e for e in events if e.get("kind") == "arc"]
        begun = [(e.get("dev"), e.get("from"), e.get("to")) for e in events if e.get("kind") == "arc-begin"]
        self.equal(sorted(begun), sorted((a.get("dev"), a.get("from"), a.get("to")) for a in arcs), "recording: every arc was begun before, none more")
        self.expect(all(a["t_call_ns"] <= a["t_return_ns"] for a in arcs), "recording: calls return after they were made")
        for dev in sorted({a.get("dev") for a in arcs}):
            own = [a for a in arcs if a.get("dev") == dev]
            self.expect(all(x["t_return_ns"] <= y["t_call_ns"] for x, y in zip(own, own[1:])), f"recording: the arcs of device {dev} do not overlap")
            seen = [a["to"] for a in own]
            kernel = [[NAMES[s] for s in evidence.sets(self.events("migrate"), file)] for file in {e.file for e in self.events("migrate") if e.is_set()}]
            self.expect(seen in kernel, f"recording: the arcs of device {dev} are the SETs that the kernel saw: {seen} against {kernel}")
        moved = sum(sum(e["bytes"]) for e in events if e.get("kind") == "samples")
        self.expect(moved in (MTTY_STATE_BYTES, 2 * MTTY_STATE_BYTES), f"recording: the samples' bytes sum to {moved}, not {MTTY_STATE_BYTES} a stream")
        self.expect(any(e.get("kind") == "precopy" and e.get("initial_bytes") == MTTY_INITIAL_BYTES for e in events), f"recording: pre-copy began with {MTTY_INITIAL_BYTES} bytes")
        t0 = [a["t_call_ns"] for a in arcs if a["from"] == "PRE_COPY" and a["to"] == "PRE_COPY_P2P"]
        left = next((i for i, a in enumerate(arcs) if a["from"] == "RESUMING"), None)
        t4 = [a["t_return_ns"] for a in arcs[left or 0:] if a["to"] == "RUNNING" and left is not None and a.get("dev") == arcs[left].get("dev")]
        if self.expect(t0 and t4, "recording: has the stamps of the downtime"):
            self.equal(t4[0] - t0[-1], run.get("downtime_ns"), "recording: downtime from its stamps against the report")

    def kernel_log(self) -> None:
        """A line that names the source, logged while it was stopped, stands once in the recording, at its place in the run."""
        try:
            events = [json.loads(line) for line in self.text("files/mtty-log.migrec").splitlines()]
        except ValueError as error:
            self.expect(False, f"kernel log: a line of the recording is no JSON: {error}")
            return
        found = [e for e in events if e.get("kind") == "kernel-log" and e.get("text") == f"migscope-lab {SOURCE}: test"]
        if not self.equal(len(found), 1, "kernel log: lines in the recording"):
            return
        line = found[0]
        self.equal((line.get("dev"), line.get("src"), line.get("prio", 0) % 8), (0, "kernel", 3), "kernel log: device, source and severity")
        stopped = [e["t_return_ns"] for e in events if e.get("kind") == "arc" and e.get("dev") == 0 and e.get("to") in ("STOP", "STOP_COPY")]
        ended = [e["t_ns"] for e in events if e.get("kind") == "run-end"]
        self.expect(stopped and ended and stopped[0] <= line["t_ns"] <= ended[0], f"kernel log: {line['t_ns']} lies between the stop {stopped} and the end {ended}")

    def orphan(self) -> None:
        self.expect(RESUMING in evidence.sets(self.events("orphan-hold")), "orphan-hold: the device was brought to RESUMING")
        self.equal(self.code("orphan-hold"), 128 + 9, "orphan-hold: was killed")
        self.exits("orphan-show", 0, 1)
        self.state("orphan-show", "RESUMING")
        self.equal(self.shown("orphan-show")[1].get("needs_reset"), True, "orphan-show: says that the device needs a reset")
        self.exits("orphan-set", 0, 1)
        # Whoever goes on must have reset first: `rules` holds every SET of this step against that.
        self.exits("orphan-reset", 0)
        self.exits("orphan-after", 0)
        self.state("orphan-after", "RUNNING")
        resets = sum(e.is_reset() for step in ("orphan-show", "orphan-set", "orphan-reset") for e in self.events(step))
        self.expect(resets >= 1, "the orphan was reset")

    def refusals(self) -> None:
        for step, codes in (("refuse-pre-copy", (1, 2)), ("refuse-pre-copy-p2p", (1, 2)), ("refuse-combined", (1, 2)), ("refuse-bogus", (2,)), ("refuse-error", (1, 2))):
            self.exits(step, *codes)
            calls = [e for e in self.events(step) if e.is_set()]
            self.equal([name_state(e) for e in calls], [], f"{step}: refused before any SET")
            self.document(step, "migscope.error/1")
            self.expect(self.text(f"steps/{step}.err").strip(), f"{step}: says so on stderr")
        self.says("refuse-pre-copy", "STOP_COPY", "PRE_COPY")
        self.says("refuse-bogus", "BOGUS")
        self.exits("refuse-no-migration", 1)
        self.equal(evidence.sets(self.events("refuse-no-migration")), [], "refuse-no-migration: no SET")
        self.exits("refuse-absent", 3)
        self.exits("busy", 3)
        error = self.document("busy", "migscope.error/1").get("error", {})
        self.expect("BUSY" in str(error.get("errno")), f"busy: errno by name; seen {error.get('errno')!r}")
        holder = self.text("steps/busy-hold.pid").strip()
        self.says("busy", holder, "migscope-cli")
        self.equal([e.is_set() for e in self.events("busy") if e.kind == "device_ioctl"], [], "busy: no device call")
        self.exits("busy-hold", 0, 130)
        held = {d["name"]: d.get("holders", {}) for d in self.document("busy-list", "migscope.topology/1").get("devices", [])}
        self.expect(str(held.get(SOURCE, {}).get("processes")).find(f"'pid': {holder}") >= 0, f"busy-list: names the holder {holder}: {held.get(SOURCE)}")
        self.exits("busy-after", 0)
        # The interrupted holder brought its device back.
        self.state("busy-after", "RUNNING")
        for step in ("final-source", "final-destination", "final-loop"):
            self.exits(step, 0)
            self.state(step, "RUNNING")

    def window(self) -> None:
        """Only where the window was built."""
        if self.code("window") is None:
            return
        self.passive("window")
        picture = self.share / "files/window.png"
        self.expect(picture.exists() and picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n", "window: drew a picture")
        if self.code("window-drive") is None:
            return
        self.exits("window-drive", 0)
        said = self.text("steps/window-drive.out").split("\n")
        self.equal(said[:6], ["PRE_COPY", "PRE_COPY_P2P", "STOP_COPY", "STOP", "RUNNING_P2P", "RUNNING"], "window-drive: the states that clicks led to")
        self.equal(said[6:8], ["run ok", "left behind nothing"], "window-drive: how its migration ended")
        walked = [name_state(e) for e in self.events("window-drive") if e.is_set()]
        self.equal(walked[:6], said[:6], "window-drive: the SETs of those clicks, as the kernel saw them")
        self.expect("RESUMING" in walked and walked.count("STOP_COPY") == 2, f"window-drive: the kernel saw the migration: {walked}")
        for name in ("window-inspect.png", "window-migrate.png"):
            picture = self.share / "files" / name
            self.expect(picture.exists() and picture.stat().st_size > 20_000, f"window-drive: drew {name}")

        self.window_check()

    def window_check(self) -> None:
        """The Compliance tab finds on mtty what is known of it, and nothing else."""
        self.exits("window-check", 0)
        said = [line.split() for line in self.text("steps/window-check.out").splitlines()]
        found = {words[1]: words[0] for words in said if words[0] in ("pass", "fail", "skip")}
        # What is only asked of some kernels is known of those; every other finding is of all.
        findings = json.loads(MTTY_FINDINGS.read_text("utf-8"))["findings"]
        known = {f["id"] for f in findings if f["verdict"] == "fail"}
        always = {f["id"] for f in findings if f["verdict"] == "fail" and "needs" not in f}
        failed = {i for i, verdict in found.items() if verdict == "fail"}
        self.expect(always <= failed <= known, f"window-check: failed {sorted(failed)}, known of mtty {sorted(known)}")
        self.expect(sum(v == "pass" for v in found.values()) > 50, f"window-check: {len(found)} checks were asked")
        self.equal([words[1] for words in said if words[0] == "end"], ["RUNNING", "RUNNING"], "window-check: both devices are back")
        self.expect(said[-1:] == [["left", "behind", "nothing"]], "window-check: nothing was left behind")
        self.state("window-check-after", "RUNNING")
        picture = self.share / "files/window-compliance.png"
        self.expect(picture.exists() and picture.stat().st_size > 20_000, "window-check: drew the Compliance tab")

    def capture(self) -> None:
        """What was captured in the guest answers here as the guest itself did."""
        self.exits("capture", 0)
        folder = self.share / "capture"
        size = sum(p.lstat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
        files = sum(1 for p in folder.rglob("*") if p.is_file())
        self.expect(0 < size < 4_000_000, f"capture: {size} bytes in {files} files")
        # A repository keeps no empty folder, and the capture is committed as a fixture.
        drop_empty_folders(folder)
        done = subprocess.run([self.cli, "--backend", f"capture:{folder}", "--json", "list"], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.equal(done.returncode, 0, f"list of the capture ({done.stderr.strip()[-300:]})")
        try:
            here, there = json.loads(done.stdout or "{}"), self.document("capture-list", "migscope.topology/1")
        except ValueError as error:
            self.expect(False, f"list of the capture: {error}")
            return
        for part, key, others in (("groups", "id", ("kind", "type", "name", "viable", "blockers", "devices", "reserved_regions")),
                                  ("devices", "name", ("bus", "driver", "iommu_group", "vfio_dev", "verdict", "evidence", "reasons", "pci", "mdev"))):
            mine, theirs = ({e.get(key): e for e in document.get(part, [])} for document in (here, there))
            self.equal(list(mine), list(theirs), f"capture: {part} here and in the guest")
            for name in theirs:
                for other in others:
                    self.equal(mine.get(name, {}).get(other), theirs[name].get(other), f"capture: {other} of {part} {name}, here and in the guest")


def drop_empty_folders(folder: pathlib.Path) -> None:
    """Removes the empty folders below `folder`, and those that become empty by it."""
    for path in sorted((p for p in folder.rglob("*") if p.is_dir() and not p.is_symlink()), key=lambda p: len(p.parts), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()


def name_state(event: evidence.Event) -> str:
    return evidence.name_of(event.state)


def judge(share: pathlib.Path, cli: pathlib.Path) -> int:
    """Number of failed checks; each is printed."""
    judge_ = Judge(share, cli)
    machine = dict(line.split("=", 1) for line in judge_.text("machine.env").splitlines() if "=" in line)
    if judge_.machine():
        judge_.watched_over(warn=False)
        judge_.passive("version", "list", "show", "show-pci", "list-text", "capture", "capture-list", "busy-list", "busy-show")
        judge_.topology(machine)
        judge_.probes(machine)
        judge_.walks()
        judge_.images()
        judge_.migrations()
        judge_.orphan()
        judge_.refusals()
        judge_.rules()
        judge_.window()
        judge_.capture()
    say(f"{judge_.passed} checks passed, {judge_.failed} failed; kernel {judge_.text('kernel-release').strip()}, "
        f"machine ready after {judge_.text('machine-ready').strip()} s, steps done at {judge_.text('steps-done').strip()} s")
    return judge_.failed
