// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The state word in debugfs.
#include "core/host/outside_state.h"

#include <fmt/format.h>

#include "core/base/escape.h"
#include "core/host/sysfs_text.h"

namespace migscope {

Result<std::string> outsideStatePath(const std::string& device) {
    if (!isPlainName(device))
        return fail(Errc::InvalidArgument, "read the state", escapeText(device), "not the name of a device");
    return fmt::format("/sys/kernel/debug/vfio/{}/migration/state", device);
}

Result<MigState> parseOutsideState(std::string_view text, const std::string& path) {
    const std::string_view word = chomp(text);
    const auto state = parseState(word);
    // Only as the kernel spells it: parseState also takes what people type.
    if (!state || stateName(*state) != word)
        return fail(Errc::ProtocolViolation, "read the state", path,
                    fmt::format("“{}” is no state of the uAPI", escapeText(word)));
    return *state;
}

} // namespace migscope
