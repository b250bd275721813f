// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The words of a call.
#include "core/check/call_words.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/transfer/call_fields.h"
#include "core/uapi/vfio.h"
#include "core/vfio/device_io.h"

namespace migscope {
namespace {

/// Ranges of one START that are named; the others are counted.
constexpr std::size_t namedRanges = 3;
/// Calls of one check that people see; --json has all that were kept.
constexpr std::size_t shownCalls = 40;
constexpr std::uint64_t leakedErrno = std::uint64_t{1} << 63U;

class Fields {
public:
    /// Bytes that are fewer than the call has give no field at all.
    Fields(const CheckCall& call, bool answer) {
        const auto& bytes = answer ? call.record.out : call.record.in;
        const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data());
        list_ = callFields(call.record.op, {first, bytes.size()}, answer);
        const auto isShort = [](const CallField& field) { return field.kind == CallFieldKind::TooShort; };
        if (std::ranges::any_of(list_, isShort))
            list_.clear();
    }
    [[nodiscard]] const CallField* field(CallFieldKind kind) const {
        const auto at = std::ranges::find(list_, kind, &CallField::kind);
        return at == list_.end() ? nullptr : &*at;
    }
    [[nodiscard]] std::optional<std::uint64_t> value(CallFieldKind kind) const {
        const CallField* found = field(kind);
        return found != nullptr ? std::optional(found->value) : std::nullopt;
    }

private:
    std::vector<CallField> list_;
};

void add(std::string& text, const std::string& more) {
    if (!more.empty())
        text += (text.empty() ? "" : ", ") + more;
}

std::string readOrWrite(const CheckCall& call) {
    const auto asked = Fields(call, false).value(CallFieldKind::Count);
    const auto moved = Fields(call, true).value(CallFieldKind::Returned);
    if (!asked || !moved)
        return {};
    const std::string at = call.offset ? fmt::format(" at offset {}", *call.offset) : "";
    if (call.times > 1)
        return fmt::format("{} in {} calls{}", plural(call.bytes, "byte", "bytes"), call.times, at);
    if (callResult(call) != "ok")
        return plural(*asked, "byte", "bytes") + at;
    return fmt::format("{} of {}{}", *moved, plural(*asked, "byte", "bytes"), at);
}

std::string deviceInfo(const CheckCall& call) {
    if (call.record.errnoValue != 0 || call.record.out.size() != sizeof(DeviceInfo))
        return {};
    DeviceInfo info;
    std::memcpy(&info, call.record.out.data(), sizeof info);
    const bool reset = (info.flags & uapi::deviceFlagReset) != 0;
    return fmt::format("flags {:#x} ({} VFIO_DEVICE_FLAGS_RESET)", info.flags, reset ? "with" : "without");
}

std::string precopyInfo(const CheckCall& call) {
    const Fields asked(call, false);
    const Fields came(call, true);
    std::string text;
    const auto argsz = asked.value(CallFieldKind::ArgSize);
    if (argsz && *argsz != sizeof(uapi::VfioPrecopyInfo))
        add(text, fmt::format("argsz {}", *argsz));
    const auto initial = came.value(CallFieldKind::InitialBytes);
    const auto dirty = came.value(CallFieldKind::DirtyBytes);
    const auto flags = came.value(CallFieldKind::PrecopyFlags);
    if (call.record.errnoValue == 0 && !call.unanswered && initial && dirty && flags)
        add(text, fmt::format("initial_bytes {}, dirty_bytes {}, flags {:#x}", *initial, *dirty, *flags));
    return text;
}

/// The header of a call that is made as every program makes it tells nothing beside its name.
bool plainHeader(std::uint64_t argsz, std::uint32_t flags, std::size_t bytes) {
    const std::uint32_t operation = flags & ~uapi::featureMask;
    return argsz == bytes && (operation == uapi::featureGet || operation == uapi::featureSet);
}

std::string header(const CheckCall& call, const Fields& asked) {
    const auto argsz = asked.value(CallFieldKind::ArgSize);
    const CallField* flags = asked.field(CallFieldKind::FeatureFlags);
    if (!argsz || flags == nullptr)
        return {};
    const bool behind = asked.field(CallFieldKind::Behind) != nullptr;
    const auto number = static_cast<std::uint32_t>(flags->value);
    if (!behind && plainHeader(*argsz, number, call.record.in.size()))
        return {};
    return fmt::format("argsz {}, flags {:#x} ({})", *argsz, number, flags->spelled);
}

std::string state(const Fields& asked, const Fields& came, bool set, bool well) {
    std::string text;
    if (set) {
        // The name of the call has the state, but for a number that is none.
        const CallField* wanted = asked.field(CallFieldKind::DeviceState);
        if (wanted != nullptr && wanted->value >= allMigStates.size())
            add(text, fmt::format("device_state {}", wanted->value));
    } else if (const CallField* found = came.field(CallFieldKind::DeviceState); found != nullptr && well)
        add(text, found->value < allMigStates.size() ? found->spelled
                                                     : fmt::format("device_state {}", found->value));
    const auto fd = came.value(CallFieldKind::DataFd);
    if (fd && well && (set || static_cast<std::int32_t>(*fd) != uapi::noDataFd))
        add(text, fmt::format("data_fd {}", static_cast<std::int32_t>(*fd)));
    return text;
}

std::string rangesOf(const CheckCall& call, std::uint64_t count) {
    std::string text = plural(count, "range", "ranges");
    const std::size_t named = std::min(call.ranges.size(), namedRanges);
    for (std::size_t n = 0; n < named; ++n)
        text += fmt::format("{} {:#x}+{}", n == 0 ? ":" : ",", call.ranges[n].iova, call.ranges[n].length);
    return named > 0 && count > named ? text + ", …" : text;
}

std::string dmaStart(const CheckCall& call, const Fields& asked, const Fields& came, bool well) {
    std::string text;
    const auto page = asked.value(CallFieldKind::PageSize);
    const auto count = asked.value(CallFieldKind::Ranges);
    if (page && count)
        add(text, fmt::format("page_size {}, {}", *page, rangesOf(call, *count)));
    if (const auto took = came.value(CallFieldKind::PageSize); took && well)
        add(text, fmt::format("it took page_size {}", *took));
    return text;
}

std::string dmaReport(const Fields& asked) {
    const auto iova = asked.value(CallFieldKind::Iova);
    const auto length = asked.value(CallFieldKind::Length);
    const auto page = asked.value(CallFieldKind::PageSize);
    return iova && length && page ? fmt::format("{:#x}+{}, page_size {}", *iova, *length, *page) : "";
}

std::string dataSize(const Fields& came) {
    const auto length = came.value(CallFieldKind::StopCopyLength);
    if (!length)
        return {};
    if (*length >= leakedErrno)
        return fmt::format("stop_copy_length {} ({} as a signed number)", *length,
                           static_cast<std::int64_t>(*length));
    return fmt::format("stop_copy_length {}", *length);
}

std::string feature(const CheckCall& call) {
    const Fields asked(call, false);
    const Fields came(call, true);
    const auto flags = asked.value(CallFieldKind::FeatureFlags);
    if (!flags)
        return {};
    std::string text = header(call, asked);
    if ((*flags & uapi::featureProbe) != 0)
        return text;
    const bool well = call.record.errnoValue == 0 && !call.unanswered;
    const bool set = (*flags & uapi::featureSet) != 0;
    switch (*flags & uapi::featureMask) {
    case uapi::featureMigDeviceState:
        add(text, state(asked, came, set, well));
        break;
    case uapi::featureMigration:
        if (const CallField* found = came.field(CallFieldKind::MigrationFlags); found != nullptr && well)
            add(text, fmt::format("answers flags {:#x} ({})", found->value, found->spelled));
        break;
    case uapi::featureMigDataSize:
        if (well)
            add(text, dataSize(came));
        break;
    case uapi::featureDmaLoggingStart:
        add(text, dmaStart(call, asked, came, well));
        break;
    case uapi::featureDmaLoggingReport:
        add(text, dmaReport(asked));
        break;
    default:
        break;
    }
    return text;
}

} // namespace

std::string plural(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string timesText(std::uint64_t count) {
    return count == 1 ? "once" : fmt::format("{} times", count);
}

std::string callLine(const CheckCall& call, Ns begun, bool pair) {
    std::string line = fmt::format(
        "{:>+10.3f} ms  {:<25} {:<8} {:>8}", static_cast<double>((call.record.called - begun).count()) / 1e6,
        call.record.op, callResult(call), formatDuration(call.record.returned - call.record.called));
    if (const std::string values = callAnswer(call); !values.empty())
        line += "  " + values;
    return pair && call.device == 1 ? line + "  (peer)" : line;
}

std::vector<std::string> callLines(std::span<const CheckCall> calls, std::uint64_t leftOut, Ns begun,
                                   bool pair) {
    std::vector<std::string> lines;
    const bool all = calls.size() <= shownCalls;
    // What the book left out is missing in the middle of what it kept, which is where this list is cut.
    const std::size_t first = all && leftOut == 0 ? calls.size() : std::min(shownCalls, calls.size()) / 2;
    const std::size_t last = all ? first : calls.size() - shownCalls / 2;
    for (std::size_t n = 0; n < first; ++n)
        lines.push_back(callLine(calls[n], begun, pair));
    if (const std::uint64_t missing = last - first + leftOut; missing > 0)
        lines.push_back(fmt::format("{:>10}     {} (--json has those that were kept)", "…",
                                    plural(missing, "call more", "calls more")));
    for (std::size_t n = last; n < calls.size(); ++n)
        lines.push_back(callLine(calls[n], begun, pair));
    return lines;
}

std::string callResult(const CheckCall& call) {
    if (call.unanswered)
        return "no answer";
    return call.record.errnoValue == 0 ? "ok" : errnoName(call.record.errnoValue);
}

std::string callAnswer(const CheckCall& call) {
    const std::string& op = call.record.op;
    constexpr std::array bare{"open", "close", "RESET", "lseek"};
    if (std::ranges::find(bare, op) != bare.end() || op.starts_with("ioctl "))
        return {};
    if (op == "read" || op == "write")
        return readOrWrite(call);
    if (op == "GET_INFO")
        return deviceInfo(call);
    return op == "GET_PRECOPY_INFO" ? precopyInfo(call) : feature(call);
}

} // namespace migscope
