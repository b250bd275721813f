// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// --hook: a shell command at a phase of a run.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/plan_work.h"

extern char** environ;

namespace migscope::cli {
namespace {

/// Runs `command` and waits. 0, its exit code, 128 + its signal, or -errno.
int runShell(const std::string& phase, const std::string& command) {
    posix_spawn_file_actions_t files{};
    posix_spawnattr_t attributes{};
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
    // Standard output carries one document and nothing else.
    ::posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
    // The command must be stoppable although we block the signals for ourselves.
    sigset_t none;
    sigset_t defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::string shell = "sh";
    std::string option = "-c";
    std::string text = command;
    std::string name = "migscope-hook";
    std::string argument = phase;
    char* const words[] = {shell.data(), option.data(), text.data(), name.data(), argument.data(), nullptr};
    pid_t child = -1;
    const int spawned = ::posix_spawn(&child, "/bin/sh", &files, &attributes, words, environ);
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
    if (spawned != 0)
        return -spawned;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

std::function<void(const std::string&)>
makeHook(const std::vector<std::pair<std::string, std::string>>& hooks, Console& console) {
    if (hooks.empty())
        return {};
    return [hooks, &console](const std::string& phase) {
        for (const auto& [wanted, command] : hooks) {
            if (wanted != phase)
                continue;
            const int result = runShell(phase, command);
            if (result != 0)
                console.note(
                    fmt::format("hook {}: {}", phase,
                                result < 0 ? errnoName(-result) : fmt::format("exit code {}", result)));
        }
    };
}

} // namespace migscope::cli
