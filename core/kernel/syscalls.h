// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The few system calls that driving a device takes, as an interface, so that tests can make each one fail.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <cstddef>
#include <utility>

namespace migscope {

/// Each call is made once and answers as the kernel does inside: a result >= 0, or minus the errno. Nothing
/// is retried here, EINTR included. *Thread-safe.*
class Syscalls {
public:
    Syscalls() = default;
    Syscalls(const Syscalls&) = delete;
    Syscalls& operator=(const Syscalls&) = delete;
    virtual ~Syscalls() = default;

    virtual int open(const char* path, int flags) = 0;
    virtual int ioctl(int fd, unsigned long request, void* argument) = 0;
    /// For the requests that take a number instead of a pointer.
    virtual int ioctlValue(int fd, unsigned long request, unsigned long value) = 0;
    virtual ssize_t read(int fd, void* into, std::size_t size) = 0;
    virtual ssize_t write(int fd, const void* from, std::size_t size) = 0;
    virtual int poll(pollfd* fds, unsigned count, int timeoutMs) = 0;
    /// Never repeated: on Linux the descriptor is gone even after an error.
    virtual int close(int fd) = 0;
    virtual int fcntl(int fd, int command, int argument) = 0;
    virtual off_t lseek(int fd, off_t offset, int whence) = 0;
};

/// The real ones.
class RealSyscalls final : public Syscalls {
public:
    int open(const char* path, int flags) override;
    int ioctl(int fd, unsigned long request, void* argument) override;
    int ioctlValue(int fd, unsigned long request, unsigned long value) override;
    ssize_t read(int fd, void* into, std::size_t size) override;
    ssize_t write(int fd, const void* from, std::size_t size) override;
    int poll(pollfd* fds, unsigned count, int timeoutMs) override;
    int close(int fd) override;
    int fcntl(int fd, int command, int argument) override;
    off_t lseek(int fd, off_t offset, int whence) override;
};

/// Owns one descriptor and closes it, once, through the Syscalls that it came from. 0 is a legal descriptor.
class SyscallFd {
public:
    SyscallFd() = default;
    SyscallFd(Syscalls& syscalls, int fd) noexcept : syscalls_(&syscalls), fd_(fd) {}
    SyscallFd(SyscallFd&& other) noexcept : syscalls_(other.syscalls_), fd_(std::exchange(other.fd_, -1)) {}
    SyscallFd& operator=(SyscallFd&& other) noexcept {
        if (this != &other) {
            reset();
            syscalls_ = other.syscalls_;
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    SyscallFd(const SyscallFd&) = delete;
    SyscallFd& operator=(const SyscallFd&) = delete;
    ~SyscallFd() { reset(); }

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] bool valid() const noexcept { return fd_ >= 0; }
    void reset() noexcept {
        if (fd_ >= 0)
            syscalls_->close(std::exchange(fd_, -1));
    }

private:
    Syscalls* syscalls_ = nullptr;
    int fd_ = -1;
};

} // namespace migscope
