// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// An event taken apart.
#include "ui/event_decode.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/base/byte_size.h"
#include "core/transfer/call_fields.h"
#include "core/transfer/chart_content.h"
#include "core/transfer/report_values.h"
#include "ui/charts/chart_words.h"
#include "ui/event_rules.h"
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

/// What the SET looks like by the uAPI, for an arc whose bytes are not in the file. Without a dump, which
/// would pass for evidence.
DecodeSection unrecordedSet(const Recording& recording, MigState target) {
    DecodeSection section;
    section.title = tr("The call, as the uAPI makes it");
    section.lines.push_back(
        {QStringLiteral("SET MIG_DEVICE_STATE"), QStringLiteral("ioctl VFIO_DEVICE_FEATURE"),
         tr("its bytes were not recorded (detail “%1”)").arg(shown(recording.header().detail))});
    for (DecodeLine& line : decodeFields("SET MIG_DEVICE_STATE", setCallBytes(target), false, false))
        section.lines.push_back(std::move(line));
    return section;
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
    decode.sections.push_back(unrecordedSet(recording, arc.combined ? arc.goal : arc.to));
}

QString stateOr(const std::optional<MigState>& state) {
    return state ? name(*state) : tr("unknown");
}

QString bytesNote(std::uint64_t bytes) {
    return QString::fromStdString(formatBytes(bytes));
}

constexpr std::size_t mostRangesShown = 8;

/// What each kind has to say beyond its headline.
struct Sections {
    Decode& decode;
    const Recording& recording;
    std::size_t index;

    void operator()(const event::ArcEnd& arc) const { addArc(decode, recording, index, arc); }
    void operator()(const event::Call& call) const { addCall(decode, call); }
    void operator()(const event::ArcBegin& e) const {
        add(tr("The step"),
            {{tr("from"), name(e.from), {}},
             {tr("to"), name(e.to), e.to == e.goal ? QString() : tr("on the way to %1").arg(name(e.goal))},
             {tr("asked"), timeText(recording.events()[index].time),
              tr("directly before the call; its return is another event, if it came")},
             {tr("thread"), QString::number(e.thread), tr("of the kernel, that made the call")}});
        decode.sections.push_back(unrecordedSet(recording, e.combined ? e.goal : e.to));
    }
    void operator()(const event::Reset& e) const {
        DecodeSection section;
        section.title = tr("The call");
        section.lines.push_back(
            {QStringLiteral("RESET"), QStringLiteral("ioctl VFIO_DEVICE_RESET"), shown(e.outcome)});
        addTimes(section, e.called, e.returned);
        section.lines.push_back({tr("attempts"), QString::number(e.attempts), {}});
        addErrno(section, "RESET", e.errnoValue);
        section.lines.push_back({tr("stands in"), stateOr(e.stateAfter), {}});
        decode.sections.push_back(std::move(section));
    }
    void operator()(const event::Stream& e) const {
        DecodeSection section;
        section.title = tr("The stream");
        section.lines.push_back({tr("stream"), QStringLiteral("#%1").arg(e.stream),
                                 e.save ? tr("saving: read by us") : tr("loading: written by us")});
        section.lines.push_back({tr("bytes so far"), QString::number(e.bytes), bytesNote(e.bytes)});
        addErrno(section, e.save ? "read" : "write", e.errnoValue);
        decode.sections.push_back(std::move(section));
    }
    void operator()(const event::Precopy& e) const {
        add(QStringLiteral("VFIO_MIG_GET_PRECOPY_INFO"),
            {{QStringLiteral("initial_bytes"), QString::number(e.initialBytes), bytesNote(e.initialBytes)},
             {QStringLiteral("dirty_bytes"), QString::number(e.dirtyBytes), bytesNote(e.dirtyBytes)}});
        if (e.reinit)
            decode.sections.back().lines.push_back(
                {QStringLiteral("flags"), QStringLiteral("REINIT"),
                 tr("new initial data is on the stream: initial_bytes may have grown")});
    }
    void operator()(const event::Estimate& e) const {
        DecodeSection section;
        section.title = QStringLiteral("MIG_DATA_SIZE");
        section.lines.push_back({QStringLiteral("stop_copy_length"),
                                 e.stopCopyBytes ? QString::number(*e.stopCopyBytes) : tr("unknown"),
                                 e.stopCopyBytes ? bytesNote(*e.stopCopyBytes) : QString()});
        addErrno(section, "GET MIG_DATA_SIZE", e.errnoValue);
        decode.sections.push_back(std::move(section));
    }
    void operator()(const event::StateMoved& e) const {
        add(tr("The state"),
            {{tr("believed"), stateOr(e.believed), {}}, {tr("found"), stateOr(e.found), tr("by GET")}});
    }
    void operator()(const event::Stuck& e) const {
        add(tr("The call"), {{shown(e.call), tr("has not returned"), {}},
                             {tr("called"), timeText(e.since), {}},
                             {tr("kernel waits in"), e.wchan.empty() ? tr("unknown") : shown(e.wchan),
                              e.wchan.empty() ? tr("not readable by you") : QString()}});
    }
    void operator()(const event::Wait& e) const {
        add(tr("The wait"), {{tr("barrier"), shown(e.barrier), {}},
                             {tr("from"), timeText(e.from), {}},
                             {tr("to"), timeText(e.to), {}},
                             {tr("took"), durationText(e.to - e.from), {}}});
    }
    void operator()(const event::RunEnd& e) const {
        DecodeSection section;
        section.title = tr("Where the devices stand");
        for (const auto& [device, state] : e.states)
            section.lines.push_back(
                {shown(reportDeviceName(recording.header(), device)), stateOr(state), {}});
        if (!section.lines.empty())
            decode.sections.push_back(std::move(section));
    }
    void operator()(const event::KernelLog& e) const {
        add(tr("The line"),
            {{tr("text"), shown(e.text), {}},
             {tr("severity"), severityWord(e.severity()),
              e.fromKernel() ? QString() : tr("a program wrote it into the kernel's log")},
             {tr("number"), QString::number(e.sequence), tr("in the log, since boot")},
             {tr("logged"), tr("%1 s").arg(QString::number(static_cast<double>(e.printkUs) / 1e6, 'f', 6)),
              tr("by printk's own clock, since boot; it drifts from the axis, on which the line is placed to "
                 "the delay of its reading")}});
    }
    void operator()(const event::DmaLog& e) const {
        DecodeSection section;
        section.title = tr("The call");
        section.lines.push_back({QStringLiteral("DMA_LOGGING_") + shown(dmaLogWord(e.op)).toUpper(),
                                 QStringLiteral("ioctl VFIO_DEVICE_FEATURE"),
                                 {}});
        for (std::size_t at = 0; at < std::min(e.ranges.size(), mostRangesShown); ++at)
            section.lines.push_back({at == 0 ? tr("range") : QString(),
                                     QString::fromStdString(formatDmaRange(e.ranges[at])),
                                     {}});
        if (e.ranges.size() > mostRangesShown)
            section.lines.push_back({{}, tr("and %1 more").arg(e.ranges.size() - mostRangesShown), {}});
        if (e.pageBytes != 0)
            section.lines.push_back(
                {QStringLiteral("page_size"), QString::number(e.pageBytes), bytesNote(e.pageBytes)});
        addTimes(section, e.called, e.returned);
        addErrno(section, "VFIO_DEVICE_FEATURE", e.errnoValue);
        if (!e.error.empty())
            section.lines.push_back({tr("refused"), shown(e.error), tr("no errno of the kernel's")});
        decode.sections.push_back(std::move(section));
    }
    void operator()(const event::Dirty& e) const {
        DecodeSection section;
        section.title = tr("The pages");
        section.lines.push_back({QStringLiteral("iova"), shown(formatIova(e.iova)), {}});
        section.lines.push_back(
            {QStringLiteral("page_size"), QString::number(e.pageBytes), bytesNote(e.pageBytes)});
        section.lines.push_back({tr("looked at"), QString::number(e.pages), tr("pages")});
        section.lines.push_back({tr("written"), QString::number(e.dirtyPages()), bytesNote(e.dirtyBytes())});
        if (e.exactPages)
            section.lines.push_back(
                {{}, tr("about where"), tr("near runs were put together: they cover clean pages as well")});
        for (std::size_t at = 0; at < std::min(e.runs.size(), mostRangesShown); ++at)
            section.lines.push_back({at == 0 ? tr("runs") : QString(),
                                     tr("page %1, %2 long").arg(e.runs[at].first).arg(e.runs[at].count),
                                     {}});
        if (e.runs.size() > mostRangesShown)
            section.lines.push_back({{}, tr("and %1 more").arg(e.runs.size() - mostRangesShown), {}});
        decode.sections.push_back(std::move(section));
    }
    void operator()(const event::Unknown& e) const {
        add(tr("As it stands in the file"), {{tr("line"), shown(e.line), {}}});
    }
    template<class Other>
    void operator()(const Other& /*unused*/) const {} // the headline says it all

private:
    void add(const QString& title, std::vector<DecodeLine> lines) const {
        decode.sections.push_back({title, std::move(lines), {}});
    }
};

} // namespace

QString severityWord(unsigned severity) {
    static constexpr std::array words{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};
    return QStringLiteral("%1 (%2)").arg(QLatin1String(words.at(severity % words.size()))).arg(severity);
}

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
    if (!event.extra.empty())
        who.lines.push_back(
            {tr("also"), shown(event.extra), tr("of a newer version, as it stands in the file")});
    decode.sections.push_back(std::move(who));
    std::visit(Sections{decode, recording, index}, event.body);
    if (const QString rule = eventRule(event); !rule.isEmpty())
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
