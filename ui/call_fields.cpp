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
    const QString spelled = QString::fromStdString(field.spelled);
    switch (field.kind) {
    case CallFieldKind::ArgSize:
        return field.value == size ? tr("header and data together")
                                   : tr("not the size of what was recorded, %1").arg(size);
    case CallFieldKind::FeatureFlags:
        return spelled;
    case CallFieldKind::MigrationFlags:
        return field.value == 0 ? tr("none: against the uAPI") : spelled;
    case CallFieldKind::DeviceState:
        return answer && failed
                   ? tr("%1; after a failed SET this is what was asked for, not where the device is")
                         .arg(spelled)
                   : spelled;
    case CallFieldKind::DataFd:
        return !answer || failed ? tr("set to -1 by us: only an answer fills it")
               : static_cast<std::int32_t>(field.value) == -1
                   ? tr("no stream came with it")
                   : tr("a data stream; 0 is a number like any other");
    case CallFieldKind::StopCopyLength:
        return field.value >> 63U != 0 ? tr("a negative errno that leaked: unknown") : sizeNote(field.value);
    case CallFieldKind::PrecopyFlags:
        return tr("without the opt-in an echo of what stood there");
    case CallFieldKind::InitialBytes:
        return tr("%1 still to be read before the destination is ready").arg(sizeNote(field.value));
    case CallFieldKind::DirtyBytes:
        return tr("%1 changed since it was read").arg(sizeNote(field.value));
    case CallFieldKind::Count:
        return sizeNote(field.value);
    case CallFieldKind::Returned:
        return op == "read" && field.value == 0 && !failed
                   ? tr("nothing: the end in STOP_COPY, drained for now in PRE_COPY")
                   : sizeNote(field.value);
    case CallFieldKind::Payload:
        return tr("bytes; see the hex");
    case CallFieldKind::TooShort:
        break;
    }
    return tr("too few to be this call's");
}

} // namespace

std::vector<DecodeLine> decodeFields(const std::string& op, const std::vector<std::uint8_t>& bytes,
                                     bool answer, bool failed) {
    std::vector<DecodeLine> lines;
    for (const CallField& field : callFields(op, bytes, answer)) {
        const bool isFlags = field.kind == CallFieldKind::FeatureFlags ||
                             field.kind == CallFieldKind::MigrationFlags ||
                             field.kind == CallFieldKind::PrecopyFlags;
        const QString value = isFlags ? hexNumber(field.value)
                              : field.kind == CallFieldKind::DataFd
                                  ? QString::number(static_cast<std::int32_t>(field.value))
                                  : QString::number(field.value);
        lines.push_back(
            {QString::fromStdString(field.name), value, noteOf(field, op, bytes.size(), answer, failed)});
    }
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
