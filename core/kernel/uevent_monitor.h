// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// News from the kernel: a device that it wants back, or a changed set of devices.
#pragma once

#include "core/base/error.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace migscope {

/// One uevent, as far as it concerns us.
struct Uevent {
    std::string action;     ///< "add", "remove", "bind", "unbind", "change", …
    std::string subsystem;  ///< "vfio-dev", "vfio", "pci", "mdev", …
    std::string devicePath; ///< within sysfs, from "/devices/"
};

/// The device that an event asks us to let go, or empty. Unbinding or removing a held device, of whatever
/// driver, sends remove of its vfio-dev entry and then waits for the holder to close it. Reentrant.
[[nodiscard]] std::string askedBack(const Uevent& event);

/// The event changes what a list of groups and devices would show. Reentrant.
[[nodiscard]] bool changesTopology(const Uevent& event);

/// Listens to the kernel's own uevents (they come without a udev daemon too) on a thread of its own until
/// destroyed. The handler runs on that thread; the destructor waits for a handler under way. *Thread-bound.*
class UeventMonitor {
public:
    /// All events of one wake-up, so that a burst is one piece of news.
    using Handler = std::function<void(const std::vector<Uevent>& events)>;

    /// An error keeps the errno: no netlink in this sandbox, too many open files.
    [[nodiscard]] static Result<std::unique_ptr<UeventMonitor>> start(Handler handler);
    UeventMonitor(const UeventMonitor&) = delete;
    UeventMonitor& operator=(const UeventMonitor&) = delete;
    ~UeventMonitor();

private:
    struct State;
    explicit UeventMonitor(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace migscope
