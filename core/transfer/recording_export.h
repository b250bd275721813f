// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings for other programs: a table, a document, a trace.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/transfer/recording.h"
#include "core/transfer/recording_save.h"

namespace migscope {

/// Takes the next piece of text; a failure ends the export and is its result.
using ExportSink = std::function<Result<void>(std::string_view)>;

/// One row a sample or event, in the order of time; the first row of a simulated recording says so.
[[nodiscard]] Result<void> exportCsv(const Recording& recording, const ExportSink& out);
/// One document: header, report, events, samples as columns.
[[nodiscard]] Result<void> exportJson(const Recording& recording, const ExportSink& out);
/// The Trace Event Format that Perfetto and Chrome's viewer read: runs with the phases of their critical
/// pair, a lane of states and one of calls a device, counters. Above `tracePointsPerStream` samples a
/// stream's curves are decimated (totals stay exact), which the document says in otherData.
[[nodiscard]] Result<void> exportTrace(const Recording& recording, const ExportSink& out);
inline constexpr std::size_t tracePointsPerStream = 20000;

enum class ExportFormat { Csv, Json, Trace };
/// "csv", "json", "trace": as the command line says it.
[[nodiscard]] std::string exportFormatWord(ExportFormat format);

/// A recording as a file: a new one beside `path`, synced, that takes its place at the end; nothing is left
/// of one that failed. Works on a copy that it makes itself, a few milliseconds of the lock at a time, so
/// that whoever writes or shows the recording is never held up. Progress in parts of the whole. Errnos kept;
/// Cancelled; InvalidArgument when `path` is no regular file. *Reentrant.*
[[nodiscard]] Result<void> exportRecording(const LookAtRecording& look, ExportFormat format,
                                           const std::string& path, const SaveProgress& progress = {});

} // namespace migscope
