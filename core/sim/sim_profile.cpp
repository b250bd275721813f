// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reads profiles from JSON. The only file of the simulator that knows the JSON library.
#include "core/sim/sim_profile.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace migscope {
namespace {

using Json = nlohmann::json;

std::unexpected<Error> bad(const std::string& where, std::string detail) {
    return fail(Errc::InvalidArgument, "read profile", where, std::move(detail));
}

/// An object of the profile: every key that was read is remembered, so that the rest can be refused by name.
/// The first error stays; later reads do nothing.
class Reader {
public:
    Reader(const Json& json, std::string path) : json_(json), path_(std::move(path)) {
        if (!json.is_object())
            complain(path_, "an object is expected here");
    }

    template<class Number>
    void number(const char* key, Number& into,
                std::uint64_t most = static_cast<std::uint64_t>(std::numeric_limits<Number>::max())) {
        with(key, [&](const Json& value, const std::string& where) {
            if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most)
                return complain(where, fmt::format("a whole number from 0 to {} is expected", most));
            into = static_cast<Number>(value.get<std::uint64_t>());
        });
    }
    template<class Number>
    void number(const char* key, std::optional<Number>& into) {
        if (has(key))
            number(key, into.emplace());
    }
    void time(const char* key, Ns& into) {
        auto ns = static_cast<std::uint64_t>(into.count());
        number(key, ns, mostNs);
        into = Ns(static_cast<std::int64_t>(ns));
    }
    void flag(const char* key, bool& into) {
        with(key, [&](const Json& value, const std::string& where) {
            if (!value.is_boolean())
                return complain(where, "true or false is expected");
            into = value.get<bool>();
        });
    }
    void text(const char* key, std::string& into) {
        with(key, [&](const Json& value, const std::string& where) {
            if (!value.is_string())
                return complain(where, "a text is expected");
            into = value.get<std::string>();
        });
    }
    /// "0x15b3"
    template<class Number>
    void hex(const char* key, Number& into) {
        with(key, [&](const Json& value, const std::string& where) {
            unsigned number = 0;
            int used = 0;
            const std::string given = value.is_string() ? value.get<std::string>() : "";
            if (std::sscanf(given.c_str(), "0x%8x%n", &number, &used) != 1 ||
                static_cast<std::size_t>(used) != given.size() || number > std::numeric_limits<Number>::max())
                return complain(where, "a hexadecimal number as a text is expected, as in \"0x15b3\"");
            into = static_cast<Number>(number);
        });
    }
    template<class Value>
    void choice(const char* key, Value& into, const std::vector<std::pair<std::string, Value>>& choices) {
        with(key, [&](const Json& value, const std::string& where) {
            std::string known;
            for (const auto& [name, meaning] : choices) {
                if (value.is_string() && value.get<std::string>() == name) {
                    into = meaning;
                    return;
                }
                known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", name);
            }
            complain(where, fmt::format("one of {} is expected", known));
        });
    }
    void errnoOf(const char* key, int& into) {
        with(key, [&](const Json& value, const std::string& where) {
            for (int number = 1; value.is_string() && number < 134; ++number) {
                if (errnoName(number) == value.get<std::string>()) {
                    into = number;
                    return;
                }
            }
            complain(where, "an errno by its name is expected, as in \"EIO\"");
        });
    }
    void state(const char* key, MigState& into) {
        with(key, [&](const Json& value, const std::string& where) {
            const auto parsed = parseState(value.is_string() ? value.get<std::string>() : "");
            if (!parsed)
                return complain(where, parsed.error().detail);
            into = *parsed;
        });
    }
    /// "RUNNING->PRE_COPY"
    void arc(const std::string& given, const std::string& where, std::pair<MigState, MigState>& into) {
        const auto arrow = given.find("->");
        const auto from = parseState(given.substr(0, arrow));
        const auto to = parseState(arrow == std::string::npos ? "" : given.substr(arrow + 2));
        if (!from || !to)
            return complain(where, "an arc is expected, as in \"STOP->STOP_COPY\"");
        into = {*from, *to};
    }
    void arcTimes(const char* key, std::map<std::pair<MigState, MigState>, Ns>& into) {
        with(key, [&](const Json& value, const std::string& where) {
            Reader inner(value, where);
            for (const auto& [name, ignored] : value.items()) {
                std::pair<MigState, MigState> between;
                inner.arc(name, fmt::format("{}/{}", where, name), between);
                inner.time(name.c_str(), into[between]);
            }
            adopt(inner);
        });
    }
    /// A list of words, each of which `take` must know.
    void words(const char* key, const std::function<bool(const std::string&)>& take) {
        with(key, [&](const Json& value, const std::string& where) {
            if (!value.is_array())
                return complain(where, "a list is expected");
            for (std::size_t i = 0; i < value.size() && !error_; ++i) {
                if (!value[i].is_string() || !take(value[i].get<std::string>()))
                    complain(fmt::format("{}/{}", where, i), "there is no such word, or it is there twice");
            }
        });
    }
    /// Calls `each` with a reader for every element.
    void list(const char* key, const std::function<void(Reader&)>& each) {
        with(key, [&](const Json& value, const std::string& where) {
            if (!value.is_array())
                return complain(where, "a list is expected");
            for (std::size_t i = 0; i < value.size() && !error_; ++i) {
                Reader inner(value[i], fmt::format("{}/{}", where, i));
                if (!inner.error_)
                    each(inner);
                inner.refuseRest();
                adopt(inner);
            }
        });
    }
    void object(const char* key, const std::function<void(Reader&)>& body) {
        with(key, [&](const Json& value, const std::string& where) {
            Reader inner(value, where);
            if (!inner.error_)
                body(inner);
            inner.refuseRest();
            adopt(inner);
        });
    }
    void options(const char* key, std::map<std::string, char>& into) {
        with(key, [&](const Json& value, const std::string& where) {
            if (!value.is_object())
                return complain(where, "an object is expected here");
            for (const auto& [name, setting] : value.items()) {
                const std::string given = setting.is_string() ? setting.get<std::string>() : "";
                if (given != "y" && given != "m" && given != "n")
                    return complain(fmt::format("{}/{}", where, name), "\"y\", \"m\" or \"n\" is expected");
                into[name] = given[0];
            }
        });
    }
    void require(const char* key) {
        if (!error_ && !has(key))
            complain(path_, fmt::format("\"{}\" is missing", key));
    }
    void refuseRest() {
        if (error_ || !json_.is_object())
            return;
        for (const auto& [key, ignored] : json_.items()) {
            if (!read_.contains(key))
                return complain(path_ + "/" + key, "unknown key");
        }
    }
    [[nodiscard]] bool has(const char* key) const { return json_.is_object() && json_.contains(key); }
    [[nodiscard]] bool failed() const { return error_.has_value(); }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }
    [[nodiscard]] const std::string& path() const { return path_; }
    void complain(const std::string& where, std::string detail) {
        if (!error_)
            error_ = bad(where, std::move(detail)).error();
    }

private:
    static constexpr std::uint64_t mostNs = 3'600'000'000'000ULL; // an hour

    void adopt(const Reader& inner) {
        if (!error_)
            error_ = inner.error_;
    }
    template<class Body>
    void with(const char* key, const Body& body) {
        read_.insert(key);
        if (error_ || !has(key))
            return;
        body(json_.at(key), path_ + "/" + key);
    }

    const Json& json_;
    std::string path_;
    std::set<std::string> read_;
    std::optional<Error> error_;
};

struct FaultRule {
    const char* name;
    SimFaultKind kind;
    const char* keys; ///< e errno, a arc, n nth, l leaves, o offset, b bytes, t after, f file;
                      ///< capitals are required
    int errnoDefault;
};
constexpr std::array faultRules{
    FaultRule{"fail-set", SimFaultKind::FailSet, "Eanl", EIO},
    FaultRule{"stuck-set", SimFaultKind::StuckSet, "anf", 0},
    FaultRule{"lost-fd", SimFaultKind::LostFd, "ean", EMFILE},
    FaultRule{"no-fd", SimFaultKind::NoFd, "an", 0},
    FaultRule{"stray-fd", SimFaultKind::StrayFd, "an", 0},
    FaultRule{"refuse-image", SimFaultKind::RefuseImage, "e", EINVAL},
    FaultRule{"stall-read", SimFaultKind::StallRead, "O", 0},
    FaultRule{"stall-write", SimFaultKind::StallWrite, "O", 0},
    FaultRule{"early-end", SimFaultKind::EarlyEnd, "O", 0},
    FaultRule{"read-error", SimFaultKind::ReadError, "eO", EIO},
    FaultRule{"write-error", SimFaultKind::WriteError, "eO", EIO},
    FaultRule{"short-reads", SimFaultKind::ShortReads, "B", 0},
    FaultRule{"short-writes", SimFaultKind::ShortWrites, "B", 0},
    FaultRule{"flip-byte", SimFaultKind::FlipByte, "O", 0},
    FaultRule{"empty-second-save", SimFaultKind::EmptySecondSave, "", 0},
    FaultRule{"dma-start-fails", SimFaultKind::DmaStartFails, "e", ENOMEM},
    FaultRule{"dma-report-fails", SimFaultKind::DmaReportFails, "e", EIO},
    FaultRule{"data-size-errno", SimFaultKind::DataSizeErrno, "e", EIO},
    FaultRule{"moved-behind-back", SimFaultKind::MovedBehindBack, "T", 0},
    FaultRule{"reset-fails", SimFaultKind::ResetFails, "e", EIO},
    FaultRule{"open-fails", SimFaultKind::OpenFails, "e", EACCES},
    FaultRule{"asked-back", SimFaultKind::AskedBack, "T", 0},
};

void readFault(Reader& reader, SimFault& fault) {
    reader.require("kind");
    const FaultRule* rule = nullptr;
    std::vector<std::pair<std::string, const FaultRule*>> kinds;
    for (const auto& entry : faultRules)
        kinds.emplace_back(entry.name, &entry);
    reader.choice("kind", rule, kinds);
    if (rule == nullptr)
        return;
    fault.kind = rule->kind;
    fault.errnoValue = rule->errnoDefault;
    const std::string_view keys = rule->keys;
    // A key that this kind does not take is left unread and so refused by name.
    const auto takes = [&](char key, const char* name) {
        const auto capital = static_cast<char>(key - 'a' + 'A');
        if (keys.find(capital) != std::string_view::npos)
            reader.require(name);
        return keys.find(key) != std::string_view::npos || keys.find(capital) != std::string_view::npos;
    };
    if (takes('e', "errno"))
        reader.errnoOf("errno", fault.errnoValue);
    if (takes('a', "arc") && reader.has("arc")) {
        std::string given;
        fault.arc.emplace();
        reader.text("arc", given);
        if (!reader.failed())
            reader.arc(given, reader.path() + "/arc", *fault.arc);
    }
    if (takes('n', "nth"))
        reader.number("nth", fault.nth);
    if (takes('l', "leaves") && reader.has("leaves")) {
        fault.leaves.emplace();
        reader.state("leaves", *fault.leaves);
    }
    if (takes('o', "offset"))
        reader.number("offset", fault.offset);
    if (takes('b', "bytes"))
        reader.number("bytes", fault.bytes);
    if (takes('f', "block_on_file"))
        reader.text("block_on_file", fault.blockOnFile);
    if (takes('t', "after_ns"))
        reader.time("after_ns", fault.after);
    reader.number("times", fault.times);
}

void readDevice(Reader& reader, SimDeviceProfile& device) {
    std::string address;
    std::string family;
    reader.require("address");
    reader.require("family");
    reader.text("address", address);
    reader.text("family", family);
    if (reader.failed())
        return;
    auto made = simFamily(family, address);
    if (!made)
        return reader.complain(reader.path() + "/family", made.error().detail);
    device = std::move(*made);

    reader.text("label", device.label);
    reader.text("driver", device.driver);
    reader.flag("vfio", device.vfio);
    reader.hex("vendor_id", device.vendorId);
    reader.hex("device_id", device.deviceId);
    reader.hex("subsystem_vendor_id", device.subsystemVendorId);
    reader.hex("subsystem_device_id", device.subsystemDeviceId);
    reader.hex("class", device.classCode);
    reader.text("physical_function", device.physicalFunction);
    reader.text("physical_function_driver", device.physicalFunctionDriver);
    reader.hex("physical_function_id", device.physicalFunctionId);
    reader.number("group", device.group);
    reader.number("numa_node", device.numaNode, 1023);
    reader.list("holders", [&](Reader& inner) {
        auto& holder = device.holders.emplace_back();
        inner.require("pid");
        inner.number("pid", holder.pid, 4'194'304);
        inner.text("command", holder.command);
    });

    std::uint64_t flags = device.flags.raw();
    reader.choice<SimProtocol>(
        "protocol", device.protocol,
        {{"none", SimProtocol::None}, {"v1", SimProtocol::V1}, {"v2", SimProtocol::V2}});
    reader.number("flags", flags);
    device.flags = MigFlags(flags);
    // The family's times are for the family's flags.
    const auto arcs = arcsOf(device.flags);
    std::erase_if(device.arcTimes, [&](const auto& entry) {
        return std::none_of(arcs.begin(), arcs.end(), [&](const Arc& arc) {
            return arc.from == entry.first.first && arc.to == entry.first.second;
        });
    });
    reader.flag("dma_logging", device.dmaLogging);
    reader.flag("precopy_info_v2", device.precopyInfoV2);
    reader.choice<int>("drained", device.drainedErrno, {{"0", 0}, {"ENOMSG", ENOMSG}});
    reader.flag("dirty_on_info", device.dirtyOnInfo);
    reader.flag("p2p_stops_dma", device.p2pStopsDma);
    reader.choice<SimSizeAnswer>(
        "data_size", device.sizeAnswer,
        {{"fixed", SimSizeAnswer::Fixed}, {"live", SimSizeAnswer::Live}, {"none", SimSizeAnswer::None}});
    reader.flag("reset_supported", device.resetSupported);
    reader.flag("reset_advertised", device.resetAdvertised);
    reader.number("busy_resets", device.busyResets);
    reader.flag("keeps_state", device.keepsState);
    reader.state("found_state", device.foundState);
    reader.flag("interruptible", device.interruptible);

    reader.number("state_bytes", device.stateBytes);
    reader.number("precopy_initial_bytes", device.precopyInitialBytes);
    reader.number("stop_copy_bytes", device.stopCopyBytes);
    reader.number("dirty_bytes_per_second", device.dirtyBytesPerSecond);
    reader.number("working_set_bytes", device.workingSetBytes);
    reader.choice<SimDmaPattern>("dma_pattern", device.dmaPattern,
                                 {{"start", SimDmaPattern::Start}, {"spread", SimDmaPattern::Spread}});
    reader.number("reinit_at_info", device.reinitAtInfo);

    reader.time("open_ns", device.openTime);
    reader.time("reset_ns", device.resetTime);
    reader.time("get_ns", device.getTime);
    reader.time("dma_log_start_ns_per_gib", device.dmaLogStartPerGib);
    reader.time("dma_log_report_ns_per_gib", device.dmaLogReportPerGib);
    if (reader.has("arc_ns"))
        device.arcTimes.clear(); // one time for all arcs replaces the family's
    reader.time("arc_ns", device.arcTime);
    reader.arcTimes("arcs_ns", device.arcTimes);
    reader.time("stream_call_ns", device.streamCallTime);
    reader.number("save_bytes_per_second", device.saveBytesPerSecond);
    reader.number("load_bytes_per_second", device.loadBytesPerSecond);
    reader.number("jitter_percent", device.jitterPercent);
    reader.number("jitter_seed", device.jitterSeed);
    reader.number("cold_percent", device.coldPercent);
    const std::vector<std::pair<std::string, SimWork>> works{{"calls", SimWork::Calls},
                                                             {"set", SimWork::Set}};
    reader.choice("save_in", device.saveIn, works);
    reader.choice("load_in", device.loadIn, works);
    reader.words("misbehaviours", [&](const std::string& word) {
        for (const auto& [kind, name] : simMisbehaviours) {
            if (name == word)
                return device.misbehaviours.insert(kind).second;
        }
        return false;
    });
    reader.list("faults", [&](Reader& inner) { readFault(inner, device.faults.emplace_back()); });
}

} // namespace

Result<SimProfile> parseSimProfile(const std::string& json, const std::string& source) {
    const Json document = Json::parse(json, nullptr, false, true);
    if (document.is_discarded())
        return bad(source, "this is not JSON");
    SimProfile profile;
    Reader reader(document, source + ":");
    std::string schema;
    reader.require("schema");
    reader.text("schema", schema);
    if (!reader.failed() && schema != "migscope.sim-profile/1")
        reader.complain(source + ":/schema", "\"migscope.sim-profile/1\" is expected");
    reader.text("name", profile.name);
    reader.object("host", [&](Reader& inner) {
        inner.text("name", profile.host.name);
        inner.text("kernel", profile.host.kernelRelease);
        inner.flag("debugfs", profile.host.debugfs);
        inner.flag("nodes_usable", profile.host.nodesUsable);
        inner.options("config", profile.host.config);
    });
    reader.require("devices");
    reader.list("devices", [&](Reader& inner) { readDevice(inner, profile.devices.emplace_back()); });
    reader.refuseRest();
    if (reader.error())
        return std::unexpected(*reader.error());
    if (auto checked = checkSimProfile(profile, source); !checked)
        return std::unexpected(checked.error());
    return profile;
}

} // namespace migscope
