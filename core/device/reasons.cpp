// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue: every sentence that Migscope says about why something is not possible, and what helps.
#include "core/device/reasons.h"

#include <algorithm>
#include <cassert>

namespace migscope {
namespace {

using enum Severity;

// In `next`, a line that starts with two spaces is a command (or a parameter that expands to such lines).
constexpr ReasonText catalogue[] = {
    // --- the driver, most common first ---
    {"plain-vfio-pci-variant", Blocker,
     "Not migratable: bound to vfio-pci, which has no migration. The variant driver {variant} matches this "
     "function.",
     "Rebind it to {variant}; whoever uses it must let go first:\n{recipe}"},
    {"plain-vfio-pci", Blocker,
     "Not migratable: bound to vfio-pci, which has no migration, and no variant driver for this function "
     "(ID {id}) is known here.",
     "Ask the vendor for a VFIO variant driver for this function, or look for one in a newer kernel."},
    {"kernel-option-missing", Blocker,
     "Not migratable: {variant} would migrate this function, but this kernel ({release}) is built without "
     "CONFIG_{option}.",
     "Use a kernel with CONFIG_{option}=m (Linux {since} or newer), then bind the function to {variant}:\n"
     "{recipe}"},
    {"variant-module-missing", Blocker,
     "Not migratable: {variant} would migrate this function, but this kernel ({release}) offers no such "
     "module.",
     "Use a kernel with CONFIG_{option}=m (Linux {since} or newer), then bind the function to {variant}:\n"
     "{recipe}"},
    {"no-driver-variant", Blocker,
     "Not migratable: no driver is bound. The variant driver {variant} matches this function.",
     "Bind it to {variant}:\n{recipe}"},
    {"no-driver", Blocker,
     "Not migratable: no driver is bound, and no migration driver for this device is known here.",
     "Look for a VFIO variant driver from the vendor."},
    {"driver-override-waits", Info,
     "driver_override is set to {override}, but that driver has not taken the device.",
     "Load the driver and let it probe:\n  sudo modprobe {override}\n  echo {device} | sudo tee "
     "/sys/bus/{bus}/drivers_probe"},
    {"host-driver-variant", Blocker,
     "Not migratable: {driver}, a driver of this host, uses it. The variant driver {variant} matches this "
     "function.",
     "Stop what uses the device on this host, then rebind it:\n{recipe}"},
    {"host-driver", Blocker,
     "Not migratable: {driver}, a driver of this host, uses it, and no migration driver for it is known "
     "here.",
     "Nothing to do while the host needs it. A VFIO variant driver from the vendor would be needed."},
    {"variant-needs-vf", Blocker,
     "Not migratable: {variant} migrates virtual functions, and this is not a virtual function of this host.",
     "Use a virtual function whose physical function is driven by this host."},
    {"sriov-physical-function", Info,
     "This physical function can have {total} virtual functions (it has {now}); migration is for those.",
     "Create virtual functions:\n  echo 2 | sudo tee /sys/bus/pci/devices/{device}/sriov_numvfs"},
    {"bridge", Blocker, "Not migratable: a bridge stays with the host and is never given to a guest.",
     "Nothing to do."},
    {"driver-without-migration", Blocker,
     "Not migratable: {driver} is a VFIO driver without migration support.",
     "Nothing to change on this host; only a newer driver could bring it."},
    {"unknown-vfio-driver", Warning,
     "Not known: {driver} is a VFIO driver that Migscope does not know; only the device itself can tell.",
     "Ask the device (opening it resets PCI functions):\n  migscope-cli show {device} --probe"},
    {"unknown-bus", Blocker,
     "Not migratable: no migration driver for devices of the bus \"{bus}\" is known (driver: {driver}).",
     "Nothing to do."},

    // --- a variant driver is bound; its name alone proves nothing ---
    {"mlx5-unproved", Warning,
     "Likely: bound to {driver}. It migrates when the function was made migratable by its administrator, "
     "which "
     "cannot be seen from here.",
     "Ask the device (opening it resets the function):\n  migscope-cli show {device} --probe\nIf the answer "
     "is "
     "no, enable it on the host's physical function while the function is unbound:\n  sudo devlink port "
     "function set pci/{pf}/PORT migratable enable"},
    {"hisi-unproved", Warning,
     "Likely: bound to {driver}. It migrates on accelerators of hardware version 3 or newer whose physical "
     "function is driven by this host.",
     "Ask the device (opening it resets the function):\n  migscope-cli show {device} --probe"},
    {"pds-unproved", Warning,
     "Likely: bound to {driver}. It migrates when the physical function's firmware offers live migration.",
     "Ask the device (opening it resets the function):\n  migscope-cli show {device} --probe"},
    {"virtio-unproved", Warning,
     "Likely: bound to {driver}. It migrates when the physical function offers the administration commands "
     "for "
     "device parts (Linux 6.13 or newer).",
     "Ask the device (opening it resets the function):\n  migscope-cli show {device} --probe"},
    {"qat-unproved", Warning,
     "Likely: bound to {driver}. It migrates when the physical function's driver on this host supports it "
     "(Linux 6.10 or newer).",
     "Ask the device (opening it resets the function):\n  migscope-cli show {device} --probe"},
    {"xe-unproved", Warning,
     "Likely: bound to {driver}. It migrates on graphics devices with memory-based interrupts whose physical "
     "function is driven by xe.",
     "Ask the device (opening it resets the function):\n  migscope-cli show {device} --probe"},
    {"mtty-unproved", Warning,
     "Likely: bound to {driver}, the kernel's sample device. It migrates since Linux 6.7.",
     "Ask the device:\n  migscope-cli show {device} --probe"},
    {"variant-unproved", Warning,
     "Likely: bound to {driver}, a variant driver. Its name alone proves nothing.",
     "Ask the device (opening it resets the function):\n  migscope-cli show {device} --probe"},

    {"mlx5-not-enabled", Blocker,
     "Not migratable: {driver} is bound, but the function is not enabled for migration.",
     "Enable it on the physical function, with the virtual function unbound, then bind it again:\n"
     "  devlink port show\n"
     "  echo {device} | sudo tee /sys/bus/pci/devices/{device}/driver/unbind\n"
     "  sudo devlink port function set pci/{pf}/PORT migratable enable\n{recipe}\n"
     "The port is the one that devlink shows for this function; the physical function must be in switchdev "
     "mode."},
    {"hisi-not-enabled", Blocker,
     "Not migratable: {driver} is bound, but the accelerator's hardware is older than version 3, or its "
     "physical "
     "function is not driven by this host.",
     "Bind the physical function {pf} to its host driver; older hardware cannot migrate."},
    {"pds-not-enabled", Blocker,
     "Not migratable: {driver} is bound, but the firmware does not offer live migration.",
     "Update the card's firmware, and let pds_core drive the physical function {pf}."},
    {"virtio-not-enabled", Blocker,
     "Not migratable: {driver} is bound, but the device has no administration commands for device parts.",
     "Let virtio-pci drive the physical function {pf}; the device's firmware must offer device parts."},
    {"qat-not-enabled", Blocker,
     "Not migratable: {driver} is bound, but the physical function's driver offers no migration.",
     "Let the host's QAT driver (Linux 6.10 or newer) drive the physical function {pf}."},
    {"xe-not-enabled", Blocker,
     "Not migratable: {driver} is bound, but the device lacks memory-based interrupts or its physical "
     "function "
     "is not driven by xe.",
     "Let xe drive the physical function {pf}; older graphics cannot migrate."},
    {"mtty-not-enabled", Blocker, "Not migratable: the mtty sample of this kernel is older than Linux 6.7.",
     "Use a kernel of version 6.7 or newer."},
    {"variant-not-enabled", Blocker,
     "Not migratable: {driver} is bound, but the device says that it has no migration.",
     "See the driver's documentation for what must be enabled on the physical function."},
    {"v1-only", Blocker,
     "Not migratable: the driver speaks only the withdrawn migration protocol v1 (a region). No current "
     "kernel or "
     "virtual machine uses it.",
     "Use a driver with protocol v2 (Linux 5.18 or newer)."},
    {"no-stop-copy", Blocker,
     "Not migratable: the driver answered, but its flags ({flags}) lack stop-copy, without which nothing can "
     "be "
     "saved.",
     "Report it to the driver's authors: protocol v2 requires stop-copy."},

    // --- what stands in the way of opening ---
    {"noiommu-group", Blocker,
     "Not migratable here: group {group} is in unsafe no-IOMMU mode. Migscope explains it and never drives "
     "it.",
     "Turn the IOMMU on (intel_iommu=on on the kernel command line, or in the firmware), then bind it "
     "again."},
    {"no-group", Blocker, "Not migratable: the device is in no IOMMU group, so VFIO cannot hand it out.",
     "Turn the IOMMU on in the firmware; on Intel also add intel_iommu=on to the kernel command line."},
    {"group-not-viable", Blocker,
     "Cannot be opened: group {group} is not viable. {blocker} is in the same group and is used by {driver}, "
     "a "
     "driver of this host.",
     "Unbind what blocks (this host then loses that device):\n  echo {blocker} | sudo tee "
     "/sys/bus/{bus}/devices/{blocker}/driver/unbind"},
    {"busy", Warning, "In use by {command} (process {pid}).",
     "Stop it, or look at the device passively; a device that a virtual machine uses cannot be opened "
     "twice."},
    {"busy-holder-unknown", Warning,
     "In use, by whom is unknown: not permitted to look into other users' processes.",
     "See it as root:\n  sudo migscope-cli show {device}"},
    {"busy-no-holder", Warning, "In use: the kernel answered EBUSY, and no process was found that holds it.",
     "Another device of group {group} may be held, or opened through the other access path; look again:\n"
     "  migscope-cli show {device}"},
    {"no-rights", Warning, "Cannot be opened by you: {node} has mode {mode} and belongs to {owner}.",
     "For once, run as root; for good, let a group open VFIO nodes:\n  sudo groupadd -f vfio\n"
     "  sudo usermod -aG vfio \"$USER\"\n"
     "  echo 'SUBSYSTEM==\"vfio\", GROUP=\"vfio\", MODE=\"0660\"' | sudo tee "
     "/etc/udev/rules.d/70-vfio.rules\n"
     "  echo 'SUBSYSTEM==\"vfio-dev\", GROUP=\"vfio\", MODE=\"0660\"' | sudo tee -a "
     "/etc/udev/rules.d/70-vfio.rules\n"
     "  sudo udevadm control --reload\n  sudo udevadm trigger --subsystem-match=vfio\nThen log in again."},
    {"no-rights-open", Warning, "The kernel refused to open it: {error}.",
     "Run as root, or give your user the node's group (see the owner and mode of {node})."},
    {"no-node", Warning, "There is no node to open: neither /dev/vfio/{group} nor a device node exists.",
     "Load VFIO's container or enable device nodes, then bind the device again:\n  sudo modprobe "
     "vfio_iommu_type1"},
    {"vf-token", Warning,
     "The physical function {pf} is itself bound to {driver}: its virtual functions can only be opened with "
     "the "
     "secret token of who holds it, which Migscope does not send.",
     "Bind the physical function to its host driver; migration needs that too."},
    {"pf-driver", Warning,
     "The physical function {pf} is bound to {driver}; {variant} works together with {wanted}.",
     "Bind {pf} to {wanted}."},
    {"no-pf-driver", Warning,
     "The physical function {pf} has no driver; {variant} works together with {wanted}.",
     "Bind {pf} to {wanted}."},
    {"device-lock-busy", Warning, "The kernel could not reset the function just now ({error}).",
     "Try again in a moment."},
    {"gone-at-open", Warning,
     "The device changed while it was opened ({error}): its driver or group is gone.",
     "Read the host again:\n  migscope-cli list"},
    {"open-failed", Warning, "It could not be opened: {error}.",
     "See the message of the kernel:\n  sudo dmesg"},

    // --- what a device that answers is worth knowing about ---
    {"found-not-running", Warning,
     "Found in {state}, not RUNNING: an earlier user left it so. Anything but a reset is unsafe.",
     "Reset it (the state in it is lost):\n  migscope-cli reset {device}"},
    {"needs-reset", Warning,
     "Stands in {state}: only a reset brings it back to RUNNING, and what it held is lost.",
     "Reset it here, or release it and run:\n  migscope-cli reset {device}"},
    {"unknown-flags", Info,
     "It reports flag bits ({bits}) of a newer protocol; Migscope shows and ignores them.",
     "See whether a newer Migscope knows them."},
    {"stop-copy-only", Info,
     "Stop-copy only: all state is moved while it stands still, and QEMU does not migrate two such devices "
     "in one "
     "virtual machine.",
     "Nothing to do; expect the downtime to grow with the state."},
    {"no-p2p", Info,
     "No P2P states: QEMU migrates such a device only when it is the only one of its virtual machine.",
     "Nothing to do."},
    {"no-dma-logging", Info,
     "No dirty-page logging of its own: QEMU's automatic mode refuses to migrate unless the IOMMU tracks "
     "dirty "
     "pages.",
     "Use an IOMMU with dirty tracking (through iommufd), or enable-migration=on in QEMU."},

    // --- rows that could not be read ---
    {"unreadable-device", Warning, "Not known: {problem}.", "Read the host again:\n  migscope-cli list"},
    {"hostile-name", Warning,
     "Not known: \"{device}\" is not a device name that the kernel gives; it is only shown.",
     "Look at where this tree comes from."},

    // --- the host as a whole ---
    {"host-no-vfio-option", Blocker, "This kernel ({release}) is built without VFIO.",
     "Use a kernel with CONFIG_VFIO and CONFIG_VFIO_PCI; the kernels of all large distributions have them."},
    {"host-no-iommu", Blocker,
     "No IOMMU is active on this host: there are no IOMMU groups, so nothing can be handed to VFIO.",
     "Enable it in the firmware (VT-d, AMD-Vi, SMMU). On Intel, add intel_iommu=on to the kernel command "
     "line "
     "too (GRUB_CMDLINE_LINUX in /etc/default/grub; AMD needs nothing there), then:\n  sudo update-grub\n"
     "  sudo reboot\nWhat the kernel found:\n  sudo dmesg | grep -i -e dmar -e iommu -e smmu"},
    {"host-iommu-passthrough", Info,
     "The kernel uses the IOMMU in pass-through mode for itself; VFIO works all the same.", "Nothing to do."},
    {"host-vfio-not-loaded", Blocker, "VFIO is not loaded.", "Load it:\n  sudo modprobe vfio-pci"},
    {"host-unsafe-noiommu", Warning,
     "Unsafe no-IOMMU mode is on: a device opened that way can write to any memory of this host. Migscope "
     "does not use it.",
     "Turn it off:\n  echo N | sudo tee /sys/module/vfio/parameters/enable_unsafe_noiommu_mode"},
    {"host-nothing-bound", Warning, "No device of this host is bound to a VFIO driver.",
     "Bind one (see the next step of the device), or look around in the simulated lab:\n  migscope-cli "
     "--backend "
     "sim list"},
    {"host-no-variant-driver", Blocker,
     "This kernel ({release}) has no driver that can migrate: it is built without {options}.",
     "Use a kernel with the variant driver of your hardware, or look around in the simulated lab:\n  "
     "migscope-cli "
     "--backend sim list"},
    {"host-no-rights", Warning, "You may open none of the VFIO nodes of this host.",
     "Run as root, or see \"next\" of a device for a udev rule."},
    {"host-no-cdev", Info,
     "This kernel has no VFIO device nodes (CONFIG_IOMMUFD, CONFIG_VFIO_DEVICE_CDEV): Migscope uses the "
     "group path.",
     "Nothing to do."},
    {"host-no-debugfs", Info,
     "This kernel shows no migration state of devices in use (CONFIG_VFIO_DEBUGFS): only an opened device "
     "can tell.",
     "Nothing to do."},
    {"host-config-unknown", Info, "The kernel's configuration could not be read: what it lacks is not known.",
     "Make it readable, where /proc/config.gz is there:\n  zcat /proc/config.gz | sudo tee "
     "/boot/config-$(uname -r) >/dev/null"},
};

constexpr ReasonText unknownReason{"unknown-reason", Warning, "An unknown reason ({id}).", ""};

} // namespace

std::span<const ReasonText> reasonCatalogue() {
    return catalogue;
}

const ReasonText& reasonText(std::string_view id) {
    const auto* found = std::find_if(std::begin(catalogue), std::end(catalogue),
                                     [&](const ReasonText& entry) { return entry.id == id; });
    if (found != std::end(catalogue))
        return *found;
    assert(!"a reason id that is not in the catalogue");
    return unknownReason;
}

std::string fillTemplate(std::string_view text, const std::map<std::string, std::string>& values) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = text.find('{', at);
        const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
        if (close == std::string_view::npos)
            return out.append(text.substr(at));
        out.append(text.substr(at, open - at));
        const auto value = values.find(std::string(text.substr(open + 1, close - open - 1)));
        if (value != values.end())
            out.append(value->second);
        else
            out.append(text.substr(open, close - open + 1));
        at = close + 1;
    }
    return out;
}

} // namespace migscope
