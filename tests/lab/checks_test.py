#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The lab's judgement on made-up evidence: what must pass passes, and each broken rule is found.
import contextlib
import io
import json
import pathlib
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import checks  # noqa: E402
import evidence  # noqa: E402
from evidence import ARCS, ERROR, NAMES, PRE_COPY, PRE_COPY_P2P, RESUMING, RUNNING, RUNNING_P2P, STOP, STOP_COPY  # noqa: E402


def event_lines(number, state, ret=0, cmd=0x3B75, flags=0x20002, file=0xAA, answer=None):
    text = f"     migscope-cli-77  [001] .....  {number}.1: device_ioctl: (vfio_x+0x4/0x7c0 [vfio]) file={file:#x} cmd={cmd:#x} flags={flags:#x} state={state}\n"
    if ret is not None:
        text += f"     migscope-cli-77  [001] .....  {number}.2: device_ioctl_ret: (y+0x97/0xc0 <- vfio_x) ret={ret} state={state if answer is None else answer}\n"
    return text


def trace(*parts, header="# entries-in-buffer/entries-written: 9/9   #P:2\n"):
    return evidence.read_trace(header + "              sh-9  [000] .....  1.0: tracing_mark_write: step=one\n" + "".join(parts))


CLOSE = "     migscope-cli-77  [001] .....  9.9: device_close: (vfio_z+0x4/0x40 [vfio]) file=0xaa\n"


class Evidence(unittest.TestCase):
    def broken(self, *parts, **options):
        return evidence.violations(trace(*parts)["one"], {}, **options)

    def test_a_legal_walk_has_no_violation(self):
        self.assertEqual(self.broken(event_lines(2, RUNNING_P2P), event_lines(3, STOP), event_lines(4, RUNNING_P2P), event_lines(5, RUNNING), CLOSE), [])

    def test_every_pair_outside_the_arcs_is_found(self):
        for start in range(8):
            for target in range(8):
                if start == target or (start, target) in ARCS:
                    continue
                found = evidence.violations(trace(event_lines(2, target))["one"], {0xAA: start})
                self.assertEqual(len(found), 1, (NAMES[start], NAMES[target]))

    def test_the_arcs_never_lead_from_stop_copy_to_pre_copy_or_touch_error(self):
        self.assertFalse({(STOP_COPY, PRE_COPY), (STOP_COPY, PRE_COPY_P2P)} & ARCS)
        self.assertFalse([pair for pair in ARCS if ERROR in pair])
        self.assertEqual(len(ARCS), 15)

    def test_a_refused_a_hanging_and_a_bogus_set_are_found(self):
        self.assertIn("refused", self.broken(event_lines(2, RUNNING_P2P, ret=-22))[0])
        self.assertIn("never returned", self.broken(event_lines(2, RUNNING_P2P, ret=None))[0])
        self.assertIn("no arc", self.broken(event_lines(2, 99, ret=-22))[0])

    def test_a_device_closed_in_another_state_is_found_unless_allowed(self):
        self.assertEqual(self.broken(event_lines(2, PRE_COPY), CLOSE), ["the device was closed in PRE_COPY"])
        self.assertEqual(self.broken(event_lines(2, PRE_COPY), CLOSE, may_stay=True), [])

    def test_a_found_device_may_only_be_reset(self):
        self.assertIn("only be reset", self.broken(event_lines(2, STOP), start=RESUMING)[0])
        reset = event_lines(2, 0, cmd=evidence.DEVICE_RESET, flags=0)
        self.assertEqual(self.broken(reset, event_lines(3, RUNNING_P2P), event_lines(4, RUNNING), CLOSE, start=RESUMING), [])

    def test_after_a_refused_set_the_state_is_read_before_another(self):
        refused = event_lines(2, RUNNING_P2P, ret=-5)
        get = event_lines(3, 0, flags=0x10002, answer=RUNNING_P2P)
        self.assertIn("nobody has read", self.broken(refused, event_lines(4, STOP), may_fail=True)[0])
        self.assertEqual(self.broken(refused, get, event_lines(4, STOP), may_fail=True), [])
        # Where it was said to stand counts, not where it should.
        self.assertIn("RUNNING -> STOP", self.broken(refused, event_lines(3, 0, flags=0x10002, answer=RUNNING), event_lines(4, STOP), may_fail=True)[0])
        self.assertIn("ERROR -> STOP", self.broken(refused, event_lines(3, 0, flags=0x10002, answer=ERROR), event_lines(4, STOP), may_fail=True)[0])
        # A GET that fails tells nothing.
        self.assertIn("nobody has read", self.broken(refused, event_lines(3, 0, flags=0x10002, ret=-5), event_lines(4, STOP), may_fail=True)[0])

    def test_a_device_seen_astray_at_first_may_only_be_reset_and_is_left_as_found(self):
        get = event_lines(2, 0, flags=0x10002, answer=STOP_COPY)
        self.assertEqual(self.broken(get, CLOSE), [])
        self.assertIn("found in STOP_COPY", self.broken(get, event_lines(3, STOP))[0])
        reset = event_lines(3, 0, cmd=evidence.DEVICE_RESET, flags=0)
        self.assertEqual(self.broken(get, reset, event_lines(4, PRE_COPY), event_lines(5, RUNNING), CLOSE), [])
        self.assertEqual(self.broken(get, reset, event_lines(4, PRE_COPY), CLOSE), ["the device was closed in PRE_COPY"])

    def test_arcs_are_those_of_the_device(self):
        walk = (event_lines(2, STOP), event_lines(3, RUNNING), CLOSE)
        self.assertEqual(len(self.broken(*walk)), 2)
        self.assertEqual(self.broken(*walk, arcs={(RUNNING, STOP), (STOP, RUNNING)}), [])

    def test_strace_and_the_probes_tell_the_same_results(self):
        text = ("7  ioctl(4</dev/vfio/devices/vfio1>, 0x3b75, 0x7ffe) = 0\n7  ioctl(4</x>, 0x3b64, 0x7ffe) = -1 EINVAL (Invalid)\n"
                "8  ioctl(4</x>, 0x3b75, 0x7ffe <unfinished ...>\n7  ioctl(4</x>, 0x3b75, 0x7ffe) = -1 ENOTTY (Inappropriate ioctl)\n"
                "8  <... ioctl resumed>) = ? ERESTARTSYS (To be restarted)\n8  ioctl(4</x>, 0x3b75, 0x7ffe <unfinished ...>\n")
        self.assertEqual(evidence.strace_results(text, 0x3B75), {7: [0, -25], 8: [-512, None]})
        events = trace(event_lines(2, 0, flags=0x10002), event_lines(3, STOP, ret=None), event_lines(4, 0, cmd=evidence.DEVICE_RESET, flags=0))["one"]
        self.assertEqual(evidence.feature_results(events), {77: [0, None]})

    def test_a_trace_that_lost_lines_proves_nothing(self):
        with self.assertRaises(ValueError):
            trace(header="# entries-in-buffer/entries-written: 9/10   #P:2\n")

    def test_strace_lines_are_read(self):
        text = ('7  openat(-100</>, "/sys/class/vfio", 0x90800) = 3</sys/class/vfio>\n7  openat(-100</>, "/dev/vfio/14", 0x80002) = 4</dev/vfio/14>\n'
                '7  openat(-100</>, "/tmp/x", 0x241, 0666) = 5\n7  ioctl(4</dev/vfio/14>, 0x3b75, 0x7ffe) = 0\n7  ioctl(1</tmp/o>, 0x5401, 0x7ffe) = -1 ENOTTY (x)\n')
        self.assertEqual(evidence.strace_opens(text), [("/sys/class/vfio", 0x90800), ("/dev/vfio/14", 0x80002), ("/tmp/x", 0x241)])
        self.assertEqual([p for p, f in evidence.strace_opens(text) if evidence.is_device_node(p, f)], ["/dev/vfio/14"])
        self.assertFalse(evidence.is_device_node("/dev/vfio", 0x90800))
        self.assertTrue(evidence.is_device_node("/dev/iommu", 0x80002))
        self.assertEqual(evidence.strace_ioctls(text), [0x3B75])


class Watch(unittest.TestCase):
    DUE = ("panic_on_warn 1\npanic_on_oops 1\nsoftlockup_panic 1\nwatchdog 1\nsoft_watchdog 1\nwatchdog_thresh 20\n"
           "watchdog_cpumask 0-1\nonline 0-1\n")

    def failed(self, before=DUE, after=DUE, **how) -> int:
        with tempfile.TemporaryDirectory() as share, contextlib.redirect_stdout(io.StringIO()):
            (pathlib.Path(share) / "watch-before").write_text(before)
            (pathlib.Path(share) / "watch-after").write_text(after)
            judge = checks.Judge(pathlib.Path(share), pathlib.Path("none"))
            judge.watched_over(**how)
            return judge.failed

    def test_a_kernel_that_ends_at_every_trouble_passes(self):
        self.assertEqual(self.failed(), 0)

    def test_each_switch_that_is_off_before_or_behind_the_steps_fails(self):
        for name in ("panic_on_warn", "panic_on_oops", "softlockup_panic", "watchdog", "soft_watchdog"):
            off = re.sub(rf"(?m)^{name} 1$", f"{name} 0", self.DUE)
            self.assertNotEqual(off, self.DUE)
            self.assertEqual((self.failed(before=off), self.failed(after=off)), (1, 1), name)
        self.assertEqual(self.failed(before=self.DUE.replace("thresh 20", "thresh 0")), 1)
        self.assertEqual(self.failed(before=self.DUE.replace("thresh 20", "thresh 60")), 1)
        self.assertEqual(self.failed(after=self.DUE.replace("cpumask 0-1", "cpumask 0")), 1)
        self.assertGreater(self.failed(after=""), 5)

    def test_only_where_it_is_told_may_a_kernel_go_on_after_a_warning(self):
        self.assertEqual(self.failed(*[self.DUE.replace("panic_on_warn 1", "panic_on_warn 0")] * 2, warn=False), 0)


class KernelLog(unittest.TestCase):
    def test_trouble_is_found_and_the_boot_advice_is_not(self):
        for line in ("[ 1.0] BUG: unable to handle page fault", "[ 1.0] WARNING: CPU: 0 PID: 1", "[ 1.0] watchdog: BUG: soft lockup - CPU#0", "[ 1.0] Oops: 0002"):
            self.assertEqual(checks.kernel_trouble(line), [line])
        self.assertEqual(checks.kernel_trouble('[ 0.9] PCI: if necessary, use "pci=nocrs" and report a bug\n[ 0.0] Command line: oops=panic'), [])

    def judged(self, *events):
        """Failed checks of a recording with these events."""
        with tempfile.TemporaryDirectory() as share:
            files = pathlib.Path(share) / "files"
            files.mkdir()
            (files / "mtty-log.migrec").write_text("\n".join(json.dumps(e) for e in events))
            judge = checks.Judge(pathlib.Path(share), pathlib.Path("none"))
            judge.kernel_log()
            return judge.failed

    def test_a_line_in_the_recording_must_be_there_once_and_at_its_place(self):
        stop = {"kind": "arc", "dev": 0, "to": "STOP", "t_return_ns": 10}
        line = {"kind": "kernel-log", "t_ns": 20, "dev": 0, "src": "kernel", "prio": 11, "text": f"migscope-lab {checks.SOURCE}: test"}
        end = {"kind": "run-end", "t_ns": 30}
        self.assertEqual(self.judged(stop, line, end), 0)
        self.assertEqual(self.judged(stop, end), 1)
        self.assertEqual(self.judged(stop, line, line, end), 1)
        self.assertEqual(self.judged(stop, line | {"t_ns": 5}, end), 1)
        self.assertEqual(self.judged(stop, line | {"prio": 6}, end), 1)
        self.assertEqual(self.judged(stop, line | {"dev": 1}, end), 1)


if __name__ == "__main__":
    unittest.main()
