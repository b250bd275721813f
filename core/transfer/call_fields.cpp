// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a recorded call, field by field.
#include "core/transfer/call_fields.h"

#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "core/device/migration_state.h"
#include "core/uapi/ioctl_names.h"
#include "core/uapi/vfio.h"

namespace migscope {
namespace {

/// Joins the names of the bits that are set; what has no name stands as a number.
template<class Bits, class Names>
std::string spell(Bits value, const Names& names, std::string text = {}) {
    for (const auto& [bit, name] : names) {
        if ((value & bit) == 0)
            continue;
        text += (text.empty() ? "" : " | ") + std::string(name);
        value &= ~static_cast<Bits>(bit);
    }
    if (value != 0)
        text += fmt::format("{}unknown bits {:#x}", text.empty() ? "" : " | ", value);
    return text.empty() ? "none" : text;
}

std::string spellFeature(std::uint32_t flags) {
    constexpr std::array<std::pair<std::uint32_t, const char*>, 3> operations{
        {{uapi::featureProbe, "PROBE"}, {uapi::featureGet, "GET"}, {uapi::featureSet, "SET"}}};
    const std::uint32_t index = flags & uapi::featureMask;
    const std::string_view known = uapi::featureName(index);
    const std::string_view name = known.empty() ? "an unknown feature" : known;
    return spell(flags & ~uapi::featureMask, operations) + fmt::format(" | {} (feature {})", name, index);
}

std::string spellMigration(std::uint64_t flags) {
    constexpr std::array<std::pair<std::uint64_t, const char*>, 3> bits{
        {{uapi::migrationStopCopy, "STOP_COPY"},
         {uapi::migrationP2p, "P2P"},
         {uapi::migrationPreCopy, "PRE_COPY"}}};
    return spell(flags, bits);
}

std::string spellState(std::uint32_t value) {
    for (const MigState state : allMigStates) {
        if (static_cast<std::uint32_t>(state) == value)
            return stateName(state);
    }
    return "a state of a newer protocol";
}

/// Takes fields from a buffer that may be shorter than what it claims to be.
class Taker {
public:
    explicit Taker(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    template<class Integer>
    bool take(std::size_t at, const char* name, CallFieldKind kind) {
        Integer value{};
        if (at + sizeof value > bytes_.size())
            return false;
        std::memcpy(&value, bytes_.data() + at, sizeof value);
        fields.push_back({name, kind, static_cast<std::uint64_t>(value), {}, 0});
        return true;
    }
    std::vector<CallField> fields;

private:
    std::span<const std::uint8_t> bytes_;
};

constexpr std::size_t head = sizeof(uapi::VfioDeviceFeature);

/// Bytes behind the header that the feature takes or gives back.
std::size_t payloadSize(std::uint32_t flags) {
    if ((flags & uapi::featureProbe) != 0)
        return 0;
    switch (flags & uapi::featureMask) {
    case uapi::featureMigration:
        return sizeof(uapi::VfioDeviceFeatureMigration);
    case uapi::featureMigDeviceState:
        return sizeof(uapi::VfioDeviceFeatureMigState);
    case uapi::featureDmaLoggingStart:
        return sizeof(uapi::VfioDeviceFeatureDmaLoggingControl);
    case uapi::featureDmaLoggingReport:
        return sizeof(uapi::VfioDeviceFeatureDmaLoggingReport);
    case uapi::featureMigDataSize:
        return sizeof(uapi::VfioDeviceFeatureMigDataSize);
    default:
        return 0;
    }
}

void takePayload(Taker& taker, std::uint32_t flags, bool answer) {
    if ((flags & uapi::featureProbe) != 0)
        return;
    switch (flags & uapi::featureMask) {
    case uapi::featureMigration:
        if (answer && taker.take<std::uint64_t>(head, "flags", CallFieldKind::MigrationFlags))
            taker.fields.back().spelled = spellMigration(taker.fields.back().value);
        return;
    case uapi::featureMigDeviceState:
        if (taker.take<std::uint32_t>(head, "device_state", CallFieldKind::DeviceState))
            taker.fields.back().spelled = spellState(static_cast<std::uint32_t>(taker.fields.back().value));
        taker.take<std::int32_t>(head + 4, "data_fd", CallFieldKind::DataFd);
        return;
    case uapi::featureMigDataSize:
        if (answer)
            taker.take<std::uint64_t>(head, "stop_copy_length", CallFieldKind::StopCopyLength);
        return;
    case uapi::featureDmaLoggingStart:
        taker.take<std::uint64_t>(head, "page_size", CallFieldKind::PageSize);
        taker.take<std::uint32_t>(head + 8, "num_ranges", CallFieldKind::Ranges);
        taker.take<std::uint64_t>(head + 16, "ranges", CallFieldKind::Address);
        return;
    case uapi::featureDmaLoggingReport:
        taker.take<std::uint64_t>(head, "iova", CallFieldKind::Iova);
        taker.take<std::uint64_t>(head + 8, "length", CallFieldKind::Length);
        taker.take<std::uint64_t>(head + 16, "page_size", CallFieldKind::PageSize);
        taker.take<std::uint64_t>(head + 24, "bitmap", CallFieldKind::Address);
        return;
    default:
        return;
    }
}

} // namespace

std::vector<CallField> callFields(std::string_view op, std::span<const std::uint8_t> bytes, bool answer) {
    Taker taker(bytes);
    if (op == "RESET" || bytes.empty())
        return {};
    std::size_t wanted = head;
    if (op == "read" || op == "write") { // the content is the guest's: it is never recorded
        wanted = sizeof(std::uint64_t);
        taker.take<std::uint64_t>(0, answer ? "ret" : "count",
                                  answer ? CallFieldKind::Returned : CallFieldKind::Count);
    } else if (op == "GET_PRECOPY_INFO") {
        wanted = sizeof(uapi::VfioPrecopyInfo);
        taker.take<std::uint32_t>(0, "argsz", CallFieldKind::ArgSize);
        taker.take<std::uint32_t>(4, "flags", CallFieldKind::PrecopyFlags);
        taker.take<std::uint64_t>(8, "initial_bytes", CallFieldKind::InitialBytes);
        taker.take<std::uint64_t>(16, "dirty_bytes", CallFieldKind::DirtyBytes);
    } else {
        taker.take<std::uint32_t>(0, "argsz", CallFieldKind::ArgSize);
        if (taker.take<std::uint32_t>(4, "flags", CallFieldKind::FeatureFlags)) {
            const auto flags = static_cast<std::uint32_t>(taker.fields.back().value);
            taker.fields.back().spelled = spellFeature(flags);
            takePayload(taker, flags, answer);
            wanted += payloadSize(flags);
        }
    }
    if (bytes.size() < wanted)
        taker.fields.push_back({"bytes", CallFieldKind::TooShort, bytes.size(), {}, wanted});
    else if (bytes.size() > wanted)
        taker.fields.push_back({"data", CallFieldKind::Behind, bytes.size() - wanted, {}, 0});
    return taker.fields;
}

std::vector<std::uint8_t> setCallBytes(MigState target) {
    const uapi::VfioDeviceFeature header{head + sizeof(uapi::VfioDeviceFeatureMigState),
                                         uapi::featureSet | uapi::featureMigDeviceState};
    const uapi::VfioDeviceFeatureMigState asked{static_cast<std::uint32_t>(target), uapi::noDataFd};
    std::vector<std::uint8_t> bytes(header.argsz);
    std::memcpy(bytes.data(), &header, sizeof header);
    std::memcpy(bytes.data() + sizeof header, &asked, sizeof asked);
    return bytes;
}

} // namespace migscope
