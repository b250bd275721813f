// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `capture`: this host written down for --backend capture:DIR.
#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "app/cli/command.h"
#include "core/base/byte_size.h"
#include "core/base/escape.h"
#include "core/host/capture.h"
#include "core/host/directory_tree.h"

namespace migscope::cli {
namespace {

std::uint64_t sizeOf(const std::string& folder) {
    std::uint64_t bytes = 0;
    std::error_code ignored; // a size that cannot be read is left out of the sum
    for (auto at = std::filesystem::recursive_directory_iterator(folder, ignored);
         at != std::filesystem::recursive_directory_iterator(); at.increment(ignored)) {
        if (ignored)
            break;
        std::error_code unknown;
        if (at->is_regular_file(unknown) && !at->is_symlink(unknown)) {
            const auto size = at->file_size(unknown);
            bytes += unknown ? 0 : size;
        }
    }
    return bytes;
}

} // namespace

ExitCode runCapture(Context& context) {
    const Options& options = context.options;
    if (options.backend != "kernel") {
        const Error error{make_error_code(Errc::InvalidArgument),
                          "capture",
                          {},
                          fmt::format("--backend {}: only the running host can be written down",
                                      escapeText(options.backend))};
        return report(context, actFailure({}, error, Stage::Usage, "leave out --backend"));
    }
    const DirectoryTree tree = DirectoryTree::machine();
    const auto summary = captureHost(tree, options.file);
    if (!summary) {
        const bool full = summary.error().is(Errc::Refused);
        return report(context, actFailure({}, summary.error(), Stage::File,
                                          full ? "name an empty or a new folder" : ""));
    }
    CaptureDocument document;
    document.folder = escapeText(options.file);
    document.files = summary->files;
    document.groups = summary->groups;
    document.devices = summary->devices;
    document.bytes = sizeOf(options.file);
    if (options.json)
        context.console.print(captureJson(document));
    else
        context.console.print(fmt::format(
            "{}: {} groups and {} devices in {} files, {}\nLook at it: migscope-cli --backend {} list\n",
            document.folder, document.groups, document.devices, document.files, formatBytes(document.bytes),
            shellQuote("capture:" + options.file)));
    return ExitCode::Ok;
}

} // namespace migscope::cli
