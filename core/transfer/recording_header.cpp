// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The header of a recording that begins now, on this machine.
#include <fmt/format.h>

#include <fcntl.h>
#include <sys/utsname.h>
#include <time.h>

#include "core/base/unique_fd.h"
#include "core/transfer/recorder.h"

#ifndef MIGSCOPE_VERSION
#error "the build says which version this is"
#endif

namespace migscope {
namespace {

Ns readClock(clockid_t id) {
    timespec stamp{};
    ::clock_gettime(id, &stamp);
    return std::chrono::seconds(stamp.tv_sec) + Ns(stamp.tv_nsec);
}

std::string bootId() {
    const UniqueFd file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    std::string text(64, '\0');
    const ssize_t got = file.valid() ? ::read(file.get(), text.data(), text.size()) : 0;
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text;
}

} // namespace

RecordedDevice recordedDevice(const Device& device, const Capabilities* probe) {
    RecordedDevice recorded;
    recorded.name = device.name;
    recorded.driver = device.driver;
    if (device.pci)
        recorded.pciId = fmt::format("{:04x}:{:04x}", device.pci->vendor, device.pci->device);
    recorded.group = device.iommuGroup;
    if (probe != nullptr) {
        recorded.access = probe->access;
        recorded.flags = probe->flags.raw();
    }
    return recorded;
}

RecordingHeader makeHeader(Clock& clock, bool simulated, std::vector<RecordedDevice> devices) {
    RecordingHeader header;
    header.simulated = simulated;
    header.tool = MIGSCOPE_VERSION;
    utsname names{};
    if (::uname(&names) == 0) {
        header.hostName = names.nodename;
        header.kernel = names.release;
    }
    header.bootId = bootId();
    header.t0 = clock.now();
    header.realtime = readClock(CLOCK_REALTIME);
    header.boottime = readClock(CLOCK_BOOTTIME);
    timespec resolution{};
    if (::clock_getres(CLOCK_MONOTONIC, &resolution) == 0)
        header.resolution = std::chrono::seconds(resolution.tv_sec) + Ns(resolution.tv_nsec);
    header.devices = std::move(devices);
    return header;
}

} // namespace migscope
