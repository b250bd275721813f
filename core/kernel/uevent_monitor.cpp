// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// News from the kernel over libudev.
#include "core/kernel/uevent_monitor.h"

#include "core/kernel/fd_watch.h"

#include <cerrno>
#include <libudev.h>

namespace migscope {
namespace {

struct UdevDeleter {
    void operator()(udev* context) const { udev_unref(context); }
    void operator()(udev_monitor* monitor) const { udev_monitor_unref(monitor); }
    void operator()(udev_device* device) const { udev_device_unref(device); }
};

std::string text(const char* from) {
    return from != nullptr ? from : "";
}

} // namespace

std::string askedBack(const Uevent& event) {
    if (event.action != "remove" || event.subsystem != "vfio-dev")
        return {};
    // …/<device>/vfio-dev/vfioN
    constexpr std::string_view folder = "/vfio-dev/";
    const std::size_t end = event.devicePath.rfind(folder);
    if (end == std::string::npos || end == 0)
        return {};
    const std::size_t begin = event.devicePath.rfind('/', end - 1);
    return begin == std::string::npos ? std::string() : event.devicePath.substr(begin + 1, end - begin - 1);
}

bool changesTopology(const Uevent& event) {
    // A "change" of a PCI device (power, interrupts) moves no row.
    if (event.action == "change")
        return false;
    return event.subsystem == "vfio-dev" || event.subsystem == "vfio" || event.subsystem == "pci" ||
           event.subsystem == "mdev" || event.subsystem == "iommu";
}

struct UeventMonitor::State {
    Handler handler;
    std::unique_ptr<udev, UdevDeleter> context;
    std::unique_ptr<udev_monitor, UdevDeleter> monitor;
    std::unique_ptr<FdWatch> watch; ///< last: it uses the others

    void take() const {
        std::vector<Uevent> events;
        // The socket does not block: this takes what is there. Overflow (ENOBUFS) ends it like "no more";
        // events may then be missing, which the next one makes good.
        while (const std::unique_ptr<udev_device, UdevDeleter> device{
            udev_monitor_receive_device(monitor.get())})
            events.push_back({.action = text(udev_device_get_action(device.get())),
                              .subsystem = text(udev_device_get_subsystem(device.get())),
                              .devicePath = text(udev_device_get_devpath(device.get()))});
        if (!events.empty())
            handler(events);
    }
};

UeventMonitor::UeventMonitor(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<UeventMonitor>> UeventMonitor::start(Handler handler) {
    auto state = std::make_unique<State>();
    state->handler = std::move(handler);
    state->context.reset(udev_new());
    if (!state->context)
        return failErrno(errno, "listen to uevents", "libudev");
    state->monitor.reset(udev_monitor_new_from_netlink(state->context.get(), "kernel"));
    if (!state->monitor)
        return failErrno(errno, "listen to uevents", "netlink");
    if (const int answer = udev_monitor_enable_receiving(state->monitor.get()); answer < 0)
        return failErrno(-answer, "listen to uevents", "netlink");
    State* const shared = state.get();
    auto watch = FdWatch::start(udev_monitor_get_fd(state->monitor.get()),
                                {[shared] {
                                     shared->take();
                                     return true;
                                 },
                                 {}},
                                "listen to uevents");
    if (!watch)
        return std::unexpected(watch.error());
    state->watch = std::move(*watch);
    return std::unique_ptr<UeventMonitor>(new UeventMonitor(std::move(state)));
}

UeventMonitor::~UeventMonitor() = default;

} // namespace migscope
