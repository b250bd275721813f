#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compliance reports as a program sees them: documents, KTAP and JUnit by their rules, exit codes, and what is left alone."""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree
from pathlib import Path

import jsonschema

OK, REFUSED, USAGE, NO_ACCESS, LOST, FILE, CANCELLED = 0, 1, 2, 3, 5, 6, 130
PROGRAM, SCHEMAS = "", Path()
GOOD, PEER, BAD, SHOULD, HUNG, SLOW, FOUND, STALL = (f"0000:20:00.{n}" for n in range(8))
ENDLESS, ONCE, BOTH = (f"0000:21:00.{n}" for n in range(3))


def device(address, **keys):
    return {"address": address, "family": "virtio", "open_ns": 1000, "reset_ns": 1000, "arc_ns": 1000, "state_bytes": 4096,
            "precopy_initial_bytes": 1024, "stop_copy_bytes": 3072, **keys}


MACHINE = {"schema": "migscope.sim-profile/1", "name": "check", "devices": [
    device(GOOD), device(PEER), device(BAD, misbehaviours=["refuses-an-arc"]), device(SHOULD, misbehaviours=["size-too-small"]),
    device(HUNG, faults=[{"kind": "stuck-set"}]), device(SLOW, arc_ns=200_000_000),
    device(ENDLESS, misbehaviours=["stream-without-end"]), device(ONCE, misbehaviours=["only-first-session-saves"]),
    device(BOTH, misbehaviours=["size-too-small", "own-image-refused"]),
    device(STALL, faults=[{"kind": "stall-read", "offset": 64}]),
    device(FOUND, keeps_state=True, found_state="RESUMING")]}


def document(text, schema):
    value = json.loads(text)
    rules = json.loads((SCHEMAS / f"{schema}.json").read_text())
    jsonschema.validators.validator_for(rules)(rules).validate(value)
    assert value["schema"] == f"migscope.{schema}/1", value["schema"]
    return value


def ktap(text):
    """The results of a KTAP document of one level, by the rules of the kernel's Documentation/dev-tools/ktap.rst; what breaks a
    rule is an AssertionError."""
    lines = text.split("\n")
    assert lines.pop() == "", "the last line does not end"
    assert lines and lines[0] == "KTAP version 1", "the version line must come first"
    plan, results = None, []
    for line in lines[1:]:
        assert not line[:1].isspace(), f"indented, and there is no subtest: {line!r}"
        if line.startswith("# "):
            continue  # diagnostics may stand anywhere
        if match := re.fullmatch(r"1\.\.(\d+)", line):
            assert plan is None, "a second plan"
            assert not results, "the plan must come before the results"
            plan = int(match[1])
            continue
        match = re.fullmatch(r"(not )?ok (\d+)(?: ([^#\n]*?))?(?: # (SKIP|TODO|XFAIL|TIMEOUT|ERROR)(?: ([^\n]*))?)?", line)
        assert match, f"neither result, plan nor diagnostics: {line!r}"
        assert plan is not None, "a result before the plan"
        assert int(match[2]) == len(results) + 1, f"numbered {match[2]} as result {len(results) + 1}"
        assert not (match[4] == "SKIP" and match[1]), f"skipped, and not ok: {line!r}"
        results.append({"ok": not match[1], "name": match[3], "directive": match[4], "words": match[5]})
    assert plan == len(results), f"{plan} planned, {len(results)} results"
    return results


class Reports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.profile = Path(cls.folder.name) / "check.json"
        cls.profile.write_text(json.dumps(MACHINE))

    def run_cli(self, *words, backend=None):
        done = subprocess.run([PROGRAM, "--backend", backend or f"sim:{self.profile}", *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, check=False, timeout=120, cwd=self.folder.name, env={**os.environ, "LC_ALL": "C.UTF-8"})
        return done.returncode, done.stdout, done.stderr

    def check(self, *words, code=OK):
        got, out, err = self.run_cli("check", *words)
        self.assertEqual(got, code, err)
        return out, err

    def test_the_list_is_a_document_and_every_check_has_a_rule_and_a_proof(self):
        _, out, _ = self.run_cli("check", "--list", "--json")
        checks = document(out, "check-list")["checks"]
        self.assertGreaterEqual(len(checks), 60)
        self.assertEqual(len({c["id"] for c in checks}), len(checks))
        known = json.loads((SCHEMAS / "sim-profile.json").read_text())
        names = known["properties"]["devices"]["items"]["properties"]["misbehaviours"]["items"]["enum"]
        self.assertEqual(sorted(names), sorted(c["proved_by"] for c in checks))
        text = self.run_cli("check", "--list")[1].splitlines()
        self.assertEqual([line.split()[0] for line in text], [c["id"] for c in checks])

    def test_a_good_pair_passes(self):
        out, err = self.check(GOOD, PEER, "--json")
        found = document(out, "check")
        self.assertEqual(err, "")
        self.assertEqual(found["outcome"], "ok")
        self.assertTrue(found["simulated"])
        self.assertGreaterEqual(found["passed"], 50)
        self.assertEqual(found["failed"], 0)
        self.assertEqual({e["device"]: e["state"] for e in found["ends"]}, {GOOD: "RUNNING", PEER: "RUNNING"})
        pairs = {(p["from"], p["to"]): p for p in found["state_pairs"]}
        self.assertEqual(len(pairs), 49)
        self.assertEqual(pairs["STOP_COPY", "PRE_COPY"]["verdict"], "no-way")
        walked = pairs["RUNNING", "STOP_COPY"]
        self.assertEqual((walked["verdict"], walked["refused"], walked["failed"]), ("works", 0, []))
        self.assertTrue(0 < walked["fastest_ns"] <= walked["median_ns"] <= walked["slowest_ns"])
        asked = [r for r in found["results"] if r["verdict"] != "skip"]
        self.assertTrue(all(r["calls"] for r in asked if r["id"] not in ("MIG-FEAT-002", "MIG-LOG-001")), "evidence is missing")

    def test_a_failed_must_fails_the_command_and_stands_first(self):
        out, err = self.check(BAD, "--json", code=REFUSED)
        found = document(out, "check")
        self.assertEqual(found["outcome"], "failed")
        failed = [r for r in found["results"] if r["verdict"] == "fail"]
        self.assertEqual([r["id"] for r in failed], ["MIG-FSM-001"])
        self.assertIn("PRE_COPY_P2P -> PRE_COPY", failed[0]["seen"])
        self.assertIn("EIO", [c["errno"] for c in failed[0]["calls"]])
        self.assertEqual(err.count("\n"), 1)
        text, _ = self.check(BAD, code=REFUSED)
        self.assertIn("SIMULATED", text.splitlines()[0])
        self.assertLess(text.index("MIG-FSM-001"), text.index("Passed"))
        self.assertLess(text.index("EIO"), text.index("Passed"))
        self.assertEqual(text.splitlines()[-1], f"{BAD}: device back in RUNNING")

    def test_a_failed_should_does_not_fail_the_command(self):
        out, err = self.check(SHOULD, "--json")
        self.assertEqual([r["id"] for r in document(out, "check")["results"] if r["verdict"] == "fail"], ["MIG-SIZE-005"])
        self.assertEqual(err, "")

    def test_musts_and_shoulds_are_told_apart(self):
        text, err = self.check(BOTH, code=REFUSED)
        self.assertIn("2 failed (1 must, 1 should), ", text.splitlines()[2])
        self.assertIn("failed: 1 must, 1 should; ", err)

    def test_a_driver_that_never_ends_or_saves_only_once_fails_as_a_must(self):
        for name, failed, without in ((ENDLESS, "MIG-STREAM-012", True), (ONCE, "MIG-REPEAT-003", False)):
            with self.subTest(name):
                text, err = self.check(name, code=REFUSED)
                self.assertIn("failed: 1 must", err)
                head = text.split("\nFailed\n")[0]
                self.assertEqual("Not judged: " in head, without, head)
                found = document(self.check(name, "--json", code=REFUSED)[0], "check")
                must = [r["id"] for r in found["results"] if r["verdict"] == "fail" and r["severity"] == "must"]
                self.assertEqual(must, [failed])
                self.assertEqual("MIG-LOAD-001" in (found["not_judged"] or {"checks": []})["checks"], without)
                skipped = {r["id"] for r in found["results"] if r["verdict"] == "skip"}
                self.assertLessEqual(set((found["not_judged"] or {"checks": []})["checks"]), skipped)

    def test_calls_tell_their_values_and_the_way_back_stands_apart(self):
        text, _ = self.check(BAD, code=REFUSED)
        part = text.split("\nFailed\n")[1].split("\nPassed\n")[0]
        own, back = part.split("    clean-up, brought back by SET:\n")
        self.assertRegex(own, r"SET PRE_COPY +ok +[0-9.]+ .s  data_fd [0-9]+\n")
        self.assertRegex(own, r"SET RUNNING +ok +[0-9.]+ .s  data_fd -1\n")
        self.assertRegex(back, r"GET MIG_DEVICE_STATE +ok +[0-9.]+ .s  RUNNING\n$")
        found = json.loads(self.check(BAD, "--json", code=REFUSED)[0])
        for result in found["results"]:
            calls, count = result["calls"], result["own_calls"]
            self.assertLessEqual(count, len(calls))
            if calls:  # it was asked: where the device then stands is asked last of all
                self.assertLess(count, len(calls), result["id"])
                self.assertEqual((calls[-1]["op"], calls[-1]["values"]), ("GET MIG_DEVICE_STATE", "RUNNING"), result["id"])
        size = next(r for r in found["results"] if r["id"] == "MIG-SIZE-001")["calls"][0]
        self.assertEqual(size["values"], "stop_copy_length 4096")

    def test_ktap_keeps_the_rules_of_ktap(self):
        listed = [c["id"] for c in json.loads(self.run_cli("check", "--list", "--json")[1])["checks"]]
        results = ktap(self.check(GOOD, PEER, "--format", "ktap")[0])
        self.assertEqual([r["name"] for r in results], listed)
        self.assertTrue(all(r["ok"] for r in results))
        self.assertTrue(all(r["words"] for r in results if r["directive"] == "SKIP"), "a skip without a reason")
        text = self.check(BAD, "--format", "ktap", code=REFUSED)[0]
        before = text.split("\nnot ok ")[0].split("\nok ")[-1]
        self.assertRegex(before, r"\n# call: .* SET PRE_COPY_P2P +ok .* data_fd [0-9]+\n")
        self.assertIn("\n# clean-up, brought back by SET:\n", before)
        bad = ktap(text)
        self.assertEqual([(r["name"], r["directive"]) for r in bad if not r["ok"]], [("MIG-FSM-001", None)])
        should = ktap(self.check(SHOULD, "--format", "ktap")[0])
        self.assertEqual([(r["name"], r["directive"]) for r in should if not r["ok"]], [("MIG-SIZE-005", "XFAIL")])

    def test_the_rules_of_ktap_are_kept_by_this_test(self):
        good = "KTAP version 1\n# words\n1..2\nok 1 a\nnot ok 2 b # XFAIL c\n"
        self.assertEqual(len(ktap(good)), 2)
        for wrong in (good.replace("KTAP version 1\n", ""), good.replace("1..2\n", ""), good.replace("1..2", "1..3"), good.replace("ok 1", "ok 2"),
                      good.replace("XFAIL", "FAIL"), good.replace("ok 1 a", " ok 1 a"), good + "words\n", good.replace("1..2\nok 1 a", "ok 1 a\n1..2"),
                      good.replace("# XFAIL c", "# SKIP c")):
            with self.assertRaises(AssertionError, msg=wrong):
                ktap(wrong)

    def test_junit_is_well_formed_and_counts_right(self):
        for words, code in (((GOOD, PEER), OK), ((BAD,), REFUSED), ((SHOULD,), OK)):
            out, _ = self.check(*words, "--format", "junit", code=code)
            root = xml.etree.ElementTree.fromstring(out)
            self.assertEqual(root.tag, "testsuites")
            suite = root.find("testsuite")
            cases = suite.findall("testcase")
            self.assertEqual(int(suite.get("tests")), len(cases))
            self.assertEqual(int(suite.get("failures")), len(suite.findall("testcase/failure")))
            self.assertEqual(int(suite.get("skipped")), len(suite.findall("testcase/skipped")))
            self.assertEqual([c.get("name") for c in cases if c.find("failure") is not None], ["MIG-FSM-001"] if code else [])
            failures = [f.text for f in suite.iterfind("testcase/failure")]
            self.assertTrue(all("rule: " in t and "data_fd -1" in t and "brought back by SET:" in t for t in failures), failures)
            self.assertTrue(all(float(c.get("time")) >= 0 and c.get("classname") for c in cases))

    def test_checks_are_chosen(self):
        out, _ = self.check(GOOD, "--only", "MIG-FSM-001,MIG-FEAT-001", "--json")
        self.assertEqual([r["id"] for r in json.loads(out)["results"]], ["MIG-FEAT-001", "MIG-FSM-001"])
        out, _ = self.check(GOOD, "--class", "passive,hostile", "--json")
        self.assertEqual({r["class"] for r in json.loads(out)["results"]}, {"passive", "hostile"})

    def test_wrong_usage(self):
        for words in ((), (GOOD, "--list"), (GOOD, GOOD), (GOOD, "--only", "MIG-FSM-999"), (GOOD, "--class", "gentle"), (GOOD, "--format", "tap"),
                      (GOOD, "--json", "--format", "ktap"), (GOOD, "--record", "-"), (GOOD, "--hostile", PEER)):
            with self.subTest(words):
                code, out, err = self.run_cli("check", *words)
                self.assertEqual((code, out if "--json" not in words else ""), (USAGE, ""))
                self.assertIn("; next: ", err)

    def test_a_device_that_is_found_not_running_is_left_alone(self):
        out, err = self.check(FOUND, "--json", code=LOST)
        error = document(out, "error")["error"]
        self.assertEqual((error["state"], error["exit_code"]), ("RESUMING", LOST))
        self.assertIn("--force", err)
        out, _ = self.check(FOUND, "--force", "--json")
        found = document(out, "check")
        # It keeps its state over a close, which is what one check is about.
        self.assertEqual([r["id"] for r in found["results"] if r["verdict"] == "fail"], ["MIG-CLOSE-001"])
        self.assertEqual(found["ends"], [{"device": FOUND, "state": "RUNNING", "safe": True}])

    def test_a_call_that_does_not_return_is_told_and_given_up(self):
        started = time.monotonic()
        out, err = self.check(HUNG, "--max-stuck", "1", "--json", code=LOST)
        self.assertLess(time.monotonic() - started, 30)
        found = document(out, "check")
        self.assertIn("had not returned", found["results"][-1]["seen"])
        self.assertEqual(found["results"][-1]["verdict"], "fail")
        self.assertEqual(found["ends"], [{"device": HUNG, "state": None, "safe": False}])
        self.assertIn("state: unknown", err)

    def test_a_call_that_can_be_interrupted_fails_its_check_whatever_its_severity(self):
        out, err = self.check(STALL, "--max-stuck", "0.5", "--json", code=REFUSED)
        found = document(out, "check")
        failed = [r for r in found["results"] if r["verdict"] == "fail"]
        self.assertEqual(len(failed), 2, "after the second one nothing more is asked")
        self.assertTrue(all("read had not returned" in r["seen"] for r in failed))
        self.assertEqual(found["ends"], [{"device": STALL, "state": "RUNNING", "safe": True}])
        self.assertIn("stuck in read", err)

    def test_a_cancelled_run_brings_the_device_back(self):
        with subprocess.Popen([PROGRAM, "--backend", f"sim:{self.profile}", "--json", "check", SLOW], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as process:
            time.sleep(1.5)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, CANCELLED, err)
        found = document(out, "check")
        self.assertEqual(found["outcome"], "cancelled")
        self.assertGreater(found["skipped"], 50)
        self.assertEqual(found["ends"], [{"device": SLOW, "state": "RUNNING", "safe": True}])

    def test_the_recording_holds_every_call(self):
        path = Path(self.folder.name) / "calls.migrec"
        out, _ = self.check(GOOD, "--only", "MIG-FSM-001", "--record", str(path), "--json")
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        self.assertEqual(lines[0]["detail"], "calls")
        self.assertEqual(lines[0]["devices"][0]["flags"], 7)
        kinds = [line.get("kind") for line in lines[1:]]
        self.assertEqual(kinds[-1], "summary")
        self.assertIn("MIG-FSM-001", [line.get("text") for line in lines[1:]])
        shown = json.loads(out)["results"][0]["calls"]
        self.assertGreaterEqual(kinds.count("call"), len(shown))
        code, _, err = self.run_cli("check", GOOD, "--record", str(path))
        self.assertEqual(code, FILE, err)

    def test_devices_of_the_lab_that_cannot_be_checked(self):
        names = {d["label"]: d["address"] for d in json.loads((Path(__file__).parents[2] / "resources/profiles/lab.json").read_text())["devices"]}
        for label, code in (("no migration", REFUSED), ("v1 only", REFUSED), ("busy", NO_ACCESS), ("group not viable", NO_ACCESS), ("no driver", NO_ACCESS)):
            with self.subTest(label):
                got, out, err = self.run_cli("check", names[label], "--json", backend="sim")
                self.assertEqual(got, code, err)
                self.assertEqual(document(out, "error")["error"]["exit_code"], code)
                self.assertIn("; state: ", err)


if __name__ == "__main__":
    SCHEMAS = Path(sys.argv.pop())
    PROGRAM = sys.argv.pop()
    if not Path(PROGRAM).exists():
        sys.exit(f"{PROGRAM} is not built")
    unittest.main()
