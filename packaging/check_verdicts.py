# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's page of verdicts: every check on every device of the simulated machine `lab`, asked of the program now, and on the
devices of the real kernels' lab, as its last runs wrote them down (tests/lab/run --suite check --keep-table).
packaging/check-table is the command."""
import concurrent.futures
import json
import os
import string
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
LETTERS = string.ascii_uppercase


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
        if other is not device and other["family"] == device["family"] and other.get("physical_function") == device.get("physical_function"):
            return other["address"]
    return None


def asked(program, path, device, peer):
    """What the program says of one device: its report, or its error."""
    command = [program, "--backend", f"sim:{path}", "--json", "check", device["address"], *([peer] if peer else []), "--max-stuck", MOST_STUCK]
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


def listing(names):
    """Ids, those in a row as a range."""
    runs = []
    for name in names:
        stem, number = name.rsplit("-", 1)
        if runs and runs[-1][0] == stem and runs[-1][2] == int(number) - 1:
            runs[-1][2] = int(number)
        else:
            runs.append([stem, int(number), int(number)])
    return ", ".join(f"`{stem}-{first:03}`" + (f" to `{last:03}`" if last > first else "") for stem, first, last in runs) or "none"


def counts(words):
    return f"{words.count('pass')} | {words.count('fail')} | {words.count('skip')}"


def real_part(kernels, ids):
    """Lines: what the lab's devices fail and skip, kernel by kernel."""
    why = {entry["id"]: entry["why"] for entry in json.loads((EXPECTED / "mtty-check.json").read_text("utf-8"))["findings"]}
    lines = ["| Device | Kernel | yes | no | – | What fails |", "|---|---|---|---|---|---|"]
    for device in kernels[0]["devices"]:
        for kept in kernels:
            words = {check: found.get(device) for check, found in kept["verdicts"].items()}
            lines.append(f"| {device} | {kept['kernel']} | {counts(list(words.values()))} | {listing([c for c, w in words.items() if w == 'fail'])} |")
    everywhere = [check for check in ids if all(set(kept["verdicts"].get(check, {}).values()) == {"pass"} for kept in kernels)]
    unknown = [check for check in ids if any(check not in kept["verdicts"] for kept in kernels)]
    lines += ["", f"Yes on each of these devices, with each kernel: {len(everywhere)} of {len(ids)} checks, {listing(everywhere)}."]
    if unknown:
        lines += ["", f"Newer than the lab's last run: {listing(unknown)}."]
    failed = [check for check in ids if any(w == "fail" for kept in kernels for w in kept["verdicts"].get(check, {}).values())]
    lines += ["", "What mtty fails, and why:", ""] + [f"* `{check}`: {why.get(check, 'not explained yet.')}" for check in failed]
    return lines


def simulated_part(found):
    """Lines, and {column: verdicts}: devices of the same verdicts share a column."""
    columns, not_asked = [], []
    for device, code, document in found:
        if "results" not in document:
            not_asked.append(f"* {device['label']} (`{device['address']}`): {document['error']['what']}")
            continue
        verdicts = {result["id"]: result["verdict"] for result in document["results"]}
        for column in columns:
            if column["verdicts"] == verdicts and column["code"] == code:
                column["labels"].append(device["label"])
                break
        else:
            columns.append({"labels": [device["label"]], "verdicts": verdicts, "code": code})
    lines = ["| Column | Devices | Exit code | yes | no | – | What fails |", "|---|---|---|---|---|---|---|"]
    for letter, column in zip(LETTERS, columns):
        words = column["verdicts"]
        lines.append(f"| {letter} | {', '.join(column['labels'])} | {column['code']} | {counts(list(words.values()))} | "
                     f"{listing([c for c, w in words.items() if w == 'fail'])} |")
    lines += ["", "Not checked, in the words of `migscope-cli check`:", "", *not_asked]
    return lines, dict(zip(LETTERS, (column["verdicts"] for column in columns)))


def cell(kernels, check, device):
    words = [MARKS[kept["verdicts"].get(check, {}).get(device)] for kept in kernels]
    return words[0] if len(set(words)) == 1 else " / ".join(words)


def body(program, ids):
    """What stands between the marks of the page."""
    kernels = read_kernels()
    sim_lines, columns = simulated_part(simulated(program))
    real = kernels[0]["devices"]
    lines = ["## Real kernels", "", *real_part(kernels, ids), "", "## The simulated machine", "", *sim_lines, "", "## Every check on every device", "",
             "| Check | " + " | ".join([*real, *columns]) + " |", "|---" * (1 + len(real) + len(columns)) + "|"]
    for check in ids:
        row = [cell(kernels, check, device) for device in real] + [MARKS[verdicts.get(check)] for verdicts in columns.values()]
        lines.append(f"| `{check}` | " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n"
