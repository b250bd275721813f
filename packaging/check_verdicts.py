# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's page of verdicts: every check on every device of the simulated machine `lab`, asked of the program now, and on the
devices of the real kernels' lab, as its last runs wrote them down (tests/lab/run --suite check --keep-table).
packaging/check-table is the command."""
import concurrent.futures
import json
import os
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "resources/help/check-verdicts.md"
PROFILE = ROOT / "resources/profiles/lab.json"
EXPECTED = ROOT / "tests/lab/expected"
KERNELS = ("stock", "newest")
BEGIN, END = "<!-- verdicts -->\n", "<!-- end of verdicts -->\n"
MARKS = {"pass": "yes", "fail": "**no**", "skip": "–", None: "?", "-": "?"}
# Verdicts do not depend on these: less to move, and less to wait for.
SHORTER = {
    "mlx5": {"state_bytes": 65536, "precopy_initial_bytes": 49152, "stop_copy_bytes": 16384, "arc_ns": 100000},
    "hisi_acc": {}, "pds": {"arc_ns": 100000}, "qat": {"arc_ns": 100000}, "virtio": {"arc_ns": 100000},
}
FASTER = {"open_ns": 10000, "reset_ns": 10000, "save_bytes_per_second": 0, "load_bytes_per_second": 0}
# The call that never returns is waited for no longer than this.
MOST_STUCK = "3"


def shortened():
    """The machine `lab` with less state and shorter waits."""
    machine = json.loads(PROFILE.read_text("utf-8"))
    for device in machine["devices"]:
        if device["family"] in SHORTER:
            device.update({**FASTER, **SHORTER[device["family"]], **device})
        device["arc_ns"] = min(device.get("arc_ns", 100000), 1000000)
        if device["family"] not in (*SHORTER, "mtty"):
            del device["arc_ns"]
    return machine


def partner(device, devices):
    """Another healthy one of its kind, on the same function: what takes two is asked of both."""
    for other in devices:
        if other["address"] != device["address"] and other["family"] == device["family"] and other.get("physical_function") == device.get("physical_function"):
            return other["address"]
    return None


def asked(program, path, device, peer):
    """What the program says of one device: its report, or its error."""
    command = [program, "--backend", f"sim:{path}", "--json", "check", device["address"], *([peer] if peer else []), "--max-stuck", MOST_STUCK,
               *(["--force"] if device.get("forced") else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError as error:
        raise SystemExit(f"check-table: {device['address']}: exit code {done.returncode}, no document ({error}): {done.stderr}") from error


def simulated(program):
    """[(device, exit code, document)] of the machine `lab`, in its order."""
    machine = shortened()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        path = Path(folder) / "lab.json"
        path.write_text(json.dumps(machine))
        devices = machine["devices"]
        # What is left alone because of the state that it is found in, too.
        devices = devices + [{**d, "label": f"{d['label']}, with `--force`", "forced": True} for d in devices if "found_state" in d]
        answers = list(workers.map(lambda d: asked(program, path, d, partner(d, devices)), devices))
    return [(device, *answer) for device, answer in zip(devices, answers)]


def read_kernels():
    """The files of the lab, with verdicts as id -> {device: word}."""
    kernels = []
    for name in KERNELS:
        kept = json.loads((EXPECTED / f"check-{name}.json").read_text("utf-8"))
        kept["verdicts"] = {check: dict(zip(kept["devices"], words.split())) for check, words in kept["verdicts"].items()}
        kernels.append(kept)
    return kernels


def by_stem(names):
    """{stem: [ids]}, in the order in which the stems come first: the catalogue asks some topics in turns."""
    stems = {}
    for name in names:
        stems.setdefault(name.rsplit("-", 1)[0], []).append(name)
    return stems


def listing(names):
    """Ids, those in a row as a range."""
    runs = []
    for stem, members in by_stem(names).items():
        for number in sorted(int(name.rsplit("-", 1)[1]) for name in members):
            if runs and runs[-1][0] == stem and runs[-1][2] == number - 1:
                runs[-1][2] = number
            else:
                runs.append([stem, number, number])
    return ", ".join(f"`{stem}-{first:03}`" + (f" to `{last:03}`" if last > first else "") for stem, first, last in runs) or "none"


def differences(ids, columns):
    """A line of the checks that every column passes, and a table of the others, those that are answered alike in one row: a table of all
    takes a window of the guide many seconds. `columns`: head -> {id: mark}."""
    rows = {}
    for check in ids:
        rows.setdefault(tuple(marks.get(check, MARKS[None]) for marks in columns.values()), []).append(check)
    everywhere = rows.pop((MARKS["pass"],) * len(columns), [])
    lines = ["| Checks | " + " | ".join(columns) + " |", "|---" * (1 + len(columns)) + "|"]
    lines += [f"| {listing(checks)} | " + " | ".join(marks) + " |" for marks, checks in rows.items()]
    return [f"Yes on each of these devices: {len(everywhere)} of {len(ids)} checks, {listing(everywhere)}. The others:", "", *lines]


def real_part(kernels, ids):
    """Lines: what the lab's devices answer, kernel by kernel."""
    why = {entry["id"]: entry["why"] for entry in json.loads((EXPECTED / "mtty-check.json").read_text("utf-8"))["findings"]}

    def mark(check, device):
        marks = [MARKS[kept["verdicts"].get(check, {}).get(device)] for kept in kernels]
        return marks[0] if len(set(marks)) == 1 else " / ".join(marks)

    columns = {device: {check: mark(check, device) for check in ids} for device in kernels[0]["devices"]}
    failed = [check for check in ids if any(word == "fail" for kept in kernels for word in kept["verdicts"].get(check, {}).values())]
    return [f"Linux {' and '.join(kept['kernel'] for kept in kernels)}.", "", *differences(ids, columns), "", "What fails, and why:", "", *[f"* `{check}`: {why.get(check, 'not explained yet.')}" for check in failed]]


def simulated_part(found, ids):
    """Lines: what the devices of `lab` answer. Those without a fault that answer alike share a column."""
    sound, faulty, not_asked = [], [], []
    for device, code, document in found:
        name = f"{device['label']} (`{device['address']}`)"
        if "results" not in document:
            not_asked.append(f"* {name}: {document['error']['what']}")
            continue
        verdicts = {result["id"]: result["verdict"] for result in document["results"]}
        if "faults" in device:
            named = {word: listing([check for check in ids if verdicts.get(check) == verdict])
                     for word, verdict in (("fails", "fail"), ("passes", "pass"), ("skips", "skip"), ("was not asked, since the run ended before", None))}
            faulty.append(f"* {name}, exit code {code}: " + "; ".join(f"{word} {listed}" for word, listed in named.items() if listed != "none"))
            continue
        for labels, known in sound:
            if known == verdicts:
                labels.append(device["label"])
                break
        else:
            sound.append(([device["label"]], verdicts))
    columns = {", ".join(labels): {check: MARKS[verdicts.get(check)] for check in ids} for labels, verdicts in sound}
    return [*differences(ids, columns), "", "Devices that are made to fail:", "", *faulty, "",
            "Not checked, in the words of `migscope-cli check`:", "", *not_asked]


def body(program, ids):
    """What stands between the marks of the page."""
    lines = ["## Real kernels", "", *real_part(read_kernels(), ids), "", "## The simulated machine", "", *simulated_part(simulated(program), ids)]
    return "\n".join(lines) + "\n"
