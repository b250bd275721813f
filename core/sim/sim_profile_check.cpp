// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Finds profiles, and says what their values must be, wherever they came from.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "core/sim/sim_pattern.h"
#include "core/sim/sim_profile.h"

namespace migscope {
namespace {

bool isPciAddress(const std::string& text) {
    if (text.size() != 12 || text[4] != ':' || text[7] != ':' || text[10] != '.')
        return false;
    for (const std::size_t at : {0U, 1U, 2U, 3U, 5U, 6U, 8U, 9U, 11U}) {
        const char c = text[at];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return text[11] <= '7';
}

bool isUuid(const std::string& text) {
    if (text.size() != 36)
        return false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

bool hasArc(MigFlags flags, MigState from, MigState to) {
    const auto arcs = arcsOf(flags);
    return std::any_of(arcs.begin(), arcs.end(),
                       [&](const Arc& arc) { return arc.from == from && arc.to == to; });
}

class Checker {
public:
    Checker(const SimDeviceProfile& device, std::string path) : device_(device), path_(std::move(path)) {}

    void run() {
        if (device_.mediated ? !isUuid(device_.address) : !isPciAddress(device_.address))
            complain("address", device_.mediated ? "a UUID in lower case is expected"
                                                 : "a PCI address is expected, as in \"0000:3b:00.2\"");
        if (!device_.physicalFunction.empty() && !isPciAddress(device_.physicalFunction))
            complain("physical_function", "a PCI address is expected, as in \"0000:3b:00.0\"");
        if (device_.saveBytesPerSecond > fastest)
            complain("save_bytes_per_second", tooFast());
        if (device_.loadBytesPerSecond > fastest)
            complain("load_bytes_per_second", tooFast());
        if (device_.dirtyBytesPerSecond > fastest)
            complain("dirty_bytes_per_second", tooFast());
        if (device_.jitterPercent > 50)
            complain("jitter_percent", "at most 50 is expected");
        if (device_.coldPercent > 1000)
            complain("cold_percent", "at most 1000 is expected");
        if (device_.protocol == SimProtocol::V2)
            checkV2();
    }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    static constexpr std::uint64_t fastest = 10'000'000'000; // products with a second in ns stay in 64 bits

    void checkV2() {
        const std::uint64_t flags = device_.flags.raw();
        if (flags != 1 && flags != 3 && flags != 5 && flags != 7)
            return complain("flags", "1, 3, 5 or 7 is expected");
        size("state_bytes", device_.stateBytes, simHeaderBytes + simTrailerBytes);
        if (device_.flags.preCopy()) {
            size("precopy_initial_bytes", device_.precopyInitialBytes, simHeaderBytes);
            size("stop_copy_bytes", device_.stopCopyBytes, simTrailerBytes);
        }
        if (!device_.keepsState && device_.foundState != MigState::Running)
            complain("found_state", "only a device that keeps its state is found in another one");
        if (!device_.flags.has(device_.foundState))
            complain("found_state", "the flags do not have this state");
        for (const auto& [arc, time] : device_.arcTimes) {
            if (!hasArc(device_.flags, arc.first, arc.second))
                complain(fmt::format("arcs_ns/{}->{}", stateName(arc.first), stateName(arc.second)),
                         "the flags do not have this arc");
        }
        for (std::size_t i = 0; i < device_.faults.size(); ++i) {
            const auto& fault = device_.faults[i];
            if (fault.arc && !hasArc(device_.flags, fault.arc->first, fault.arc->second))
                complain(fmt::format("faults/{}/arc", i), "the flags do not have this arc");
            if (fault.leaves && !device_.flags.has(*fault.leaves))
                complain(fmt::format("faults/{}/leaves", i), "the flags do not have this state");
            if ((fault.kind == SimFaultKind::ShortReads || fault.kind == SimFaultKind::ShortWrites) &&
                fault.bytes == 0)
                complain(fmt::format("faults/{}/bytes", i), "at least 1 is expected");
        }
    }
    void size(const char* key, std::uint64_t bytes, std::uint64_t least) {
        if (bytes < least || bytes % 8 != 0)
            complain(key, fmt::format("a multiple of 8, at least {}, is expected", least));
    }
    static std::string tooFast() { return fmt::format("at most {} is expected", fastest); }
    void complain(const std::string& key, std::string detail) {
        if (!error_)
            error_ =
                fail(Errc::InvalidArgument, "read profile", path_ + "/" + key, std::move(detail)).error();
    }

    const SimDeviceProfile& device_;
    std::string path_;
    std::optional<Error> error_;
};

} // namespace

Result<void> checkSimProfile(const SimProfile& profile, const std::string& source) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < profile.devices.size(); ++i) {
        const auto& device = profile.devices[i];
        const std::string path = fmt::format("{}:/devices/{}", source, i);
        Checker checker(device, path);
        checker.run();
        if (checker.error())
            return std::unexpected(*checker.error());
        if (!seen.insert(device.address).second)
            return fail(Errc::InvalidArgument, "read profile", path + "/address",
                        fmt::format("{} is there twice", device.address));
    }
    return {};
}

Result<SimProfile> loadSimProfile(const std::string& nameOrPath) {
    if (nameOrPath.empty() || nameOrPath == "lab")
        return parseSimProfile(std::string(labProfileText()), "lab");
    if (nameOrPath.find('/') == std::string::npos && !nameOrPath.ends_with(".json"))
        return fail(Errc::NotFound, "open profile", nameOrPath,
                    "the built-in profile is lab; a file is named by its path, as in ./mine.json");
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(nameOrPath.c_str(), "rbe"),
                                                               &std::fclose);
    if (!file)
        return failErrno(errno, "open profile", nameOrPath);
    std::string text;
    std::array<char, 65536> buffer{};
    constexpr std::size_t most = 16U << 20U;
    while (std::feof(file.get()) == 0 && std::ferror(file.get()) == 0) {
        text.append(buffer.data(), std::fread(buffer.data(), 1, buffer.size(), file.get()));
        if (text.size() > most)
            return fail(Errc::InvalidArgument, "read profile", nameOrPath, "larger than a profile can be");
    }
    if (std::ferror(file.get()) != 0)
        return failErrno(errno, "read profile", nameOrPath);
    return parseSimProfile(text, nameOrPath);
}

} // namespace migscope
