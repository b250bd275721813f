// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One recording of this session while it is written: on disk, and as views see it.
#pragma once

#include <QString>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "core/transfer/kernel_log_feed.h"
#include "core/transfer/recorder.h"
#include "ui/run_source.h"

namespace migscope {

/// Lives in the GUI thread.
class Journal {
public:
    /// FOLDER/<date>-<word>.migrec; `name` is what people read. No file is no reason to lose the events: then
    /// they stay in memory, path() is empty and error() says why.
    [[nodiscard]] static Result<std::shared_ptr<Journal>> start(Clock& clock, const RecordingHeader& header,
                                                                const QString& folder, const QString& word,
                                                                const QString& name);

    [[nodiscard]] EventSink& sink() const { return recorder_->sink(); }
    [[nodiscard]] const std::shared_ptr<Recorder>& recorder() const { return recorder_; }
    [[nodiscard]] const RunSourcePtr& source() const { return source_; }
    [[nodiscard]] const QString& path() const { return source_->path(); }

    /// Takes in what the kernel logs about these devices, until takeLogWatch() or its end.
    void watchKernelLog(Backend& backend, std::vector<LogSubject> devices);
    /// To be let go before the recorder finishes, in any thread: its end takes in the last lines.
    [[nodiscard]] std::unique_ptr<KernelLogWatch> takeLogWatch() { return std::move(logWatch_); }
    /// The recording is kept: it says what it does not hold.
    void sayWhatIsMissing(Ns now);

    /// What came since the last call.
    struct News {
        std::size_t first = 0; ///< of the events, in Recording::events()
        std::vector<Event> events;
        bool grew = false; ///< also when only samples came
    };
    [[nodiscard]] News news();
    [[nodiscard]] bool hasEvents() const;
    /// The first failure to write, once.
    [[nodiscard]] std::optional<Error> error();

    bool announced = false; ///< views know of it

private:
    Journal() = default;
    std::shared_ptr<Recorder> recorder_;
    std::unique_ptr<KernelLogWatch> logWatch_; ///< speaks into the recorder
    std::optional<Error> logError_;
    RunSourcePtr source_;
    std::size_t events_ = 0;
    std::size_t samples_ = 0;
    std::optional<Error> openError_;
    bool errorTold_ = false;
};

} // namespace migscope
