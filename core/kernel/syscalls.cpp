// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The real system calls, with errno turned into the result.
#include "core/kernel/syscalls.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace migscope {
namespace {

template<class T>
T answer(T result) {
    return result < 0 ? static_cast<T>(-errno) : result;
}

} // namespace

int RealSyscalls::open(const char* path, int flags) {
    return answer(::open(path, flags));
}

int RealSyscalls::ioctl(int fd, unsigned long request, void* argument) {
    return answer(::ioctl(fd, request, argument));
}

int RealSyscalls::ioctlValue(int fd, unsigned long request, unsigned long value) {
    return answer(::ioctl(fd, request, value));
}

ssize_t RealSyscalls::read(int fd, void* into, std::size_t size) {
    return answer(::read(fd, into, size));
}

ssize_t RealSyscalls::write(int fd, const void* from, std::size_t size) {
    return answer(::write(fd, from, size));
}

int RealSyscalls::poll(pollfd* fds, unsigned count, int timeoutMs) {
    return answer(::poll(fds, count, timeoutMs));
}

int RealSyscalls::close(int fd) {
    return answer(::close(fd));
}

int RealSyscalls::fcntl(int fd, int command, int argument) {
    return answer(::fcntl(fd, command, argument));
}

off_t RealSyscalls::lseek(int fd, off_t offset, int whence) {
    return answer(::lseek(fd, offset, whence));
}

} // namespace migscope
