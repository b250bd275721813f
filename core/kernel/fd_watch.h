// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A thread that waits for input on a descriptor and can be ended at once.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "core/base/error.h"
#include "core/base/unique_fd.h"

namespace migscope {

/// Waits in poll() only, until destroyed. *Thread-bound.* The descriptor must live as long.
class FdWatch {
public:
    struct Calls {
        std::function<bool()> input;  ///< there is some; false: no more will be waited for
        std::function<void()> ending; ///< the watch is being destroyed; may be empty
    };
    /// Both run on the watch's thread; the destructor waits for one under way. An error keeps its errno and
    /// says that `what` failed.
    [[nodiscard]] static Result<std::unique_ptr<FdWatch>> start(int fd, Calls calls, const std::string& what);
    FdWatch(const FdWatch&) = delete;
    FdWatch& operator=(const FdWatch&) = delete;
    ~FdWatch();

private:
    FdWatch(int fd, UniqueFd stop, Calls calls);
    void run();
    int fd_;
    UniqueFd stop_;
    Calls calls_;
    std::thread thread_; ///< last: it uses the others
};

} // namespace migscope
