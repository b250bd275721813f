// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Waits for calls, with a limit.
#include "core/check/patience.h"

#include <algorithm>

namespace migscope {

CallPatience::Act CallPatience::look(const CallUnderWay& call, Ns now, bool cancelled) {
    if (call.op.empty())
        return Act::Wait;
    const Ns age = now - call.since;
    // An interruption harms nobody. To let go of a device whose SET is only slow would leave it where it is.
    if (gaveUpSince_ == call.since)
        return age < most_ || now - gaveUpAt_ < afterInterrupt ? Act::Wait : Act::Abandon;
    const bool over = age >= most_ || (cancelled && age >= afterCancel);
    // Told before it is interrupted, however short the limit is.
    const bool told = told_ && *told_ >= call.since;
    if (over && told) {
        gaveUpSince_ = call.since;
        gaveUpAt_ = now;
        return Act::Interrupt;
    }
    constexpr Ns again = std::chrono::seconds(1);
    if (age < std::min(most_, tellAfter) || (told && now - *told_ < again))
        return Act::Wait;
    told_ = now;
    return Act::Tell;
}

} // namespace migscope
