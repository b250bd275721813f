// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A scripted kernel below the Syscalls seam: it plays VFIO's rules for descriptors, fails on order, and
// counts.
#pragma once

#include "core/kernel/syscalls.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace migscope::test {

/// Every call is logged under a name ("open group", "VFIO_SET_IOMMU", "close device", "read", …). Breaches of
/// the kernel's rules that a real kernel would punish, or that are unsafe on it, are collected in
/// `violations`.
class FakeSyscalls final : public Syscalls {
public:
    // What to fail.
    void failCall(int number, int errnoValue) {
        failNumber_ = number;
        failErrno_ = errnoValue;
    }
    void failStep(const std::string& step, int errnoValue) { failSteps_[step] = errnoValue; }

    // What the kernel is like.
    bool viable = true;
    int apiVersion = 0;
    bool hasType1v2 = true;
    int nextDataFd = 100;   ///< the number that the next data fd gets
    std::deque<int> reads;  ///< answers of read(), then 0
    std::deque<int> writes; ///< answers of write(), then everything
    std::deque<int> polls;  ///< answers of poll() on a descriptor, then 1
    std::uint32_t lastState = 2;
    std::vector<std::vector<unsigned char>> regions; ///< what GET_REGION_INFO would fill, by index

    // What happened.
    std::vector<std::string> log;
    std::vector<std::string> violations;
    std::map<int, std::string> openFds; ///< number to kind
    int calls = 0;
    int lastOpenFlags = 0;
    std::vector<int> pollTimeouts;
    std::map<int, int> statusFlags;
    std::vector<unsigned char> lastBind;

    [[nodiscard]] std::size_t count(const std::string& step) const;

    int open(const char* path, int flags) override;
    int ioctl(int fd, unsigned long request, void* argument) override;
    int ioctlValue(int fd, unsigned long request, unsigned long value) override;
    ssize_t read(int fd, void* into, std::size_t size) override;
    ssize_t write(int fd, const void* from, std::size_t size) override;
    int poll(pollfd* fds, unsigned count, int timeoutMs) override;
    int close(int fd) override;
    int fcntl(int fd, int command, int argument) override;
    off_t lseek(int fd, off_t offset, int whence) override;

private:
    /// 0, or the errno (negative) that this call is to fail with.
    int step(const std::string& name);
    int add(const std::string& kind, int number = -1);
    [[nodiscard]] bool anyOpen(const std::string& kind) const;
    [[nodiscard]] std::string kindOf(int fd) const;
    int feature(void* argument);
    int regionInfo(void* argument);

    int failNumber_ = 0;
    int failErrno_ = 0;
    std::map<std::string, int> failSteps_;
    int nextFd_ = 10;
    bool containerSet_ = false;
    bool iommuSet_ = false;
};

} // namespace migscope::test
