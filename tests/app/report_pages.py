#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of simulated runs, opened in a real browser that has no network: what it says, loads, and looks like.

Usage: report_pages.py MIGSCOPE MIGSCOPE_CLI [FOLDER]; with FOLDER pages and pictures stay there.
"""
import base64
import contextlib
import ctypes
import fcntl
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree

WAIT = 120  # of one step; a loaded machine is slow, and nothing here is measured
SKIPPED = 77
WIDTHS = {1280: "wide", 400: "narrow"}
SHOWN = """
const of = (all, what) => Array.from(document.querySelectorAll(all), what);
const seen = at => at.getClientRects().length > 0;
const late = Array.from(document.querySelectorAll('svg.wide,svg.narrow')).filter(seen);
return {
  width: document.documentElement.scrollWidth, body: document.body.scrollWidth, window: window.innerWidth,
  text: document.body.innerText, title: document.title,
  exact: of('[title]', at => [at.title, at.textContent]),
  heads: of('h2', at => at.textContent), scopes: of('th', at => at.scope), lang: document.documentElement.lang,
  names: of('svg', at => at.getAttribute('aria-label')), scripts: document.scripts.length,
  loaded: performance.getEntriesByType('resource').map(at => at.name),
  drawings: late.map(at => [at.getAttribute('class'), Math.round(at.getBoundingClientRect().right), at.getBoundingClientRect().height]),
  inks: of('svg text', at => getComputedStyle(at).fill), paper: getComputedStyle(document.documentElement).backgroundColor,
  ids: of('[id]', at => at.id)};
"""


# --- the browser -----------------------------------------------------------------------------------------------------
def leave_the_network():
    """True: from now on this process and its children have a loopback and nothing else."""
    new_user, new_net = 0x10000000, 0x40000000
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(new_net if uid == 0 else new_user | new_net) != 0:
        return False
    if uid != 0:
        pathlib.Path("/proc/self/setgroups").write_text("deny")
        pathlib.Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        pathlib.Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        try:
            fcntl.ioctl(control, 0x8914, struct.pack("16sH14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
        except OSError:
            return False
    return True


class Browser:
    """WebDriver over plain HTTP on the loopback."""

    def __init__(self, folder):
        self.folder, self.session = folder, None
        self.log = open(folder / "chromedriver.log", "w", encoding="utf-8")
        environment = {**os.environ, "HOME": str(folder)}  # it writes there, and must find nobody's settings
        self.driver = subprocess.Popen(["chromedriver", "--port=0", "--allowed-ips="], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=self.log, text=True, env=environment)
        for line in self.driver.stdout:
            if "successfully on port" in line:
                self.port = int(line.strip().rstrip(".").split()[-1])
                break
        else:
            raise RuntimeError("chromedriver does not start")
        # Without its sandbox: it opens pages that this test wrote, and root may not have one. Told through a pipe: a port is
        # asked for by the name localhost, which a bare system without /etc/hosts does not know.
        words = ["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync", "--proxy-server=direct://",
                 "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost", f"--user-data-dir={folder / 'profile'}"]
        wanted = {"browserName": "chrome", "goog:chromeOptions": {"args": words},
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self.session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def call(self, method, path, body=None):
        path = path.replace("/session/-", f"/session/{self.session}")
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, headers={"Content-Type": "application/json"},
                                         data=None if body is None else json.dumps(body).encode())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=WAIT) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.read()[:600]}") from error

    def tool(self, command, **parameters):
        return self.call("POST", "/session/-/goog/cdp/execute", {"cmd": command, "params": parameters})

    def show(self, page, width, scheme):
        self.tool("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.tool("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("POST", "/session/-/url", {"url": page.as_uri()})

    def ask(self, script=SHOWN):
        return self.call("POST", "/session/-/execute/sync", {"script": script, "args": []})

    def complaints(self):
        return [f"{entry['level']}: {entry['message']}" for entry in self.call("POST", "/session/-/se/log", {"type": "browser"})]

    def requests(self):
        """The addresses that were asked for since the last call."""
        found = []
        for entry in self.call("POST", "/session/-/se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return found

    def picture(self, path):
        whole = self.tool("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": whole["width"], "height": min(whole["height"], 3000), "scale": 1}
        shot = self.tool("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        with contextlib.suppress(Exception):
            self.call("DELETE", "/session/-")
        self.driver.terminate()
        try:
            self.driver.wait(20)
        except subprocess.TimeoutExpired:
            self.driver.kill()
        self.log.close()


# --- what is right ---------------------------------------------------------------------------------------------------
def rounded(value, units):
    """As the programs round: three significant digits in a unit that fits."""
    factor, unit = next((each for each in units if abs(value) >= each[0]), units[-1])
    number = value / factor
    return f"{number:.0f} {unit}" if number >= 99.95 else f"{number:.1f} {unit}" if number >= 9.995 else f"{number:.2f} {unit}"


def duration(nanoseconds):
    if abs(nanoseconds) < 1000:
        return f"{nanoseconds} ns"
    return rounded(nanoseconds, [(1e9, "s"), (1e6, "ms"), (1e3, "µs")])


def figures(run):
    """(exact, shown) of what the report must say of a run."""
    for phase in run["phases"]:
        # Nobody waits in a run of one pair: no column for it.
        if phase["duration_ns"] is not None and (phase["name"] != "wait" or phase["duration_ns"] > 0):
            yield f"{phase['duration_ns']} ns", duration(phase["duration_ns"])
    for name in ("downtime_ns", "blackout_ns"):
        if run[name] is not None:
            yield f"{run[name]} ns", duration(run[name])
    if run["state_bytes"] is not None:
        yield f"{run['state_bytes']} bytes", ""


def page_findings(browser, page, width, scheme, picture):
    """What is wrong with a page whatever it says, as (rule, words)."""
    browser.requests()
    browser.complaints()
    browser.show(page, width, scheme)
    facts, found = browser.ask(), []
    found += [("console", line) for line in browser.complaints()]
    found += [("network", url) for url in browser.requests() if url != page.as_uri() and not url.startswith("data:")]
    found += [("network", url) for url in facts["loaded"]]
    if facts["scripts"]:
        found.append(("script", f"{facts['scripts']} scripts"))
    if max(facts["width"], facts["body"]) > facts["window"]:
        found.append(("overflow", f"{facts['width']} of {facts['window']} pixels"))
    if facts["lang"] != "en" or "" in facts["scopes"] or len(set(facts["ids"])) != len(facts["ids"]):
        found.append(("structure", f"lang {facts['lang']}, scopes {set(facts['scopes'])}, ids {facts['ids']}"))
    if None in facts["names"] or "" in facts["names"]:
        found.append(("structure", "a drawing without a name"))
    shown = [kind for kind, right, height in facts["drawings"] if right <= width and height > 50]
    if not shown or set(shown) != {WIDTHS[width]} or len(shown) != len(facts["drawings"]):
        found.append(("drawings", str(facts["drawings"])))
    browser.picture(picture)
    look = subprocess.run(["identify", "-format", "%k %[fx:mean]", str(picture)], capture_output=True, text=True, timeout=WAIT, check=True)
    colours, mean = look.stdout.split()
    if int(colours) < 500:  # text alone has about half of it
        found.append(("blank", f"{colours} colours"))
    if (float(mean) > 0.5) != (scheme == "light"):
        found.append(("theme", f"{scheme}: mean {mean}"))
    return facts, found


# --- pages -----------------------------------------------------------------------------------------------------------
class Maker:
    def __init__(self, window, program, folder):
        self.window, self.program, self.folder = window, program, folder

    def run(self, *words, wanted=(0,)):
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(list(map(str, words)), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT, check=False,
                              env=environment)
        if done.returncode not in wanted:
            raise RuntimeError(f"{words}: exit code {done.returncode}: {done.stderr[-300:]}")
        return done.stdout

    def recordings(self):
        listed = json.loads(self.run(self.program, "--backend", "sim", "--json", "list"))
        name = {device["label"]: device["name"] for device in listed["devices"]}
        plans = {
            "one": ([name["mlx5 A"], name["mlx5 B"], "--detail", "calls"], (0,)),
            "repeated": ([name["virtio A"], name["virtio B"], "--runs", "6"], (0,)),
            "other": ([name["qat A"], name["qat B"], "--runs", "6"], (0,)),
            "failed": ([name["fails into ERROR"], name["mlx5 A"]], (1, 5)),
        }
        for file, (words, wanted) in plans.items():
            self.run(self.program, "--backend", "sim", "migrate", *words, "--force", "--record", self.folder / f"{file}.migrec", wanted=wanted)
        return list(plans)

    def page(self, name, recordings):
        path = self.folder / f"{name}.html"
        words = [word for each in recordings for word in ("--render", self.folder / f"{each}.migrec")]
        self.run(self.window, *words, "--to", "html", "--out", path)
        xml.etree.ElementTree.fromstring(path.read_bytes().split(b"\n", 1)[1])  # well-formed behind its doctype
        return path

    def report(self, recording):
        return json.loads(self.run(self.program, "--json", "report", self.folder / f"{recording}.migrec"))

    def comparison(self, recordings):
        return json.loads(self.run(self.program, "--json", "compare", *(self.folder / f"{each}.migrec" for each in recordings)))


BROKEN = """<!DOCTYPE html>
<html><head><meta charset="utf-8"/><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>x</title></head><body><p style="width:2000px">wide</p><script>1</script><img src="http://127.0.0.1:9/x.png"/>
<table><tr><th>x</th></tr></table><svg></svg></body></html>"""


def figure_findings(facts, report):
    exact = {}
    for words, text in facts["exact"]:
        exact.setdefault(words.split(" ±")[0], set()).add(text)
    for run in report["runs"]:
        for wanted, shown in figures(run):
            if not any(text.startswith(shown) for text in exact.get(wanted, ())):
                yield "figures", f"run {run['run']}: {wanted} as “{shown}”: {exact.get(wanted)}"
    if report["simulated"] and not (facts["text"].startswith("SIMULATED") and "SIMULATED" in facts["title"]):
        yield "simulated", facts["text"][:80]
    words = {"ok": ("Migrated", "ended ok"), "failed": ("Failed", "ended ok"), "cancelled": ("Cancelled", "ended ok")}[report["outcome"]]
    if not any(word in facts["text"] for word in words):
        yield "verdict", facts["text"][:300]


def compare_findings(facts, comparison, recordings):
    text = facts["text"]
    for each in recordings:
        if f"{each}.migrec" not in text:
            yield "figures", f"{each} is not named"
    for other in comparison["others"]:
        for figure in other["figures"]:
            if figure["unit"] == "ns":
                for side in ("base_median", "other_median"):
                    if duration(round(figure[side])) not in text:
                        yield "figures", f"{figure['figure']}: {side} {figure[side]}"


def check(browser, maker):
    findings = []
    maker.recordings()
    pages = {"one": ["one"], "repeated": ["repeated"], "failed": ["failed"], "comparison": ["repeated", "other"]}
    for name, recordings in pages.items():
        page = maker.page(name, recordings)
        inks = {}
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                facts, found = page_findings(browser, page, width, scheme, maker.folder / f"{name}-{width}-{scheme}.png")
                inks[width, scheme] = (facts["inks"], facts["paper"])
                found += compare_findings(facts, maker.comparison(recordings), recordings) if len(recordings) > 1 \
                    else figure_findings(facts, maker.report(recordings[0]))
                findings += [f"{name}, {width}, {scheme}: {rule}: {words}" for rule, words in found]
            if inks[width, "light"] == inks[width, "dark"] or inks[width, "light"][0] == inks[width, "dark"][0]:
                findings.append(f"{name}, {width}: light and dark are drawn alike")
    # The proof that each rule can fail.
    broken = maker.folder / "broken.html"
    broken.write_text(BROKEN, encoding="utf-8")
    _, found = page_findings(browser, broken, 400, "dark", maker.folder / "broken.png")
    missed = {"console", "script", "overflow", "structure", "drawings", "blank", "theme"} - {rule for rule, _ in found}
    if missed:
        findings.append(f"a broken page was found right in {missed}: {found}")
    return findings, len(pages)


def main(window, program, keep=None):
    missing = [tool for tool in ("chromium", "chromedriver", "identify") if shutil.which(tool) is None]
    if missing:
        print(f"SKIPPED: not here: {', '.join(missing)} (packaging/dev deps test installs them)")
        return 1 if os.environ.get("CI", "") not in ("", "0", "false") else SKIPPED
    alone = leave_the_network()
    begun = time.monotonic()
    with contextlib.ExitStack() as stack:
        work = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="migscope-report-", ignore_cleanup_errors=True)))
        folder = work
        if keep:
            folder = pathlib.Path(keep)
            folder.mkdir(parents=True, exist_ok=True)
        browser = Browser(work)
        stack.callback(browser.close)
        findings, count = check(browser, Maker(window, program, folder.resolve()))
    for finding in findings:
        print(finding)
    print(f"{count} reports in {len(WIDTHS)} widths, light and dark; {len(findings)} findings; "
          f"{'without a network' if alone else 'the network was only forbidden, not taken away'}; {time.monotonic() - begun:.0f} s")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
