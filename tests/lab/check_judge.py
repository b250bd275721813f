# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Judges the boot `check`: the compliance report of real drivers, against what is known of them and what the lab's driver itself saw.
"""Three kinds of device: the sample mtty, whose findings are known one by one (expected/mtty-check.json); the lab's driver as it is,
on which nothing may be found; and that driver with a knob turned, on which exactly what the knob breaks is found."""

import dataclasses
import json
import pathlib
import re

import checks
import driver_checks
import driver_truth
import evidence
from driver_checks import FLAGS, destination, source
from lab_cache import say

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = HERE / "expected/mtty-check.json"
DEVICES = ("mtty", *(f"miglab-{flags}" for flags in FLAGS))
SCHEMA = HERE.parents[1] / "resources/schemas/check.json"
EINVAL = 22
# Of the whole catalogue, on the type that has the fewest states.
LEAST_ASKED = 90


@dataclasses.dataclass(frozen=True)
class Mutation:
    """A knob of the source, and what fails by it: exactly that, of the checks that are asked."""

    name: str
    knobs: str  # NAME=VALUE, with ; between
    fails: tuple = ()
    controls: tuple = ()  # asked too, and pass; none: the whole catalogue is asked
    options: str = ""
    skips: tuple = ()  # asked too, and cannot tell

    @property
    def asked(self) -> tuple:
        return self.fails + self.controls + self.skips

    def line(self) -> str:
        only = f"--only {','.join(self.asked)}" if self.controls else ""
        return "|".join((self.name, f"{only} {self.options}".strip(), self.knobs))


MUTATIONS = (
    # What lasts, by the whole catalogue. How a device behaves that is odd and right: nothing fails.
    Mutation("calm", "calm=1"),
    Mutation("precopy-zero", "precopy_zero=1"),
    Mutation("short-calls", "max_read=4097;max_write=1009"),
    Mutation("no-poll", "poll=0"),
    Mutation("logs-slowly", "log_page_size=65536;log_pages_per_s=1000"),
    Mutation("slow-arcs", "arc_us=* * 1000"),
    Mutation("becomes-dirty", "dirty_bps=1000000;dirty_cap=65536"),
    Mutation("paced", "read_bps=20000000;write_bps=20000000"),
    Mutation("nonblock-ignored", "nonblock=1"),
    Mutation("nonblock-enomsg", "nonblock=2"),
    Mutation("log-stride", "log_stride=3"),
    # And one that is wrong.
    Mutation("size-errno", "size_errno=5", ("MIG-SIZE-001",)),
    Mutation("size-leak", "size_leak=5", ("MIG-SIZE-001",)),
    Mutation("size-small", "size_percent=10", ("MIG-SIZE-005",)),
    Mutation("size-offset", "size_offset=-900000", ("MIG-SIZE-005",)),
    Mutation("size-large", "size_percent=10000", ("MIG-SIZE-006",)),
    Mutation("no-initial", "initial_bytes=0", ("MIG-PRE-003",)),
    Mutation("no-fd", "no_fd=1", ("MIG-FD-001", "MIG-FD-003")),
    Mutation("extra-fd", "extra_fd=1", ("MIG-FD-002", "MIG-FD-003")),
    Mutation("accept-cut", "accept_cut=1", ("MIG-JUNK-003",)),
    Mutation("eof", "eof_at=500000", ("MIG-LOAD-001",)),
    Mutation("eof-in-precopy", "eof_at=1", ("MIG-LOAD-001", "MIG-PRE-005")),
    Mutation("corrupt", "corrupt_at=700000", ("MIG-LOAD-001",)),
    # What the checks above keep from being asked, alone.
    Mutation("corrupt-pieces", "corrupt_at=700000", ("MIG-LOAD-002",), ("MIG-FEAT-001",)),
    Mutation("corrupt-over-precopy", "corrupt_at=700000", ("MIG-LOAD-007",), ("MIG-FEAT-001",)),
    Mutation("corrupt-to-peer", "corrupt_at=700000", ("MIG-PAIR-001",), ("MIG-FEAT-001",)),
    Mutation("keep-state", "keep_state=1", ("MIG-CLOSE-001",)),
    Mutation("endless", "endless=1", ("MIG-STREAM-012",)),
    Mutation("log-errno", "log_errno=28", ("MIG-DMA-001",)),
    Mutation("empty", "state_bytes=0", ("MIG-PRE-003",)),
    # Counted over openings. The first session of the catalogue is a whole save; all that follow are empty, in that opening and in others.
    Mutation("second-empty", "second_empty=1", ("MIG-PRE-003", "MIG-REPEAT-003", "MIG-SIZE-007")),
    Mutation("second-empty-alone", "second_empty=1", ("MIG-REPEAT-001",), ("MIG-FEAT-001",), skips=("MIG-REPEAT-002",)),
    Mutation("second-empty-seen", "second_empty=1", ("MIG-REPEAT-003",), ("MIG-STREAM-012",), skips=("MIG-REPEAT-001", "MIG-REPEAT-002")),
    Mutation("second-empty-after-reset", "second_empty=1", (), ("MIG-FEAT-001",), skips=("MIG-RESET-004",)),
    # What strikes once, counted from the first call of a check that is known.
    Mutation("drift", "drift=3 STOP", ("MIG-FSM-002", "MIG-FSM-012"), ("MIG-FD-001", "MIG-FD-002")),
    Mutation("fail-stay", "fail_set=3 5 stay", ("MIG-FSM-001", "MIG-FSM-011"), ("MIG-FSM-002", "MIG-FD-001")),
    Mutation("fail-combined", "fail_set=4 5 stay", ("MIG-FSM-003",), ("MIG-FEAT-001",)),
    Mutation("fail-error", "fail_set=3 5 error", ("MIG-FSM-001", "MIG-FSM-011"), ("MIG-FSM-002", "MIG-FSM-012", "MIG-RESET-005")),
    Mutation("error-and-back", "fail_set=1 5 error", (), ("MIG-FSM-010", "MIG-RESET-005")),
    Mutation("error-for-long", "fail_set=1 5 error;reset_fault=5 1", ("MIG-FSM-010",), ("MIG-FEAT-001",)),
    Mutation("reset-eio", "reset_fault=5 1", ("MIG-RESET-001", "MIG-RESET-005"), ("MIG-FEAT-001", "MIG-RESET-002")),
    Mutation("reset-again", "reset_fault=11 2", (), ("MIG-RESET-001", "MIG-RESET-002", "MIG-RESET-005")),
    Mutation("read-eio", "read_fault=500000 5", ("MIG-STREAM-013",), ("MIG-STREAM-006", "MIG-STREAM-007"), skips=("MIG-STREAM-012",)),
    Mutation("write-enomem", "write_fault=500000 12", ("MIG-LOAD-001",), ("MIG-LOAD-004", "MIG-STREAM-012", "MIG-RESET-005")),
    Mutation("stall-read", "stall_read=1000", ("MIG-STREAM-012",), ("MIG-STREAM-001", "MIG-FD-001"), "--max-stuck 2"),
    Mutation("stall-write", "stall_write=1000", ("MIG-LOAD-001",), ("MIG-STREAM-012", "MIG-FD-001"), "--max-stuck 2"),
    Mutation("sleep-soft", "sleep_set=3 20000 soft", ("MIG-FSM-001",), ("MIG-FSM-002", "MIG-FD-001"), "--max-stuck 2"),
)


def mutations_text() -> str:
    """What the steps read, a line each."""
    return "\n".join(mutation.line() for mutation in MUTATIONS)


def check_violations(entries: list, flags: int) -> list:
    """What breaks the rules on one device, by the driver's own account. Beside what everything of ours keeps to, a check may ask for what
    the kernel's table refuses whatever it is (no state, ERROR, a state that the flags lack), for the state it is in, and for a way of
    several arcs where the protocol has one. Whoever was refused a byte or the state it wrote may only reset."""
    arcs, spoiled, kept, found = driver_checks.arcs_of(flags), False, [], []
    states = {state for arc in arcs for state in arc}
    ways = {state: reachable(state, arcs) for state in states}
    for entry in entries:
        if entry.kind == "reset" and entry.ret == 0 or entry.kind == "open":
            spoiled = False
        elif entry.kind == "write" and entry.ret < 0 and -entry.ret not in (driver_truth.errno.ENODEV, driver_truth.errno.EAGAIN):
            # EAGAIN: the device is slow, and the write is made again.
            spoiled = True
        elif entry.kind == "set":
            if spoiled:
                found.append(f"SET {entry.target} after a write or a load that failed")
            if entry.target not in states:
                if entry.ret != -EINVAL:
                    found.append(f"SET {entry.target} (no state of flags {flags}) answered {entry.ret}")
                elif entry.source == "ERROR":
                    found.append("SET in ERROR")
                continue
            if entry.source != entry.target and entry.target not in ways.get(entry.source, set()):
                found.append(f"SET {entry.source} -> {entry.target}: flags {flags} have no such way")
            spoiled = spoiled or entry.source == "RESUMING" and entry.ret < 0
        kept.append(entry)
    return found + driver_checks.violations(kept, flags, combined=True)


def due_skips(flags: int, bitmap: bool, info_v2: bool) -> set:
    """What is skipped on a device that behaves, of these flags, on a kernel that has these: a check that has nothing to look at."""
    pre, p2p = flags & driver_checks.PRE_COPY, flags & driver_checks.P2P
    skips = {"MIG-FSM-010"}  # no arc ends in ERROR
    skips |= {"MIG-FSM-007"} if pre and p2p else set()
    skips |= set() if bitmap else {f"MIG-DMA-0{number}" for number in (10, 11, 12, 13)}
    skips |= set() if pre else {f"MIG-PRE-{number:03}" for number in range(1, 14)} | {"MIG-LOAD-007"}
    skips |= set() if pre and p2p else {"MIG-PRE-009", "MIG-PRE-010"}
    return skips | (set() if pre and info_v2 else {"MIG-PRE-014"})


def asks_outside(event: evidence.Event) -> bool:
    """A PROBE of SET, which moves nothing; or a SET of what is no state or ERROR, refused as is due."""
    return event.is_set() and (bool(event.flags & evidence.FEATURE_PROBE) or event.state not in range(1, len(evidence.NAMES)) and event.ret == -EINVAL)


def reachable(start: str, arcs: set) -> set:
    """States that one SET may lead to. Nothing of pre-copy from the two states whose stream it would have to begin anew."""
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for state in {b for a, b in arcs if a == here} - seen:
            seen.add(state)
            todo.append(state)
    return seen - ({"PRE_COPY", "PRE_COPY_P2P"} if start == "STOP_COPY" else set()) - {start}


class CheckJudge(driver_checks.DriverJudge):
    def report(self, step: str) -> dict:
        """The step's report: it keeps to its schema, its sums are those of its results, and its exit code fits them."""
        import jsonschema
        document = self.document(step, "migscope.check/1")
        rules = json.loads(SCHEMA.read_text())
        for error in list(jsonschema.validators.validator_for(rules)(rules).iter_errors(document))[:3]:
            self.expect(False, f"{step}: against its schema: {'/'.join(map(str, error.path))}: {error.message[:200]}")
        results = document.get("results", [])
        for verdict, key in (("pass", "passed"), ("fail", "failed"), ("skip", "skipped")):
            self.equal(document.get(key), sum(r["verdict"] == verdict for r in results), f"{step}: how many {key}")
        self.equal(document.get("simulated"), False, f"{step}: simulated")
        must = any(r["verdict"] == "fail" and r["severity"] == "must" for r in results) or "had not returned" in str(
            [r["seen"] for r in results if r["verdict"] == "fail"])
        self.exits(step, 1 if must else 0)
        self.equal(document.get("outcome"), "failed" if must else "ok", f"{step}: outcome")
        self.equal([(e["state"], e["safe"]) for e in document.get("ends", [])], [("RUNNING", True)] * 2, f"{step}: how it left both devices")
        return document

    def verdicts(self, step: str) -> dict:
        return {r["id"]: r for r in self.report(step).get("results", [])}

    def has_bitmap(self) -> bool:
        """Without IOMMUFD_DRIVER the kernel answers REPORT itself."""
        return bool(re.search(r"(?m)^CONFIG_IOMMUFD_DRIVER=y", self.text("in/config")))

    def skipped(self, step: str, found: dict, flags: int) -> None:
        info_v2 = "success" in found.get("MIG-FEAT-016", {}).get("seen", "")
        self.equal(sorted(name for name, result in found.items() if result["verdict"] == "skip"), sorted(due_skips(flags, self.has_bitmap(), info_v2)),
                   f"{step}: checks skipped")

    def kept_rules(self, step: str) -> None:
        """By the driver's own account: no SET outside the rules, all devices back, nothing left open."""
        calls = 0
        for device, entries in self.truth(step).items():
            self.equal(check_violations(entries, int(device[0]))[:3], [], f"{step}: rules broken on {device}, as the driver saw it")
            calls += len(entries)
        self.expect(calls > 0, f"{step}: the driver saw the calls")
        # A device that keeps its state was brought back too.
        self.equal({d: s for d, s in self.left(step, "state").items() if s != "RUNNING"}, {}, f"{step}: devices that the driver has elsewhere than in RUNNING")
        lives = re.findall(r"/live:(files|sessions) (\d+)", self.text(f"steps/{step}.left"))
        self.equal([f"{what} {count}" for what, count in lives if count != "0"], [], f"{step}: what is still open in the driver")

    def whole(self, flags: int) -> None:
        """The lab's driver as it is: nothing is found."""
        step = f"check-{flags}"
        found = self.verdicts(step)
        for name, result in found.items():
            if result["verdict"] == "fail":
                self.expect(False, f"{step}: {name} failed on a driver that behaves: {result['seen']}")
        self.kept_rules(step)
        self.skipped(step, found, flags)
        asked = [r for r in found.values() if r["verdict"] != "skip"]
        self.expect(len(asked) >= LEAST_ASKED, f"{step}: only {len(asked)} checks were asked")
        classes = {r["class"] for r in asked}
        self.equal(classes, {"passive", "session", "resets", "hostile"}, f"{step}: classes of what was asked")

    def sample(self) -> None:
        """mtty: what is found is what is known."""
        found = self.verdicts("check-mtty")
        self.skipped("check-mtty", found, checks.MTTY_FLAGS)
        known = json.loads(EXPECTED.read_text())["findings"]
        compare(self, found, [entry for entry in known if self.has_bitmap() or entry.get("needs") != "bitmap"])
        for step in ("after-mtty", "after-other"):
            self.exits(step, 0)
            self.state(step, "RUNNING")
        # The other faces of the same report.
        failed = sorted(name for name, result in found.items() if result["verdict"] == "fail")
        for step in ("text", "ktap"):
            self.equal(self.code(step), self.code("check-mtty"), f"{step}: exit code, that of the JSON")
        text = self.text("steps/text.out")
        part = text.split("\nFailed\n", 1)[-1].split("\nPassed\n", 1)[0] if failed else ""
        self.equal(sorted(re.findall(r"(?m)^  (MIG-[A-Z]+-\d+)  ", part)), failed, "text: what it lists as failed")
        lines = self.text("steps/ktap.out").splitlines()
        self.equal(lines[:1], ["KTAP version 1"], "ktap: its first line")
        self.expect(f"1..{len(found)}" in lines, "ktap: its plan")
        self.equal(sorted(re.findall(r"(?m)^not ok \d+ (\S+)", self.text("steps/ktap.out"))), failed, "ktap: what is not ok")

    def sample_rules(self) -> None:
        """mtty keeps no account: the kernel's probes do. It is closed in any state, which is asked; else the rules are those of the lab's
        driver, but for what was written."""
        if not self.read_trace():
            return
        arcs = driver_checks.arcs_of(checks.MTTY_FLAGS)
        ways = {(evidence.NAMES.index(a), evidence.NAMES.index(b)) for a in evidence.NAMES[1:] for b in reachable(a, arcs)}
        for step in ("check-mtty", "text", "ktap"):
            events = [e for e in self.events(step) if not asks_outside(e)]
            self.equal(evidence.violations(events, {}, may_stay=True, arcs=ways, may_fail=True)[:3], [], f"{step}: rules broken, as the kernel saw it")
            self.expect(len(evidence.sets(events)) > 300, f"{step}: the kernel saw the SETs of a whole catalogue: {len(evidence.sets(events))}")

    def mutated(self, mutation: Mutation) -> None:
        step = f"knob-{mutation.name}"
        found = self.verdicts(step)
        if mutation.controls:
            self.equal(sorted(found), sorted(mutation.asked), f"{step}: checks asked")
            passed = [name for name in found if found[name]["verdict"] == "pass"]
            self.equal(sorted(passed), sorted(mutation.controls), f"{step}: what passes")
        else:
            self.expect(len(found) > 100, f"{step}: the whole catalogue was asked")
        failed = sorted(name for name, result in found.items() if result["verdict"] == "fail")
        seen = {name: found[name]["seen"] for name in set(failed) - set(mutation.fails)} | {
            name: (found[name]["verdict"], found[name]["seen"]) for name in mutation.fails if name in found and name not in failed}
        self.equal(failed, sorted(mutation.fails), f"{step} ({mutation.knobs}): what fails (otherwise than expected: {seen})")
        self.kept_rules(step)

    def table(self) -> dict:
        """id -> a verdict for each of DEVICES, in the catalogue's order; - where a device was not asked."""
        results = [{r["id"]: r["verdict"] for r in self.document(f"check-{device.removeprefix('miglab-')}").get("results", [])} for device in DEVICES]
        return {name: [result.get(name, "-") for result in results] for name in {name: None for result in results for name in result}}

    def kept(self, path: pathlib.Path) -> None:
        """The verdicts are those that the guide shows for this kernel."""
        try:
            known = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            self.expect(False, f"{path.name}: {error}; tests/lab/run --suite check --keep-table writes it")
            return
        self.equal(known["devices"], list(DEVICES), f"{path.name}: devices")
        table = self.table()
        self.expect(table, "no verdicts")
        listed = {name: words.split() for name, words in known["verdicts"].items()}
        for name in {**listed, **table}:
            self.equal(table.get(name, "not asked"), listed.get(name, "not listed"),
                       f"{path.name}, made with {known['kernel']}: {name} on {', '.join(DEVICES)}; if that is right: --keep-table")


def compare(judge_: checks.Judge, found: dict, known: list) -> None:
    """What was found against what is known: one that is not listed fails, and so does a listed one that no longer shows."""
    listed = {entry["id"]: entry for entry in known}
    judge_.equal(len(listed), len(known), "expected: each finding once")
    for entry in known:
        judge_.expect(entry.get("why", "").strip(), f"expected: {entry['id']} has no explanation")
        result = found.get(entry["id"], {})
        judge_.equal(result.get("verdict"), entry["verdict"], f"check-mtty: {entry['id']} ({result.get('seen')})")
    for name, result in found.items():
        if result["verdict"] == "fail":
            judge_.expect(name in listed, f"check-mtty: {name} is found and not listed: {result['seen']}")


def expected_table(kernel: str) -> pathlib.Path:
    return HERE / f"expected/check-{kernel}.json"


def keep_table(share: pathlib.Path, path: pathlib.Path) -> None:
    """The verdicts of this run, a line a check, for the guide (packaging/check-table) and for the next run."""
    judge_ = CheckJudge(share, pathlib.Path())
    head = {"$comment": "SPDX-FileCopyrightText: 2026 The Migscope authors; SPDX-License-Identifier: GPL-3.0-or-later.",
            "about": "What check says of the lab's devices: written by tests/lab/run --suite check --keep-table, shown by packaging/check-table.",
            "kernel": judge_.text("kernel-release").strip(), "devices": list(DEVICES)}
    rows = [f"    {json.dumps(name)}: {json.dumps(' '.join(words))}" for name, words in judge_.table().items()]
    path.write_text(json.dumps(head, indent=2).removesuffix("\n}") + ',\n  "verdicts": {\n' + ",\n".join(rows) + "\n  }\n}\n")
    say(f"kept in {path}; packaging/check-table PROGRAM puts it into the guide")


def judge(share: pathlib.Path, cli: pathlib.Path, known: pathlib.Path | None = None) -> int:
    """Number of failed checks; each is printed. `known`: the file of verdicts that this kernel gave before; without one it is not asked."""
    judge_ = CheckJudge(share, cli)
    if judge_.ready():
        judge_.watched_over()
        judge_.sample()
        judge_.sample_rules()
        for flags in FLAGS:
            judge_.whole(flags)
        judge_.equal(judge_.text("steps/mutations").strip(), mutations_text(), "the knobs that were turned are those that are judged")
        for mutation in MUTATIONS:
            judge_.mutated(mutation)
        if known:
            judge_.kept(known)
    say(f"{judge_.passed} checks passed, {judge_.failed} failed; kernel {judge_.text('kernel-release').strip()}, "
        f"machine ready after {judge_.text('machine-ready').strip()} s, steps done at {judge_.text('steps-done').strip()} s")
    return judge_.failed
