// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One line of a recording read back into a value.
#include <bit>
#include <charconv>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/transfer/json_text.h"
#include "core/transfer/recording_io.h"
#include "core/transfer/summary_compare.h"

namespace migscope {
namespace {

using Json = nlohmann::json;

constexpr std::string_view schemaPrefix = "migscope.recording/";
/// A state that this version does not know; written back as null.
constexpr auto unknownState = static_cast<MigState>(0xffffffffU);

/// Reads the members of one object; remembers the first that is wrong, and which keys were asked for.
class Fields {
public:
    explicit Fields(const Json& object) : object_(object) {}

    [[nodiscard]] const Json* find(std::string_view key) {
        known_.push_back(key);
        const auto at = object_.find(key);
        return at == object_.end() ? nullptr : &*at;
    }
    [[nodiscard]] const Json* need(std::string_view key) {
        const Json* found = find(key);
        if (!found)
            wrong(key, "is missing");
        return found;
    }
    void wrong(std::string_view key, std::string_view how) {
        if (problem_.empty())
            problem_ = fmt::format("\"{}\" {}", key, how);
    }

    template<std::integral T>
    T integer(std::string_view key) {
        const Json* found = need(key);
        return found ? convert<T>(key, *found).value_or(T{}) : T{};
    }
    template<std::integral T>
    std::optional<T> optionalInteger(std::string_view key) {
        const Json* found = find(key);
        if (!found || found->is_null())
            return std::nullopt;
        return convert<T>(key, *found);
    }
    Ns time(std::string_view key) { return Ns{integer<std::int64_t>(key)}; }
    Ns optionalTime(std::string_view key) { return Ns{optionalInteger<std::int64_t>(key).value_or(0)}; }
    /// A number that is null plus `raw` when it does not fit into a double.
    std::optional<std::uint64_t> driverNumber(std::string_view key) {
        if (const auto plain = optionalInteger<std::uint64_t>(key))
            return plain;
        const Json* raw = find("raw");
        if (raw && raw->is_object()) {
            const auto at = raw->find(key);
            raw = at == raw->end() ? nullptr : &*at;
        }
        if (!raw)
            return std::nullopt;
        std::uint64_t value = 0;
        const auto* text = raw->get_ptr<const std::string*>();
        if (!text || !text->starts_with("0x") ||
            std::from_chars(text->data() + 2, text->data() + text->size(), value, 16).ptr !=
                text->data() + text->size()) {
            wrong("raw", "is no hexadecimal number");
            return std::nullopt;
        }
        return value;
    }
    std::string text(std::string_view key, bool required = true) {
        const Json* found = required ? need(key) : find(key);
        if (!found || (found->is_null() && !required))
            return {};
        if (const auto* value = found->get_ptr<const std::string*>())
            return *value;
        wrong(key, "is no text");
        return {};
    }
    bool boolean(std::string_view key) {
        const Json* found = find(key);
        if (!found)
            return false;
        if (!found->is_boolean())
            wrong(key, "is neither true nor false");
        return found->is_boolean() && found->get<bool>();
    }
    std::optional<MigState> state(std::string_view key) {
        const Json* found = find(key);
        return found ? stateOf(key, *found) : std::nullopt;
    }
    MigState knownState(std::string_view key) {
        const Json* found = need(key);
        return (found ? stateOf(key, *found) : std::nullopt).value_or(unknownState);
    }
    std::optional<MigState> stateOf(std::string_view key, const Json& value) {
        if (value.is_null())
            return std::nullopt;
        const auto* name = value.get_ptr<const std::string*>();
        if (!name) {
            wrong(key, "is no state");
            return std::nullopt;
        }
        const auto state = parseState(*name);
        if (state)
            return *state;
        newerWord_ = true; // a state of a newer protocol
        return std::nullopt;
    }
    const Json* object(std::string_view key) { return ofType(key, Json::value_t::object, "is no object"); }
    const Json* array(std::string_view key) { return ofType(key, Json::value_t::array, "is no array"); }
    template<class T, class Convert>
    std::vector<T> column(std::string_view key, Convert convert) {
        std::vector<T> values;
        if (const Json* found = array(key)) {
            values.reserve(found->size());
            for (const Json& each : *found) {
                if (!each.is_number_integer()) {
                    wrong(key, "holds something that is no integer");
                    break;
                }
                values.push_back(convert(each));
            }
        }
        return values;
    }

    void newerWord() { newerWord_ = true; }
    /// The line holds a word that only a newer version knows.
    [[nodiscard]] bool sawNewerWord() const { return newerWord_; }
    [[nodiscard]] const std::string& problem() const { return problem_; }
    void adopt(const Fields& inner) {
        if (problem_.empty())
            problem_ = inner.problem_;
        newerWord_ = newerWord_ || inner.newerWord_;
    }
    /// What nobody asked for, byte for byte.
    [[nodiscard]] std::string extra(std::string_view text) const {
        return object_.size() > known_.size() || hasUnknown() ? unknownMembers(text, known_) : std::string();
    }

private:
    [[nodiscard]] bool hasUnknown() const {
        for (const auto& [key, value] : object_.items()) {
            if (std::find(known_.begin(), known_.end(), key) == known_.end())
                return true;
        }
        return false;
    }
    const Json* ofType(std::string_view key, Json::value_t type, std::string_view how) {
        const Json* found = need(key);
        if (found && found->type() != type) {
            wrong(key, how);
            return nullptr;
        }
        return found;
    }
    template<std::integral T>
    std::optional<T> convert(std::string_view key, const Json& value) {
        if (value.is_number_unsigned()) {
            const auto number = value.get<std::uint64_t>();
            if (std::in_range<T>(number))
                return static_cast<T>(number);
        } else if (value.is_number_integer()) {
            const auto number = value.get<std::int64_t>();
            if (std::in_range<T>(number))
                return static_cast<T>(number);
        }
        wrong(key, value.is_number_integer() ? "is out of range" : "is no integer");
        return std::nullopt;
    }

    const Json& object_;
    std::vector<std::string_view> known_;
    std::string problem_;
    bool newerWord_ = false;
};

Plan planOf(Fields& outer, const Json& object, std::string_view text) {
    Plan plan;
    Fields in(object);
    if (const auto kind = parsePlanKind(in.text("kind")))
        plan.kind = *kind;
    else
        in.newerWord();
    if (const auto mode = parseCopyMode(in.text("mode")))
        plan.mode = *mode;
    else
        in.newerWord();
    if (const Json* pairs = in.array("pairs")) {
        for (const Json& each : *pairs) {
            Fields pair(each);
            plan.pairs.push_back(
                {pair.optionalInteger<int>("source"), pair.optionalInteger<int>("destination")});
            in.adopt(pair);
        }
    }
    plan.runs = in.optionalInteger<std::uint32_t>("runs").value_or(plan.runs);
    if (const auto limit = in.optionalInteger<std::int64_t>("downtime_limit_ns"))
        plan.limits.downtimeLimit = Ns{*limit};
    plan.limits.maxRounds = in.optionalInteger<std::uint32_t>("max_rounds").value_or(plan.limits.maxRounds);
    if (const auto time = in.optionalInteger<std::int64_t>("max_time_ns"))
        plan.limits.maxTime = Ns{*time};
    if (in.text("on_no_convergence", false) == "give-up")
        plan.limits.onNoConvergence = OnNoConvergence::GiveUp;
    plan.loadThenRun = !object.contains("load_then_run") || in.boolean("load_then_run");
    (void)in.find("load_then_run");
    plan.extra = in.extra(text);
    outer.adopt(in);
    return plan;
}

event::RunEnd runEndOf(Fields& in) {
    event::RunEnd body;
    const std::string outcome = in.text("outcome");
    if (outcome == "ok")
        body.outcome = RunOutcome::Ok;
    else if (outcome == "cancelled")
        body.outcome = RunOutcome::Cancelled;
    else if (outcome != "failed")
        in.newerWord();
    if (const Json* states = in.object("states")) {
        for (const auto& [name, value] : states->items()) {
            int device = 0;
            if (std::from_chars(name.data(), name.data() + name.size(), device).ptr !=
                name.data() + name.size())
                in.wrong("states", "names a device that is no index");
            else
                body.states[device] = in.stateOf("states", value);
        }
    }
    body.reason = in.text("reason", false);
    return body;
}

template<class Arc>
Arc arcOf(Fields& in) {
    Arc body;
    body.from = in.knownState("from");
    body.to = in.knownState("to");
    body.goal = in.knownState("goal");
    body.combined = in.boolean("combined");
    return body;
}

template<class Body>
void callOf(Fields& in, Body& body) {
    body.called = in.time("t_call_ns");
    body.returned = in.time("t_return_ns");
    body.errnoValue = in.optionalInteger<int>("errno").value_or(0);
}

event::Stream streamOf(Fields& in) {
    event::Stream body;
    body.stream = in.integer<std::uint32_t>("stream");
    const std::string direction = in.text("dir");
    body.save = direction == "save";
    if (direction != "save" && direction != "load")
        in.newerWord();
    const std::string what = in.text("event");
    if (what == "open")
        body.what = event::StreamWhat::Open;
    else if (what == "eof")
        body.what = event::StreamWhat::Eof;
    else if (what == "empty")
        body.what = event::StreamWhat::Empty;
    else if (what == "error")
        body.what = event::StreamWhat::Error;
    else if (what == "close")
        body.what = event::StreamWhat::Close;
    else
        in.newerWord();
    body.bytes = in.driverNumber("bytes").value_or(0);
    body.errnoValue = in.optionalInteger<int>("errno").value_or(0);
    return body;
}

event::Samples samplesOf(Fields& in) {
    const auto time = [](const Json& value) { return Ns{value.get<std::int64_t>()}; };
    const auto count = [](const Json& value) { return value.get<std::uint64_t>(); };
    event::Samples body;
    body.stream = in.integer<std::uint32_t>("stream");
    body.time = in.column<Ns>("t_ns", time);
    body.bytes = in.column<std::uint64_t>("bytes", count);
    body.source = in.column<Ns>("source_ns", time);
    body.destination = in.column<Ns>("destination_ns", time);
    const std::size_t length = body.time.size();
    if (body.bytes.size() != length || body.source.size() != length || body.destination.size() != length)
        in.wrong("t_ns", "and its neighbours differ in length");
    return body;
}

event::Dirty dirtyOf(Fields& in) {
    event::Dirty body;
    body.iova = in.driverNumber("iova").value_or(0);
    body.pageBytes = in.driverNumber("page_bytes").value_or(0);
    body.pages = in.driverNumber("pages").value_or(0);
    body.exactPages = in.driverNumber("dirty_pages");
    if (!std::has_single_bit(body.pageBytes))
        in.wrong("page_bytes", "is no power of two");
    const Json* runs = in.array("runs");
    if (!runs)
        return body;
    body.runs.reserve(runs->size());
    std::uint64_t end = 0;
    for (const Json& each : *runs) {
        if (!each.is_array() || each.size() != 2 || !each[0].is_number_unsigned() ||
            !each[1].is_number_unsigned()) {
            in.wrong("runs", "holds something that is no pair of counts");
            break;
        }
        const PageRun run{each[0].get<std::uint64_t>(), each[1].get<std::uint64_t>()};
        if (run.count == 0 || run.first < end || run.first > body.pages ||
            run.count > body.pages - run.first) {
            in.wrong("runs", "are not ascending runs within the pages");
            break;
        }
        end = run.first + run.count;
        body.runs.push_back(run);
    }
    return body;
}

event::DmaLog dmaLogOf(Fields& in) {
    event::DmaLog body;
    const std::string op = in.text("op");
    if (op == "start")
        body.op = event::DmaLog::Op::Start;
    else if (op == "report")
        body.op = event::DmaLog::Op::Report;
    else if (op == "stop")
        body.op = event::DmaLog::Op::Stop;
    else
        in.newerWord();
    if (const Json* ranges = in.array("ranges")) {
        for (const Json& each : *ranges) {
            if (!each.is_object()) {
                in.wrong("ranges", "holds something that is no object");
                break;
            }
            Fields range(each);
            const auto iova = range.driverNumber("iova");
            body.ranges.push_back({iova.value_or(0), range.driverNumber("length_bytes").value_or(0)});
            in.adopt(range);
        }
    }
    body.pageBytes = in.driverNumber("page_bytes").value_or(0);
    callOf(in, body);
    body.error = in.text("error", false);
    return body;
}

event::Body bodyOf(const std::string& kind, Fields& in, std::string_view line) {
    if (kind == "run-begin") {
        event::RunBegin body;
        if (const Json* plan = in.object("plan"))
            body.plan = planOf(in, *plan, memberText(line, "plan"));
        return body;
    }
    if (kind == "run-end")
        return runEndOf(in);
    if (kind == "arc-begin") {
        auto body = arcOf<event::ArcBegin>(in);
        body.thread = in.optionalInteger<std::int64_t>("thread").value_or(0);
        return body;
    }
    if (kind == "arc") {
        auto body = arcOf<event::ArcEnd>(in);
        callOf(in, body);
        body.error = in.text("error", false);
        body.stream = in.optionalInteger<std::uint32_t>("stream");
        body.stateAfter = in.state("state_after");
        return body;
    }
    if (kind == "stream")
        return streamOf(in);
    if (kind == "samples")
        return samplesOf(in);
    if (kind == "precopy") {
        const auto initial = in.driverNumber("initial_bytes");
        const auto dirty = in.driverNumber("dirty_bytes");
        return event::Precopy{initial.value_or(0), dirty.value_or(0), in.boolean("reinit")};
    }
    if (kind == "estimate") {
        const auto bytes = in.driverNumber("stop_copy_bytes");
        return event::Estimate{bytes, in.optionalInteger<int>("errno").value_or(0)};
    }
    if (kind == "state") {
        const auto believed = in.state("believed");
        return event::StateMoved{believed, in.state("found")};
    }
    if (kind == "reset") {
        event::Reset body;
        body.outcome = in.text("outcome");
        body.attempts = in.optionalInteger<int>("attempts").value_or(0);
        callOf(in, body);
        body.stateAfter = in.state("state_after");
        return body;
    }
    if (kind == "call") {
        event::Call body;
        body.op = in.text("op");
        body.in = in.text("in", false);
        body.out = in.text("out", false);
        callOf(in, body);
        return body;
    }
    if (kind == "wait") {
        const std::string barrier = in.text("barrier");
        const Ns from = in.time("t_from_ns");
        return event::Wait{barrier, from, in.time("t_to_ns")};
    }
    if (kind == "asked-back")
        return event::AskedBack{in.text("by")};
    if (kind == "stuck") {
        const std::string call = in.text("call");
        const Ns since = in.time("since_ns");
        return event::Stuck{call, since, in.text("wchan", false)};
    }
    if (kind == "mark")
        return event::Mark{in.text("text")};
    if (kind == "lost") {
        const auto count = in.integer<std::uint64_t>("count");
        return event::Lost{count, in.text("what", false)};
    }
    if (kind == "kernel-log") {
        event::KernelLog body;
        body.priority = in.integer<unsigned>("prio");
        body.sequence = in.driverNumber("seq").value_or(0);
        body.text = in.text("text");
        body.printkUs = in.integer<std::int64_t>("t_printk_us");
        return body;
    }
    if (kind == "dirty")
        return dirtyOf(in);
    if (kind == "dma-log")
        return dmaLogOf(in);
    return event::Unknown{std::string(line)};
}

std::unexpected<Error> damaged(const std::string& where, std::string detail) {
    return fail(Errc::Damaged, "read recording", where, std::move(detail));
}

Result<ParsedLine> headerOf(const Json& json, std::string_view line, const std::string& where) {
    Fields in(json);
    RecordingHeader header;
    header.schema = in.text("schema");
    if (!std::string_view(header.schema).starts_with(schemaPrefix))
        return damaged(where, "the first line is not the header of a recording");
    const std::string version = header.schema.substr(schemaPrefix.size());
    if (version != "1" && !version.starts_with("1."))
        return fail(Errc::Unsupported, "read recording", where,
                    "written as " + header.schema + "; this version reads migscope.recording/1");
    header.simulated = in.boolean("simulated");
    header.tool = in.text("tool", false);
    if (const Json* host = in.object("host")) {
        Fields inner(*host);
        header.hostName = inner.text("name", false);
        header.kernel = inner.text("kernel", false);
        header.bootId = inner.text("boot_id", false);
        header.emulated = inner.boolean("emulated");
        header.hostExtra = inner.extra(memberText(line, "host"));
        in.adopt(inner);
    }
    if (const Json* clock = in.object("clock")) {
        Fields inner(*clock);
        header.clockId = inner.text("id", false);
        header.t0 = inner.optionalTime("t0_ns");
        header.realtime = inner.optionalTime("realtime_ns");
        header.boottime = inner.optionalTime("boottime_ns");
        header.resolution = inner.optionalTime("resolution_ns");
        header.clockExtra = inner.extra(memberText(line, "clock"));
        in.adopt(inner);
    }
    if (const Json* devices = in.array("devices")) {
        std::string_view rest = memberText(line, "devices");
        for (const Json& each : *devices) {
            if (!each.is_object()) {
                in.wrong("devices", "holds something that is no object");
                break;
            }
            Fields inner(each);
            (void)inner.find("i");
            RecordedDevice device;
            device.name = inner.text("name");
            device.driver = inner.text("driver", false);
            device.pciId = inner.text("pci_id", false);
            device.group = inner.optionalInteger<int>("group");
            device.access = inner.text("access", false);
            device.flags = inner.driverNumber("flags").value_or(0);
            device.workload = inner.text("workload", false);
            device.extra = inner.extra(nextElement(rest));
            in.adopt(inner);
            header.devices.push_back(std::move(device));
        }
    }
    const Json* plan = in.find("plan");
    if (plan && plan->is_object())
        header.plan = planOf(in, *plan, memberText(line, "plan"));
    header.detail = in.text("detail", false);
    header.about = in.text("about", false);
    if (!in.problem().empty())
        return damaged(where, in.problem());
    header.extra = in.extra(line);
    return ParsedLine(std::move(header));
}

} // namespace

Result<ParsedLine> parseRecordingLine(std::string_view line, bool first, const std::string& where) {
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded())
        return damaged(where, "the line is no JSON");
    if (!json.is_object())
        return damaged(where, "the line is no JSON object");
    if (first)
        return headerOf(json, line, where);

    Fields in(json);
    const std::string kind = in.text("kind");
    if (!in.problem().empty())
        return damaged(where, in.problem());
    if (kind == "summary")
        return ParsedLine(SummaryLine{std::string(line)});

    Event event;
    event.device = in.optionalInteger<int>("dev");
    event.run = in.optionalInteger<int>("run");
    event.host = in.optionalInteger<int>("host").value_or(0);
    if (const std::string source = in.text("src", false); !source.empty())
        event.source = source;
    event.body = bodyOf(kind, in, line);
    if (const auto* samples = std::get_if<event::Samples>(&event.body))
        event.time = samples->time.empty() ? Ns{0} : samples->time.back();
    else
        event.time = in.time("t_ns");
    if (!in.problem().empty())
        return damaged(where, in.problem());
    if (in.sawNewerWord() || std::holds_alternative<event::Unknown>(event.body))
        event.body = event::Unknown{std::string(line)};
    else
        event.extra = in.extra(line);
    return ParsedLine(std::move(event));
}

namespace {

void compare(const Json& file, const Json& ours, const std::string& path, std::vector<std::string>& found) {
    constexpr std::size_t enough = 8;
    if (found.size() >= enough)
        return;
    if (file.is_object() && ours.is_object()) {
        for (const auto& [key, value] : ours.items()) {
            // What only one side has belongs to another version; what is said about the file is not a number.
            if (const auto at = file.find(key); at != file.end() && key != "notes" && key != "tool")
                compare(*at, value, path.empty() ? key : fmt::format("{}.{}", path, key), found);
        }
    } else if (file.is_array() && ours.is_array() && file.size() == ours.size()) {
        for (std::size_t i = 0; i < file.size(); ++i)
            compare(file[i], ours[i], fmt::format("{}[{}]", path, i), found);
    } else if (file != ours) {
        const auto shown = [](const Json& value) {
            if (value.is_array())
                return fmt::format("{} entries", value.size());
            return value.is_structured() ? std::string("an object")
                                         : value.dump(-1, ' ', false, Json::error_handler_t::replace);
        };
        found.push_back(
            fmt::format("{} is {} in the file's summary, {} by its events", path, shown(file), shown(ours)));
    }
}

} // namespace

std::vector<std::string> summaryDifferences(std::string_view inFile, std::string_view byEvents) {
    const Json file = Json::parse(inFile, nullptr, false);
    const Json ours = Json::parse(byEvents, nullptr, false);
    std::vector<std::string> found;
    if (file.is_discarded() || ours.is_discarded())
        found.emplace_back("the file's summary cannot be read");
    else
        compare(file, ours, {}, found);
    return found;
}

} // namespace migscope
