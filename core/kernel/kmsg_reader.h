// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's log as it grows, from /dev/kmsg.
#pragma once

#include "core/base/error.h"
#include "core/base/unique_fd.h"
#include "core/kernel/kmsg_record.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace migscope {

/// What reads of /dev/kmsg bring, made into news. *Thread-bound.*
class KmsgDrain {
public:
    KmsgDrain(const std::vector<LogSubject>& subjects, Clock& clock);

    /// read(2) of one record: its length, or a negated errno.
    using Read = std::function<long(std::span<char> into)>;
    enum class Left {
        Nothing, ///< for now
        More,
        Never, ///< the source is at its end, or fails
    };
    /// Takes a burst at most, so that a storm of lines does not keep its caller.
    Left drain(const Read& read, const KernelLogSink& sink);

private:
    struct Taken {
        std::optional<KmsgRecord> record; ///< absent: lines were overwritten
        std::uint64_t lost = 0;
    };
    [[nodiscard]] Left take(const Read& read, std::vector<Taken>& taken);

    KmsgFilter filter_;
    Clock& clock_;
    PrintkTime time_;
    std::vector<char> buffer_;
    std::optional<std::uint64_t> last_; ///< number of the last record
    bool overwritten_ = false;
};

/// Reads on a thread of its own until destroyed, which ends it at once: it waits in poll() only. Opens for
/// reading, writes nothing, and sees only what is logged after the start. The clock must live as long.
class KmsgReader final : public KernelLogWatch {
public:
    /// An error keeps the errno: EPERM where kernel.dmesg_restrict asks for CAP_SYSLOG, EACCES, ENOENT.
    [[nodiscard]] static Result<std::unique_ptr<KernelLogWatch>>
    start(const std::vector<LogSubject>& subjects, Clock& clock, KernelLogSink sink,
          const std::string& path = "/dev/kmsg");
    /// For tests: of a descriptor that does not block and gives one record a read.
    [[nodiscard]] static Result<std::unique_ptr<KernelLogWatch>>
    startOn(UniqueFd source, const std::vector<LogSubject>& subjects, Clock& clock, KernelLogSink sink);
    ~KmsgReader() override;

private:
    struct State;
    explicit KmsgReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace migscope
