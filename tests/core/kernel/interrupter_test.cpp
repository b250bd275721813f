// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Waking a thread that sleeps in the real kernel.
#include "core/base/unique_fd.h"
#include "core/kernel/interrupter.h"
#include "core/kernel/kernel_device_io.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <future>
#include <pthread.h>
#include <thread>

namespace migscope::test {
namespace {

using namespace std::chrono_literals;

struct Pipe {
    UniqueFd readEnd;
    UniqueFd writeEnd;
    Pipe() {
        int fds[2] = {-1, -1};
        EXPECT_EQ(::pipe2(fds, O_CLOEXEC), 0);
        readEnd.reset(fds[0]);
        writeEnd.reset(fds[1]);
    }
};

/// The real calls on a device whose ioctls sleep in the kernel, interruptibly, as drivers do.
class SleepingDevice final : public Syscalls {
public:
    explicit SleepingDevice(std::chrono::milliseconds beforeSleep = 0ms) : beforeSleep_(beforeSleep) {}
    std::atomic<bool> entered = false;
    std::atomic<int> interrupted = 0;

    int ioctl(int, unsigned long, void*) override {
        entered = true;
        // The time between entering the call and going to sleep, in which a lone signal would be lost.
        const auto until = std::chrono::steady_clock::now() + beforeSleep_;
        while (std::chrono::steady_clock::now() < until) {
        }
        char byte = 0;
        if (::read(pipe_.readEnd.get(), &byte, 1) >= 0)
            return 0;
        const int number = errno;
        if (number == EINTR)
            ++interrupted;
        return -number;
    }
    int open(const char* path, int flags) override { return real_.open(path, flags); }
    int ioctlValue(int, unsigned long, unsigned long) override { return -ENOTTY; }
    ssize_t read(int fd, void* into, std::size_t size) override { return real_.read(fd, into, size); }
    ssize_t write(int fd, const void* from, std::size_t size) override { return real_.write(fd, from, size); }
    int poll(pollfd* fds, unsigned count, int timeoutMs) override {
        entered = true;
        return real_.poll(fds, count, timeoutMs);
    }
    int close(int fd) override { return real_.close(fd); }
    int fcntl(int fd, int command, int argument) override { return real_.fcntl(fd, command, argument); }
    off_t lseek(int /*fd*/, off_t /*offset*/, int /*whence*/) override { return -ESPIPE; }

private:
    RealSyscalls real_;
    Pipe pipe_; // never written to
    std::chrono::milliseconds beforeSleep_;
};

std::shared_ptr<OpenedDevice> deviceOn(std::shared_ptr<Syscalls> syscalls) {
    auto device = std::make_shared<OpenedDevice>();
    device->syscalls = std::move(syscalls);
    device->name = "test";
    return device;
}

void waitUntil(const std::atomic<bool>& flag) {
    while (!flag)
        std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(20ms); // into the sleep proper
}

TEST(Interrupting, WakesAStreamThatWaitsForData) {
    auto syscalls = std::make_shared<SleepingDevice>();
    Pipe pipe;
    auto stream = KernelDataStream::make(deviceOn(syscalls), SyscallFd(*syscalls, pipe.readEnd.release()));
    ASSERT_TRUE(stream);
    auto result = std::async(std::launch::async, [&] {
        std::array<std::byte, 8> buffer{};
        return (*stream)->read(buffer);
    });
    waitUntil(syscalls->entered);
    (*stream)->interrupt();
    ASSERT_EQ(result.wait_for(2s), std::future_status::ready);
    const auto read = result.get();
    ASSERT_FALSE(read);
    EXPECT_TRUE(read.error().is(Errc::Cancelled)) << describe(read.error());
}

TEST(Interrupting, WakesAStreamThatWaitsForRoom) {
    auto syscalls = std::make_shared<SleepingDevice>();
    Pipe pipe;
    auto stream = KernelDataStream::make(deviceOn(syscalls), SyscallFd(*syscalls, pipe.writeEnd.release()));
    ASSERT_TRUE(stream);
    auto result = std::async(std::launch::async, [&]() -> Result<std::size_t> {
        std::array<std::byte, 65536> buffer{};
        for (;;) {
            if (auto written = (*stream)->write(buffer); !written)
                return written;
        }
    });
    waitUntil(syscalls->entered);
    (*stream)->interrupt();
    ASSERT_EQ(result.wait_for(2s), std::future_status::ready);
    EXPECT_TRUE(result.get().error().is(Errc::Cancelled));
}

TEST(Interrupting, WakesADeviceCallThatSleeps) {
    auto syscalls = std::make_shared<SleepingDevice>();
    KernelDeviceIo io(deviceOn(syscalls));
    auto result = std::async(std::launch::async, [&] { return io.reset(); });
    waitUntil(syscalls->entered);
    io.interrupt();
    ASSERT_EQ(result.wait_for(2s), std::future_status::ready);
    EXPECT_TRUE(result.get().error().isErrno(EINTR));
}

TEST(Interrupting, IsNotLostWhenItComesBeforeTheSleep) {
    auto syscalls = std::make_shared<SleepingDevice>(50ms);
    KernelDeviceIo io(deviceOn(syscalls));
    auto result = std::async(std::launch::async, [&] { return io.reset(); });
    while (!syscalls->entered)
        std::this_thread::sleep_for(1ms);
    io.interrupt(); // the thread spins for 50 ms more, and only then sleeps
    ASSERT_EQ(result.wait_for(2s), std::future_status::ready);
    EXPECT_EQ(syscalls->interrupted, 1);
}

TEST(Interrupting, WithNoCallUnderWayLeavesTheNextDeviceCallAlone) {
    auto syscalls = std::make_shared<SleepingDevice>();
    KernelDeviceIo io(deviceOn(syscalls));
    io.interrupt();
    auto result = std::async(std::launch::async, [&] { return io.reset(); });
    waitUntil(syscalls->entered);
    EXPECT_EQ(result.wait_for(50ms), std::future_status::timeout);
    io.interrupt();
    ASSERT_EQ(result.wait_for(2s), std::future_status::ready);
    EXPECT_TRUE(result.get().error().isErrno(EINTR));
}

TEST(Interrupting, WorksOnAThreadThatBlocksAllSignals) {
    auto syscalls = std::make_shared<SleepingDevice>();
    KernelDeviceIo io(deviceOn(syscalls));
    auto result = std::async(std::launch::async, [&] {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, nullptr);
        return io.reset();
    });
    waitUntil(syscalls->entered);
    io.interrupt();
    ASSERT_EQ(result.wait_for(2s), std::future_status::ready);
    EXPECT_TRUE(result.get().error().isErrno(EINTR));
}

TEST(Interrupting, SendsNoSignalAfterTheCall) {
    Interrupter interrupter;
    {
        const Interrupter::Call call(interrupter);
        interrupter.interrupt();
    }
    // Ten times the repetition: a sleep that nobody ends lasts its full time.
    timespec pause{.tv_sec = 0, .tv_nsec = 20'000'000};
    EXPECT_EQ(::nanosleep(&pause, nullptr), 0);
    EXPECT_TRUE(interrupter.requested());
    EXPECT_TRUE(interrupter.consume());
    EXPECT_FALSE(interrupter.consume());
}

TEST(Interrupting, FromManyThreadsAtOnceIsSafe) {
    auto syscalls = std::make_shared<SleepingDevice>();
    KernelDeviceIo io(deviceOn(syscalls));
    std::atomic<bool> stop = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&] {
            while (!stop) {
                io.interrupt();
                std::this_thread::sleep_for(1ms);
            }
        });
    for (int i = 0; i < 50; ++i)
        EXPECT_TRUE(io.reset().error().isErrno(EINTR));
    stop = true;
    for (std::thread& thread : threads)
        thread.join();
}

} // namespace
} // namespace migscope::test
