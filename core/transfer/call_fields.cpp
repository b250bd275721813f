// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a recorded call, field by field.
#include "core/transfer/call_fields.h"

#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "core/device/migration_state.h"
#include "core/uapi/vfio.h"

namespace migscope {
namespace {

constexpr std::array<std::pair<std::uint32_t, const char*>, 13> features{{
    {uapi::featurePciVfToken, "PCI_VF_TOKEN"},
    {uapi::featureMigration, "MIGRATION"},
    {uapi::featureMigDeviceState, "MIG_DEVICE_STATE"},
    {uapi::featureLowPowerEntry, "LOW_POWER_ENTRY"},
    {uapi::featureLowPowerEntryWakeup, "LOW_POWER_ENTRY_WITH_WAKEUP"},
    {uapi::featureLowPowerExit, "LOW_POWER_EXIT"},
    {uapi::featureDmaLoggingStart, "DMA_LOGGING_START"},
    {uapi::featureDmaLoggingStop, "DMA_LOGGING_STOP"},
    {uapi::featureDmaLoggingReport, "DMA_LOGGING_REPORT"},
    {uapi::featureMigDataSize, "MIG_DATA_SIZE"},
    {uapi::featureBusMaster, "BUS_MASTER"},
    {uapi::featureDmaBuf, "DMA_BUF"},
    {uapi::featureMigPrecopyInfoV2, "MIG_PRECOPY_INFOv2"},
}};

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
    std::string name = "unknown";
    for (const auto& [number, word] : features) {
        if (number == index)
            name = word;
    }
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
    return "unknown";
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
        fields.push_back({name, kind, static_cast<std::uint64_t>(value), {}});
        return true;
    }
    std::vector<CallField> fields;

private:
    std::span<const std::uint8_t> bytes_;
};

void takePayload(Taker& taker, std::uint32_t flags, std::size_t size, bool answer) {
    constexpr std::size_t head = sizeof(uapi::VfioDeviceFeature);
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
    default:
        if (size > head && (flags & uapi::featureProbe) == 0)
            taker.fields.push_back({"data", CallFieldKind::Payload, size - head, {}});
    }
}

} // namespace

std::vector<CallField> callFields(std::string_view op, std::span<const std::uint8_t> bytes, bool answer) {
    Taker taker(bytes);
    if (op == "RESET" || bytes.empty())
        return {};
    if (op == "read" || op == "write") { // the content is the guest's: it is never recorded
        taker.take<std::uint64_t>(0, answer ? "ret" : "count",
                                  answer ? CallFieldKind::Returned : CallFieldKind::Count);
    } else if (op == "GET_PRECOPY_INFO") {
        taker.take<std::uint32_t>(0, "argsz", CallFieldKind::ArgSize);
        taker.take<std::uint32_t>(4, "flags", CallFieldKind::PrecopyFlags);
        taker.take<std::uint64_t>(8, "initial_bytes", CallFieldKind::InitialBytes);
        taker.take<std::uint64_t>(16, "dirty_bytes", CallFieldKind::DirtyBytes);
    } else {
        taker.take<std::uint32_t>(0, "argsz", CallFieldKind::ArgSize);
        if (taker.take<std::uint32_t>(4, "flags", CallFieldKind::FeatureFlags)) {
            const auto flags = static_cast<std::uint32_t>(taker.fields.back().value);
            taker.fields.back().spelled = spellFeature(flags);
            takePayload(taker, flags, bytes.size(), answer);
        }
    }
    if (taker.fields.empty())
        taker.fields.push_back({"bytes", CallFieldKind::TooShort, bytes.size(), {}});
    return taker.fields;
}

} // namespace migscope
