// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `list` and `show`: passive, but for the probe that was asked for.
#include "app/cli/command.h"
#include "app/cli/host_text.h"

namespace migscope::cli {

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
    if (!context.options.probe)
        return say(nullptr);

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
