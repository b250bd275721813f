// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The options of `check`.
#include "app/cli/check_options.h"

#include <fmt/format.h>

#include "core/base/escape.h"
#include "core/check/check.h"

namespace migscope::cli {

std::optional<std::pair<std::string, std::string>> convertCheck(const RawCheck& raw, Options& options) {
    const auto wrong = [](std::string text, std::string next) {
        return std::optional(std::pair(std::move(text), std::move(next)));
    };
    if (options.listChecks != options.device.empty())
        return options.listChecks ? wrong("check --list with a device: it lists checks, it asks nothing",
                                          "leave out the device, or --list")
                                  : wrong("no device given", "name a DEVICE, or --list");
    if (!raw.only.empty())
        options.checkIds = splitList(raw.only);
    for (const std::string& id : options.checkIds) {
        if (findCheck(id) == nullptr)
            return wrong(fmt::format("{} is no check", escapeText(id)),
                         "migscope-cli check --list names them");
    }
    if (!raw.classes.empty())
        options.checkClasses = splitList(raw.classes);
    for (const std::string& word : options.checkClasses) {
        if (!parseCheckClass(word))
            return wrong(fmt::format("{} is no class of checks", escapeText(word)),
                         "ask for passive, session, resets or hostile");
    }
    if (!raw.hostile.empty())
        options.hostile = splitList(raw.hostile);
    options.checkFormat = raw.format == "ktap"    ? CheckFormat::Ktap
                          : raw.format == "junit" ? CheckFormat::Junit
                                                  : CheckFormat::Text;
    if (options.json && options.checkFormat != CheckFormat::Text)
        return wrong(fmt::format("--json with --format {}: both would write to standard output", raw.format),
                     "leave out one of them");
    if (options.listChecks && options.checkFormat != CheckFormat::Text)
        return wrong("--list with --format: a list has no results", "use --json");
    if (options.record == "-")
        return wrong("--record -: the report goes to standard output", "name a file");
    return std::nullopt;
}

} // namespace migscope::cli
