// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A command that failed: its exit code, its one line for people, its document for programs.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/device/migration_state.h"

namespace migscope::cli {

enum class ExitCode {
    Ok = 0,
    Refused = 1, ///< the device, our own rules or a check said no; devices safe
    Usage = 2,
    NoAccess = 3,   ///< no access, busy or not there
    OverBudget = 4, ///< over budget or worse than the baseline
    DeviceLost = 5, ///< a device was left in an unknown, ERROR or hung state
    File = 6,       ///< cannot be read, is damaged, or could not be written
    Cancelled = 130,
};

/// What a command was doing: the same errno means something else at an open than in a SET.
enum class Stage {
    Usage,
    Find,   ///< scanning the host, finding the device
    Open,   ///< getting hold of the device
    Device, ///< working with it
    File,
};
[[nodiscard]] ExitCode exitCodeFor(const Error& error, Stage stage);

struct Failure {
    ExitCode code = ExitCode::Refused;
    Error error;
    std::string device;               ///< empty: no device is concerned
    std::string call;                 ///< the call that failed, "SET STOP_COPY"; empty: none was made
    bool opened = true;               ///< false: the device never came open, so that nothing was done to it
    std::optional<std::string> state; ///< where the device stands now; absent: unknown or no device
    std::string next;
    bool foundUnusable = false; ///< the device was found where only a reset is safe: the way out resets it
    /// Several devices: name and state of each, the failed one too.
    std::vector<std::pair<std::string, std::optional<std::string>>> devices;
};

/// Everything after "migscope-cli: ", one line: what, device, errno by name; state; next.
[[nodiscard]] std::string failureLine(const Failure& failure);
/// Text of several lines (a recipe of commands) as one.
[[nodiscard]] std::string oneLine(const std::string& text);
/// What helps in general with such an error, when nobody knows better. Never empty.
[[nodiscard]] std::string generalNext(const Error& error, Stage stage);

} // namespace migscope::cli
