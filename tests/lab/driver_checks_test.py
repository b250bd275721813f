#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The judgement on the lab's own driver, on made-up truth: what must pass passes, and each broken rule is found.
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import driver_checks  # noqa: E402
import driver_truth  # noqa: E402

HEAD = "# miglab truth 1 device 70000000-0000-4000-8000-00000000000a lost 0\n# seq kind begin_ns end_ns pid from to ret a b\n"
DEVICE = "70000000-0000-4000-8000-00000000000a"


def lines(*calls) -> str:
    """Calls as (kind, from, to[, ret[, a[, b]]]), ten nanoseconds each."""
    text = HEAD
    for number, call in enumerate(calls):
        kind, source, target, ret, a, b = (*call, *(0, 0, 0)[len(call) - 3:])
        text += f"{number} {kind} {number * 10} {number * 10 + 5} 7 {source} {target} {ret} {a} {b}\n"
    return text


def entries(*calls) -> list:
    return driver_truth.read(lines(*calls))[DEVICE]


def walk(*states, found="RUNNING") -> list:
    """Open, a SET with its arc from state to state, close."""
    calls = [("open", found, "-")]
    for source, target in zip(states, states[1:]):
        calls += [("arc", source, target), ("set", source, target)]
    return entries(*calls, ("close", states[-1], "-"))


class Rules(unittest.TestCase):
    def broken(self, found, flags=7, combined=False):
        return driver_checks.violations(found, flags, combined)

    def test_legal_walks_have_no_violation(self):
        self.assertEqual(self.broken(walk("RUNNING", "PRE_COPY", "PRE_COPY_P2P", "STOP_COPY", "STOP", "RUNNING_P2P", "RUNNING")), [])
        self.assertEqual(self.broken(walk("RUNNING", "STOP", "RESUMING", "STOP", "RUNNING"), 1), [])
        self.assertEqual(self.broken(walk("RUNNING", "PRE_COPY", "STOP_COPY", "STOP"), 5), [])

    def test_arcs_that_a_device_lacks_are_found(self):
        for flags, source, target in ((1, "RUNNING", "RUNNING_P2P"), (3, "RUNNING", "STOP"), (3, "RUNNING", "PRE_COPY"), (5, "RUNNING", "RUNNING_P2P"),
                                      (7, "RUNNING", "STOP"), (7, "STOP_COPY", "PRE_COPY"), (7, "PRE_COPY", "STOP_COPY")):
            self.assertEqual(len(self.broken(walk(source, target), flags)), 1, (flags, source, target))

    def test_the_number_of_arcs_is_that_of_the_protocol(self):
        self.assertEqual([len(driver_checks.arcs_of(flags)) for flags in (1, 3, 5, 7)], [6, 8, 9, 15])

    def test_a_set_of_several_arcs_is_found_unless_it_was_asked_for(self):
        several = entries(("open", "RUNNING", "-"), ("arc", "RUNNING", "STOP"), ("arc", "STOP", "STOP_COPY"), ("set", "RUNNING", "STOP_COPY"),
                          ("close", "STOP_COPY", "-"))
        self.assertEqual(len(self.broken(several, 1)), 2)
        self.assertEqual(self.broken(several, 1, combined=True), [])

    def test_a_device_found_elsewhere_may_only_be_reset(self):
        self.assertEqual(len(self.broken(walk("STOP_COPY", "STOP", found="STOP_COPY"))), 1)
        calm = entries(("open", "STOP_COPY", "-"), ("reset", "-", "-"), ("arc", "RUNNING", "PRE_COPY"), ("set", "RUNNING", "PRE_COPY"), ("close", "PRE_COPY", "-"))
        self.assertEqual(self.broken(calm), [])
        failed = entries(("open", "STOP_COPY", "-"), ("reset", "-", "-", -16), ("set", "STOP_COPY", "STOP"), ("close", "STOP", "-"))
        self.assertEqual(len(self.broken(failed)), 1)

    def test_a_set_in_error_or_without_an_open_and_a_missing_close_are_found(self):
        self.assertIn("SET STOP in ERROR", self.broken(entries(("open", "RUNNING", "-"), ("set", "ERROR", "STOP", -22), ("close", "ERROR", "-"))))
        self.assertIn("nobody opened", self.broken(entries(("set", "RUNNING", "PRE_COPY")))[0])
        self.assertEqual(self.broken(entries(("open", "RUNNING", "-"))), ["nobody closed it"])


class Truth(unittest.TestCase):
    def test_a_ring_that_lost_entries_proves_nothing(self):
        with self.assertRaises(ValueError):
            driver_truth.read(HEAD.replace("lost 0", "lost 3"))

    def test_a_recording_with_other_arcs_than_the_kernel_saw_is_found(self):
        header = {"clock": {"t0_ns": 0}, "devices": [{"name": DEVICE}]}
        arc = {"kind": "arc", "dev": 0, "from": "RUNNING", "to": "PRE_COPY", "t_call_ns": 5, "t_return_ns": 40, "errno": 0}
        truth = {DEVICE: walk("RUNNING", "PRE_COPY")}
        row, = driver_truth.arc_rows([header, arc], truth)
        self.assertEqual((row.ours, row.kernel, row.before, row.after), (35, 5, 15, 15))
        with self.assertRaises(ValueError):
            driver_truth.arc_rows([header, arc | {"to": "STOP"}], truth)
        with self.assertRaises(ValueError):
            driver_truth.arc_rows([header, arc, arc], truth)

    def test_phases_are_cut_from_the_kernels_stamps(self):
        # 30 PRE_COPY_P2P, 50 STOP_COPY, 60 read, 70 read of 0.
        source = entries(("open", "RUNNING", "-"), ("set", "RUNNING", "PRE_COPY"), ("read", "-", "-", 9), ("set", "PRE_COPY", "PRE_COPY_P2P"),
                         ("get", "PRE_COPY_P2P", "-"), ("set", "PRE_COPY_P2P", "STOP_COPY"), ("read", "-", "-", 9), ("read", "-", "-", 0))
        # 60 write, 80 STOP, 90 RUNNING_P2P, 100 RUNNING.
        nothing = ("get", "RESUMING", "-")
        destination = entries(*[nothing] * 6, ("write", "-", "-", 9), nothing, ("set", "RESUMING", "STOP"), ("set", "STOP", "RUNNING_P2P"),
                              ("set", "RUNNING_P2P", "RUNNING"))
        self.assertEqual(driver_truth.kernel_phases(source, destination), {"stop": 20, "save": 20, "load": 15, "resume": 20, "downtime": 75})

    def test_a_wait_after_a_call_that_had_nothing_belongs_to_the_call(self):
        # entries() gives each 5 ns, 10 ns after the one before.
        calls = entries(("read", "-", "-", 9), ("read", "-", "-", -11), ("get", "STOP_COPY", "-"), ("read", "-", "-", 9), ("read", "-", "-", 0))
        self.assertEqual(driver_truth.calls_and_waits(calls, "read"), 4 * 5 + 15)
        self.assertEqual(driver_truth.calls_and_waits(calls, "write"), 0)


if __name__ == "__main__":
    unittest.main()
