// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of recorded calls, field by field, and what their errnos mean.
#include <QCoreApplication>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/byte_size.h"
#include "core/device/migration_state.h"
#include "core/uapi/vfio.h"
#include "ui/event_decode.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("decode", text);
}

struct FeatureName {
    std::uint32_t index;
    const char* name;
};
constexpr std::array features{
    FeatureName{uapi::featurePciVfToken, "PCI_VF_TOKEN"},
    FeatureName{uapi::featureMigration, "MIGRATION"},
    FeatureName{uapi::featureMigDeviceState, "MIG_DEVICE_STATE"},
    FeatureName{uapi::featureLowPowerEntry, "LOW_POWER_ENTRY"},
    FeatureName{uapi::featureLowPowerEntryWakeup, "LOW_POWER_ENTRY_WITH_WAKEUP"},
    FeatureName{uapi::featureLowPowerExit, "LOW_POWER_EXIT"},
    FeatureName{uapi::featureDmaLoggingStart, "DMA_LOGGING_START"},
    FeatureName{uapi::featureDmaLoggingStop, "DMA_LOGGING_STOP"},
    FeatureName{uapi::featureDmaLoggingReport, "DMA_LOGGING_REPORT"},
    FeatureName{uapi::featureMigDataSize, "MIG_DATA_SIZE"},
    FeatureName{uapi::featureBusMaster, "BUS_MASTER"},
    FeatureName{uapi::featureDmaBuf, "DMA_BUF"},
    FeatureName{uapi::featureMigPrecopyInfoV2, "MIG_PRECOPY_INFOv2"},
};

QString hexNumber(std::uint64_t value) {
    return QStringLiteral("0x%1").arg(value, 0, 16);
}

/// Little-endian integers of a buffer that may be shorter than what it claims to be.
class Bytes {
public:
    explicit Bytes(const std::vector<std::uint8_t>& bytes) : bytes_(bytes) {}
    template<class Integer>
    [[nodiscard]] bool read(std::size_t at, Integer& value) const {
        if (at + sizeof value > bytes_.size())
            return false;
        std::memcpy(&value, bytes_.data() + at, sizeof value);
        return true;
    }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

private:
    const std::vector<std::uint8_t>& bytes_;
};

QString featureFlagsNote(std::uint32_t flags) {
    QStringList parts;
    if ((flags & uapi::featureProbe) != 0)
        parts << QStringLiteral("PROBE");
    if ((flags & uapi::featureGet) != 0)
        parts << QStringLiteral("GET");
    if ((flags & uapi::featureSet) != 0)
        parts << QStringLiteral("SET");
    const std::uint32_t index = flags & uapi::featureMask;
    QString name = tr("an unknown feature");
    for (const FeatureName& feature : features) {
        if (feature.index == index)
            name = QLatin1String(feature.name);
    }
    parts << tr("%1 (feature %2)").arg(name).arg(index);
    if (const std::uint32_t rest =
            flags & ~(uapi::featureMask | uapi::featureProbe | uapi::featureGet | uapi::featureSet);
        rest != 0)
        parts << tr("unknown bits %1").arg(hexNumber(rest));
    return parts.join(QStringLiteral(" | "));
}

QString stateNote(std::uint32_t value) {
    for (const MigState state : allMigStates) {
        if (static_cast<std::uint32_t>(state) == value)
            return QString::fromStdString(stateName(state));
    }
    return tr("a state of a newer protocol");
}

QString sizeNote(std::uint64_t bytes) {
    return QString::fromStdString(formatBytes(bytes));
}

QString migrationNote(std::uint64_t flags) {
    QStringList parts;
    for (const auto& [bit, name] :
         {std::pair(uapi::migrationStopCopy, "STOP_COPY"), std::pair(uapi::migrationP2p, "P2P"),
          std::pair(uapi::migrationPreCopy, "PRE_COPY")}) {
        if ((flags & bit) != 0)
            parts << QLatin1String(name);
    }
    if (const std::uint64_t rest =
            flags & ~(uapi::migrationStopCopy | uapi::migrationP2p | uapi::migrationPreCopy);
        rest != 0)
        parts << tr("unknown bits %1").arg(hexNumber(rest));
    return parts.isEmpty() ? tr("none: against the uAPI") : parts.join(QStringLiteral(" | "));
}

void payload(std::vector<DecodeLine>& lines, std::uint32_t flags, const Bytes& bytes, bool answer,
             bool failed) {
    constexpr std::size_t head = sizeof(uapi::VfioDeviceFeature);
    std::uint32_t word = 0;
    std::uint64_t wide = 0;
    switch (flags & uapi::featureMask) {
    case uapi::featureMigration:
        if (answer && bytes.read(head, wide))
            lines.push_back({QStringLiteral("flags"), hexNumber(wide), migrationNote(wide)});
        return;
    case uapi::featureMigDeviceState: {
        if (!bytes.read(head, word))
            return;
        QString note = stateNote(word);
        if (answer && failed)
            note += tr("; after a failed SET this is what was asked for, not where the device is");
        lines.push_back({QStringLiteral("device_state"), QString::number(word), note});
        std::int32_t fd = 0;
        if (bytes.read(head + 4, fd))
            lines.push_back({QStringLiteral("data_fd"), QString::number(fd),
                             !answer || failed ? tr("set to -1 by us: only an answer fills it")
                             : fd == -1        ? tr("no stream came with it")
                                               : tr("a data stream; 0 is a number like any other")});
        return;
    }
    case uapi::featureMigDataSize:
        if (answer && !failed && bytes.read(head, wide))
            lines.push_back(
                {QStringLiteral("stop_copy_length"), QString::number(wide),
                 wide >> 63U != 0 ? tr("a negative errno that leaked: unknown") : sizeNote(wide)});
        return;
    default:
        if (bytes.size() > head && (flags & uapi::featureProbe) == 0)
            lines.push_back(
                {QStringLiteral("data"), tr("%1 bytes").arg(bytes.size() - head), tr("see the hex")});
    }
}

} // namespace

std::vector<DecodeLine> decodeFields(const std::string& op, const std::vector<std::uint8_t>& raw, bool answer,
                                     bool failed) {
    std::vector<DecodeLine> lines;
    const Bytes bytes(raw);
    std::uint64_t wide = 0;
    std::uint32_t word = 0;
    if (op == "RESET")
        return lines;
    if (op == "read" || op == "write") {
        if (bytes.read(0, wide))
            lines.push_back({answer ? QStringLiteral("ret") : QStringLiteral("count"), QString::number(wide),
                             answer && op == "read" && wide == 0 && !failed
                                 ? tr("nothing: the end in STOP_COPY, drained for now in PRE_COPY")
                                 : sizeNote(wide)});
        return lines; // the content is the guest's: it is never recorded
    }
    if (op == "GET_PRECOPY_INFO") {
        if (bytes.size() == 0)
            return lines;
        if (bytes.read(0, word))
            lines.push_back({QStringLiteral("argsz"), QString::number(word), tr("size of the struct")});
        if (bytes.read(4, word))
            lines.push_back({QStringLiteral("flags"), hexNumber(word),
                             tr("without the opt-in an echo of what stood there")});
        if (bytes.read(8, wide))
            lines.push_back({QStringLiteral("initial_bytes"), QString::number(wide),
                             tr("%1 still to be read before the destination is ready").arg(sizeNote(wide))});
        if (bytes.read(16, wide))
            lines.push_back({QStringLiteral("dirty_bytes"), QString::number(wide),
                             tr("%1 changed since it was read").arg(sizeNote(wide))});
    } else {
        if (bytes.read(0, word))
            lines.push_back({QStringLiteral("argsz"), QString::number(word),
                             word == raw.size()
                                 ? tr("header and data together")
                                 : tr("not the size of what was recorded, %1").arg(raw.size())});
        if (bytes.read(4, word)) {
            lines.push_back({QStringLiteral("flags"), hexNumber(word), featureFlagsNote(word)});
            payload(lines, word, bytes, answer, failed);
        }
    }
    if (lines.empty() && !raw.empty())
        lines.push_back({tr("bytes"), QString::number(raw.size()), tr("too few to be this call's")});
    return lines;
}

QString errnoMeaning(const std::string& op, int number) {
    const bool isFeature = op.starts_with("GET ") || op.starts_with("SET ") || op.starts_with("PROBE");
    const bool isSet = op == "SET MIG_DEVICE_STATE";
    switch (number) {
    case ENOTTY:
        return isFeature ? tr("the device, its driver or this kernel does not have the feature") : QString();
    case EINVAL:
        if (isSet)
            return tr(
                "the state is no neighbour on any path, the device lacks it, or the driver refuses it now");
        if (op == "RESET")
            return tr("the function has no reset");
        if (op == "GET_PRECOPY_INFO")
            return tr("the device is not in a PRE_COPY state");
        return isFeature ? tr("the operation or the size is none that the feature takes") : QString();
    case ENOMSG:
        return op == "read" ? tr("in PRE_COPY: nothing to read for now. In STOP_COPY it must not come")
                            : QString();
    case ENODEV:
        return tr("the session has ended (reset, close, another state) or the device is gone");
    case EAGAIN:
        return op == "RESET" ? tr("the device's lock is taken: try again after a while") : tr("nothing yet");
    case EINTR:
        return isSet ? tr("a signal came: the device may stand on any state of the path, so it was asked")
                     : tr("a signal came");
    case ENOMEM:
        return op == "write" ? tr("hisi_acc and mtty: more bytes than their image has") : QString();
    case EMFILE:
    case EFAULT:
        return isSet ? tr("no descriptor could be handed over: the state has moved all the same, the stream "
                          "is lost")
                     : QString();
    case EBUSY:
        return isSet ? tr("the device is at something that it does not leave for this") : QString();
    default:
        return {};
    }
}

} // namespace migscope
