// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of recorded calls, field by field, and what their errnos mean.
#include <QCoreApplication>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/base/byte_size.h"
#include "core/device/migration_state.h"
#include "core/uapi/ioctl_names.h"
#include "core/uapi/vfio.h"
#include "ui/event_decode.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("decode", text);
}

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
    const std::string_view known = uapi::featureName(index);
    const QString name = known.empty()
                             ? tr("an unknown feature")
                             : QString::fromLatin1(known.data(), static_cast<qsizetype>(known.size()));
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

/// Bytes behind the header that the feature takes, or gives back.
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

constexpr std::size_t head = sizeof(uapi::VfioDeviceFeature);

void stateFields(std::vector<DecodeLine>& lines, bool isSet, const Bytes& bytes, bool answer, bool failed) {
    std::uint32_t state = 0;
    if (bytes.read(head, state)) {
        QString note = stateNote(state);
        if (!isSet && !answer)
            note = tr("not read by the kernel: the answer fills it");
        else if (!isSet && failed)
            note = tr("no answer: the call failed");
        else if (answer && failed)
            note += tr("; after a failed SET this is what was asked for, not where the device is");
        lines.push_back({QStringLiteral("device_state"), QString::number(state), note});
    }
    std::int32_t fd = 0;
    if (bytes.read(head + 4, fd))
        lines.push_back({QStringLiteral("data_fd"), QString::number(fd),
                         !answer  ? tr("set to -1 by us: only an answer fills it")
                         : failed ? tr("no stream: a failed call may leave anything here")
                         : fd == uapi::noDataFd
                             ? (isSet ? tr("no stream came with it") : tr("a GET never brings one"))
                         : isSet ? tr("a data stream; 0 is a number like any other")
                                 : tr("against the uAPI: a GET never brings one")});
}

/// Numbers that stand one behind the other, 64 bits each.
void wideFields(std::vector<DecodeLine>& lines, std::size_t at, const Bytes& bytes,
                const std::vector<std::pair<const char*, QString>>& fields) {
    for (const auto& [field, note] : fields) {
        std::uint64_t wide = 0;
        if (bytes.read(at, wide))
            lines.push_back({QLatin1String(field), hexNumber(wide), note});
        at += sizeof wide;
    }
}

void payload(std::vector<DecodeLine>& lines, std::uint32_t flags, const Bytes& bytes, bool answer,
             bool failed) {
    std::uint32_t word = 0;
    std::uint64_t wide = 0;
    if ((flags & uapi::featureProbe) != 0)
        return;
    switch (flags & uapi::featureMask) {
    case uapi::featureMigration:
        if (answer && !failed && bytes.read(head, wide))
            lines.push_back({QStringLiteral("flags"), hexNumber(wide), migrationNote(wide)});
        break;
    case uapi::featureMigDeviceState:
        stateFields(lines, (flags & uapi::featureSet) != 0, bytes, answer, failed);
        break;
    case uapi::featureMigDataSize:
        if (answer && !failed && bytes.read(head, wide))
            lines.push_back(
                {QStringLiteral("stop_copy_length"), QString::number(wide),
                 wide >> 63U != 0 ? tr("a negative errno that leaked: unknown") : sizeNote(wide)});
        break;
    case uapi::featureDmaLoggingStart:
        wideFields(
            lines, head, bytes,
            {{"page_size", answer ? tr("bytes: what the device took") : tr("bytes: what we would like")}});
        if (bytes.read(head + 8, word))
            lines.push_back({QStringLiteral("num_ranges"), QString::number(word), tr("ranges to be logged")});
        wideFields(lines, head + 16, bytes, {{"ranges", tr("where they stood in our memory")}});
        break;
    case uapi::featureDmaLoggingReport:
        wideFields(lines, head, bytes,
                   {{"iova", tr("where the range begins")},
                    {"length", tr("bytes of the range")},
                    {"page_size", tr("bytes for each bit")},
                    {"bitmap", tr("where it stood in our memory")}});
        break;
    default:
        break;
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
        if (failed) {
            lines.push_back({tr("bytes"), QString::number(raw.size()), tr("no answer: the call failed")});
            return lines;
        }
        if (raw.size() < sizeof(uapi::VfioPrecopyInfo))
            lines.push_back(
                {tr("too short"), tr("%1 bytes").arg(raw.size()),
                 tr("the call takes %1: what lacks is not shown").arg(sizeof(uapi::VfioPrecopyInfo))});
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
            const std::size_t wanted = head + payloadSize(word);
            if (raw.size() < wanted)
                lines.push_back({tr("too short"), tr("%1 bytes").arg(raw.size()),
                                 tr("the call takes %1: what lacks is not shown").arg(wanted)});
            else if (raw.size() > wanted)
                lines.push_back({tr("data"), tr("%1 bytes").arg(raw.size() - wanted),
                                 tr("behind what we know of this call: see the hex")});
        }
    }
    if (lines.empty() && !raw.empty())
        lines.push_back({tr("bytes"), QString::number(raw.size()), tr("too few to be this call's")});
    return lines;
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

QString errnoMeaning(const std::string& op, int number) {
    const bool isProbe = op.starts_with("PROBE");
    const bool isFeature = op.starts_with("GET ") || op.starts_with("SET ") || isProbe;
    const bool isSet = op == "SET MIG_DEVICE_STATE";
    const bool onStream = op == "read" || op == "write";
    const bool isLogging = op.find("DMA_LOGGING") != std::string::npos;
    switch (number) {
    case ENOTTY:
        if (op == "RESET")
            return tr("the function has no reset");
        if (op == "GET_PRECOPY_INFO")
            return tr("the driver has no pre-copy");
        return isFeature ? tr("the device, its driver or this kernel does not have the feature") : QString();
    case EINVAL:
        if (isSet)
            return tr(
                "the device lacks the state, no path leads to it from here, or the driver refuses it now");
        if (op == "RESET")
            return tr("the function has no reset");
        if (op == "GET_PRECOPY_INFO")
            return tr("the device is not in a PRE_COPY state");
        if (op == "write")
            return tr("the driver refuses the image: its header or its check of the device does not fit");
        if (op == "PROBE MIG_PRECOPY_INFOv2")
            return tr("the device has no PRE_COPY");
        if (isProbe)
            return tr("kernels before 6.18 say so of a feature that is not there");
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
    case EIO:
        if (isSet)
            return tr(
                "the driver's own error (pds: in ERROR until a reset; mlx5: its session failed on leaving "
                "PRE_COPY), or the device did not wake up");
        return isFeature ? tr("the device did not wake up from its power saving") : QString();
    case ENOMEM:
        return op == "write" ? tr("hisi_acc and mtty: more bytes than their image has")
                             : tr("the kernel found no memory for it");
    case EMFILE:
        return isSet ? tr("no descriptor could be handed over: the state has moved all the same, the stream "
                          "is lost")
                     : QString();
    case EFAULT:
        if (op == "write")
            return tr("the driver refuses the image: its header does not fit");
        return isSet ? tr("the answer could not be handed over: the state has moved all the same, the stream "
                          "is "
                          "lost")
                     : QString();
    case EBUSY:
        return isSet ? tr("the device is at something that it does not leave for this") : QString();
    case EBADF:
        return onStream ? tr("the stream goes the other way, or is closed") : QString();
    case ESPIPE:
        return onStream ? tr("a stream has no positions") : QString();
    case EOPNOTSUPP:
        return op == "write" ? tr("mlx5: the image holds a record that it must know and does not")
                             : QString();
    case ENOTCONN:
        return isFeature ? tr("mlx5: its physical function is gone") : QString();
    case E2BIG:
        return isLogging ? tr("more ranges than fit into one page") : QString();
    case EOVERFLOW:
        return isLogging ? tr("a range reaches over the end of the addresses") : QString();
    default:
        return {};
    }
}

} // namespace migscope
