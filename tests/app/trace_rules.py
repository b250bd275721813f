#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exported traces against the rules of the Trace Event Format and of Perfetto's importer, and against their recordings.

Where the rules come from: the Trace Event Format document (phases, fields, scopes, metadata); Perfetto's
json_trace_tokenizer.cc (ts, pid, tid, control characters), json_trace_parser_impl.cc (dur, args, counters, scopes),
slice_tracker.cc (a slice that crosses another on its thread is dropped); Catapult's color_scheme.html (cname).
"""

import collections
import copy
import json
import pathlib
import subprocess
import sys
import tempfile
from decimal import Decimal

WAIT = 120
DEEPEST = 512
COLOURS = {"good", "bad", "terrible", "black", "grey", "white", "yellow", "olive", "generic_work"}
STATES = {"ERROR", "STOP", "RUNNING", "STOP_COPY", "RESUMING", "RUNNING_P2P", "PRE_COPY", "PRE_COPY_P2P", "unknown"}
METADATA = {"process_name": ("name", str), "process_labels": ("labels", str), "process_sort_index": ("sort_index", int),
            "thread_name": ("name", str), "thread_sort_index": ("sort_index", int)}


def is_number(value):
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def is_id(value):
    """From 1: a thread without a number gets the process's, and so does thread 0."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 2**32


def nanoseconds(value):
    return int(Decimal(value) * 1000)


def once(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError(f"a key twice: {keys}")
    return dict(pairs)


def no_constant(word):
    raise ValueError(f"{word} is no JSON")


class Checker:
    """Findings as (rule, text)."""

    def __init__(self, text):
        self.text, self.findings = text, []
        try:
            self.trace = json.loads(text, parse_float=Decimal, parse_constant=no_constant, object_pairs_hook=once)
        except ValueError as error:
            self.trace = None
            self.found("json", str(error))

    def found(self, rule, text):
        self.findings.append((rule, text))

    def expect(self, rule, condition, text):
        if not condition:
            self.found(rule, text)
        return bool(condition)

    # --- the format ----------------------------------------------------------------------------------------------
    def format(self):
        if self.trace is None:
            return False
        self.expect("control characters", "\x7f" not in self.text, "a control character stands in the text")
        trace = self.trace
        if not self.expect("shape", isinstance(trace, dict) and isinstance(trace.get("traceEvents"), list)
                           and all(isinstance(event, dict) for event in trace["traceEvents"]), "no object with a list traceEvents"):
            return False
        self.expect("display unit", trace.get("displayTimeUnit") in ("ms", "ns"), f"displayTimeUnit {trace.get('displayTimeUnit')!r}")
        self.expect("other data", isinstance(trace.get("otherData"), dict), "otherData is no object")
        for event in trace["traceEvents"]:
            self.event(event)
        if not self.findings:
            self.nesting()
            self.metadata()
        return not self.findings

    def event(self, event):
        what = str(event)[:160]
        phase = event.get("ph")
        if not self.expect("phase", phase in ("X", "i", "C", "M"), f"ph {phase!r}: {what}"):
            return
        self.expect("name", isinstance(event.get("name"), str) and event["name"], f"no name: {what}")
        self.expect("ids", is_id(event.get("pid")) and is_id(event.get("tid")), f"pid or tid: {what}")
        self.expect("args", isinstance(event.get("args"), dict), f"args is no object: {what}")
        self.expect("no lists", not any(isinstance(value, list) for value in event.values()), f"a field is a list: {what}")
        if phase != "M" and self.expect("ts", is_number(event.get("ts")), f"ts is no number: {what}"):
            self.expect("ts from 0", event["ts"] >= 0, f"ts below 0: {what}")
            self.expect("ns", event["ts"] * 1000 % 1 == 0, f"ts is finer than a nanosecond: {what}")
        if "cname" in event:
            self.expect("cname", event["cname"] in COLOURS, f"no reserved colour: {what}")
        args = event.get("args") if isinstance(event.get("args"), dict) else {}
        if phase == "X":
            if self.expect("dur", is_number(event.get("dur")), f"dur is no number: {what}"):
                self.expect("dur from 0", event["dur"] >= 0, f"dur below 0: {what}")
            self.expect("cat", isinstance(event.get("cat"), str), f"no category: {what}")
        elif phase == "i":
            self.expect("scope", event.get("s") in ("g", "p", "t"), f"scope: {what}")
        elif phase == "C":
            self.expect("counter", args and all(is_number(value) for value in args.values()), f"values: {what}")
        elif phase == "M":
            key, kind = METADATA.get(event.get("name"), (None, None))
            self.expect("metadata", key and isinstance(args.get(key), kind) and args[key] != "", f"metadata: {what}")

    def nesting(self):
        threads = collections.defaultdict(list)
        for event in self.trace["traceEvents"]:
            if event["ph"] == "X":
                begin = nanoseconds(event["ts"])
                threads[event["pid"], event["tid"]].append((begin, begin + nanoseconds(event["dur"]), event["name"]))
        for thread, slices in threads.items():
            slices.sort(key=lambda each: each[0])  # as the importer does: stable, by time alone
            stack = []
            for begin, end, name in slices:
                while stack and (stack[-1] < begin or (stack[-1] == begin and end > begin)):
                    stack.pop()
                self.expect("nesting", not stack or begin >= stack[-1] or end <= stack[-1], f"{name} at {begin} ns crosses another slice of thread {thread}")
                stack.append(end)
                self.expect("depth", len(stack) <= DEEPEST, f"{name} at {begin} ns is {len(stack)} deep")

    def metadata(self):
        events = self.trace["traceEvents"]
        told = {(event["name"], event["pid"], event["tid"] if event["name"].startswith("thread") else None): event["args"]
                for event in events if event["ph"] == "M"}
        order = [args["sort_index"] for key, args in told.items() if key[0] == "thread_sort_index"]
        self.expect("sort order", len(set(order)) == len(order), f"two threads at one place: {order}")
        for event in events:
            if event["ph"] == "M":
                continue
            self.expect("process name", ("process_name", event["pid"], None) in told, f"process {event['pid']} has no name")
            if event["ph"] != "C":
                for word in ("thread_name", "thread_sort_index"):
                    self.expect(word, (word, event["pid"], event["tid"]) in told, f"thread {event['tid']} has no {word}")

    # --- the recording -------------------------------------------------------------------------------------------
    def slices(self, category):
        return [event for event in self.trace["traceEvents"] if event["ph"] == "X" and event.get("cat") == category]

    def recording(self, lines, report):
        header, events = lines[0], lines[1:]
        other, all_events = self.trace["otherData"], self.trace["traceEvents"]
        process = [event["args"]["name"] for event in all_events if event["name"] == "process_name"]
        simulated = header["simulated"]
        self.expect("simulated", other.get("simulated") is simulated and all(("simulated" in name) is simulated for name in process),
                    f"simulated is {simulated}: {process}, {other.get('simulated')}")
        self.expect("outcome", other.get("outcome") == report["outcome"], f"outcome {other.get('outcome')} is not {report['outcome']}")
        names = {event["tid"]: event["args"]["name"] for event in all_events if event["name"] == "thread_name"}
        places = {event["args"]["sort_index"]: names.get(event["tid"], "") for event in all_events if event["name"] == "thread_sort_index"}
        lanes = [places[place][:-len(" state")] for place in sorted(places) if places[place].endswith(" state")]
        self.expect("lanes", lanes == [device["name"] for device in header["devices"]], f"lanes {lanes}")
        for band in self.slices("state"):
            self.expect("states", band["name"] in STATES, f"no state: {band['name']}")
        arcs = sorted((event["t_call_ns"], event["t_return_ns"]) for event in events if event["kind"] == "arc")
        drawn = sorted((nanoseconds(arc["ts"]), nanoseconds(arc["ts"]) + nanoseconds(arc["dur"]))
                       for arc in self.slices("arc") if not arc["args"].get("unfinished"))
        self.expect("arcs", arcs == drawn, f"{len(arcs)} arcs, {len(drawn)} of them drawn with their stamps: {set(arcs) ^ set(drawn)}")
        failed = sum(event["kind"] == "arc" and event["errno"] != 0 for event in events)
        told = [arc for arc in self.slices("arc") if str(arc["args"].get("errno", "")).startswith("E")]
        self.expect("errno", failed == len(told), f"{failed} arcs failed, {len(told)} tell their errno")
        self.unfinished(events)
        self.moved(events)
        self.phases(report)

    def unfinished(self, events):
        end = max((event["t_ns"][-1] if event["kind"] == "samples" else event.get("t_ns", 0)) for event in events)
        complete = self.trace["otherData"].get("complete")
        open_runs = {event["run"] for event in events if event["kind"] == "run-begin"} - {event["run"] for event in events if event["kind"] == "run-end"}
        marked = [event for event in self.trace["traceEvents"] if event.get("args", {}).get("unfinished")]
        for event in marked:
            self.expect("unfinished", nanoseconds(event["ts"]) + nanoseconds(event["dur"]) == end, f"{event['name']} does not end with the recording")
        runs = {event["args"]["run"] for event in marked if event["cat"] == "run"}
        self.expect("unfinished runs", runs == open_runs, f"runs {open_runs} did not end, {runs} are marked")
        self.expect("incomplete", complete or marked, "an incomplete recording has nothing unfinished")

    def moved(self, events):
        bytes_of = collections.Counter()
        for event in events:
            if event["kind"] == "samples":
                bytes_of[event["stream"]] += sum(event["bytes"])
        last = {}
        for event in self.trace["traceEvents"]:
            if event["ph"] == "C" and event["name"].endswith(" moved"):
                last[int(event["name"].split()[-2])] = event["args"]["bytes"]
        self.expect("moved", last == dict(bytes_of), f"streams moved {dict(bytes_of)}, the curves end at {last}")

    def phases(self, report):
        drawn = {event["args"]["run"]: event["args"] for event in self.slices("run")}
        self.expect("runs", list(drawn) == [run["run"] for run in report["runs"]], f"runs {list(drawn)}")
        for run in report["runs"]:
            wanted = {phase["name"]: phase["duration_ns"] for phase in run["phases"]}
            args = drawn.get(run["run"], {})
            self.expect("phases", args.get("phases_ns") == wanted, f"run {run['run']}: {args.get('phases_ns')} is not {wanted}")
            self.expect("downtime", args.get("downtime_ns") == run["downtime_ns"], f"run {run['run']}: downtime {args.get('downtime_ns')}")
            self.spans(run, [event for event in self.slices("phase") if event["args"]["run"] == run["run"]], wanted)

    def spans(self, run, spans, wanted):
        """To the nanosecond: the durations told, and the lengths drawn less the waits inside them."""
        what, lengths, edges = f"run {run['run']}", collections.Counter(), []
        waits = [(nanoseconds(span["ts"]), nanoseconds(span["dur"])) for span in spans if span["name"] == "wait"]
        for span in spans:
            if span["args"].get("unfinished"):
                continue
            begin, length = nanoseconds(span["ts"]), nanoseconds(span["dur"])
            self.expect("phase", span["args"].get("duration_ns") == wanted.get(span["name"]), f"{what}: {span['name']} {span['args']}")
            inside = sum(long for at, long in waits if begin <= at < begin + length) if span["name"] != "wait" else 0
            # What is written while the source saves is the destination's load.
            lengths["load" if span["name"] == "save" else span["name"]] += length - inside
            edges.append((begin, begin + length))
        if run["downtime_ns"] is None:
            return
        told = {name: wanted.get(name) for name in ("stop", "resume", "wait")}
        told["load"] = sum(wanted.get(name) or 0 for name in ("save", "load"))
        for name, duration in told.items():
            self.expect("phase spans", duration is None or lengths[name] == duration, f"{what}: {name} is drawn {lengths[name]} ns long, not {duration}")
        covered, until = 0, 0
        for begin, end in sorted(edges):
            covered += max(0, end - max(begin, until))
            until = max(until, end)
        self.expect("phases cover", covered == run["downtime_ns"], f"{what}: {covered} ns of {run['downtime_ns']} are covered")


def findings(text, lines, report):
    checker = Checker(text)
    if checker.format():
        checker.recording(lines, report)
    return checker.findings


# --- the proof that each rule can fail -------------------------------------------------------------------------------
def first(trace, phase, **fields):
    for event in trace["traceEvents"]:
        if event["ph"] == phase and all(event.get(key) == value for key, value in fields.items()):
            return event
    raise LookupError(f"the good trace has no {phase} with {fields}")


def crossing(trace):
    arc = first(trace, "X", cat="arc")
    trace["traceEvents"].append({**arc, "ts": round(arc["ts"] + arc["dur"] / 2, 3)})


def inner_first(trace):
    run = first(trace, "X", cat="run")
    trace["traceEvents"].remove(run)
    trace["traceEvents"] += [{**run, "dur": round(run["dur"] / 2, 3), "name": "inner"}, run]


def without(word):
    def change(trace):
        trace["traceEvents"] = [event for event in trace["traceEvents"] if event["name"] != word]
    return change


def put(phase, key, value, inside=None, **fields):
    def change(trace):
        event = first(trace, phase, **fields)
        (event[inside] if inside else event)[key] = value(event) if callable(value) else value
    return change


def deep(trace):
    arc = first(trace, "X", cat="arc")
    trace["traceEvents"] += [arc] * DEEPEST


BREAKS = [
    ("phase", put("X", "ph", "Q")), ("name", put("X", "name", "")), ("ids", put("X", "tid", 0)), ("ids", put("X", "pid", "1")),
    ("args", put("X", "args", [1])), ("no lists", put("X", "stack", ["a"])), ("ts", put("X", "ts", "5")), ("ts from 0", put("C", "ts", -1)),
    ("ns", put("X", "ts", 0.0005)), ("cname", put("X", "cname", "pink")), ("dur", put("X", "dur", None)), ("dur from 0", put("X", "dur", -1)),
    ("cat", put("X", "cat", 3)), ("scope", put("i", "s", "x")), ("counter", put("C", "bytes", "5", "args")), ("counter", put("C", "args", {})),
    ("counter", put("C", "bytes", True, "args")), ("metadata", put("M", "name", 5, "args", name="thread_name")),
    ("metadata", put("M", "name", "thread_colour")), ("nesting", crossing), ("nesting", inner_first), ("depth", deep),
    ("process name", without("process_name")), ("thread_name", without("thread_name")), ("thread_sort_index", without("thread_sort_index")),
    ("sort order", put("M", "sort_index", 1000, "args", name="thread_sort_index")), ("display unit", lambda trace: trace.update(displayTimeUnit="us")),
    ("other data", lambda trace: trace.pop("otherData")), ("shape", lambda trace: trace.update(traceEvents={})),
    ("simulated", put("M", "name", lambda event: "lab" if "simulated" in event["args"]["name"] else "x simulated", "args", name="process_name")),
    ("outcome", lambda trace: trace["otherData"].update(outcome="cancelled")),
    ("lanes", put("M", "sort_index", 99999, "args", name="thread_sort_index", tid=2)), ("states", put("X", "name", "IDLE", cat="state")),
    ("arcs", lambda trace: trace["traceEvents"].remove(first(trace, "X", cat="arc"))), ("errno", put("X", "errno", "EIO", "args", cat="arc")),
    ("unfinished", put("X", "unfinished", True, "args", cat="phase")), ("unfinished runs", put("X", "unfinished", True, "args", cat="run")),
    ("incomplete", lambda trace: trace["otherData"].update(complete=False)),
    ("moved", lambda trace: [event for event in trace["traceEvents"] if event["name"].endswith(" moved")][-1]["args"].update(bytes=7)),
    ("runs", put("X", "run", 77, "args", cat="run")),
    ("phases", lambda trace: first(trace, "X", cat="run")["args"]["phases_ns"].update(save=1)), ("downtime", put("X", "downtime_ns", 1, "args", cat="run")),
    ("phases cover", put("X", "dur", lambda event: round(event["dur"] - 0.001, 3), cat="phase")),
    ("phase", put("X", "duration_ns", 1, "args", cat="phase")), ("phase spans", put("X", "dur", lambda event: round(event["dur"] - 0.001, 3), cat="phase")),
]


def self_test(text, lines, report):
    failures = []
    plain = json.loads(text)
    for rule, change in BREAKS:
        broken = copy.deepcopy(plain)
        change(broken)
        rules = {found for found, _ in findings(json.dumps(broken), lines, report)}
        if rule not in rules:
            failures.append(f"self-test: a trace broken in “{rule}” gave {rules or 'no finding'}")
    for rule, broken in (("json", text[:-3]), ("json", text.replace('"ph":"X",', '"ph":"X","ph":"X",', 1)), ("json", text.replace('"dur":', '"dur":NaN,"x":', 1)),
                         ("json", text.replace('"name":"', '"name":"\x01', 1)), ("control characters", text.replace('"name":"', '"name":"\x7f', 1))):
        rules = {found for found, _ in findings(broken, lines, report)}
        if rule not in rules:
            failures.append(f"self-test: a text broken in “{rule}” gave {rules or 'no finding'}")
    return failures


# --- recordings ------------------------------------------------------------------------------------------------------
class Recordings:
    def __init__(self, program, data, folder):
        self.program, self.data, self.folder = program, pathlib.Path(data), pathlib.Path(folder)

    def run(self, *words, wanted=(0,)):
        done = subprocess.run([self.program, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT, check=False)
        if done.returncode not in wanted:
            raise RuntimeError(f"{words}: exit code {done.returncode}: {done.stderr[-300:]}")
        return done.stdout

    def make(self):
        listed = json.loads(self.run("--backend", "sim", "--json", "list"))
        name = {device["label"]: device["name"] for device in listed["devices"]}
        plans = {
            "one.migrec": ([name["mlx5 A"], name["mlx5 B"], "--detail", "calls", "--runs", "2"], (0,)),
            "pairs.migrec": ([f"{name['qat A']},{name['virtio A']}", f"{name['qat B']},{name['virtio B']}"], (0,)),
            "loop.migrec": ([name["mlx5 A"], name["mlx5 A"]], (0,)),
            "error.migrec": ([name["fails into ERROR"], name["mlx5 A"]], (1, 5)),
        }
        for file, (words, wanted) in plans.items():
            self.run("--backend", "sim", "migrate", *words, "--record", self.folder / file, wanted=wanted)
        lines = (self.folder / "one.migrec").read_text().splitlines()
        inside = max(i for i, line in enumerate(lines) if '"kind":"arc-begin"' in line)
        (self.folder / "cut.migrec").write_text("\n".join(lines[:inside + 1]) + "\n")
        found = sorted(self.data.glob("*.migrec"))
        if not found:
            raise RuntimeError(f"no recording in {self.data}")
        return [*found, *(self.folder / file for file in plans), self.folder / "cut.migrec"]

    def trace(self, path):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        return self.run("export", path, "--to", "trace"), [line for line in lines if line.get("kind") != "summary"], json.loads(self.run("--json", "report", path))


def main(program, data):
    failures, checked = [], 0
    with tempfile.TemporaryDirectory(prefix="migscope-trace-") as folder:
        recordings = Recordings(program, data, folder)
        for path in recordings.make():
            trace = recordings.trace(path)
            failures += [f"{path.name}: {rule}: {text}" for rule, text in findings(*trace)]
            checked += 1
            if path.name in ("one.migrec", "mtty-migrate.migrec"):
                failures += self_test(*trace)
    for failure in failures:
        print(failure)
    print(f"{checked} traces, {len(BREAKS) + 5} ways to break one, {len(failures)} findings")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
