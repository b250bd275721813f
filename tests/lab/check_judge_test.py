#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The judgement on compliance reports, on made-up ones: what must pass passes, and each kind of wrong evidence is found.
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import check_judge  # noqa: E402
import driver_checks_test  # noqa: E402
import evidence  # noqa: E402
from check_judge import Mutation  # noqa: E402

KNOB = Mutation("one", "endless=1", ("MIG-STREAM-012",), ("MIG-FD-001",))
SETS = driver_checks_test.lines(("open", "RUNNING", "-"), ("set", "RUNNING", "RUNNING"), ("close", "RUNNING", "-"))


def report(verdicts: dict, **other) -> dict:
    """A report that keeps to the schema. `verdicts`: id -> verdict."""
    results = [{"id": name, "class": "session", "severity": "must", "verdict": verdict, "rule": "r", "asked": "a", "seen": "s", "duration_ns": 1,
                "brought_back": None, "peer_brought_back": None, "kernel_log": [], "calls": [], "own_calls": 0, "calls_left_out": 0} for name, verdict in verdicts.items()]
    counts = {key: list(verdicts.values()).count(word) for key, word in (("passed", "pass"), ("failed", "fail"), ("skipped", "skip"))}
    return {"schema": "migscope.check/1", "simulated": False, "tool": "1", "host": "h", "kernel": "k", "device": "d", "driver": "miglab", "peer": "p",
            "access": "group", "flags": 7, "outcome": "failed" if counts["failed"] else "ok", "duration_ns": 1, "results": results, **counts,
            "not_judged": None, "state_pairs": [], "not_tried": [{"act": "a", "why": "w"}], "ends": [{"device": d, "state": "RUNNING", "safe": True} for d in "dp"], **other}


class Reports(unittest.TestCase):
    def failed(self, document, code=1, truth=SETS, left="RUNNING") -> int:
        """Failed checks of one knob's step that left this."""
        with tempfile.TemporaryDirectory() as share, contextlib.redirect_stdout(io.StringIO()):
            steps = pathlib.Path(share) / "steps"
            steps.mkdir()
            (steps / "knob-one.out").write_text(json.dumps(document))
            (steps / "knob-one.rc").write_text(f"{code}\n")
            (steps / "knob-one.truth").write_text(truth)
            (steps / "knob-one.left").write_text(f"/sys/bus/mdev/devices/{driver_checks_test.DEVICE}/lab/state:{left}\n")
            judge = check_judge.CheckJudge(pathlib.Path(share), pathlib.Path("none"))
            judge.mutated(KNOB)
            return judge.failed

    def test_the_report_that_is_due_passes(self):
        self.assertEqual(self.failed(report({"MIG-STREAM-012": "fail", "MIG-FD-001": "pass"})), 0)

    def test_a_knob_that_nothing_finds_or_that_too_much_finds_fails(self):
        self.assertEqual(self.failed(report({"MIG-STREAM-012": "pass", "MIG-FD-001": "pass"}), 0), 2)
        self.assertEqual(self.failed(report({"MIG-STREAM-012": "skip", "MIG-FD-001": "pass"}), 0), 1)
        self.assertEqual(self.failed(report({"MIG-STREAM-012": "fail", "MIG-FD-001": "fail"})), 2)
        self.assertEqual(self.failed(report({"MIG-STREAM-012": "fail", "MIG-FD-001": "skip"})), 1)
        self.assertEqual(self.failed(report({"MIG-STREAM-012": "fail"})), 2)

    def test_a_wrong_exit_code_sum_state_or_form_fails(self):
        due = {"MIG-STREAM-012": "fail", "MIG-FD-001": "pass"}
        self.assertEqual(self.failed(report(due), 0), 1)
        self.assertEqual(self.failed(report(due, passed=2)), 1)
        self.assertEqual(self.failed(report(due, outcome="ok")), 1)
        self.assertEqual(self.failed(report(due, simulated=True)), 1)
        self.assertEqual(self.failed(report(due, access="")), 1)
        self.assertEqual(self.failed(report(due, ends=[{"device": "d", "state": "STOP", "safe": False}])), 1)
        self.assertEqual(self.failed(report(due), left="STOP"), 1)
        self.assertEqual(self.failed(report(due), truth=driver_checks_test.HEAD), 1)
        self.assertEqual(self.failed(report(due), truth=SETS.replace("lost 0", "lost 3")), 2)

    def test_findings_that_are_not_known_or_no_longer_there_fail(self):
        known = [{"id": "MIG-FD-001", "verdict": "fail", "why": "because"}]
        for verdicts, entries, wanted in (({"MIG-FD-001": "fail", "MIG-FD-002": "pass"}, known, 0), ({"MIG-FD-001": "pass"}, known, 1), ({}, known, 1),
                                          ({"MIG-FD-001": "fail", "MIG-FD-002": "fail"}, known, 1), ({"MIG-FD-001": "fail"}, [], 1),
                                          ({"MIG-FD-001": "fail"}, known * 2, 1), ({"MIG-FD-001": "fail"}, [{**known[0], "why": ""}], 1)):
            judge = check_judge.CheckJudge(pathlib.Path("none"), pathlib.Path("none"))
            with contextlib.redirect_stdout(io.StringIO()):
                check_judge.compare(judge, {r["id"]: r for r in report(verdicts)["results"]}, entries)
            self.assertEqual(judge.failed, wanted, (verdicts, entries))


    def test_a_check_that_is_skipped_without_need_is_found(self):
        judge = check_judge.CheckJudge(pathlib.Path("none"), pathlib.Path("none"))
        due = dict.fromkeys(check_judge.due_skips(7, False, False), "skip")
        self.assertEqual(sorted(due), ["MIG-DMA-010", "MIG-DMA-011", "MIG-DMA-012", "MIG-DMA-013", "MIG-FSM-007", "MIG-FSM-010", "MIG-PRE-014"])
        with contextlib.redirect_stdout(io.StringIO()):
            for verdicts, failed in ((due, 0), (due | {"MIG-FD-001": "skip"}, 1), (due | {"MIG-DMA-010": "pass"}, 2)):
                judge.skipped("one", {r["id"]: r for r in report(verdicts)["results"]}, 7)
                self.assertEqual(judge.failed, failed)


class Rules(unittest.TestCase):
    def broken(self, *calls, flags=7) -> list:
        return check_judge.check_violations(driver_checks_test.entries(("open", "RUNNING", "-"), *calls, ("close", "-", "-")), flags)

    def test_what_a_check_may_ask_for_is_no_violation(self):
        self.assertEqual(self.broken(("set", "RUNNING", "-", -22), ("set", "RUNNING", "ERROR", -22), ("set", "RUNNING", "RUNNING"), ("set", "RUNNING", "STOP_COPY"),
                                     ("set", "STOP_COPY", "RESUMING"), ("write", "RESUMING", "-", -22), ("reset", "-", "-"), ("set", "RUNNING", "STOP")), [])
        self.assertEqual(self.broken(("set", "RUNNING", "PRE_COPY", -22), flags=3), [])
        self.assertEqual(self.broken(("set", "STOP", "RESUMING"), ("write", "RESUMING", "-", -11), ("write", "RESUMING", "-", 9), ("set", "RESUMING", "STOP")), [])

    def test_what_it_may_not_is(self):
        self.assertEqual(len(self.broken(("set", "RUNNING", "-", 0))), 1)
        self.assertEqual(len(self.broken(("set", "RUNNING", "PRE_COPY", 0), flags=3)), 1)
        self.assertEqual(len(self.broken(("set", "STOP_COPY", "PRE_COPY", -22))), 1)
        self.assertEqual(len(self.broken(("set", "ERROR", "-", -22))), 1)
        self.assertEqual(len(self.broken(("write", "RESUMING", "-", -22), ("set", "RESUMING", "STOP"))), 1)
        self.assertEqual(len(self.broken(("set", "RESUMING", "STOP", -22), ("set", "RESUMING", "STOP"))), 1)
        self.assertEqual(self.broken(("write", "RESUMING", "-", -19), ("set", "RUNNING", "STOP")), [])


class SampleRules(unittest.TestCase):
    def failed(self, *calls) -> int:
        """Of SETs as (state, answer), hundreds of good ones before them."""
        feature = evidence.MIG_DEVICE_STATE | evidence.FEATURE_SET
        events = [evidence.Event("device_ioctl", 1, 7, evidence.DEVICE_FEATURE, feature, state, ret) for state, ret in ((evidence.RUNNING, 0),) * 301 + calls]
        judge = check_judge.CheckJudge(pathlib.Path("none"), pathlib.Path("none"))
        judge.read_trace = lambda: True
        judge.trace = {step: events for step in ("check-mtty", "text", "ktap")}
        with contextlib.redirect_stdout(io.StringIO()):
            judge.sample_rules()
        return judge.failed

    def test_ways_of_several_arcs_and_refusals_that_are_due_pass_and_others_are_found(self):
        self.assertEqual(self.failed((evidence.STOP_COPY, 0), (evidence.RESUMING, 0), (99, -22), (evidence.ERROR, -22)), 0)
        self.assertEqual(self.failed((evidence.STOP_COPY, 0), (evidence.PRE_COPY, 0)), 3)
        self.assertEqual(self.failed((99, 0)), 3)
        self.assertEqual(self.failed((evidence.STOP, -5), (evidence.RUNNING, 0)), 3)


class Kept(unittest.TestCase):
    """The file of verdicts that a kernel gave before."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.share, self.file = pathlib.Path(folder.name), pathlib.Path(folder.name) / "check-some.json"
        (self.share / "steps").mkdir()
        (self.share / "kernel-release").write_text("6.0\n")
        for device in check_judge.DEVICES:
            self.put(device, {"MIG-FD-001": "pass", "MIG-FD-002": "skip"})

    def put(self, device, verdicts):
        (self.share / f"steps/check-{device.removeprefix('miglab-')}.out").write_text(json.dumps(report(verdicts)))

    def keep(self):
        with contextlib.redirect_stdout(io.StringIO()):
            check_judge.keep_table(self.share, self.file)

    def failed(self) -> int:
        judge = check_judge.CheckJudge(self.share, pathlib.Path("none"))
        with contextlib.redirect_stdout(io.StringIO()):
            judge.kept(self.file)
        return judge.failed

    def test_what_was_kept_is_what_is_wanted_the_next_time(self):
        self.keep()
        kept = json.loads(self.file.read_text())
        self.assertEqual((kept["kernel"], kept["devices"]), ("6.0", list(check_judge.DEVICES)))
        self.assertEqual(kept["verdicts"], {"MIG-FD-001": "pass pass pass pass pass", "MIG-FD-002": "skip skip skip skip skip"})
        self.assertEqual(self.failed(), 0)

    def test_another_verdict_a_new_check_and_one_that_is_gone_fail(self):
        self.keep()
        for verdicts, wanted in (({"MIG-FD-001": "fail", "MIG-FD-002": "skip"}, 1), ({"MIG-FD-001": "skip", "MIG-FD-002": "pass"}, 2),
                                 ({"MIG-FD-001": "pass", "MIG-FD-002": "skip", "MIG-FD-003": "pass"}, 1), ({"MIG-FD-001": "pass"}, 1)):
            self.put("miglab-5", verdicts)
            self.assertEqual(self.failed(), wanted, verdicts)

    def test_no_file_or_nothing_asked_fails(self):
        self.assertEqual(self.failed(), 1)
        self.file.write_text("{")
        self.assertEqual(self.failed(), 1)
        self.keep()
        for device in check_judge.DEVICES:
            self.put(device, {})
        self.assertGreater(self.failed(), 1)


class Table(unittest.TestCase):
    def test_every_knob_has_a_name_of_its_own_and_no_check_on_both_sides(self):
        self.assertEqual(len({m.name for m in check_judge.MUTATIONS}), len(check_judge.MUTATIONS))
        for mutation in check_judge.MUTATIONS:
            self.assertEqual(len(set(mutation.asked)), len(mutation.asked), mutation.name)


if __name__ == "__main__":
    unittest.main()
