# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Judges the boot `cdev`: every act over device nodes and iommufd, and over groups on the same kernel, with three witnesses.
"""Which way was gone is told by the kernel's probes in the open functions of each node, and by strace; what our program says of it
(`access` of a probe) must be the same. On the lab's own driver its truth is the third witness."""

import pathlib
import re

import checks
import driver_checks
import evidence
from checks import DESTINATION, MTTY_FLAGS, ORPHAN, SOURCE
from evidence import NAMES
from lab_cache import say

SEVEN = driver_checks.source(7)
KINDS = ("mtty", "1", "3", "5", "7")
ACTS = ("probe", "set", "save", "load", "migrate", "reset")
CDEV_OPENS, GROUP_OPENS = {"iommufd_open", "cdev_open"}, {"container_open", "group_open"}
CDEV_NODES, GROUP_NODES = re.compile(r"/dev/(iommu|vfio/devices/vfio\d+)"), re.compile(r"/dev/vfio/(vfio|\d+)")
REFUSED_VF = ("not supported", "bound to vfio-pci, which has no migration")


def flags_of(kind: str) -> int:
    return MTTY_FLAGS if kind == "mtty" else int(kind)


def ends_of(kind: str) -> tuple:
    return (SOURCE, DESTINATION) if kind == "mtty" else (driver_checks.source(int(kind)), driver_checks.destination(int(kind)))


class CdevJudge(driver_checks.DriverJudge):
    # --- which nodes were opened --------------------------------------------------------------------------------------
    def went(self, step: str, opens: set, nodes: re.Pattern, every: bool = True) -> None:
        """The step opened nodes of one way only: all of them, or (every=False) it did not come that far."""
        seen = {e.kind for e in self.events(step) if e.is_open()}
        self.equal(seen, opens, f"{step}: nodes opened, as the kernel saw it") if every \
            else self.expect(seen <= opens, f"{step}: nodes opened, as the kernel saw it: {sorted(seen)}")
        trace = self.text(f"steps/{step}.strace")
        if not trace:
            return
        paths = {p for p, f in evidence.strace_opens(trace) if evidence.is_device_node(p, f)}
        self.expect(paths or not every, f"{step}: strace saw nodes opened")
        self.equal(sorted(p for p in paths if not nodes.fullmatch(p)), [], f"{step}: nodes of another way, as strace saw it")

    def by_cdev(self, *steps: str, every: bool = True) -> None:
        for step in steps:
            self.went(step, CDEV_OPENS, CDEV_NODES, every)

    def by_group(self, *steps: str, every: bool = True) -> None:
        for step in steps:
            self.went(step, GROUP_OPENS, GROUP_NODES, every)

    # --- what is said of the host -----------------------------------------------------------------------------------------
    def host(self, machine: dict) -> None:
        seen = {name: self.document(name, "migscope.topology/1") for name in ("list", "user-list")}
        for name, document in seen.items():
            host = document.get("host", {})
            self.equal((host.get("iommufd"), host.get("debugfs")), (True, name == "list"), f"{name}: iommufd, debugfs")
            wrong = {"host-no-cdev", "host-no-debugfs"} & {r.get("id") for r in host.get("reasons", [])}
            self.equal(wrong, set(), f"{name}: what the host is said to lack and has")
            devices = {d.get("name"): d for d in document.get("devices", [])}
            for device in (SOURCE, machine["VF"], SEVEN):
                access = devices.get(device, {}).get("access") or {}
                rights = [(access.get(way) or {}).get("usable") for way in ("group", "cdev")]
                self.equal(rights, [name == "list", True], f"{name}: whether the group and the device's node of {device} may be opened")
                self.expect(CDEV_NODES.fullmatch(str((access.get("cdev") or {}).get("path"))), f"{name}: node of {device}: {access}")
            # debugfs is root's; who may look there needs no probe.
            self.equal((devices.get(SEVEN, {}).get("debugfs") or {}).get("migration"), True if name == "list" else None, f"{name}: debugfs of {SEVEN}")
            self.equal(devices.get(SEVEN, {}).get("evidence"), "debugfs" if name == "list" else "none", f"{name}: evidence of {SEVEN}")
        offers = {o.get("id"): o for o in self.document("version", "migscope.version/1").get("uapi", [])}
        self.equal([offers.get(i, {}).get("offered") for i in ("group", "iommufd", "cdev", "debugfs")], [True] * 4, "version: what the kernel offers")

    def outside(self) -> None:
        """debugfs shows states, and since Linux 6.18 what a device can do; the list has of it what is there."""
        words = {"stop-copy": 1, "p2p": 2, "pre-copy": 4}
        states, flags = {}, {}
        for device, file, word in re.findall(r"(?m)^/sys/kernel/debug/vfio/([^/]+)/migration/(\w+):(.+)$", self.text("steps/debugfs.out")):
            if file == "state":
                states[device] = word
            else:
                flags[device] = flags.get(device, 0) | words.get(word, 0)
        migratable = [end for kind in KINDS for end in ends_of(kind)]
        self.equal({states.get(device) for device in migratable}, {"RUNNING"}, "debugfs: states of the devices that can migrate")
        self.expect(not flags or all(flags.get(end) == flags_of(kind) for kind in KINDS for end in ends_of(kind)), f"debugfs: features: {flags}")
        listed = {d.get("name"): d.get("debugfs") or {} for d in self.document("list", "migscope.topology/1").get("devices", [])}
        for device in states:
            self.equal(listed.get(device, {}).get("flags"), flags.get(device), f"list: what debugfs says of {device}")
        self.equal({d for d, facts in listed.items() if facts.get("migration")}, set(states), "list: devices with a migration folder")

    def newer(self) -> None:
        """Where the kernel is new enough for it: the blocked arc is refused and nothing else happens; nesting is gone; INFOv2 is there."""
        if self.code("blocked") is None:
            return
        self.exits("blocked", 0)
        self.equal(self.text("steps/blocked.out").split(), ["EINVAL", "EINVAL", str(evidence.STOP_COPY), "0"], "blocked: errnos, state, nesting")
        self.equal({kind: self.shown(f"probe-{kind}")[1].get("precopy_info_v2") for kind in KINDS},
                   {kind: "available" if flags_of(kind) & driver_checks.PRE_COPY else "no-pre-copy" for kind in KINDS}, "probe: PRECOPY_INFOv2")

    # --- the acts ------------------------------------------------------------------------------------------------------------
    def acts(self, kind: str, prefix: str, access: str) -> None:
        """Six acts of one kind of device over one way."""
        step = {act: f"{prefix}{act}-{kind}" for act in ACTS}
        flags, (source, destination) = flags_of(kind), ends_of(kind)
        for name in step.values():
            self.exits(name, 0)
        device, probe = self.shown(step["probe"])
        self.equal((probe.get("access"), probe.get("protocol"), probe.get("flags"), probe.get("state")), (access, "v2", flags, "RUNNING"),
                   f"{step['probe']}: way, protocol, flags, state")
        self.equal((device.get("verdict"), device.get("evidence")), ("migratable", "probe"), f"{step['probe']}: verdict and its evidence")
        document = self.document(step["set"], "migscope.arcs/1")
        arcs = [(a.get("from"), a.get("to")) for a in document.get("arcs", [])]
        seen = [NAMES[s] for s in evidence.sets(self.events(step["set"]))]
        self.expect(len(arcs) >= 4, f"{step['set']}: walked {len(arcs)} arcs")
        self.equal([to for _, to in arcs], seen[:len(arcs)], f"{step['set']}: the walk as reported, and as the kernel saw it")
        self.equal(document.get("final_state"), "RUNNING", f"{step['set']}: final state")
        self.expect(any(e.is_reset() and e.ret == 0 for e in self.events(step["reset"])), f"{step['reset']}: the kernel saw a reset")
        if kind == "mtty":
            self.equal(self.document(step["save"], "migscope.save/1").get("state_bytes"), checks.MTTY_STATE_BYTES, f"{step['save']}: bytes")
            self.equal(self.document(step["load"], "migscope.load/1").get("final_state"), "RUNNING", f"{step['load']}: final state")
            self.report(step["migrate"])
            self.handover(step["migrate"], evidence.PRE_COPY_P2P)
        else:
            self.equal(self.document(step["save"], "migscope.save/1").get("state_bytes"), driver_checks.MIB, f"{step['save']}: bytes")
            self.loaded(step["load"], flags)
            self.moved(step["migrate"], flags, exactly=driver_checks.MIB)
            felt = [e.kind for e in self.truth(step["reset"]).get(source, []) if e.kind == "reset" and e.ret == 0]
            self.expect(felt, f"{step['reset']}: the driver felt it")
        self.expect({source, destination} & {d.get("name") for r in self.document(step["migrate"]).get("runs", []) for d in r.get("devices", [])}
                    == {source, destination}, f"{step['migrate']}: both devices took part")

    def plain(self, machine: dict) -> None:
        """A function without migration is opened by the same way, and told from one that has it."""
        for step, access in (("probe-vf", "cdev+iommufd"), ("group-probe-vf", "group+type1v2")):
            self.exits(step, 0)
            device, probe = self.shown(step)
            self.equal((probe.get("access"), probe.get("protocol")), (access, "none"), f"{step}: way, protocol")
            self.equal((device.get("verdict"), device.get("evidence")), ("not-migratable", "probe"), f"{step}: verdict and its evidence")
        for step in ("set-vf", "save-vf", "load-vf", "migrate-vf"):
            self.exits(step, 1)
            self.says(step, machine["VF"], *REFUSED_VF)
            self.equal(evidence.sets(self.events(step)), [], f"{step}: no SET")
        self.exits("reset-vf", 0)
        self.expect(any(e.is_reset() and e.ret == 0 for e in self.events("reset-vf")), "reset-vf: the kernel saw a reset")
        self.exits("probe-blocked", 3)
        self.says("probe-blocked", "VFIO_DEVICE_BIND_IOMMUFD", "EPERM", "bound to a kernel driver", machine["BLOCKER"])

    # --- two at once -------------------------------------------------------------------------------------------------------
    def held(self) -> None:
        holder = self.text("steps/held.pid").strip()
        self.exits("held", 0, 130)
        self.expect(holder.isdigit(), f"held: a process holds the device: {holder!r}")
        device, _ = self.shown("held-show")
        self.equal((device.get("debugfs") or {}).get("state"), "PRE_COPY", "held-show: the state, from outside")
        holders = [str(p.get("pid")) for p in (device.get("holders") or {}).get("processes", [])]
        self.equal(holders, [holder], "held-show: who holds it")
        self.untouched("held-list")
        # The kernel asks the driver on behalf of who reads debugfs; nothing else came to it.
        self.equal([(e.kind, e.source, e.ret) for e in self.truth("held-show").get(SEVEN, [])], [("get", "PRE_COPY", 0)], "held-show: what the device felt of it")
        self.exits("held-cdev", 3)
        self.says("held-cdev", "VFIO_DEVICE_BIND_IOMMUFD", "EINVAL", "in use", f"process {holder}")
        self.exits("held-group", 3)
        self.says("held-group", "EBUSY", "through its own node", f"process {holder}")
        self.exits("group-held-cdev", 3)
        self.says("group-held-cdev", "VFIO_DEVICE_BIND_IOMMUFD", "EBUSY", "through its group node")
        for step in ("held-cdev", "held-group", "group-held-cdev"):
            self.equal([e for e in self.events(step) if e.kind == "device_ioctl" and e.cmd in (evidence.DEVICE_FEATURE, evidence.DEVICE_RESET)], [],
                       f"{step}: no call on a device that somebody else has")
        for step in ("held-after", "group-held-after"):
            self.exits(step, 0)
            self.state(step, "RUNNING")

    def orphan(self) -> None:
        self.equal(self.code("orphan-hold"), 128 + 9, "orphan-hold: was killed")
        self.state("orphan-show", "RESUMING")
        self.equal(self.shown("orphan-show")[1].get("needs_reset"), True, "orphan-show: says that the device needs a reset")
        self.exits("orphan-set", 1)
        self.says("orphan-set", "only a reset is safe", ORPHAN)
        self.equal(evidence.sets(self.events("orphan-set")), [], "orphan-set: no SET")
        self.exits("orphan-reset", 0)
        self.state("orphan-after", "RUNNING")

    # --- the rules, by all witnesses ----------------------------------------------------------------------------------------
    def rules(self) -> None:
        states, total = {}, 0
        for step, events in self.trace.items():
            if step == "blocked":  # not ours: it breaks the rules on purpose
                continue
            kind = step.rpartition("-")[2]
            arcs = {(NAMES.index(a), NAMES.index(b)) for a, b in driver_checks.arcs_of(flags_of(kind) if kind in KINDS else 7)}
            found = evidence.violations(events, states, may_stay=step == "orphan-hold", arcs=arcs)
            self.equal(found, [], f"{step}: rules broken, as the kernel saw it")
            total += len(evidence.sets(events))
            self.witnesses(step)
        self.expect(total > 100, f"the kernel saw the SETs of the whole run (only {total})")
        for step in self.steps():
            for device, entries in self.truth(step).items():
                found = driver_checks.violations(entries, int(device[0]), False)
                # Who holds a device over several steps closes it in a later one.
                self.equal([f for f in found if step != "held" or f != "nobody closed it"], [], f"{step}: rules broken on {device}, as the driver saw it")


def judge(share: pathlib.Path, cli: pathlib.Path) -> int:
    """Number of failed checks; each is printed."""
    judge_ = CdevJudge(share, cli)
    machine = dict(line.split("=", 1) for line in judge_.text("machine.env").splitlines() if "=" in line)
    if judge_.ready() and judge_.read_trace():
        judge_.watched_over()
        judge_.passive("list", "user-list", *[f"show-{kind}" for kind in KINDS], "show-vf", "held-show", "held-list")
        for step in ("list", "user-list", *[f"show-{kind}" for kind in KINDS]):
            judge_.untouched(step)
        judge_.host(machine)
        judge_.outside()
        judge_.newer()
        for kind in KINDS:
            judge_.acts(kind, "", "cdev+iommufd")
            judge_.by_cdev(*[f"{act}-{kind}" for act in ACTS])
        for kind in ("mtty", "7"):
            judge_.acts(kind, "group-", "group+type1v2")
            judge_.by_group(*[f"group-{act}-{kind}" for act in ACTS])
        judge_.plain(machine)
        judge_.by_cdev("probe-vf", "set-vf", "save-vf", "load-vf", "migrate-vf", "reset-vf", "probe-blocked", "held-cdev", "orphan-show", "orphan-set", "orphan-reset")
        judge_.by_group("group-probe-vf")
        judge_.by_cdev("group-held-cdev", every=False)
        judge_.by_group("held-group", every=False)
        judge_.held()
        judge_.orphan()
        judge_.rules()
    say(f"{judge_.passed} checks passed, {judge_.failed} failed; kernel {judge_.text('kernel-release').strip()}, "
        f"machine ready after {judge_.text('machine-ready').strip()} s, steps done at {judge_.text('steps-done').strip()} s")
    return judge_.failed
