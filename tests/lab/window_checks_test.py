#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The judgement on the window, on made-up evidence: what must pass passes, and each thing made wrong is found.
import contextlib
import io
import json
import pathlib
import struct
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import window_checks  # noqa: E402
from driver_checks import A, B  # noqa: E402

# Where the driver stands in a case whose words do not say so.
LISTED = {"save": "STOP_COPY", "eof-at": "STOP_COPY", "endless": "STOP_COPY", "cut-load": "RESUMING"}


def truth(device: str, *calls) -> str:
    text = f"# miglab truth 1 device {device} lost 0\n"
    for number, (kind, source, target, *rest) in enumerate(calls):
        ret, a = (*rest, 0, 0)[:2]
        text += f"{number} {kind} {number * 10} {number * 10 + 5} 7 {source} {target} {ret} {a} 0\n"
    return text


def walk(times: int) -> list:
    """Open, that often to PRE_COPY and back, close."""
    there = [("arc", "RUNNING", "PRE_COPY"), ("set", "RUNNING", "PRE_COPY"), ("arc", "PRE_COPY", "RUNNING"), ("set", "PRE_COPY", "RUNNING")]
    return [("open", "RUNNING", "-"), *there * times, ("close", "RUNNING", "-")]


class Evidence:
    """A share as a boot leaves it in which all is as it must be."""

    def __init__(self, folder: pathlib.Path):
        self.share = folder
        for name in ("steps", "files", "in"):
            (folder / name).mkdir()
        self.put("steps-exit", "0\n")
        self.put("kernel.log", "Linux version 6.12\n")
        self.put("steps/removed.live", "devices 0\nfiles 0\nshared 0\n")
        self.put("steps/rmmod.rc", "0\n")
        self.put("steps/faults.rc", "0\n")
        self.cases = {}
        for case, moments in window_checks.SAYS.items():
            self.cases[case] = {"case": case, "said": [self.said(case, when, wants) for when, wants in moments.items()]}
            calls = walk(4)
            if case.startswith("kept-"):
                calls = [("open", "ERROR", "-"), ("reset", "-", "-"), ("close", "RUNNING", "-")]
            if case == "reset-again":
                calls += [("reset", "-", "-", ret) for ret in (-11, -11, 0)]
            mismatch = [("mismatch", "-", "-", 7, 699999)] if case in ("corrupt", "run-corrupt") else []
            self.put(f"steps/{case}.truth", truth(A, *calls) + truth(B, *walk(0), *mismatch))
            self.put(f"steps/{case}.left", "".join(f"/sys/bus/mdev/devices/{d}/lab/state:RUNNING\n/sys/kernel/debug/miglab/{d}/live:files 0\n" for d in (A, B)))
        for how in ("killable", "hard"):
            self.put(f"steps/close-{how}.rc", "0\n")
            self.put(f"steps/close-{how}.out", "closing 5000000000\nleft 5100000000, behind a thread\n")
            self.put(f"steps/close-{how}.gone", "5.40\n")
        for theme in window_checks.THEMES:
            self.put(f"steps/pictures-{theme}.rc", "0\n")
            for what in window_checks.PICTURES:
                head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 1280, 800)
                (folder / f"files/miglab-{what}-{theme}.png").write_bytes(head + bytes(60_000))
        self.store()

    def put(self, name: str, text: str) -> None:
        (self.share / name).write_text(text)

    def said(self, case: str, when: str, wants: list) -> dict:
        said = {"when": when, "device": A, "driver": {A: "RUNNING", B: "RUNNING"}, "gap_ms": 20, "machine_gap_ms": 15,
                "grid": {"state": "RUNNING", "offered": ["STOP"], "reset": True, "notes": {}}}
        for want in wants:
            if isinstance(want, dict):
                said["grid"] |= {"offered": want["offers"], "reset": want.get("reset", True)}
            elif want[0] == window_checks.LOG:
                said.setdefault(want[0], []).append(" ".join(want[1:]))
            else:
                said[want[0]] = said.get(want[0], "") + " ".join(want[1:])
        return said

    def store(self) -> None:
        self.put("steps/window.jsonl", "".join(json.dumps(case) + "\n" for case in self.cases.values()))

    def moment(self, case: str, when: str) -> dict:
        return next(said for said in self.cases[case]["said"] if said["when"] == when)

    def failed(self) -> tuple:
        """(number of failed checks, what was printed)."""
        self.store()
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            count = window_checks.judge(self.share, pathlib.Path("none"))
        return count, out.getvalue()


class Window(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.evidence = Evidence(pathlib.Path(folder.name))

    def fails(self, words: str, count: int = 1) -> None:
        failed, said = self.evidence.failed()
        self.assertEqual(failed, count, said)
        self.assertIn(words, said)

    def test_good_evidence_passes(self):
        self.assertEqual(self.evidence.failed()[0], 0, self.evidence.failed()[1])

    def test_each_word_is_looked_for(self):
        for case, moments in window_checks.SAYS.items():
            for when, wants in moments.items():
                for want in wants:
                    if isinstance(want, dict):
                        continue
                    with self.subTest(case=case, when=when, want=want):
                        said = self.evidence.moment(case, when)
                        kept, said[want[0]] = said[want[0]], [] if want[0] == window_checks.LOG else "nothing"
                        self.assertGreater(self.evidence.failed()[0], 0)
                        said[want[0]] = kept

    def test_a_word_in_another_row_of_the_log_is_not_that_row(self):
        self.evidence.moment("fail-stay", "refused")["log"] = ["RUNNING → PRE_COPY", "EIO"]
        self.fails("no row of the log")

    def test_a_state_that_the_driver_does_not_have_is_found(self):
        self.evidence.moment("fail-stay", "refused")["grid"]["state"] = "PRE_COPY"
        self.fails("the state shown, and the driver's")

    def test_states_offered_on_a_device_in_error_are_found(self):
        self.evidence.moment("fail-error", "refused")["grid"]["offered"] = ["STOP"]
        self.fails("states that can be pressed")

    def test_a_reset_that_is_not_offered_is_found(self):
        self.evidence.moment("kept-resuming", "found")["grid"]["reset"] = False
        self.fails("whether Reset can be pressed")

    def test_a_case_that_was_left_out_or_missed_something_is_found(self):
        self.evidence.cases["no-fd"]["missed"] = "not within 20 s"
        self.fails("what did not come about")
        del self.evidence.cases["no-fd"]
        self.fails("misbehaviours that the window was shown", 2)

    def test_a_window_that_stood_still_is_found(self):
        self.evidence.moment("stall-read", "stuck")["gap_ms"] = window_checks.HANGS + 16
        self.fails("stood still")
        self.evidence.moment("stall-read", "stuck")["machine_gap_ms"] = 400
        self.assertEqual(self.evidence.failed()[0], 0, "the machine itself stood still so long")
        self.evidence.moment("save", "saved")["gap_ms"] = window_checks.EVER + 16
        self.fails("stood still")

    def test_a_set_outside_the_rules_is_found(self):
        self.evidence.put("steps/no-fd.truth", truth(A, ("open", "RUNNING", "-"), ("set", "RUNNING", "STOP"), ("close", "STOP", "-")))
        self.fails("rules broken")
        self.evidence.put("steps/kept-error.truth", truth(A, ("open", "ERROR", "-"), ("set", "ERROR", "STOP", -22), ("close", "ERROR", "-")))
        self.fails("nothing was sent but a reset", 3)

    def test_a_device_that_was_left_elsewhere_is_found(self):
        self.evidence.put("steps/corrupt.left", f"/sys/bus/mdev/devices/{A}/lab/state:STOP\n/sys/bus/mdev/devices/{B}/lab/state:RUNNING\n")
        self.fails("where the devices are in the end")

    def test_a_process_that_lives_on_is_found(self):
        self.evidence.put("steps/close-hard.gone", "8.20\n")
        self.fails("3.20 s after its window was closed")
        self.evidence.put("steps/close-hard.gone", "")
        self.fails("close-hard: closed")

    def test_pictures_of_another_size_or_none_are_found(self):
        (self.evidence.share / "files/miglab-fault-dark.png").unlink()
        self.fails("miglab-fault-dark.png", 2)


if __name__ == "__main__":
    unittest.main()
