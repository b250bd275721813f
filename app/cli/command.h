// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the commands share: the host they look at, the device they mean, and how they fail.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/console.h"
#include "app/cli/device_work.h"
#include "app/cli/failure.h"
#include "app/cli/interrupts.h"
#include "app/cli/json_output.h"
#include "app/cli/options.h"
#include "core/device/topology.h"
#include "core/vfio/backend.h"

namespace migscope {
class Recorder;
struct RecordingHeader;
} // namespace migscope

namespace migscope::cli {

struct Context {
    const Options& options;
    Console& console;
    Interrupts* interrupts; ///< only for commands that touch a device
};

template<class T>
using OrFailure = std::expected<T, Failure>;

struct Host {
    std::unique_ptr<Backend> backend;
    Topology topology;
};

/// Makes the backend and looks at the host (second stage too with `enriched`).
[[nodiscard]] OrFailure<Host> lookAtHost(const Options& options, bool enriched);
/// The device that the user means.
[[nodiscard]] OrFailure<const Device*> findDevice(const Host& host, const std::string& wanted);

/// A failure to open: says by whom the device is held, or what else stands in the way.
[[nodiscard]] Failure openFailure(Host& host, const Device& device, const Error& error);
/// The device answered that it has no migration protocol.
[[nodiscard]] Failure noMigrationFailure(const Host& host, const Device& device, const Capabilities& probe);
/// The device was found in RESUMING, in ERROR or in no known state, and `what` was asked of it.
[[nodiscard]] Failure foundUnusableFailure(const Device& device, std::string what, const Capabilities& probe);
/// A failure of an act; `next` from the error when empty.
[[nodiscard]] Failure actFailure(const std::string& device, const Error& error, Stage stage,
                                 std::string next = {});
/// Puts in where the devices stand now; exit code 5 when one of them is not safe.
void tellStandings(Failure& failure, const std::vector<Standing>& standings);
/// The user asked to stop, and that is why it ended: exit code 130.
void tellCancelled(Failure& failure);
/// The same for an act that went well; absent when all are safe.
[[nodiscard]] std::optional<Failure> unsafeFailure(const std::vector<Standing>& standings);
/// The one or the other, at the end of an act. `cancelled`: by the user, and not given up.
void tellEnd(std::optional<Failure>& failure, bool cancelled, const std::vector<Standing>& standings);
/// Of an act on one device: where it stands, when it can tell.
[[nodiscard]] std::optional<std::string> finalState(const std::vector<Standing>& standings);
/// The recording that --record names (it must name one): what happens from now on goes into it.
[[nodiscard]] OrFailure<std::unique_ptr<Recorder>>
startRecorder(const Options& options, DeviceWork& work, const RecordingHeader& header, bool keepInMemory);

/// One line on standard error, and the document where one was asked for.
ExitCode report(Context& context, const Failure& failure, const FailureExtras& extras = {});

/// A target that exists is refused without `force`; so is one whose folder cannot be written.
[[nodiscard]] std::optional<Failure> checkTarget(const std::string& path, bool force, const char* what);

ExitCode runList(Context& context);
ExitCode runShow(Context& context);
ExitCode runSet(Context& context);
ExitCode runReset(Context& context);
ExitCode runSave(Context& context);
ExitCode runLoad(Context& context);
ExitCode runDiff(Context& context);
ExitCode runMigrate(Context& context);
ExitCode runReport(Context& context);
ExitCode runCompare(Context& context);
ExitCode runExport(Context& context);
ExitCode runCapture(Context& context);
ExitCode runDirty(Context& context);
ExitCode runCheck(Context& context);
ExitCode runVersion(Context& context);

/// The whole program but for main(): parses, runs, returns the exit code.
int runCli(const std::vector<std::string>& arguments, std::FILE* out, std::FILE* err);

} // namespace migscope::cli
