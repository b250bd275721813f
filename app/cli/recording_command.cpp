// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `report` and `export`: recordings read again.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "app/cli/command.h"
#include "core/base/escape.h"
#include "core/transfer/recording_export.h"

namespace migscope::cli {
namespace {

OrFailure<std::shared_ptr<Recording>> load(const Context& context) {
    auto recording = loadRecording(context.options.file);
    if (!recording)
        return std::unexpected(actFailure({}, recording.error(), Stage::File,
                                          recording.error().is(Errc::Damaged) ? "record it again" : ""));
    return std::move(*recording);
}

struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

} // namespace

ExitCode runReport(Context& context) {
    const auto recording = load(context);
    if (!recording)
        return report(context, recording.error());
    context.console.print(context.options.json ? reportJson(**recording) + "\n" : reportText(**recording));
    if (context.options.json) {
        for (const std::string& note : (*recording)->notes)
            context.console.note(note);
    }
    return ExitCode::Ok;
}

ExitCode runExport(Context& context) {
    const Options& options = context.options;
    if (!options.out.empty()) {
        if (auto failure = checkTarget(options.out, options.force, "create"))
            return report(context, *failure);
    }
    const auto recording = load(context);
    if (!recording)
        return report(context, recording.error());

    const std::string partial = options.out + ".partial";
    std::unique_ptr<std::FILE, Closer> file;
    std::uint64_t written = 0;
    int writeError = 0;
    if (!options.out.empty()) {
        file.reset(std::fopen(partial.c_str(), "we"));
        if (!file) {
            const auto refused = failErrno(errno, "create", escapeText(partial));
            return report(context, actFailure({}, refused.error(), Stage::File));
        }
    }
    const ExportSink out = [&](std::string_view text) -> Result<void> {
        written += text.size();
        if (!file)
            context.console.print(text);
        else if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() && writeError == 0)
            writeError = errno;
        return {}; // how it went is asked at the end, with what the buffer still holds
    };
    const auto done = options.format == ExportFormat::Csv    ? exportCsv(**recording, out)
                      : options.format == ExportFormat::Json ? exportJson(**recording, out)
                                                             : exportTrace(**recording, out);
    if (!done)
        return report(context, actFailure({}, done.error(), Stage::File));
    if (file) {
        if (std::fflush(file.get()) != 0 && writeError == 0)
            writeError = errno;
        if (writeError == 0 && std::rename(partial.c_str(), options.out.c_str()) != 0)
            writeError = errno;
        if (writeError != 0) {
            ::unlink(partial.c_str());
            const auto failed = failErrno(writeError, "write", escapeText(options.out));
            return report(context, actFailure({}, failed.error(), Stage::File));
        }
        if (options.json)
            context.console.print(
                exportedJson(escapeText(options.out), exportFormatWord(options.format), written));
    }
    for (const std::string& note : (*recording)->notes)
        context.console.note(note);
    return ExitCode::Ok;
}

} // namespace migscope::cli
