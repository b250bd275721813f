// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The check that looks back: what the kernel logged while everything was in order.
#include <array>

#include "core/base/escape.h"
#include "core/check/context.h"

namespace migscope {
namespace {

CheckOutcome logClean(CheckContext& c) {
    const auto lines = c.logLines();
    if (!lines)
        return checkSkipped("The kernel's log cannot be read here.");
    if (lines->empty())
        return checkPassed("It logged no warning and no error.");
    return checkFailed("It logged {count} lines; the first: {line}",
                       {{"count", std::to_string(lines->size())}, {"line", escapeText(lines->front())}});
}

constexpr std::array table{
    Check{.id = "MIG-LOG-001",
          .asks = "The kernel logs no warning and no error while checks pass and no SET is refused.",
          .rule = "no rule of the uAPI: a warning in a log is a fault to somebody",
          .severity = CheckSeverity::Should,
          .kind = CheckClass::Passive,
          .needs = {.flags = 0},
          .provedBy = "logs-without-reason",
          .run = logClean},
};

} // namespace

std::span<const Check> logChecks() {
    return table;
}

} // namespace migscope
