// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A command that failed: which exit code, and the one line.
#include "app/cli/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace migscope::cli {

ExitCode exitCodeFor(const Error& error, Stage stage) {
    if (error.is(Errc::Cancelled))
        return ExitCode::Cancelled;
    if (error.is(Errc::Stuck) || error.is(Errc::DeviceLost))
        return ExitCode::DeviceLost;
    switch (stage) {
    case Stage::Usage:
        return ExitCode::Usage;
    case Stage::Find:
        return error.is(Errc::InvalidArgument) ? ExitCode::Usage : ExitCode::NoAccess;
    case Stage::Open:
        return ExitCode::NoAccess;
    case Stage::File:
        return ExitCode::File;
    case Stage::Device:
        break;
    }
    if (error.is(Errc::Damaged))
        return ExitCode::File;
    if (error.is(Errc::NotPermitted) || error.is(Errc::NotFound))
        return ExitCode::NoAccess;
    return ExitCode::Refused;
}

std::string oneLine(const std::string& text) {
    std::string out;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view line(text.data() + begin, end - begin);
        while (!line.empty() && (line.front() == ' ' || line.front() == '\t'))
            line.remove_prefix(1);
        while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r'))
            line.remove_suffix(1);
        if (!line.empty()) {
            if (!out.empty())
                out += out.back() == ':' || out.back() == ';' ? " " : "; ";
            out += line;
        }
        begin = end + 1;
    }
    return out;
}

std::string failureLine(const Failure& failure) {
    Error error = failure.error;
    if (error.where.empty())
        error.where = failure.device;
    std::string line = describe(error);
    // The engine names the call's place; the user asked for a device.
    if (!failure.device.empty() && line.find(failure.device) == std::string::npos)
        line = fmt::format("{}: {}", failure.device, line);
    if (failure.devices.size() > 1) {
        line += "; state:";
        for (const auto& [name, state] : failure.devices) {
            const bool first = &name == &failure.devices.front().first;
            const bool notOpened = !failure.opened && name == failure.device;
            line += fmt::format("{} {} {}", first ? "" : ",", name,
                                state.value_or(notOpened ? "not opened" : "unknown"));
        }
    } else if (!failure.device.empty()) {
        line += fmt::format("; state: {}", failure.state.value_or(failure.opened ? "unknown" : "not opened"));
    }
    if (!failure.next.empty())
        line += fmt::format("; next: {}", failure.next);
    return oneLine(line);
}

std::string generalNext(const Error& error, Stage stage) {
    switch (error.errnoValue()) {
    case EBUSY:
        return "another process holds the device or its group: migscope-cli show names it";
    case EACCES:
    case EPERM:
        return "run as a user who may open the device's VFIO node, or as root";
    case EINTR:
        return "try again";
    case EMFILE:
    case ENFILE:
        return "raise the limit of open files (ulimit -n)";
    case ENOSPC:
    case EDQUOT:
        return "free space, or write to another file system";
    case EEXIST:
        return "add --force to replace it, or name another file";
    case ENOMEM:
        if (stage == Stage::Open)
            return "raise the limit of locked memory (ulimit -l), or free memory";
        break;
    default:
        break;
    }
    if (error.is(Errc::NotFound))
        return "migscope-cli list names the devices";
    if (error.is(Errc::Cancelled))
        return "nothing: it was asked for";
    if (error.is(Errc::Stuck))
        return "see the kernel log for the driver; the process ends when the kernel lets go of the call";
    if (error.is(Errc::Damaged) || error.is(Errc::Incomplete))
        return "it is damaged or cut off: make it again";
    if (error.is(Errc::NotConverging))
        return "raise --downtime-limit or the bounds, or use --on-no-convergence go";
    if (error.is(Errc::JobRunning))
        return "wait until it has ended";
    switch (stage) {
    case Stage::Usage:
        return "migscope-cli --help";
    case Stage::Find:
        return "migscope-cli list";
    case Stage::Open:
        return "migscope-cli show DEVICE says what is missing";
    case Stage::Device:
        return "see the kernel log for what the driver says";
    case Stage::File:
        return "check the path and the rights";
    }
    return "migscope-cli --help";
}

} // namespace migscope::cli
