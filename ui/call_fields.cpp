// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The fields of recorded calls in words, and what their errnos mean.
#include <QCoreApplication>

#include <cerrno>

#include "core/base/byte_size.h"
#include "core/transfer/call_fields.h"
#include "ui/event_decode.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("decode", text);
}

QString hexNumber(std::uint64_t value) {
    return QStringLiteral("0x%1").arg(value, 0, 16);
}

QString sizeNote(std::uint64_t bytes) {
    return QString::fromStdString(formatBytes(bytes));
}

/// What the field means, in words.
QString noteOf(const CallField& field, const std::string& op, std::size_t size, bool answer, bool failed) {
    QString spelled = QString::fromStdString(field.spelled);
    const bool isSet = op.starts_with("SET");
    const bool isNoAnswer = answer && failed; // zeroes of our own
    const QString noAnswer = tr("no answer: the call failed");
    switch (field.kind) {
    case CallFieldKind::ArgSize:
        return field.value == size ? tr("header and data together")
                                   : tr("not the size of what was recorded, %1").arg(size);
    case CallFieldKind::FeatureFlags:
        return spelled;
    case CallFieldKind::MigrationFlags:
        return isNoAnswer ? noAnswer : field.value == 0 ? tr("none: against the uAPI") : spelled;
    case CallFieldKind::DeviceState:
        if (!isSet && !answer)
            return tr("not read by the kernel: the answer fills it");
        if (!isSet && failed)
            return tr("no answer: the call failed");
        return answer && failed
                   ? tr("%1; after a failed SET this is what was asked for, not where the device is")
                         .arg(spelled)
                   : spelled;
    case CallFieldKind::DataFd: {
        const bool none = static_cast<std::int32_t>(field.value) == -1;
        return !answer  ? tr("set to -1 by us: only an answer fills it")
               : failed ? tr("no stream: a failed call may leave anything here")
               : isSet
                   ? (none ? tr("no stream came with it") : tr("a data stream; 0 is a number like any other"))
               : none ? tr("a GET never brings one")
                      : tr("against the uAPI: a GET never brings one");
    }
    case CallFieldKind::StopCopyLength:
        return isNoAnswer                ? noAnswer
               : field.value >> 63U != 0 ? tr("a negative errno that leaked: unknown")
                                         : sizeNote(field.value);
    case CallFieldKind::PrecopyFlags:
        return isNoAnswer ? noAnswer : tr("without the opt-in an echo of what stood there");
    case CallFieldKind::InitialBytes:
        return isNoAnswer
                   ? noAnswer
                   : tr("%1 still to be read before the destination is ready").arg(sizeNote(field.value));
    case CallFieldKind::DirtyBytes:
        return isNoAnswer ? noAnswer : tr("%1 changed since it was read").arg(sizeNote(field.value));
    case CallFieldKind::Count:
        return sizeNote(field.value);
    case CallFieldKind::Returned:
        return op == "read" && field.value == 0 && !failed
                   ? tr("nothing: the end in STOP_COPY, drained for now in PRE_COPY")
                   : sizeNote(field.value);
    case CallFieldKind::PageSize:
        return op.starts_with("GET") ? tr("bytes for each bit")
               : answer              ? tr("bytes: what the device took")
                                     : tr("bytes: what we would like");
    case CallFieldKind::Ranges:
        return tr("ranges to be logged");
    case CallFieldKind::Iova:
        return tr("where the range begins");
    case CallFieldKind::Length:
        return tr("bytes of the range");
    case CallFieldKind::Address:
        return tr("where it stood in our memory");
    case CallFieldKind::Behind:
        return tr("bytes behind what we know of this call: see the hex");
    case CallFieldKind::TooShort:
        break;
    }
    return tr("too short: the call takes %1 bytes").arg(field.wanted);
}

} // namespace

std::vector<DecodeLine> decodeFields(const std::string& op, const std::vector<std::uint8_t>& bytes,
                                     bool answer, bool failed) {
    std::vector<DecodeLine> lines;
    for (const CallField& field : callFields(op, bytes, answer)) {
        const bool isHex = field.kind == CallFieldKind::FeatureFlags ||
                           field.kind == CallFieldKind::MigrationFlags ||
                           field.kind == CallFieldKind::PrecopyFlags ||
                           field.kind == CallFieldKind::PageSize || field.kind == CallFieldKind::Iova ||
                           field.kind == CallFieldKind::Length || field.kind == CallFieldKind::Address;
        const QString value = isHex ? hexNumber(field.value)
                              : field.kind == CallFieldKind::DataFd
                                  ? QString::number(static_cast<std::int32_t>(field.value))
                                  : QString::number(field.value);
        lines.push_back(
            {QString::fromStdString(field.name), value, noteOf(field, op, bytes.size(), answer, failed)});
    }
    return lines;
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
