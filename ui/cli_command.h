// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What was done in the window, as a command for a terminal.
#pragma once

#include <QString>

#include <string>
#include <vector>

#include "core/check/check_run.h"
#include "core/device/migration_state.h"
#include "core/transfer/device_session.h"
#include "core/transfer/recording_export.h"
#include "ui/run_request.h"

namespace migscope {

/// `list` without a device, `show` for one that is only looked at, `show --probe` for an opened one, `set`
/// with the states asked for. A command of its own opens and closes the device: the sequence starts from
/// RUNNING.
[[nodiscard]] QString cliCommand(const std::string& backend, const std::string& device, bool opened,
                                 const std::vector<MigState>& asked);

/// `dirty` with what differs from the command's own defaults.
[[nodiscard]] QString cliCommand(const std::string& backend, const std::string& device,
                                 const job::DmaLog& log);

/// A run as a command, and in words what it does not do as the window does; empty when it is the same.
struct CliTwin {
    QString command;
    QString differs;
};
[[nodiscard]] CliTwin cliCommand(const std::string& backend, const RunRequest& request);

/// `check`; --hostile where junk was allowed that the command would not write unasked.
[[nodiscard]] QString cliCheck(const std::string& backend, bool simulated, const CheckRequest& request);

/// `export`, into a file named as the recording is.
[[nodiscard]] QString cliExport(const std::string& recording, ExportFormat format);
/// "run.csv", "run.trace.json" for "…/run.migrec".
[[nodiscard]] QString exportName(const QString& recording, ExportFormat format);
/// `compare`; the first one is the base.
[[nodiscard]] QString cliCompare(const std::vector<std::string>& recordings, bool withoutFirst);
/// `diff` of two saved states.
[[nodiscard]] QString cliDiff(const std::string& a, const std::string& b);

} // namespace migscope
