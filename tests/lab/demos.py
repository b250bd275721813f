# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The examples that are built into the window: judges the recordings of a boot, says in each what it is, puts them into the tree.
"""Only the header is touched, and only by two members: host.emulated, and about. Every event stands as it was recorded."""

import json
import pathlib

import driver_checks
from lab_cache import say

MOST_BYTES = 60_000
MADE = "Made on the lab's own driver (miglab) on a real kernel in an emulated machine: times are not a real machine's."

# recording -> (exit code of its migration, what it shows). The first words of the window's menu stand in ui/examples.cpp.
DEMOS = {
    "clean-pre-copy": (0, "Pre-copy with P2P as it should be: most moves while the device runs, little is left for the dark time."),
    "does-not-converge": (0, "Pre-copy that cannot win: the device dirties its state faster than it is read, and a bound of six rounds ends it."),
    "slow-load": (0, "The destination takes long to accept the state: nearly all of the downtime is the SET from RESUMING to STOP."),
    "slow-save": (0, "The source gives its state slowly: reading it in STOP_COPY is nearly all of the downtime."),
    "failed-set": (1, "A SET that fails: the device refuses STOP_COPY with EIO, the source is taken back, the destination is reset."),
    "new-initial-data": (0, "New initial data in the middle of pre-copy: what was left grows again, and pre-copy goes on until it is read."),
    "stop-copy-only": (0, "A device that knows STOP_COPY only: no pre-copy and no P2P, so that everything moves while it is dark."),
}


def labelled(text: str, about: str) -> str:
    """The recording with its header's two members; raises ValueError when the header is no such."""
    first, rest = text.split("\n", 1)
    header = json.loads(first)
    if header.get("simulated") or header["host"]["name"] != "lab-guest":
        raise ValueError("not made in the lab's guest")
    header["host"]["emulated"] = True
    header["about"] = f"{about} {MADE}"
    return json.dumps(header, ensure_ascii=False, separators=(",", ":")) + "\n" + rest


def judge(share: pathlib.Path, cli: pathlib.Path, target: pathlib.Path | None = None) -> int:
    """Number of failed checks. With a target and none failed: the recordings are put there."""
    judge_ = driver_checks.DriverJudge(share, cli)
    made = {}
    if judge_.ready():
        judge_.rules(least=30, whole=False)
        for name, (code, about) in DEMOS.items():
            judge_.exits(name, code)
            text = judge_.text(f"files/{name}.migrec")
            try:
                made[name] = labelled(text, about)
            except (ValueError, KeyError) as error:
                judge_.expect(False, f"{name}: {error!r}")
                continue
            summary = json.loads(text.splitlines()[-1])
            judge_.equal(summary.get("outcome"), "failed" if code else "ok", f"{name}: outcome in its last line")
            judge_.expect(len(made[name].encode()) < MOST_BYTES, f"{name}: {len(made[name])} bytes, too many for an example")
    if target and not judge_.failed:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (target / f"{name}.migrec").write_text(text)
        say(f"{len(made)} examples written to {target}")
    say(f"{judge_.passed} checks passed, {judge_.failed} failed")
    return judge_.failed
