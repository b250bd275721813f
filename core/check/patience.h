// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How long a call of a check is waited for: then it is interrupted, then the device is given up.
#pragma once

#include <chrono>
#include <optional>

#include "core/check/call_book.h"

namespace migscope {

/// Looked at a few times a second while a run goes on. *Thread-bound.*
class CallPatience {
public:
    enum class Act {
        Wait,
        Tell,      ///< it is long under way: say so; at most once a second, and once before Interrupt
        Interrupt, ///< CheckSession::giveUpCall(call.since)
        Abandon,   ///< that did not wake it: CheckSession::abandoned()
    };
    /// No call of a check takes so long on a device that answers at all.
    static constexpr Ns usualMost = std::chrono::seconds(60);
    /// From here on a call is told as stuck.
    static constexpr Ns tellAfter = std::chrono::seconds(2);
    /// A call that was interrupted and can be is back by then.
    static constexpr Ns afterInterrupt = std::chrono::seconds(2);
    /// So long has a call that is under way while somebody waits for the end: then it is interrupted, but
    /// not given up before the limit.
    static constexpr Ns afterCancel = std::chrono::seconds(10);

    explicit CallPatience(Ns most = usualMost) : most_(most) {}
    /// `cancelled`: somebody asked for the end.
    [[nodiscard]] Act look(const CallUnderWay& call, Ns now, bool cancelled);

private:
    Ns most_;
    std::optional<Ns> gaveUpSince_; ///< the call that was interrupted began then
    Ns gaveUpAt_{0};
    std::optional<Ns> told_;
};

} // namespace migscope
