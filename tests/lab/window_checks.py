# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Judges what the window said of each misbehaviour of the lab's own driver, whether it stood still, and how it could be left.
"""What the window said is text that a person could read at that moment (faults/window_said.cpp); what was so is told by the
driver: its state from outside, and its own account of every call."""

import json
import pathlib
import re
import shutil
import struct

import driver_checks
import driver_truth
from driver_checks import A, B
from lab_cache import say

# Milliseconds in which the event loop of the window's thread must have come round: while a device hangs, and at other times (an
# emulated processor paints slowly). What a thread that only sleeps was late by comes on top: that much is the machine's load.
HANGS, EVER = 1500, 8000
LEAVES_S = 3.0
STATUS, STREAM, RUN, PROGRESS, DIRTY, FACTS, LIST, LOG = ("grid status", "stream error", "run outcome", "run progress", "dirty status", "facts", "list", "log")
STUCK = (STATUS, "has not returned", "Other devices go on", "closing the window is still possible", "Cancel wakes")
RESET = {"offers": []}  # nothing but Reset can be pressed
BACK = (STATUS, "Press a state to ask for it")


def failed_run(*words: str) -> dict:
    """A run that failed with both ends safe: the cause, where each stands, and what came of the other's state."""
    return {"ended": [(RUN, "Failed", *words, "70000000…000a stands in RUNNING", "70000000…000b stands in RUNNING"), (LOG, "run-end run ends: failed")]}


def done_run(*words: str) -> dict:
    return {"ended": [(RUN, "Done", "Downtime", *words, "70000000…000a stands in STOP", "70000000…000b stands in RUNNING"), (LOG, "run-end run ends: ok")]}


ASK_AGAIN = "Next: ask again, or Reset"
# case -> moment -> what is to be read there: (place, words…), or RESET.
SAYS = {
    "fail-stay": {"refused": [(STATUS, "SET PRE_COPY: EIO", "stands in RUNNING", ASK_AGAIN), (LIST, "RUNNING"), (LOG, "RUNNING → PRE_COPY", "EIO")]},
    "fail-moved": {"refused": [(STATUS, "SET PRE_COPY: EIO", "stands in PRE_COPY", "Its stream is closed", "Next: RUNNING, or Reset"), (LIST, "PRE_COPY")]},
    "fail-midway": {"refused": [(STATUS, "SET STOP_COPY: EIO", "stands in STOP.", ASK_AGAIN), (LIST, "STOP")]},
    "fail-error": {"refused": [(STATUS, "SET PRE_COPY: EIO", "stands in ERROR", "Next: Reset"), (LIST, "ERROR"), RESET],
                   "asked again": [(STATUS, "stands in ERROR"), RESET], "reset": [BACK, (LIST, "RUNNING")]},
    "drift": {"found": [(LIST, "PRE_COPY_P2P"), (LOG, "state", "RUNNING_P2P")]},
    "drift-error": {"found": [(STATUS, "SET PRE_COPY_P2P", "in ERROR", "Next: Reset"), (LIST, "ERROR"), (LOG, "state", "ERROR"), RESET], "reset": [BACK]},
    "no-fd": {"refused": [(STATUS, "SET PRE_COPY", "data fd that it owes", "stands in PRE_COPY", "Next: RUNNING, or Reset")]},
    "no-fd-resuming": {"refused": [(STATUS, "SET RESUMING", "data fd that it owes", "stands in RESUMING", "Next: Reset"), RESET]},
    "extra-fd": {"refused": [(STATUS, "SET RUNNING_P2P", "a data fd came", "stands in RUNNING_P2P", "broke the protocol", "Next: Reset")]},
    "sleep-soft": {"stuck": [(STATUS, "Stuck in SET PRE_COPY for", *STUCK[1:]), (LIST, "stuck"), {"offers": [], "reset": False}],
                   "cancelled": [(STATUS, "SET PRE_COPY: EINTR", "stands in RUNNING", "Next: ask again")]},
    "reset-again": {"reset": [BACK]},
    "reset-busy": {"reset": [(STATUS, "RESET: EBUSY", "stands in RUNNING", "Next: ask again when")]},
    "reset-eio": {"reset": [(STATUS, "RESET: EIO", "stands in RUNNING", ASK_AGAIN)]},
    **{f"kept-{name}": {"found": [(STATUS, f"Found in {state}, not RUNNING", "reset"), RESET], "asked": [(STATUS, f"Found in {state}"), RESET], "reset": [BACK]}
       for name, state in (("stop-copy", "STOP_COPY"), ("resuming", "RESUMING"), ("error", "ERROR"))},
    "save": {"saved": [("stream words", "1.0 MiB so far", "at its end")]},
    "read-eio": {"failed": [(STREAM, "Read: EIO", "stands in STOP_COPY", "Next: RUNNING"), (LOG, "stream", "EIO")]},
    "write-enomem": {"failed": [(STREAM, "Write: ENOMEM", "stands in RESUMING", "Next: Reset"), (LOG, "stream", "ENOMEM"), RESET], "reset": [BACK]},
    "endless": {"saving": [("stream why", "At work: save stream")], "cancelled": [(STREAM, "cancelled", "stands in STOP_COPY")]},
    "stall-read": {"stuck": [(STATUS, "Stuck in read for", *STUCK[1:]), (LIST, "stuck")], "cancelled": [(STREAM, "cancelled", "stands in STOP_COPY")]},
    "stall-write": {"stuck": [(STATUS, "Stuck in write for", *STUCK[1:]), (LIST, "stuck")], "cancelled": [(STREAM, "cancelled", "stands in RESUMING", "Next: Reset"), (LOG, "loading stream given up"), RESET],
                    "reset": [BACK]},
    "eof-at": {"saved": [("stream words", "488.3 KiB so far", "at its end")]},
    "cut-load": {"written": [("stream words", "Loading stream", "488.3 KiB")],
                 "judged": [(STATUS, "SET STOP: EINVAL", "stands in RESUMING", "rejects the image", "Next: Reset"), RESET], "reset": [BACK]},
    "cut-taken": {"judged": [(LIST, "STOP")]},
    "corrupt": {"failed": [(STREAM, "Write: EINVAL", "stands in RESUMING", "Next: Reset"), RESET]},
    "run-fail-stay": failed_run("SET STOP_COPY", "EIO", "taken back", "reset to RUNNING"),
    "run-fail-moved": failed_run("SET STOP_COPY", "EIO", "taken back", "reset to RUNNING"),
    "run-fail-error": failed_run("SET STOP_COPY", "EIO", "reset to RUNNING"),
    "run-resuming-refused": failed_run("SET RESUMING", "EINVAL", "Next: compare"),
    "run-load-refused": failed_run("SET STOP", "EINVAL", "rejects the image", "Next: compare"),
    "run-load-error": failed_run("SET STOP", "EIO", "rejects the image", "reset to RUNNING"),
    # The destination may have run: the source stays stopped, and only the person knows whether it may go on.
    "run-start-refused": {"ended": [(RUN, "Failed", "SET RUNNING", "EIO", "70000000…000a stands in STOP_COPY: left stopped", "70000000…000b stands in RUNNING",
                                     "Next: reset the device that is not RUNNING")]},
    "run-no-fd-source": failed_run("SET PRE_COPY", "data fd that it owes"),
    "run-no-fd-destination": failed_run("SET RESUMING", "data fd that it owes"),
    "run-extra-fd": failed_run("SET PRE_COPY_P2P", "a data fd came"),
    "run-read-eio": failed_run("Read 70000000…000a: EIO", "taken back from STOP_COPY"),
    "run-write-enomem": failed_run("Write 70000000…000b: ENOMEM", "reset to RUNNING"),
    "run-corrupt": failed_run("Write 70000000…000b: EINVAL", "Next: compare"),
    "run-drift-source": failed_run("ENODEV", "session has ended"),
    "run-drift-error": failed_run("ENODEV", "session has ended", "reset to RUNNING"),
    "run-drift-destination": failed_run("Write", "ENODEV", "session has ended"),
    "run-second-empty": failed_run("SET STOP", "EINVAL", "rejects the image"),
    **{f"run-{name}": done_run("State size: 1.0 MiB") for name in ("nonblock-ignored", "nonblock-enomsg", "precopy-zero", "size-small", "size-large")},
    "run-second-empty-taken": done_run("over 2 runs"),
    "run-size-errno": {"opened": [(FACTS, "unknown", "EIO")], **done_run("State size: 1.0 MiB")},
    "run-size-leak": {"opened": [(FACTS, "unknown", "0xfffffffffffffffb")], **done_run("State size: 1.0 MiB")},
    **{f"run-stall-{call}": {"stuck": [(PROGRESS, f"is stuck in {call} for", "the run waits for it", "Other devices go on")],
                             "cancelled": [(RUN, "Cancelled", "70000000…000a stands in RUNNING", "70000000…000b stands in RUNNING")]}
       for call in ("read", "write")},
    "run-endless": {"running": [(PROGRESS, "MiB")], "cancelled": [(RUN, "Cancelled", "70000000…000a stands in RUNNING")]},
    "dirty-refused": {"ended": [(DIRTY, "DMA_LOGGING_START", "ENOSPC")]},
    "dirty-no-bitmap": {"ended": [(DIRTY, "DMA_LOGGING_REPORT", "EOPNOTSUPP")]},
    **{f"close-{how}": {"stuck": [(STATUS, "Stuck in SET PRE_COPY for", *STUCK[1:]), (LIST, "stuck"), {"offers": [], "reset": False}],
                        "another": [("status bar", "stuck in SET PRE_COPY for"), (LIST, "RUNNING")]}
       for how in ("killable", "hard")},
}
# A run has the device, or a call that sleeps has its state: the grid is told when that is over.
UNDER_WAY = {("run-stall-read", "stuck"), ("run-stall-write", "stuck"), ("run-endless", "running")}
THEMES, PICTURES = ("light", "dark"), ("timeline", "fault")


class WindowJudge(driver_checks.DriverJudge):
    def cases(self) -> dict:
        """case -> moment -> what the window said then."""
        found, self.missed, self.took = {}, {}, {}
        for line in self.text("steps/window.jsonl").splitlines():
            case = json.loads(line)
            found[case["case"]] = {said["when"]: said for said in case["said"]}
            self.took[case["case"]] = case.get("ms", 0)
            if "missed" in case:
                self.missed[case["case"]] = case["missed"]
        return found

    def words(self) -> None:
        """Each case: the right words in the right place, the state that the driver has, and what can be pressed."""
        cases = self.cases()
        self.equal(self.missed, {}, "what did not come about")
        self.equal(sorted(cases), sorted(SAYS), "misbehaviours that the window was shown")
        for case, moments in SAYS.items():
            said = cases.get(case, {})
            self.equal(sorted(said), sorted(moments), f"{case}: moments")
            for when, wants in moments.items():
                if when in said:
                    self.moment(f"{case}, {when}", said[when], wants)
                    if (case, when) not in UNDER_WAY:
                        now = said[when]
                        self.equal(now["grid"].get("state"), now["driver"].get(now["device"]), f"{case}, {when}: the state shown, and the driver's")

    def moment(self, name: str, said: dict, wants: list) -> None:
        for want in wants:
            if isinstance(want, dict):
                self.equal(said["grid"]["offered"], want["offers"], f"{name}: states that can be pressed")
                self.equal(said["grid"]["reset"], want.get("reset", True), f"{name}: whether Reset can be pressed")
                continue
            place, *words = want
            text = said.get(place, "")
            if place == LOG:  # one row has them all
                self.expect(any(all(word in row for word in words) for row in text), f"{name}: no row of the log has {words}: {text}")
                continue
            text = " ".join(text) if isinstance(text, list) else text
            for word in words:
                self.expect(word in text, f"{name}: {place} does not say “{word}”: {text}")

    def gaps(self) -> dict:
        """The window's thread came round, whatever the device did. Returns the longest gaps."""
        longest = {"hangs": 0, "ever": 0}
        for case, moments in self.cases().items():
            for when, said in moments.items():
                kind = "hangs" if when == "stuck" else "ever"
                longest[kind] = max(longest[kind], said["gap_ms"])
                most = (HANGS if kind == "hangs" else EVER) + said["machine_gap_ms"]
                self.expect(said["gap_ms"] <= most, f"{case}, {when}: the window stood still for {said['gap_ms']} ms; the machine: {said['machine_gap_ms']} ms")
        return longest

    def rules(self) -> None:
        """As the driver saw it: no SET outside the rules. A device stays open from case to case, always given on in RUNNING."""
        sets, still = 0, dict.fromkeys((A, B), False)
        for case in self.cases():
            truth = self.truth(case)
            for device in still:
                entries = truth.get(device, [])
                sets += sum(e.kind == "set" for e in entries)
                given = [driver_truth.Entry(0, "open", 0, 0, 0, "RUNNING", "-", 0, 0, 0)] if still[device] else []
                for e in entries:
                    still[device] = e.kind == "open" or (still[device] and e.kind != "close")
                back = [driver_truth.Entry(0, "close", 0, 0, 0, "RUNNING", "-", 0, 0, 0)] if still[device] else []
                found = driver_checks.violations(given + entries + back, int(device[0]), case in driver_checks.COMBINED)
                self.equal(found, [], f"{case}: rules broken on {device}, as the driver saw it")
            lives = re.findall(r"/live:(files|sessions) (\d+)", self.text(f"steps/{case}.left"))
            self.equal([f"{what} {count}" for what, count in lives if count != "0"], [], f"{case}: what is still open in the driver")
        self.expect(sets > 250, f"the driver saw the SETs of the whole drive (only {sets})")

    def driver(self) -> None:
        """What the driver saw of the clicks."""
        self.rules()
        for case in SAYS:
            self.equal({d: self.left(case, "state").get(d) for d in (A, B)}, driver_checks.BOTH_RUN, f"{case}: where the devices are in the end")
        self.equal(sum(e.kind == "reset" for e in self.truth("reset-again").get(A, [])), 3, "reset-again: asked until it was not busy")
        for case, device in (("corrupt", B), ("run-corrupt", B)):
            self.equal([e.a for e in self.truth(case).get(device, []) if e.kind == "mismatch"], [699999], f"{case}: the byte that the driver found")
        for case in (case for case in SAYS if case.startswith("kept-")):
            self.equal([e.kind for e in self.truth(case).get(A, []) if e.kind == "set"], [], f"{case}: nothing was sent but a reset")

    def leaving(self) -> None:
        for how in ("killable", "hard"):
            step = f"close-{how}"
            self.exits(step, 0)
            said = dict(line.split(" ", 1) for line in self.text(f"steps/{step}.out").splitlines() if " " in line)
            gone = self.text(f"steps/{step}.gone").strip()
            if self.expect("closing" in said and bool(gone), f"{step}: closed: {said} {gone}"):
                took = float(gone) - int(said["closing"]) / 1e9
                self.expect(0 <= took <= LEAVES_S, f"{step}: the process was gone {took:.2f} s after its window was closed")
            self.expect("a thread" in said.get("left", ""), f"{step}: the call had not returned")

    def pictures(self) -> None:
        for theme in THEMES:
            self.exits(f"pictures-{theme}", 0)
            for what in PICTURES:
                path = self.share / f"files/miglab-{what}-{theme}.png"
                data = path.read_bytes() if path.exists() else b""
                size = struct.unpack(">II", data[16:24]) if len(data) > 24 else None
                self.equal(size, (1280, 800), f"{path.name}: drawn, and as large as asked for")
                self.expect(len(data) > 50_000, f"{path.name}: more than an empty window: {len(data)} bytes")


def keep_pictures(share: pathlib.Path, target: pathlib.Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted((share / "files").glob("miglab-*.png")):
        shutil.copyfile(path, target / path.name)
    say(f"pictures written to {target}")


def judge(share: pathlib.Path, cli: pathlib.Path) -> int:
    """Number of failed checks; each is printed."""
    judge_ = WindowJudge(share, cli)
    if judge_.ready():
        judge_.exits("faults", 0)
        judge_.words()
        longest = judge_.gaps()
        judge_.driver()
        judge_.leaving()
        judge_.pictures()
        slow = sorted(judge_.took, key=judge_.took.get)[-3:]
        say(f"{len(judge_.took)} cases in {sum(judge_.took.values()) / 1000:.0f} s; the longest: " + ", ".join(f"{c} {judge_.took[c] / 1000:.1f} s" for c in slow))
        say(f"longest gap of the window's event loop: {longest['hangs']} ms while a device hung, {longest['ever']} ms ever")
    say(f"{judge_.passed} checks passed, {judge_.failed} failed; kernel {judge_.text('kernel-release').strip()}, "
        f"steps done at {judge_.text('steps-done').strip()} s")
    return judge_.failed
