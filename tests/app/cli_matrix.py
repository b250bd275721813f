#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command on every device of the simulated lab: exit code, one clear line, a valid document, the state told."""

import concurrent.futures
import json
import os
import pathlib
import signal
import stat
import subprocess
import sys
import tempfile
import time

import jsonschema

OK, REFUSED, USAGE, NO_ACCESS, OVER_BUDGET, LOST, FILE, CANCELLED = 0, 1, 2, 3, 4, 5, 6, 130
WAIT = 60

# Command kinds, in the order of the columns below. `set` goes to STOP_COPY and back; `load` gets an image of the
# device's own kind; `source` and `destination` migrate with a healthy partner; `loop` is the device onto itself.
KINDS = ("show", "probe", "set", "reset", "save", "load", "source", "destination", "loop")
WELL = (OK,) * 9
NO_PROTOCOL = (OK, OK, REFUSED, OK, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED)
CLOSED = (OK,) + (NO_ACCESS,) * 8
# None: done by its own scenario below, because it takes long or needs a signal.
# label: (a partner of the same kind, exit code by column)
EXPECTED = {
    "mlx5 A": ("mlx5 B", WELL),
    "mlx5 B": ("mlx5 A", WELL),
    "hisi_acc A": ("hisi_acc B", WELL),
    "hisi_acc B": ("hisi_acc A", WELL),
    "pds A": ("pds B", WELL),
    "pds B": ("pds A", WELL),
    "qat A": ("qat B", WELL),
    "qat B": ("qat A", WELL),
    "virtio A": ("virtio B", WELL),
    "virtio B": ("virtio A", WELL),
    "mlx5 C": ("mlx5 D", WELL),
    "mlx5 D": ("mlx5 C", WELL),
    "shared group A": ("shared group B", WELL),
    "shared group B": ("shared group A", WELL),
    "no migration": ("mlx5 A", NO_PROTOCOL),
    "v1 only": ("mlx5 A", NO_PROTOCOL),
    "busy": ("mlx5 A", CLOSED),
    "blocks the group": ("mlx5 A", CLOSED),
    "group not viable": ("mlx5 A", CLOSED),
    "no driver": ("mlx5 A", CLOSED),
    "fails into ERROR": ("mlx5 A", (OK, OK, REFUSED, OK, REFUSED, OK, REFUSED, OK, REFUSED)),
    "refuses the image": ("mlx5 A", (OK, OK, OK, OK, OK, REFUSED, OK, REFUSED, REFUSED)),
    "slow": ("mlx5 A", (OK, OK, None, OK, None, None, None, None, None)),
    "stuck": ("mlx5 A", (OK, OK, None, OK, None, None, None, None, None)),
    "stalled stream": ("mlx5 A", (OK, OK, OK, OK, None, OK, None, OK, None)),
    "EMFILE after success": ("mlx5 A", (OK, OK, REFUSED, OK, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED)),
    "found RESUMING": ("mlx5 A", (OK, OK, REFUSED, OK, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED)),
}
DOCUMENT = {"show": "show", "probe": "show", "set": "arcs", "reset": "arcs", "save": "save", "load": "load",
            "source": "report", "destination": "report", "loop": "report"}


class Matrix:
    def __init__(self, program, schemas, folder):
        self.program, self.folder = program, pathlib.Path(folder)
        self.schemas = {}
        for path in pathlib.Path(schemas).glob("*.json"):
            schema = json.loads(path.read_text())
            validator = jsonschema.validators.validator_for(schema)
            validator.check_schema(schema)
            self.schemas[path.stem] = validator(schema)
        self.failures, self.checks = [], 0
        self.devices = {}

    # --- tools -------------------------------------------------------------------------------------------------
    def expect(self, condition, text):
        self.checks += 1
        if not condition:
            self.failures.append(text)
        return bool(condition)

    def start(self, *words, backend="sim", **more):
        environment = {**os.environ, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
        prefix = [self.program] + (["--backend", backend] if backend else [])
        more.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen([*prefix, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                text=True, cwd=self.folder, env=environment, **more)

    def run(self, *words, **more):
        process = self.start(*words, **more)
        try:
            out, err = process.communicate(timeout=WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.expect(False, f"{' '.join(map(str, words))}: did not end in {WAIT} s; it said: {err[-300:]}")
        return process.returncode, out, err

    def document(self, what, out, schema):
        try:
            document = json.loads(out)
        except ValueError as error:
            self.expect(False, f"{what}: standard output is no JSON document ({error}): {out[:200]!r}")
            return {}
        errors = sorted(self.schemas[schema].iter_errors(document), key=str)
        self.expect(not errors, f"{what}: not valid by {schema}.json: {[e.message[:200] for e in errors[:3]]}")
        self.expect(document.get("schema") == f"migscope.{schema}/1", f"{what}: schema {document.get('schema')!r}")
        return document

    def one_line(self, what, err, noise=False):
        """The one line that a failure says; `noise`: the words about a stuck call or a cancel stand before it."""
        lines = err.splitlines()
        said = [line for line in lines if line.startswith("migscope-cli: ")]
        self.expect(len(said) == 1 and (noise or len(lines) == 1), f"{what}: not exactly one line on stderr: {lines}")
        line = said[0] if said else ""
        self.expect("; next: " in line, f"{what}: the line says no next step: {line}")
        self.expect("\033" not in err, f"{what}: escape sequences in what is no terminal")
        return line

    def failed(self, what, code, out, err, wanted, device=None, noise=False):
        """All that is true of every failure with --json."""
        self.expect(code == wanted, f"{what}: exit code {code}, not {wanted}: {err[-300:]}")
        line = self.one_line(what, err, noise)
        document = self.document(what, out, "error")
        error = document.get("error", {})
        self.expect(error.get("exit_code") == code, f"{what}: exit_code {error.get('exit_code')} in the document, {code} from the process")
        if device:
            self.expect(device in line, f"{what}: the line does not name the device: {line}")
        if device and wanted != USAGE:
            self.expect("; state: " in line, f"{what}: the line does not tell the state: {line}")
        if wanted in (REFUSED, CANCELLED) and device:
            states = {d["name"]: d["final_state"] for d in document.get("devices", [])}
            self.expect(states and set(states.values()) <= {"RUNNING", "no migration state"},
                        f"{what}: exit code {wanted} says that the devices are safe, but they stand {states}")
        return document

    # --- the table -----------------------------------------------------------------------------------------------
    def words(self, kind, label, partner):
        device, other = self.devices[label], self.devices[partner]
        slug = label.replace(" ", "-")
        return {
            "show": ["show", device],
            "probe": ["show", device, "--probe"],
            "set": ["set", device, "STOP_COPY", "RUNNING"],
            "reset": ["reset", device],
            "save": ["save", device, f"{slug}.state"],
            "load": ["load", f"image-{self.family(label)}.state", device],
            "source": ["migrate", device, other],
            "destination": ["migrate", other, device, "--mode", "stop-copy"],
            "loop": ["migrate", device, device],
        }[kind]

    def family(self, label):
        for family in ("hisi_acc", "pds", "qat", "virtio"):
            if label.startswith(family):
                return family
        return "mlx5"

    def cell(self, kind, label, partner, wanted):
        what = f"{kind} of “{label}”"
        words = self.words(kind, label, partner)
        code, out, err = self.run("--json", *words)
        if wanted != OK:
            document = self.failed(what, code, out, err, wanted, self.devices[label])
            if kind == "set" and wanted == REFUSED:
                self.expect(document.get("final_state") in ("RUNNING", None), f"{what}: final state {document.get('final_state')}")
            return
        if not self.expect(code == OK, f"{what}: exit code {code}, not 0: {err[-300:]}"):
            return
        self.expect(err == "", f"{what}: well, but stderr has {err[:200]!r}")
        document = self.document(what, out, DOCUMENT[kind])
        self.good(what, kind, label, document)
        if kind in ("show", "probe", "reset"):
            code, out, err = self.run(*words)
            self.expect(code == OK and err == "" and self.devices[label] in out, f"{what} as text: exit code {code}, {err[:200]!r}")

    def good(self, what, kind, label, document):
        """What only this kind of document can say."""
        self.expect(document.get("simulated") is True, f"{what}: does not say that it is simulated")
        if kind in ("show", "probe"):
            self.expect(document["device"]["name"] == self.devices[label], f"{what}: another device")
            self.expect((document["probe"] is not None) == (kind == "probe"), f"{what}: probe {document['probe']}")
        if kind == "show" and document["device"]["debugfs"]:
            migrates = document["device"]["debugfs"]["migration"]
            wanted = "RESUMING" if label == "found RESUMING" else "RUNNING" if migrates else None
            self.expect(document["device"]["debugfs"]["state"] == wanted, f"{what}: from outside {document['device']['debugfs']}")
        if kind == "probe" and label == "found RESUMING":
            self.expect(document["probe"]["state"] == "RESUMING" and document["probe"]["needs_reset"], f"{what}: {document['probe']}")
        elif kind == "probe" and document["probe"]["protocol"] == "v2":
            self.expect(document["probe"]["state"] == "RUNNING", f"{what}: state {document['probe']['state']}")
        if kind == "set":
            self.expect(document["final_state"] == "RUNNING", f"{what}: final state {document['final_state']}")
            ends = [arc["to"] for arc in document["arcs"]]
            self.expect("STOP_COPY" in ends and ends[-1] == "RUNNING", f"{what}: arcs {ends}")
            self.expect(all(arc["duration_ns"] > 0 and arc["errno"] is None for arc in document["arcs"]), f"{what}: {document['arcs']}")
        if kind == "reset":
            has_state = label not in ("no migration", "v1 only")
            self.expect(document["final_state"] == ("RUNNING" if has_state else None), f"{what}: final state {document['final_state']}")
        if kind in ("save", "load"):
            self.expect(document["final_state"] == "RUNNING" and document["state_bytes"] > 0, f"{what}: {document}")
        if kind == "save":
            saved = self.folder / document["file"]
            self.expect(saved.stat().st_size == document["file_bytes"] > document["state_bytes"], f"{what}: file of {saved.stat().st_size} bytes")
            saved.unlink()
        if DOCUMENT[kind] == "report":
            self.expect(document["outcome"] == "ok", f"{what}: outcome {document['outcome']}")
            run = document["runs"][0]
            known = [p["duration_ns"] for p in run["phases"] if p["duration_ns"] is not None]
            self.expect(sum(known) == run["downtime_ns"] > 0, f"{what}: phases {known}, downtime {run['downtime_ns']}")
            self.expect(all(d["final_state"] for d in run["devices"]), f"{what}: final states {run['devices']}")

    # --- devices that need patience or a signal -------------------------------------------------------------------
    def interrupted(self, what, words, after, signals, wanted, device, number=signal.SIGINT, until=None):
        """Starts, waits until `until` stands on stderr (or `after` seconds), sends signals, judges the end."""
        log = self.folder / f"{what}.err"
        with log.open("w") as err_file:
            process = self.start("--json", *words, stderr=err_file,
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        begun = time.monotonic()
        if until:
            while until not in log.read_text() and time.monotonic() - begun < 20:
                time.sleep(0.02)
            words_after = time.monotonic() - begun
            # Starting the program and opening the device come before the call: they are not part of its two seconds.
            self.expect(until in log.read_text() and words_after < 2 + after, f"{what}: the words {until!r} came after {words_after:.1f} s")
        else:
            time.sleep(after)
        for count in range(signals):
            process.send_signal(number)
            time.sleep(0.5 if count + 1 < signals else 0)
        sent = time.monotonic()
        try:
            out, _ = process.communicate(timeout=WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
        err = log.read_text()
        ended = time.monotonic() - sent
        self.expect(process.returncode == wanted, f"{what}: exit code {process.returncode}, not {wanted}: {err[-400:]}")
        said = [line for line in err.splitlines() if line.startswith("migscope-cli: ")]
        self.expect(len(said) == 1 and device in said[0], f"{what}: lines of the end: {said}")
        return out, err, ended

    def stuck(self):
        device, other = self.devices["stuck"], self.devices["mlx5 A"]
        out, err, ended = self.interrupted("stuck, Ctrl-C twice", ["set", device, "STOP"], 4, 2, LOST, device, until="stuck in SET")
        self.expect("process" in err and "left at once" in err, f"stuck: says pid and how it was left: {err}")
        self.expect(ended < 3, f"stuck: the second Ctrl-C took {ended:.1f} s")
        for kind, words in (("set", ["set", device, "STOP"]), ("save", ["save", device, "stuck.state"]), ("migrate", ["migrate", device, other]),
                            ("load", ["load", "image-mlx5.state", device]), ("loop", ["migrate", device, device]), ("to", ["migrate", other, device])):
            what = f"stuck, {kind} --max-stuck"
            code, out, err = self.run("--json", *words, "--max-stuck", "2.2")
            document = self.failed(what, code, out, err, LOST, device, noise=True)
            self.expect("stuck in SET" in err, f"{what}: no word that it is stuck: {err}")
            self.expect(document.get("error", {}).get("code") == "stuck", f"{what}: code {document.get('error')}")

    def slow(self):
        device = self.devices["slow"]
        # What a signal can wake comes back, and is told as what it was: no cancel of the user's.
        code, out, err = self.run("--json", "set", device, "STOP", "--max-stuck", "2.2")
        document = self.failed("slow, set --max-stuck", code, out, err, REFUSED, device, noise=True)
        self.expect("interrupting it" in err and "was interrupted" in err, f"slow, set --max-stuck: {err}")
        self.expect(document.get("error", {}).get("code") == "stuck" and document["error"]["state"] == "RUNNING", f"slow, set --max-stuck: {document}")
        for name, words in (("set", ["set", device, "RUNNING_P2P"]), ("save", ["save", device, "slow.state"]),
                            ("loop", ["migrate", device, device]), ("load", ["load", "image-mlx5.state", device])):
            what = f"slow, {name}, Ctrl-C once"
            out, err, ended = self.interrupted(what, words, 6, 1, CANCELLED, device, until="stuck in SET")
            document = self.document(what, out, "error")
            self.expect([d["final_state"] for d in document.get("devices", [])] == ["RUNNING"], f"{what}: left as {document.get('devices')}")
            self.expect(ended < 5, f"{what}: took {ended:.1f} s to come back")
        out, err, ended = self.interrupted("slow, SIGTERM", ["set", device, "STOP"], 6, 1, CANCELLED, device,
                                           number=signal.SIGTERM, until="stuck in SET")

    def stalled(self):
        device, other = self.devices["stalled stream"], self.devices["mlx5 A"]
        for name, words in (("save", ["save", device, "given-up.state"]), ("migrate", ["migrate", device, other])):
            what = f"stalled stream, {name} --max-stuck"
            code, out, err = self.run("--json", *words, "--max-stuck", "2.2")
            document = self.failed(what, code, out, err, REFUSED, device, noise=True)
            self.expect(document.get("error", {}).get("code") == "stuck" and "was interrupted" in err, f"{what}: {err}")
            self.expect({d["final_state"] for d in document.get("devices", [])} == {"RUNNING"}, f"{what}: left as {document.get('devices')}")
        for name, words in (("save", ["save", device, "stalled.state"]), ("migrate", ["migrate", device, other]), ("loop", ["migrate", device, device])):
            what = f"stalled stream, {name}, Ctrl-C once"
            out, err, ended = self.interrupted(what, words, 8, 1, CANCELLED, device, until="stuck in read")
            document = self.document(what, out, "error")
            self.expect({d["final_state"] for d in document.get("devices", [])} == {"RUNNING"}, f"{what}: left as {document.get('devices')}")
            self.expect(ended < 5, f"{what}: took {ended:.1f} s to come back")

    def cancelled(self):
        """A healthy run cancelled: both ends come back, the recording is whole and says so."""
        a, b = self.devices["virtio A"], self.devices["virtio B"]
        out, err, ended = self.interrupted("cancel", ["migrate", a, b, "--runs", "10000", "--record", "cancel.migrec"], 2.5, 1, CANCELLED, a)
        document = self.document("cancel", out, "error")
        self.expect({d["name"]: d["final_state"] for d in document.get("devices", [])} == {a: "RUNNING", b: "RUNNING"}, f"cancel: {document.get('devices')}")
        self.expect(document.get("report", {}).get("outcome") == "cancelled", f"cancel: outcome {document.get('report', {}).get('outcome')}")
        lines = (self.folder / "cancel.migrec").read_text().splitlines()
        self.expect(json.loads(lines[-1]).get("kind") == "summary", f"cancel: the recording ends with {lines[-1][:80]}")
        self.expect(ended < 3, f"cancel: took {ended:.1f} s")

    def asked_back(self):
        """The kernel wants a device that is open: it is brought back and closed, and that is said."""
        devices = [{"address": f"0000:3b:00.{n}", "family": "mlx5", "label": f"mlx5 {n}", "physical_function": "0000:3b:00.0"} for n in (2, 3)]
        devices[0]["faults"] = [{"kind": "asked-back", "after_ns": 1_500_000_000}]
        (self.folder / "asked.json").write_text(json.dumps({"schema": "migscope.sim-profile/1", "name": "asked", "devices": devices,
                                                            "host": {"name": "asked", "kernel": "7.3.0", "debugfs": True}}))
        first, second = (device["address"] for device in devices)
        for words in (["set", first, "STOP", "--hold"], ["migrate", first, second, "--runs", "1000"]):
            code, out, err = self.run("--json", *words, backend="sim:asked.json")
            self.failed(f"asked back in {words[0]}", code, out, err, NO_ACCESS, first, noise=True)
            self.expect("the kernel asked for" in err, f"asked back in {words[0]}: says so: {err!r}")

    def hold(self):
        device = self.devices["mlx5 A"]
        process = self.start("--json", "set", device, "STOP", "--hold", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        line = process.stderr.readline()
        self.expect("held in STOP" in line, f"hold: says {line!r}")
        time.sleep(0.3)
        self.expect(process.poll() is None, "hold: goes on until Ctrl-C")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=WAIT)
        self.expect(process.returncode == OK, f"hold: exit code {process.returncode}: {err}")
        document = self.document("hold", out, "arcs")
        self.expect(document.get("reached") == "STOP" and document.get("final_state") == "RUNNING", f"hold: {document}")

    # --- the rest of the contract -------------------------------------------------------------------------------
    def passive(self):
        code, out, err = self.run("--json", "list")
        self.expect(code == OK and err == "", f"list: exit code {code}, {err!r}")
        listed = self.document("list", out, "topology")
        labels = [device["label"] for device in listed.get("devices", [])]
        self.expect(sorted(map(str, labels)) == sorted(EXPECTED), f"list: devices {sorted(map(str, labels))}")
        self.devices = {device["label"]: device["name"] for device in listed["devices"]}
        verdicts = {device["label"]: device["verdict"] for device in listed["devices"]}
        for label in ("no migration", "v1 only", "blocks the group", "group not viable", "no driver"):
            self.expect(verdicts[label] == "not-migratable", f"list: verdict on “{label}” is {verdicts[label]}")
        code, text, err = self.run("list")
        self.expect(code == OK and err == "" and "simulated machine “lab”" in text, f"list as text: {code}, {err!r}, {text[:100]!r}")
        self.expect(all(name in text for name in self.devices.values()), "list as text: names every device")
        self.expect("qemu-system-x86" in text and "{" not in text, "list as text: names the holder, leaves no parameter of a sentence unfilled")
        for words in (["--json", "version"], ["version", "--json"]):
            code, out, err = self.run(*words)
            self.expect(code == OK and err == "", f"version: exit code {code}, {err!r}")
            self.document("version", out, "version")

    def here(self):
        """The machine that runs this test, whatever it has: list explains itself, capture answers as it does."""
        code, out, err = self.run("--json", "list", backend=None)
        here = self.document("list here", out, "topology")
        self.expect(code == OK and here.get("simulated") is False, f"list here: exit code {code}, {err!r}")
        code, text, err = self.run("list", backend=None)
        nothing = not any(d["verdict"] in ("migratable", "likely") for d in here.get("devices", []))
        self.expect(not nothing or "--backend sim" in text, "list on a machine with nothing offers the simulated lab")
        code, out, err = self.run("--json", "capture", "captured", backend=None)
        if not self.expect(code == OK, f"capture: exit code {code}: {err}"):
            return
        self.document("capture", out, "capture")
        code, out, err = self.run("--json", "list", backend="capture:captured")
        there = self.document("list of the capture", out, "topology")
        keys = ("name", "bus", "driver", "iommu_group", "verdict", "evidence")
        self.expect([[d[k] for k in keys] for d in here["devices"]] == [[d[k] for k in keys] for d in there.get("devices", [])],
                    "the capture lists what the host does")
        code, out, err = self.run("--json", "capture", "captured", backend=None)
        self.failed("capture into a full folder", code, out, err, FILE)
        code, out, err = self.run("--json", "capture", "elsewhere", backend="sim")
        self.failed("capture of a simulated machine", code, out, err, USAGE)
        code, out, err = self.run("--json", "list", backend="capture:not-there")
        self.failed("list of no capture", code, out, err, FILE)
        if here["devices"]:
            name = here["devices"][0]["name"]
            for words in (["show", name, "--probe"], ["set", name, "STOP"], ["reset", name], ["save", name, "captured.state"]):
                code, out, err = self.run("--json", *words, backend="capture:captured")
                self.failed(f"capture: {words[0]}", code, out, err, NO_ACCESS, name)
                self.expect("captured host" in err, f"capture: {words[0]} says why: {err}")

    def usage(self):
        device = self.devices["mlx5 A"]
        for words in ([], ["frobnicate"], ["show"], ["show", device, "more"], ["set", device], ["set", device, "BOGUS"], ["set", device, "ERROR"],
                      ["migrate", device], ["migrate", device, device, "--runs", "0"], ["migrate", f"{device},{device}", f"{device},{device}"],
                      ["migrate", device, self.devices["mlx5 B"], "--mode", "fast"], ["migrate", device, device, "--record", "-"],
                      ["migrate", device, device, "--hook", "sometime=true"], ["export", "x.migrec"], ["diff", "x"], ["diff", "-", "-"], ["migrate", f"{device},", f"{device},"]):
            code, out, err = self.run("--json", *words)
            self.failed(f"usage {words}", code, out, err, USAGE)
        code, out, err = self.run("--json", "list", backend="nowhere")
        self.failed("usage: backend", code, out, err, USAGE)
        code, out, err = self.run("--json", "list", backend="sim:/not/there.json")
        self.expect(code in (FILE, NO_ACCESS), f"a profile that is not there: exit code {code}")
        self.document("a profile that is not there", out, "error")
        for words in (["--help"], ["migrate", "--help"]):
            code, out, err = self.run(*words)
            self.expect(code == OK and err == "" and "Usage" in out, f"{words}: {code}, {err!r}")
        for words in (["show", "0000:99:00.0"], ["set", "0000:99:00.0", "STOP"], ["migrate", device, "vfio999"]):
            code, out, err = self.run("--json", *words)
            self.failed(f"not there: {words}", code, out, err, NO_ACCESS)

    def rules(self):
        device = self.devices["mlx5 A"]
        for states in (["STOP_COPY", "PRE_COPY"], ["STOP_COPY", "PRE_COPY_P2P"], ["RESUMING", "STOP"]):
            code, out, err = self.run("--json", "set", device, *states)
            document = self.failed(f"set {states}", code, out, err, REFUSED, device)
            self.expect(document.get("arcs") == [], f"set {states}: refused before any SET: {document.get('arcs')}")
        code, out, err = self.run("--json", "set", self.devices["hisi_acc A"], "RUNNING_P2P")
        self.failed("set to a state that the device lacks", code, out, err, REFUSED, self.devices["hisi_acc A"])
        code, out, err = self.run("--json", "set", device, "STOP_COPY", "--combined")
        arcs = self.document("set --combined", out, "arcs").get("arcs", [])
        self.expect(code == OK and [(a["from"], a["to"], a["combined"]) for a in arcs] == [("RUNNING", "STOP_COPY", True)], f"set --combined: {arcs}")
        code, out, err = self.run("--json", "set", device, "RESUMING")
        document = self.document("set RESUMING", out, "arcs")
        self.expect(code == OK and [a["call"] for a in document.get("bring_back", [])] == ["RESET"], f"set RESUMING: brought back by {document.get('bring_back')}")

    def files(self):
        a, b = self.devices["qat A"], self.devices["qat B"]
        (self.folder / "taken").write_text("mine")
        (self.folder / "shut").mkdir()
        for words in (["save", a, "taken"], ["migrate", a, b, "--record", "taken"], ["save", a, "no/where"], ["load", "not-there", a],
                      ["report", "not-there"], ["export", "not-there", "--to", "json"], ["report", "taken"]):
            code, out, err = self.run("--json", *words)
            self.failed(f"file: {words[0]} {words[-1]}", code, out, err, FILE)
        self.expect((self.folder / "taken").read_text() == "mine", "an existing file was changed")
        code, out, err = self.run("--json", "save", a, "taken", "--force")
        self.expect(code == OK, f"save --force: exit code {code}: {err}")
        whole = (self.folder / "taken").read_bytes()
        (self.folder / "cut").write_bytes(whole[:-20])
        flipped = bytearray(whole)
        flipped[len(whole) // 2] ^= 1
        (self.folder / "flipped").write_bytes(flipped)
        for name in ("cut", "flipped"):
            code, out, err = self.run("--json", "load", name, b)
            self.failed(f"load of a {name} image", code, out, err, FILE)
        code, out, err = self.run("--json", "save", a, "bare", "--raw")
        code, out, err = self.run("--json", "load", "bare", b, "--run")
        document = self.document("load of a bare stream", out, "load")
        self.expect(code == OK and document.get("verified") is False and "not verified" in err, f"bare stream: {code}, {document}, {err!r}")
        with open("/dev/full", "w") as full:
            process = subprocess.run([self.program, "--backend", "sim", "list"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.expect(process.returncode == FILE and "ENOSPC" in process.stderr, f"list into a full device: {process.returncode}, {process.stderr!r}")

    def diffs(self):
        """Two saved states: equal, one byte apart, one without its tail, damaged, against a bare stream."""
        for family in ("qat", "mlx5"):
            device = self.devices[f"{family} A"]
            first, bare, changed = (f"diff-{family}.{part}" for part in ("state", "bare", "changed"))
            for name, more in ((first, []), (bare, ["--raw"])):
                code, _, err = self.run("save", device, name, "--mode", "stop-copy", *more)
                self.expect(code == OK, f"diff: {name}: exit code {code}: {err}")
            code, out, err = self.run("--json", "diff", first, first, backend=None)
            same = self.document("diff of one image with itself", out, "diff")
            self.expect(code == OK and err == "" and same.get("equal") is True and same.get("first_differing_offset") is None, f"diff, equal: {code}, {err!r}")
            self.expect([r["a"]["kind"] for r in same["records"]["list"]] == ["header", "body", "trailer"], f"diff, records of the simulator: {same['records']}")
            content = bytearray((self.folder / bare).read_bytes())
            content[-100] ^= 0xff
            (self.folder / changed).write_bytes(content)
            place = len(content) - 100
            code, out, err = self.run("--json", "diff", bare, changed, backend=None)
            found = self.document("diff, one byte", out, "diff")
            self.expect(code == REFUSED and err == "" and found.get("first_differing_offset") == place and found.get("differing_bytes") == 1,
                        f"diff, one byte: exit code {code}, {found.get('first_differing_offset')}, not {place}, {err!r}")
            self.expect(found.get("records") is None and found.get("no_records"), "diff of two bare streams says why it has no records")
            self.expect(int(found["ranges"][0]["hex_a"][:2], 16) ^ int(found["ranges"][0]["hex_b"][:2], 16) == 0xff, f"diff, one byte: {found['ranges']}")
            code, text, err = self.run("diff", bare, changed, backend=None)
            self.expect(code == REFUSED and err == "" and text.startswith(f"differ: first at offset {place:#x}\n"), f"diff as text: {code}, {err!r}, {text[:200]!r}")
            (self.folder / "short").write_bytes(content[:-64])
            code, out, err = self.run("--json", "diff", "short", changed, backend=None)
            found = self.document("diff, tail missing", out, "diff")
            self.expect(code == REFUSED and found.get("first_differing_offset") == len(content) - 64 and found.get("ranges") == [], f"diff, tail missing: {code}, {found}")
            code, out, err = self.run("--json", "diff", changed, first, backend=None)
            found = self.document("diff of a bare stream with a container", out, "diff")
            self.expect(code == REFUSED and [found["a"]["raw"], found["b"]["raw"], found["b"]["verified"]] == [True, False, True], f"diff, bare: {code}, {found['a']}")
            self.expect(found["records"] and found["first_record"], f"diff, bare: the container says what the records are: {found.get('no_records')}")
            whole = bytearray((self.folder / first).read_bytes())
            (self.folder / "diff-cut").write_bytes(whole[:-20])
            whole[len(whole) // 2] ^= 1
            (self.folder / "diff-flipped").write_bytes(whole)
            for words in (["diff-cut", first], [first, "diff-flipped"], [first, "not-there"], ["not-there", first], [first, "."]):
                code, out, err = self.run("--json", "diff", *words, backend=None)
                self.failed(f"diff {' '.join(words)}", code, out, err, FILE)
            (self.folder / "evil \033[31m").write_bytes(content)
            code, text, err = self.run("diff", "evil \033[31m", changed, backend=None)
            self.expect(code == OK and "\033" not in text and "\\x1b" in text, f"diff: a path that drives the terminal: {text!r}")
            code, text, err = self.run("diff", first, changed, backend=None)
            self.expect("SIMULATED" in text and "not verified" in text and "records (simulator)" in text, f"diff as text: {text[:600]!r}")

    def recordings(self):
        a, b = self.devices["qat A"], self.devices["qat B"]
        code, out, err = self.run("--json", "migrate", a, b, "--record", "run.migrec", "--runs", "2", "--detail", "calls")
        report = self.document("migrate --record", out, "report")
        self.expect(code == OK and len(report.get("runs", [])) == 2, f"migrate --record --runs 2: exit code {code}: {err}")
        lines = (self.folder / "run.migrec").read_text().splitlines()
        header = json.loads(lines[0])
        self.expect([d["name"] for d in header["devices"]] == [a, b] and header["devices"][0]["flags"] == 7, f"recording: devices {header['devices']}")
        self.expect((header.get("plan") or {}).get("kind") == "migrate", f"recording: plan {header.get('plan')}")
        special = self.folder / "special"
        os.mkfifo(special)
        for words in (["migrate", a, b, "--record", "special"], ["save", a, "special"], ["export", "run.migrec", "--to", "csv", "--out", "special"]):
            for force in ([], ["--force"]):
                code, out, err = self.run("--json", *words, *force)
                self.failed(f"{' '.join(words + force)} onto a fifo", code, out, err, FILE)
        self.expect(stat.S_ISFIFO(special.stat().st_mode), "the fifo is still one")
        code, out, err = self.run("--json", "list", backend="capture:/etc")
        self.failed("list of a folder that is no capture", code, out, err, FILE)
        self.expect(header["detail"] == "calls" and any('"kind":"call"' in line.replace(" ", "") for line in lines), "recording: calls at --detail calls")
        code, out, err = self.run("--json", "report", "run.migrec")
        again = self.document("report", out, "report")
        for key in ("outcome", "summary", "runs"):
            self.expect(code == OK and again.get(key) == report.get(key), f"report: {key} differs from the live report")
        (self.folder / "cut.migrec").write_text("\n".join(lines[:len(lines) // 2]) + '\n{"kind": "ar')
        code, out, err = self.run("--json", "report", "cut.migrec")
        cut = self.document("report of a cut recording", out, "report")
        self.expect(code == OK and cut.get("outcome") != "ok" and err, f"cut recording: exit code {code}, outcome {cut.get('outcome')}, says {err!r}")
        for form in ("csv", "json", "trace"):
            code, out, err = self.run("export", "run.migrec", "--to", form)
            self.expect(code == OK and len(out) > 500, f"export --to {form}: exit code {code}, {len(out)} characters: {err}")
            code, document, err = self.run("--json", "export", "run.migrec", "--to", form, "--out", f"out.{form}")
            self.document(f"export --out ({form})", document, "exported")
            self.expect(code == OK and (self.folder / f"out.{form}").read_text() == out, f"export --to {form}: file and standard output differ")
        code, out, err = self.run("migrate", a, b, "--record", "-")
        events = [json.loads(line) for line in out.splitlines()]
        self.expect(code == OK and events[0]["schema"] == "migscope.recording/1" and events[-1]["kind"] == "summary", f"--record -: exit code {code}")
        self.expect("downtime" in err, f"--record -: the report for people goes to stderr: {err!r}")
        code, out, err = self.run("--json", "migrate", a, b, "--budget", "0.001")
        self.expect(code == OVER_BUDGET, f"--budget: exit code {code}")
        self.one_line("--budget", err)
        self.document("--budget", out, "report")
        code, out, err = self.run("--json", "migrate", a, b, "--budget", "60000")
        self.expect(code == OK and err == "", f"--budget within: exit code {code}, {err!r}")
        code, out, err = self.run("migrate", a, b, "--hook", "stopped=echo hook $1 >> hooks", "--hook", "end=echo hook $1 >> hooks")
        hooks = (self.folder / "hooks").read_text() if (self.folder / "hooks").exists() else ""
        self.expect(code == OK and hooks.split() == ["hook", "stopped", "hook", "end"], f"--hook: exit code {code}, {hooks!r}, {err!r}")
        pairs = [self.devices[f"{f} {x}"] for f in ("qat", "virtio") for x in "AB"]
        code, out, err = self.run("--json", "migrate", f"{pairs[0]},{pairs[2]}", f"{pairs[1]},{pairs[3]}")
        report = self.document("migrate of two pairs", out, "report")
        self.expect(code == OK and len(report["runs"][0]["devices"]) == 4, f"two pairs: exit code {code}: {err}")

    def kernel_log(self):
        """A device that fails says so in its machine's kernel log, which stands in the recording on the same axis."""
        devices = [{"address": f"0000:01:00.{n}", "family": "mlx5", "state_bytes": 1 << 20} for n in (1, 2)]
        devices[0]["faults"] = [{"kind": "fail-set", "errno": "EIO", "arc": "STOP->STOP_COPY", "leaves": "ERROR"},
                                {"kind": "fail-set", "errno": "EIO", "arc": "PRE_COPY_P2P->STOP_COPY", "leaves": "ERROR"}]
        profile = self.folder / "talks.json"
        profile.write_text(json.dumps({"schema": "migscope.sim-profile/1", "name": "talks", "host": {"name": "talks"}, "devices": devices}))
        code, out, err = self.run("migrate", "0000:01:00.1", "0000:01:00.2", "--record", "talks.migrec", backend=f"sim:{profile}")
        self.expect(code != OK and "EIO" in err, f"kernel log: the migration fails: exit code {code}: {err!r}")
        events = [json.loads(line) for line in (self.folder / "talks.migrec").read_text().splitlines()]
        said = [e for e in events if e.get("kind") == "kernel-log"]
        for event in said:
            self.expect(self.schemas["recording-event"].is_valid(event), f"kernel log: not valid by recording-event.json: {event}")
        self.expect([e["text"].split(": ", 1)[1] for e in said][1:] == ["device is in ERROR and needs a reset (simulated)"] and
                    said[0]["text"].startswith("mlx5_vfio_pci 0000:01:00.1: "), f"kernel log: lines {said}")
        self.expect(all(e.get("dev") == 0 and e.get("src") == "kernel" and e["prio"] == 3 for e in said), f"kernel log: whose lines {said}")
        failed = [e for e in events if e.get("kind") == "arc" and e["errno"] == 5]
        self.expect(len(failed) == 1 and said and failed[0]["t_call_ns"] <= said[0]["t_ns"] <= failed[0]["t_return_ns"], f"kernel log: within the call that failed: {failed} {said}")
        code, out, err = self.run("--json", "report", "talks.migrec")
        self.expect(code == OK and self.document("report with kernel log", out, "report").get("outcome") == "failed", f"kernel log, report: exit code {code}: {err}")
        for form in ("csv", "json", "trace"):
            code, out, err = self.run("export", "talks.migrec", "--to", form)
            self.expect(code == OK and "needs a reset" in out, f"kernel log, export --to {form}: exit code {code}: {err}")
        code, out, err = self.run("migrate", "0000:01:00.2", "0000:01:00.2", "--record", "quiet.migrec", backend=f"sim:{profile}")
        self.expect(code == OK and "kernel-log" not in (self.folder / "quiet.migrec").read_text(), f"kernel log of a healthy device: exit code {code}: {err}")

    def dirty(self):
        """DMA logging: a device that writes, an idle one, one that cannot, and the cost by size."""
        writes, idle = self.devices["mlx5 A"], self.devices["pds A"]
        log = ["--range", "0x100000000+64M,0x200000000+64M", "--interval", "20", "--rounds", "3"]
        code, out, err = self.run("--json", "dirty", writes, *log, "--record", "dirty.migrec")
        document = self.document("dirty", out, "dirty")
        self.expect(code == OK and err == "", f"dirty: exit code {code}: {err!r}")
        self.expect(document["simulated"] and document["device"] == writes and document["final_state"] == "RUNNING", f"dirty: {out[:300]}")
        rounds = document["rounds"]
        self.expect([r["round"] for r in rounds] == [1, 2, 3] and sum(r["dirty_pages"] for r in rounds) == document["total"]["dirty_pages"] > 0
                    and not document["nothing_written"], f"dirty: rounds {rounds}")
        cost = document["cost"]
        self.expect([c["range_bytes"] for c in cost["start"]] == [128 << 20] and [c["range_bytes"] for c in cost["report"]] == [64 << 20]
                    and cost["report"][0]["calls"] == 6 and cost["stop"]["calls"] == 1, f"dirty: cost {cost}")
        lines = [json.loads(line) for line in (self.folder / "dirty.migrec").read_text().splitlines()]
        for line in lines[1:]:
            errors = [e.message[:200] for e in self.schemas["recording-event"].iter_errors(line)]
            self.expect(not errors, f"dirty: a line of the recording: {errors}: {str(line)[:200]}")
        ops = [line["op"] for line in lines if line.get("kind") == "dma-log"]
        pages = sum(count for line in lines if line.get("kind") == "dirty" for _, count in line["runs"])
        self.expect(ops == ["start"] + ["report"] * 6 + ["stop"] and pages == document["total"]["dirty_pages"], f"dirty: recording has {ops}, {pages} pages")
        self.expect(all(0 <= line["t_call_ns"] <= line["t_return_ns"] <= line["t_ns"] for line in lines if line.get("kind") == "dma-log"),
                    "dirty: the stamps of the recording are relative to its beginning")
        code, out, err = self.run("export", "dirty.migrec", "--to", "csv")
        self.expect(code == OK and out.count(",dirty,") == 6 and out.count(",dma-log,") == 8, f"dirty: export: exit code {code}: {out[:300]}")
        code, out, err = self.run("report", "dirty.migrec")
        self.expect(code == OK, f"dirty: report of its recording: exit code {code}: {err}")
        code, out, err = self.run("--json", "dirty", writes, *log, "--record", "dirty.migrec")
        self.failed("dirty onto a recording that exists", code, out, err, FILE)
        code, out, err = self.run("dirty", writes, *log, "--record", "-")
        events = [json.loads(line) for line in out.splitlines()]
        self.expect(code == OK and events[0]["schema"] == "migscope.recording/1" and "round    3" in err and "pages" in err, f"dirty --record -: exit code {code}: {err}")
        code, out, err = self.run("dirty", writes, *log)
        self.expect(code == OK and err == "" and out.count("round ") == 3 and "SIMULATED" in out and "START" in out and "idle" not in out, f"dirty as text: exit code {code}: {out} {err}")
        code, out, err = self.run("dirty", idle, *log)
        self.expect(code == OK and "no page was written" in out and "an idle function dirties nothing" in out, f"dirty of an idle function: exit code {code}: {out} {err}")
        code, out, err = self.run("--json", "dirty", idle, *log)
        self.expect(code == OK and self.document("dirty, idle", out, "dirty")["nothing_written"] is True, f"dirty of an idle function: {out[:300]}")
        for label in ("hisi_acc A", "no migration"):
            code, out, err = self.run("--json", "dirty", self.devices[label], *log)
            self.failed(f"dirty of {label}", code, out, err, REFUSED, self.devices[label])
            self.expect("no DMA logging" in err, f"dirty of {label} says why: {err}")
        code, out, err = self.run("--json", "dirty", self.devices["busy"], *log)
        self.failed("dirty of a busy device", code, out, err, NO_ACCESS, self.devices["busy"])
        code, out, err = self.run("--json", "dirty", self.devices["found RESUMING"], *log)
        self.expect(code == OK and json.loads(out)["final_state"] == "RUNNING", f"dirty of one found RESUMING: exit code {code}: {err}")
        for words in ([], ["--range", "12+1M"], ["--range", "0+1M", "--rounds", "x"], ["--sweep", "--range", "0+1M,2M+1M"]):
            code, out, err = self.run("--json", "dirty", writes, *words)
            self.failed(f"dirty {' '.join(words)}", code, out, err, USAGE)
        code, out, err = self.run("--json", "dirty", writes, "--sweep")
        sweep = self.document("dirty --sweep", out, "dirty")
        sizes = [(1 << 20) * 4 ** n for n in range(9)]
        self.expect(code == OK and [c["range_bytes"] for c in sweep["cost"]["start"]] == sizes == [c["range_bytes"] for c in sweep["cost"]["report"]]
                    and all(c["calls"] == 3 for c in sweep["cost"]["report"]) and sweep["rounds"] == [], f"dirty --sweep: exit code {code}: {sweep.get('cost')}")
        # A device whose calls cost by their bytes, whose START of more than memory fails at first.
        profile = self.folder / "dirty-cost.json"
        profile.write_text(json.dumps({"schema": "migscope.sim-profile/1", "name": "cost", "devices": [
            {"address": "0000:01:00.1", "family": "mlx5", "dma_log_start_ns_per_gib": 400_000_000, "dma_log_report_ns_per_gib": 100_000_000,
             "faults": [{"kind": "dma-start-fails", "errno": "ENOMEM", "times": 1}]}]}))
        code, out, err = self.run("--json", "dirty", "0000:01:00.1", "--sweep", "--range", "4G+256M", "--rounds", "1", backend=f"sim:{profile}")
        cost = self.document("dirty --sweep with costs", out, "dirty")["cost"]
        self.expect(code == OK and cost["start"][0]["errno"] == "ENOMEM" and cost["start"][0]["mean_ns"] is None, f"dirty --sweep: a START that fails is a line: {code}: {cost}")
        self.expect(cost["start"][4]["mean_ns"] >= 100_000_000 and cost["report"][-1]["mean_ns"] >= 25_000_000, f"dirty --sweep: 256 MiB cost what the profile says: {cost}")
        code, out, err = self.run("dirty", "0000:01:00.1", "--sweep", "--range", "0+16M", backend=f"sim:{profile}")
        self.expect(code == OK and "START" in out and "REPORT" in out and "ENOMEM" in out, f"dirty --sweep as text: exit code {code}: {out} {err}")
        code, out, err = self.run("--json", "dirty", "0000:01:00.1", "--range", "0+16M", backend=f"sim:{profile}")
        self.failed("dirty with a START that fails", code, out, err, REFUSED, "0000:01:00.1")
        self.expect("ENOMEM" in err, f"dirty: the errno by its name: {err}")
        for rounds, wanted in (("0", OK), ("100000", CANCELLED)):
            process = self.start("dirty", writes, "--range", "0+64M", "--interval", "20", "--rounds", rounds)
            for line in process.stdout:
                if line.startswith("round"):
                    break
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=WAIT)
            self.expect(process.returncode == wanted and "dirty: " in out, f"dirty --rounds {rounds}, Ctrl-C: exit code {process.returncode}: {out} {err}")

        # The wait for the next report is woken: it would outlast this test.
        process = self.start("dirty", writes, "--range", "0+64M", "--interval", "100000000", "--rounds", "0")
        process.stdout.readline()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
        self.expect(process.returncode == OK and "no report was made" in out, f"dirty, Ctrl-C before the first report: exit code {process.returncode}: {out} {err}")

    def compare(self):
        """Sets of twelve runs, one of them five times slower (a loaded machine must not hide that), and one against itself."""
        for name, slower, seed in (("base", 1.0, 1), ("again", 1.0, 3), ("slow", 5.0, 5)):
            devices = [{"address": f"0000:01:00.{n}", "family": "mlx5", "state_bytes": 8 << 20, "arc_ns": round(1e6 * slower), "stream_call_ns": 0,
                        "save_bytes_per_second": round(1e9 / slower), "load_bytes_per_second": round(5e8 / slower), "jitter_percent": 5, "jitter_seed": seed + n} for n in (1, 2)]
            path = self.folder / f"compare-{name}.json"
            path.write_text(json.dumps({"schema": "migscope.sim-profile/1", "name": name, "host": {"name": name}, "devices": devices}))
            code, out, err = self.run("migrate", "0000:01:00.1", "0000:01:00.2", "--mode", "stop-copy", "--runs", "12", "--record", f"{name}.migrec", backend=f"sim:{path}")
            self.expect(code == OK, f"runs for compare ({name}): exit code {code}: {err}")
        code, out, err = self.run("--json", "compare", "slow.migrec", "--baseline", "base.migrec")
        slow = self.document("compare with a slower one", out, "compare")
        self.expect(code == OVER_BUDGET and slow["others"][0]["finding"] == "slower" and slow["others"][0]["worse"], f"compare, slower: exit code {code}: {out}")
        self.one_line("compare, slower", err)
        code, out, err = self.run("--json", "compare", "base.migrec", "slow.migrec")
        self.expect(code == OK and json.loads(out) == slow, f"compare without --baseline: exit code {code}")
        code, out, err = self.run("compare", "base.migrec", "--baseline", "slow.migrec")
        self.expect(code == OK and out.startswith("faster: downtime ") and "SIMULATED" in out and err == "", f"compare, faster: exit code {code}: {out} {err}")
        code, out, err = self.run("--json", "compare", "base.migrec", "--baseline", "base.migrec")
        same = self.document("compare with itself", out, "compare")
        self.expect(code == OK and same["others"][0]["finding"] == "no difference seen", f"compare with itself: exit code {code}: {out}")
        code, out, err = self.run("--json", "compare", "again.migrec", "slow.migrec", "--pool", "--without-first", "--baseline", "base.migrec")
        pooled = self.document("compare, pooled", out, "compare")
        self.expect(len(pooled["others"]) == 1 and pooled["others"][0]["runs"] == 22 and pooled["base"]["runs"] == 11, f"compare --pool --without-first: {out}")
        code, out, err = self.run("migrate", "0000:01:00.1", "0000:01:00.2", "--mode", "stop-copy", "--runs", "4", "--record", "four.migrec", backend=f"sim:{self.folder}/compare-base.json")
        code, out, err = self.run("compare", "four.migrec", "--baseline", "slow.migrec")
        self.expect(code == OK and out.startswith("too few to tell: ") and "at least 5 runs" in out, f"compare, too few: exit code {code}: {out} {err}")
        code, out, err = self.run("compare", "base.migrec")
        self.expect(code == USAGE, f"compare of one: exit code {code}")
        code, out, err = self.run("--json", "compare", "base.migrec", "missing.migrec")
        self.expect(code == FILE, f"compare with a missing file: exit code {code}")
        self.document("compare with a missing file", out, "error")

    def reader_leaves(self):
        """A pipe that nobody reads any more is a file that cannot be written; the devices still come back."""
        process = self.start("migrate", self.devices["mlx5 A"], self.devices["mlx5 B"], "--record", "-")
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        self.expect(process.wait(timeout=WAIT) == FILE and "EPIPE" in err, f"--record - without a reader: exit code {process.returncode}, {err!r}")

    def all(self):
        self.passive()
        for label in ("mlx5 A", "hisi_acc A", "pds A", "qat A", "virtio A"):
            code, _, err = self.run("save", self.devices[label], f"image-{self.family(label)}.state", "--mode", "stop-copy")
            self.expect(code == OK, f"image of {label}: exit code {code}: {err}")
        jobs = [self.stuck, self.slow, self.stalled, self.cancelled, self.asked_back, self.hold, self.here, self.usage, self.rules, self.files, self.diffs, self.recordings, self.kernel_log, self.dirty, self.compare, self.reader_leaves]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            futures = {pool.submit(job): job.__name__ for job in jobs}
            for label, (partner, codes) in EXPECTED.items():
                for kind, wanted in zip(KINDS, codes, strict=True):
                    if wanted is not None:
                        futures[pool.submit(self.cell, kind, label, partner, wanted)] = f"{kind} of {label}"
            for future in concurrent.futures.as_completed(futures):
                if future.exception():
                    error = future.exception()
                    self.failures.append(f"{futures[future]}: {type(error).__name__}: {error}")


def main(program, schemas):
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="migscope-cli-matrix-") as folder:
        matrix = Matrix(os.path.abspath(program), schemas, folder)
        matrix.all()
    for failure in matrix.failures:
        print(failure)
    print(f"cli_matrix: {matrix.checks} checks, {len(matrix.failures)} failures, {time.monotonic() - begun:.0f} s")
    return 1 if matrix.failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: cli_matrix.py MIGSCOPE_CLI SCHEMAS")
    sys.exit(main(*sys.argv[1:]))
