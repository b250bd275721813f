// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `list` and `show`: passive, but for the probe that was asked for.
#include <cerrno>

#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/host_text.h"
#include "core/base/byte_size.h"

namespace migscope::cli {
namespace {

/// Long enough for any arc but one that hangs or moves gigabytes.
constexpr Ns outsidePatience = std::chrono::seconds(1);

/// Where another process has brought the device, as far as the kernel tells without an open.
void lookFromOutside(Backend& backend, Device& device) {
    const auto state = backend.stateFromOutside(device.name, outsidePatience);
    if (state)
        device.debugfs->state = *state;
    else if (state.error().isErrno(ETIMEDOUT))
        device.problems.push_back(fmt::format("state: the driver has given no answer for {}; whoever has the "
                                              "device open is in the middle of a SET",
                                              formatDuration(outsidePatience)));
    else if (!state.error().isErrno(ENOENT)) // before Linux 6.8
        device.problems.push_back(describe(state.error()));
}

} // namespace

ExitCode runList(Context& context) {
    const auto host = lookAtHost(context.options, true);
    if (!host)
        return report(context, host.error());
    context.console.print(context.options.json ? topologyJson(host->topology)
                                               : listText(host->topology, context.console));
    return ExitCode::Ok;
}

ExitCode runShow(Context& context) {
    auto host = lookAtHost(context.options, true);
    if (!host)
        return report(context, host.error());
    const auto device = findDevice(*host, context.options.device);
    if (!device)
        return report(context, device.error());
    auto say = [&](const Capabilities* probe) {
        context.console.print(context.options.json
                                  ? showJson(host->topology, **device, probe)
                                  : showText(host->topology, **device, probe, context.console));
        return ExitCode::Ok;
    };
    if (!context.options.probe) {
        for (Device& own : host->topology.devices) {
            if (&own == *device && own.debugfs && own.debugfs->migrationFolder)
                lookFromOutside(*host->backend, own);
        }
        return say(nullptr);
    }

    DeviceWork work(*host->backend, context.console, *context.interrupts, {context.options.maxStuck, false});
    const auto opened = work.open((*device)->name);
    if (!opened) {
        Failure failure = openFailure(*host, **device, opened.error());
        tellStandings(failure, work.end());
        const ExitCode code = report(context, failure);
        work.leaveIfHung(code);
        return code;
    }
    // Asking changes no state: what was found stays as it is, and is told.
    const Capabilities probe = opened->capabilities.value_or(Capabilities{});
    work.end(false);
    const ExitCode code = say(&probe);
    work.leaveIfHung(code);
    return code;
}

} // namespace migscope::cli
