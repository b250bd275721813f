// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A read in a process of its own.
#include "core/kernel/patient_read.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "core/base/unique_fd.h"

namespace migscope {
namespace {

constexpr std::size_t mostBytes = 4096;

struct Answer {
    int errnoValue;
    int bytes;
    std::array<char, mostBytes> text;
};
constexpr std::size_t headBytes = sizeof(Answer) - mostBytes;
// What is written at once arrives at once, so that no message is read in halves.
static_assert(headBytes + mostBytes <= 65536);

/// In the reader; only what is allowed between fork and exec in a program of many threads. It is not exec'ed
/// because no program tells a read's errno.
[[noreturn]] void readAndTell(const char* path, std::size_t limit, unsigned seconds, int pipe) {
    // Stuck, it must not keep a device of ours open.
    if (pipe != 3 && ::dup3(pipe, 3, O_CLOEXEC) != 3)
        ::_exit(1);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
    if (::syscall(SYS_close_range, 4U, ~0U, 0U) != 0)
        ::_exit(1);
    for (int standard = 0; standard < 3; ++standard)
        (void)::close(standard);
    // It ends itself where a signal can: in a sleep that is interruptible or killable.
    (void)::signal(SIGALRM, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    (void)::alarm(seconds);
    Answer answer; // NOLINT(*-member-init): as much as is used is filled
    const int file = ::open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC); // NOLINT(*-vararg)
    const ssize_t got = file < 0 ? -1 : ::read(file, answer.text.data(), limit);
    answer.errnoValue = got < 0 ? errno : 0;
    answer.bytes = got < 0 ? 0 : static_cast<int>(got);
    ::_exit(::write(3, &answer, headBytes + static_cast<std::size_t>(answer.bytes)) < 0 ? 1 : 0);
}

/// The next message, or false: none until then, or the reader is gone.
bool receive(int pipe, Ns until, Answer& answer) {
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - SteadyClock().now());
        pollfd wait{pipe, POLLIN, 0};
        const int ready = ::poll(&wait, 1, static_cast<int>(std::max<long long>(left.count() + 1, 0)));
        if (ready < 0 && errno == EINTR)
            continue;
        return ready > 0 && ::read(pipe, &answer, headBytes) == static_cast<ssize_t>(headBytes);
    }
}

} // namespace

Result<std::string> patientRead(const std::string& path, std::size_t limit, Ns patience) {
    const auto until = SteadyClock().now() + patience;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return failErrno(errno, "make a pipe", path);
    const UniqueFd here(ends[0]);
    UniqueFd there(ends[1]);
    const std::size_t most = std::min(limit, mostBytes);
    // One more than the patience: who is late is told apart from who was ended.
    const auto seconds =
        static_cast<unsigned>(std::chrono::duration_cast<std::chrono::seconds>(patience).count()) + 1;
    const pid_t child = ::fork();
    if (child < 0)
        return failErrno(errno, "start a reader", path);
    if (child == 0) {
        // A grandchild: nobody has to wait for one that is stuck.
        const pid_t reader = ::fork();
        if (reader == 0)
            readAndTell(path.c_str(), most, seconds, there.get());
        ::_exit(reader < 0 ? errno : 0);
    }
    there.reset();
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return failErrno(WIFEXITED(status) ? WEXITSTATUS(status) : EINTR, "start a reader", path);
    Answer answer; // NOLINT(*-member-init): by receive()
    if (!receive(here.get(), until, answer)) {
        if (SteadyClock().now() >= until)
            return failErrno(ETIMEDOUT, "read", path);
        return failErrno(EIO, "read", path, "the reading process ended before it could tell");
    }
    if (answer.errnoValue != 0)
        return failErrno(answer.errnoValue, "read", path);
    const std::size_t bytes = std::min(static_cast<std::size_t>(std::max(answer.bytes, 0)), most);
    if (::read(here.get(), answer.text.data(), bytes) != static_cast<ssize_t>(bytes))
        return failErrno(EIO, "read", path, "the reading process lost its answer");
    return std::string(answer.text.data(), bytes);
}

} // namespace migscope
