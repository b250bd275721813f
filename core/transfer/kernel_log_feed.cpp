// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's log lines as events of a recording.
#include "core/transfer/kernel_log_feed.h"

#include <utility>

namespace migscope {
namespace {

Event kernelEvent(Ns time, event::Body body) {
    Event event;
    event.time = time;
    event.source = "kernel";
    event.body = std::move(body);
    return event;
}

} // namespace

LogSubject logSubject(const Device& device) {
    return {device.name, device.driver, device.vfioDev};
}

Result<std::unique_ptr<KernelLogWatch>>
feedKernelLog(Backend& backend, const std::vector<LogSubject>& devices, EventSink& sink) {
    return backend.watchLog(devices, [&sink](const KernelLogNews& news) {
        if (const auto* loss = std::get_if<KernelLogLoss>(&news)) {
            sink.push(kernelEvent(loss->time, event::Lost{loss->lines, "lines of the kernel's log"}));
            return;
        }
        const auto& line = std::get<KernelLogLine>(news);
        Event event =
            kernelEvent(line.time, event::KernelLog{line.priority, line.sequence, line.text, line.printkUs});
        if (line.subject)
            event.device = static_cast<int>(*line.subject);
        sink.push(std::move(event));
    });
}

Event kernelLogMissing(Ns now, const Error& why) {
    return kernelEvent(now, event::Mark{"no lines of the kernel's log: " + describe(why)});
}

} // namespace migscope
