// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// An event taken apart.
#include "ui/event_decode.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstring>

#include "core/base/byte_size.h"
#include "core/transfer/chart_content.h"
#include "core/transfer/report_values.h"
#include "ui/charts/chart_words.h"
#include "ui/models/event_text.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("decode", text);
}

QString name(MigState state) {
    return QString::fromStdString(stateName(state));
}

/// The rule of the uAPI that the event rests on.
struct RuleOf {
    QString operator()(const event::ArcBegin& e) const {
        return e.combined
                   ? tr("One SET may ask for a state several arcs away: the kernel walks the path itself.")
                   : tr("We ask for one arc at a time, so that each has its own latency.");
    }
    QString operator()(const event::ArcEnd& e) const {
        if (e.errnoValue != 0 || !e.error.empty())
            return e.from == MigState::Resuming
                       ? tr("Leaving RESUMING is where the driver judges the image: a refusal here means a "
                            "bad image. The "
                            "device may stand anywhere on the path, so it is asked with GET.")
                       : tr("A refused SET may leave the device on any state of the path; the struct still "
                            "holds "
                            "what was asked. So it is asked with GET, and ERROR is left by a reset only.");
        if (e.from == MigState::Resuming)
            return tr("Leaving RESUMING is where the driver judges the image; that it went well says that it "
                      "took it.");
        if (e.to == MigState::Resuming)
            return tr("RESUMING opens a writable stream. Only bytes of a stream of the same kind of device "
                      "may go in.");
        if (isSaving(e.to) && !isSaving(e.from))
            return tr("Entering a saving state opens a readable stream. PRE_COPY, PRE_COPY_P2P and STOP_COPY "
                      "share it.");
        if (isSaving(e.from) && !isSaving(e.to))
            return tr("Leaving the saving states ends their stream: what was not read is lost.");
        if (isSaving(e.from) && isSaving(e.to))
            return tr(
                "Within PRE_COPY, PRE_COPY_P2P and STOP_COPY the first stream goes on; no new one comes.");
        if (e.to == MigState::RunningP2p || e.to == MigState::PreCopyP2p)
            return tr("In a P2P state the device starts no access to other devices but answers theirs; most "
                      "drivers "
                      "stop all DMA here, so it counts as dark.");
        if (e.to == MigState::Stop)
            return tr("In STOP the device changes neither its state nor memory, and raises no interrupt.");
        return tr("In RUNNING the device works as usual.");
    }
    QString operator()(const event::Stream& e) const {
        switch (e.what) {
        case event::StreamWhat::Eof:
            return tr("A read that returns 0 in STOP_COPY is the end of the stream: all state was read.");
        case event::StreamWhat::Empty:
            return tr("In PRE_COPY a read of 0, or ENOMSG, means drained for now: more comes when the device "
                      "dirties its "
                      "state.");
        case event::StreamWhat::Error:
            return e.save ? tr("A failed read ends this transfer; the device is taken back to RUNNING.")
                          : tr("The first failed write ends a load: drivers keep the bad bytes, so only a "
                               "reset is left.");
        case event::StreamWhat::Open:
        case event::StreamWhat::Close:
            break;
        }
        return tr(
            "A stream lives from the SET that brought it to the SET, reset or close that ends its session.");
    }
    QString operator()(const event::Precopy& /*unused*/) const {
        return tr("initial_bytes reaches 0 when the destination can be ready; dirty_bytes is what changed "
                  "since. Neither "
                  "says how much STOP_COPY will move.");
    }
    QString operator()(const event::Estimate& /*unused*/) const {
        return tr("MIG_DATA_SIZE estimates what STOP_COPY will move; it may be wrong either way, and reading "
                  "never stops "
                  "at it.");
    }
    QString operator()(const event::Reset& /*unused*/) const {
        return tr("VFIO_DEVICE_RESET takes a device from any state to RUNNING; state and streams are lost. "
                  "It is the only "
                  "way out of ERROR.");
    }
    QString operator()(const event::StateMoved& /*unused*/) const {
        return tr("An error recovery or a reset by others moves the device to RUNNING behind our back: it is "
                  "asked after "
                  "every wait.");
    }
    QString operator()(const event::Stuck& /*unused*/) const {
        return tr("A SET, read or reset may block without bound. Nothing else is asked of the device until "
                  "it returns.");
    }
    QString operator()(const event::AskedBack& /*unused*/) const {
        return tr(
            "The kernel asks by a uevent and waits for our close: the device is brought back and released.");
    }
    template<class Other>
    QString operator()(const Other& /*unused*/) const {
        return {};
    }
};

void addErrno(DecodeSection& section, const std::string& op, int number) {
    if (number == 0)
        return;
    section.lines.push_back(
        {QStringLiteral("errno"),
         QStringLiteral("%1 (%2)").arg(QString::fromStdString(errnoName(number))).arg(number),
         shown(std::strerror(number))});
    if (const QString meaning = errnoMeaning(op, number); !meaning.isEmpty())
        section.lines.push_back({{}, {}, tr("here: %1").arg(meaning)});
}

void addTimes(DecodeSection& section, Ns called, Ns returned) {
    section.lines.push_back({tr("called"), timeText(called), tr("directly before the call")});
    section.lines.push_back({tr("returned"), timeText(returned), tr("directly after it")});
    section.lines.push_back({tr("took"), durationText(returned - called), {}});
}

DecodeSection bytesSection(const QString& title, const std::string& op, const std::string& hex, bool answer,
                           bool failed) {
    DecodeSection section;
    section.title = title;
    bool ok = false;
    const auto bytes = bytesOfHex(hex, ok);
    if (!ok) {
        section.lines.push_back(
            {tr("bytes"), shown(hex.substr(0, 80)), tr("no hex: shown as it stands in the file")});
        return section;
    }
    section.lines = decodeFields(op, bytes, answer, failed);
    section.hex = hexLines(bytes);
    return section;
}

void addCall(Decode& decode, const event::Call& call) {
    DecodeSection section;
    section.title = tr("The call");
    const bool onStream = call.op == "read" || call.op == "write";
    const QString kernel = call.op == "RESET"              ? QStringLiteral("ioctl VFIO_DEVICE_RESET")
                           : call.op == "GET_PRECOPY_INFO" ? QStringLiteral("ioctl VFIO_MIG_GET_PRECOPY_INFO")
                           : onStream                      ? shown(call.op) + QStringLiteral("(data_fd)")
                                                           : QStringLiteral("ioctl VFIO_DEVICE_FEATURE");
    section.lines.push_back({shown(call.op), kernel, {}});
    addTimes(section, call.called, call.returned);
    addErrno(section, call.op, call.errnoValue);
    decode.sections.push_back(std::move(section));
    if (!call.in.empty())
        decode.sections.push_back(bytesSection(tr("In"), call.op, call.in, false, false));
    if (!call.out.empty())
        decode.sections.push_back(bytesSection(tr("Out"), call.op, call.out, true, call.errnoValue != 0));
}

/// The recorded call of an arc: it lies inside the arc's stamps.
const event::Call* evidenceOf(const Recording& recording, std::size_t index, const event::ArcEnd& arc) {
    const auto& events = recording.events();
    constexpr std::size_t farthest = 64; // between an arc's begin and end stand its own calls only
    for (std::size_t back = 1; back <= std::min(index, farthest); ++back) {
        const Event& event = events[index - back];
        if (event.device != events[index].device)
            continue;
        const auto* call = std::get_if<event::Call>(&event.body);
        if (call != nullptr && call->op == "SET MIG_DEVICE_STATE" && call->called >= arc.called &&
            call->returned <= arc.returned)
            return call;
        if (std::holds_alternative<event::ArcBegin>(event.body))
            break;
    }
    return nullptr;
}

void addArc(Decode& decode, const Recording& recording, std::size_t index, const event::ArcEnd& arc) {
    DecodeSection section;
    section.title = tr("The step");
    section.lines.push_back({tr("from"), name(arc.from), {}});
    section.lines.push_back({tr("to"), name(arc.to),
                             arc.to == arc.goal ? QString() : tr("on the way to %1").arg(name(arc.goal))});
    if (arc.combined)
        section.lines.push_back({tr("combined"), tr("yes"), tr("one SET for the whole path")});
    addTimes(section, arc.called, arc.returned);
    addErrno(section, "SET MIG_DEVICE_STATE", arc.errnoValue);
    if (!arc.error.empty())
        section.lines.push_back(
            {tr("refused"), shown(arc.error), tr("no errno of the kernel's: our own rules")});
    if (arc.stream)
        section.lines.push_back({tr("stream"), QStringLiteral("#%1").arg(*arc.stream), tr("came with it")});
    section.lines.push_back({tr("stands in"), arc.stateAfter ? name(*arc.stateAfter) : tr("unknown"), {}});
    decode.sections.push_back(std::move(section));
    if (const event::Call* call = evidenceOf(recording, index, arc)) {
        addCall(decode, *call);
        return;
    }
    DecodeSection without;
    without.title = tr("The call");
    without.lines.push_back(
        {QStringLiteral("SET MIG_DEVICE_STATE"), QStringLiteral("ioctl VFIO_DEVICE_FEATURE"),
         tr("its bytes were not recorded (detail “%1”)").arg(shown(recording.header().detail))});
    decode.sections.push_back(std::move(without));
}

} // namespace

std::vector<std::uint8_t> bytesOfHex(const std::string& hex, bool& ok) {
    const auto digit = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    };
    std::vector<std::uint8_t> bytes;
    ok = hex.size() % 2 == 0;
    for (std::size_t at = 0; ok && at < hex.size(); at += 2) {
        const int high = digit(hex[at]);
        const int low = digit(hex[at + 1]);
        ok = high >= 0 && low >= 0;
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    if (!ok)
        bytes.clear();
    return bytes;
}

QStringList hexLines(const std::vector<std::uint8_t>& bytes) {
    constexpr std::size_t perLine = 16;
    constexpr std::size_t most = 256; // a longer answer is a bitmap: nobody reads it here
    QStringList lines;
    for (std::size_t at = 0; at < std::min(bytes.size(), most); at += perLine) {
        QString hex;
        QString text;
        for (std::size_t i = at; i < std::min(at + perLine, bytes.size()); ++i) {
            hex += QStringLiteral("%1 ").arg(bytes[i], 2, 16, QLatin1Char('0'));
            text += bytes[i] >= 0x20 && bytes[i] < 0x7f ? QChar(bytes[i]) : QLatin1Char('.');
        }
        lines << QStringLiteral("%1  %2 |%3|").arg(at, 4, 16, QLatin1Char('0')).arg(hex, -48).arg(text);
    }
    if (bytes.size() > most)
        lines << tr("… %1 bytes more").arg(bytes.size() - most);
    return lines;
}

Decode decodeEvent(const Recording& recording, std::size_t index) {
    Decode decode;
    if (index >= recording.events().size())
        return decode;
    const Event& event = recording.events()[index];
    decode.headline = eventText(event);
    DecodeSection who;
    who.title = tr("The event");
    who.lines.push_back({tr("kind"), shown(eventKind(event)), {}});
    who.lines.push_back({tr("time"), timeText(event.time), tr("since the recording began")});
    if (event.device)
        who.lines.push_back({tr("device"), shown(reportDeviceName(recording.header(), *event.device)), {}});
    if (event.run)
        who.lines.push_back({tr("run"), QString::number(*event.run), {}});
    if (event.source != "engine")
        who.lines.push_back({tr("caused by"), shown(event.source), {}});
    decode.sections.push_back(std::move(who));
    if (const auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
        addArc(decode, recording, index, *arc);
    } else if (const auto* call = std::get_if<event::Call>(&event.body)) {
        addCall(decode, *call);
    } else if (const auto* reset = std::get_if<event::Reset>(&event.body)) {
        DecodeSection section;
        section.title = tr("The call");
        section.lines.push_back(
            {QStringLiteral("RESET"), QStringLiteral("ioctl VFIO_DEVICE_RESET"), shown(reset->outcome)});
        addTimes(section, reset->called, reset->returned);
        section.lines.push_back({tr("attempts"), QString::number(reset->attempts), {}});
        addErrno(section, "RESET", reset->errnoValue);
        decode.sections.push_back(std::move(section));
    } else if (const auto* stream = std::get_if<event::Stream>(&event.body)) {
        DecodeSection section;
        section.title = tr("The stream");
        section.lines.push_back({tr("stream"), QStringLiteral("#%1").arg(stream->stream),
                                 stream->save ? tr("saving: read by us") : tr("loading: written by us")});
        section.lines.push_back({tr("bytes so far"), QString::number(stream->bytes),
                                 QString::fromStdString(formatBytes(stream->bytes))});
        addErrno(section, stream->save ? "read" : "write", stream->errnoValue);
        decode.sections.push_back(std::move(section));
    } else if (const auto* info = std::get_if<event::Precopy>(&event.body)) {
        DecodeSection section;
        section.title = QStringLiteral("VFIO_MIG_GET_PRECOPY_INFO");
        section.lines.push_back({QStringLiteral("initial_bytes"), QString::number(info->initialBytes),
                                 QString::fromStdString(formatBytes(info->initialBytes))});
        section.lines.push_back({QStringLiteral("dirty_bytes"), QString::number(info->dirtyBytes),
                                 QString::fromStdString(formatBytes(info->dirtyBytes))});
        decode.sections.push_back(std::move(section));
    } else if (const auto* estimate = std::get_if<event::Estimate>(&event.body)) {
        DecodeSection section;
        section.title = QStringLiteral("MIG_DATA_SIZE");
        section.lines.push_back(
            {QStringLiteral("stop_copy_length"),
             estimate->stopCopyBytes ? QString::number(*estimate->stopCopyBytes) : tr("unknown"),
             estimate->stopCopyBytes ? QString::fromStdString(formatBytes(*estimate->stopCopyBytes))
                                     : QString()});
        addErrno(section, "GET MIG_DATA_SIZE", estimate->errnoValue);
        decode.sections.push_back(std::move(section));
    } else if (const auto* stuck = std::get_if<event::Stuck>(&event.body)) {
        DecodeSection section;
        section.title = tr("The call");
        section.lines.push_back({shown(stuck->call), tr("has not returned"), {}});
        section.lines.push_back({tr("called"), timeText(stuck->since), {}});
        section.lines.push_back({tr("kernel waits in"),
                                 stuck->wchan.empty() ? tr("unknown") : shown(stuck->wchan),
                                 stuck->wchan.empty() ? tr("not readable by you") : QString()});
        decode.sections.push_back(std::move(section));
    } else if (const auto* unknown = std::get_if<event::Unknown>(&event.body)) {
        decode.sections.push_back(
            {tr("As it stands in the file"), {{tr("line"), shown(unknown->line), {}}}, {}});
    }
    if (const QString rule = std::visit(RuleOf{}, event.body); !rule.isEmpty())
        decode.sections.push_back({tr("The rule"), {{{}, {}, rule}}, {}});
    return decode;
}

QString decodeText(const Decode& decode) {
    QString text = decode.headline;
    for (const DecodeSection& section : decode.sections) {
        text += QStringLiteral("\n\n%1").arg(section.title);
        for (const DecodeLine& line : section.lines) {
            QStringList parts;
            if (!line.name.isEmpty())
                parts << line.name.leftJustified(16);
            if (!line.value.isEmpty())
                parts << line.value;
            if (!line.note.isEmpty())
                parts << (parts.isEmpty() ? line.note : QStringLiteral("— ") + line.note);
            text += QStringLiteral("\n  ") + parts.join(QLatin1Char(' '));
        }
        for (const QString& line : section.hex)
            text += QStringLiteral("\n  ") + line;
    }
    return text;
}

} // namespace migscope
