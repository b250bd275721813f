// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Device DMA logging of a simulated device: which pages it touched while it ran.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/clock.h"
#include "core/uapi/vfio.h"

namespace migscope {

/// *Thread-bound.* Functions answer 0 or an errno. A device touches the pages of its working set one after
/// the other, round and round: the first `workingSet` bytes of its ranges, or, when `spread`, as many pages
/// at even distances over all of them.
class SimDmaLog {
public:
    /// `control` carries the address of its ranges; its page size is what the device took.
    [[nodiscard]] int start(uapi::VfioDeviceFeatureDmaLoggingControl& control, std::uint64_t workingSet,
                            bool spread = false);
    void stop();
    /// The bytes of its ranges together.
    [[nodiscard]] std::uint64_t trackedBytes() const { return tracked_; }
    [[nodiscard]] bool active() const { return active_; }
    /// The device wrote so many bytes since the last call.
    void touch(std::uint64_t bytes);
    /// Sets bits in the caller's bitmap, never clears one; forgets the pages of the range.
    [[nodiscard]] int report(const uapi::VfioDeviceFeatureDmaLoggingReport& report);

private:
    [[nodiscard]] std::uint64_t addressOf(std::uint64_t page) const;

    bool active_ = false;
    std::uint64_t pageSize_ = 0;
    std::uint64_t tracked_ = 0;
    std::uint64_t stride_ = 1; ///< pages from one of the working set to the next
    std::vector<uapi::VfioDeviceFeatureDmaLoggingRange> ranges_;
    std::vector<bool> dirty_; ///< by page of the working set
    std::uint64_t cursor_ = 0;
    std::uint64_t rest_ = 0; ///< bytes towards the next page
};

} // namespace migscope
