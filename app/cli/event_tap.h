// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where sessions put their events before there is a recording, and where `set` sees its arcs.
#pragma once

#include <mutex>
#include <vector>

#include "core/transfer/event.h"

namespace migscope::cli {

/// Keeps events until it knows where they go: a recording's header needs what the devices said when they were
/// opened. *Thread-safe.*
class EventTap final : public EventSink {
public:
    void push(Event event) override;
    [[nodiscard]] std::uint32_t nextStream() override;
    /// Hands on what was kept, and everything from now on.
    void forwardTo(EventSink& target);
    /// From now on events are dropped: their recording is finished.
    void close();
    /// Arcs and resets since the last call, in order.
    [[nodiscard]] std::vector<Event> takeArcs();
    /// From now on those of DMA logging are kept for takeDmaLog().
    void keepDmaLog();
    [[nodiscard]] std::vector<Event> takeDmaLog();

private:
    std::mutex mutex_;
    std::vector<Event> held_;
    std::vector<Event> arcs_;
    std::vector<Event> dmaLog_;
    bool keepsDmaLog_ = false;
    EventSink* target_ = nullptr;
    bool closed_ = false;
    std::uint32_t streams_ = 0; ///< until there is a target that counts
};

} // namespace migscope::cli
