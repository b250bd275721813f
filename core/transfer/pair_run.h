// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The procedure of one pair within a run: what is asked of which device, in which order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/unique_fd.h"
#include "core/transfer/image_file.h"
#include "core/transfer/run_context.h"

namespace migscope {

/// *Thread-bound*: used by the one worker that works with both devices of the pair. Either end may be missing
/// (save, discard, load); for a loopback both are the same device.
class PairRun {
public:
    PairRun(RunContext& context, RunDevice* source, RunDevice* destination);

    /// One run. On any failure the devices have been brought back as far as the rules permit; the notes say
    /// what was done.
    [[nodiscard]] Result<void> once();
    /// After a good run, before the next: the destination is reset, then the source runs again.
    [[nodiscard]] Result<void> prepareNext();
    /// What was done to bring `end` back, for the report.
    [[nodiscard]] std::string note(const RunDevice& end) const;

private:
    /// Takes the bytes of the source's stream; adds the time in calls on the destination device.
    using Sink = std::function<Result<void>(std::span<const std::byte>, Ns& destinationTime)>;

    [[nodiscard]] Result<void> forward();
    [[nodiscard]] Result<void> migrate();
    [[nodiscard]] Result<void> loopback();
    [[nodiscard]] Result<void> saveOrDiscard();
    [[nodiscard]] Result<void> load();

    [[nodiscard]] Result<void> openSource();
    [[nodiscard]] Result<void> preCopyRounds(const Sink& sink);
    /// Enough was moved: QEMU's rule with the measured rate.
    [[nodiscard]] bool mayStop(const PrecopyInfo& info, const SizeEstimate& size) const;
    [[nodiscard]] Result<void> stopSource(const Sink& sink);
    [[nodiscard]] Result<std::uint64_t> drainRound(const Sink& sink, std::uint64_t bound);
    [[nodiscard]] Result<void> drainToEnd(const Sink& sink);
    [[nodiscard]] Result<std::optional<std::size_t>> copyOnce(const Sink& sink);
    [[nodiscard]] Result<void> finishLoad();
    [[nodiscard]] Result<void> startDestination();
    [[nodiscard]] Result<void> writeSpool(RunDevice& end);
    /// On the way out a cancel ends a walk between two arcs; on the way back nothing does.
    [[nodiscard]] Walk cancellable() const;
    [[nodiscard]] SizeEstimate estimate();
    [[nodiscard]] const RunDevice& anyEnd() const; ///< the source where there is one
    void recover();
    /// Said at the moment it becomes true: a cancel or another pair's failure right after it changes nothing.
    static void setHandedOver(const RunDevice& end, bool is);
    void setPhase(const std::string& phase);
    void hook(const char* phase);
    [[nodiscard]] bool preCopy() const;
    [[nodiscard]] Sink deviceSink();

    RunContext& context_;
    RunDevice* source_;
    RunDevice* destination_;
    std::vector<std::byte> buffer_;
    std::optional<StreamMeter> meter_;
    std::unique_ptr<ImageWriter> writer_;
    UniqueFd spool_;
    Ns inCalls_{0};
    std::uint64_t moved_ = 0;
    bool destinationStarted_ =
        false; ///< a SET that lets the destination run was sent: the source may not come back
    std::map<int, std::string> notes_;
};

} // namespace migscope
