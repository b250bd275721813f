// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `diff`: two saved states side by side. Touches no device.
#include <fmt/format.h>

#include <utility>

#include "app/cli/command.h"
#include "app/cli/diff_output.h"

namespace migscope::cli {
namespace {

ExitCode unreadable(Context& context, const Error& error) {
    context.console.progress({});
    return report(context, actFailure({}, error, Stage::File));
}

} // namespace

ExitCode runDiff(Context& context) {
    const Options& options = context.options;
    int shown = -1;
    const auto telling = [&](const char* what) {
        return [&context, &shown, what](std::uint64_t read, std::uint64_t total) {
            const int percent =
                total == 0 ? 0
                           : static_cast<int>(100.0 * static_cast<double>(read) / static_cast<double>(total));
            if (total > 0 && percent != std::exchange(shown, percent))
                context.console.progress(fmt::format("{}: {} %", what, percent));
            return true;
        };
    };
    auto a = ImageReader::open(options.file, telling("verifying the first"));
    if (!a)
        return unreadable(context, a.error());
    auto b = ImageReader::open(options.otherFile, telling("verifying the second"));
    if (!b)
        return unreadable(context, b.error());
    const auto diff = diffImages(**a, **b, telling("comparing"));
    if (!diff)
        return unreadable(context, diff.error());
    context.console.progress({});
    context.console.print(options.json ? diffJson(*diff, options.file, options.otherFile)
                                       : diffText(*diff, options.file, options.otherFile));
    return diff->equal ? ExitCode::Ok : ExitCode::Refused;
}

} // namespace migscope::cli
