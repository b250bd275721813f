// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Who recorded what, when and where.
#include "ui/recording_facts.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>
#include <QLocale>
#include <QTimeZone>

#include "core/base/byte_size.h"
#include "ui/charts/chart_words.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("recording facts", text);
}

QString given(const std::string& text) {
    return text.empty() ? tr("unknown") : shown(text);
}

FactSection fileFacts(const Recording& recording, const QString& path, bool growing) {
    const RecordingHeader& header = recording.header();
    FactSection section{tr("File"), {}};
    if (path.isEmpty()) {
        section.facts.push_back({tr("path"), tr("in memory only")});
    } else {
        section.facts.push_back({tr("path"), path});
        const QFileInfo facts(path);
        if (facts.exists())
            section.facts.push_back(
                {tr("size"), QString::fromStdString(formatBytes(static_cast<std::uint64_t>(facts.size())))});
    }
    if (!header.about.empty())
        section.facts.push_back({tr("about"), shown(header.about)});
    section.facts.push_back({tr("schema"), shown(header.schema)});
    section.facts.push_back({tr("written by"), tr("Migscope %1").arg(given(header.tool))});
    section.facts.push_back({tr("detail"), shown(header.detail)});
    section.facts.push_back({tr("state"), growing              ? tr("still growing")
                                          : recording.complete ? tr("complete")
                                                               : tr("incomplete: it has no end")});
    for (const std::string& note : recording.notes)
        section.facts.push_back({tr("note"), shown(note)});
    return section;
}

FactSection hostFacts(const RecordingHeader& header) {
    FactSection section{tr("Host"), {}};
    section.facts.push_back({tr("host"), header.simulated ? tr("%1, SIMULATED").arg(given(header.hostName))
                                                          : given(header.hostName)});
    if (header.emulated)
        section.facts.push_back({tr("machine"), tr("emulated: times are not a real machine's")});
    section.facts.push_back({tr("kernel"), given(header.kernel)});
    section.facts.push_back({tr("boot id"), given(header.bootId)});
    section.facts.push_back({tr("begun"), begunWords(header)});
    section.facts.push_back(
        {tr("clock"),
         tr("%1, resolution %2")
             .arg(shown(header.clockId), QString::fromStdString(formatDuration(header.resolution)))});
    return section;
}

FactSection contentFacts(const Recording& recording) {
    FactSection section{tr("Contents"), {}};
    std::size_t samples = 0;
    for (const auto& [id, columns] : recording.samples())
        samples += columns.size();
    std::size_t marks = recording.charts().marks().size();
    section.facts.push_back({tr("length"), timeText(recording.lastTime())});
    section.facts.push_back({tr("runs"), QString::number(recording.metrics().runs().size())});
    section.facts.push_back(
        {tr("events"), QLocale().toString(static_cast<qulonglong>(recording.events().size()))});
    section.facts.push_back({tr("samples"), QLocale().toString(static_cast<qulonglong>(samples))});
    section.facts.push_back(
        {tr("merged samples"),
         recording.metrics().lostSamples() == 0
             ? tr("none")
             : tr("%1 (the queue was full; sums are exact)").arg(recording.metrics().lostSamples())});
    section.facts.push_back({tr("marks"), QString::number(marks)});
    return section;
}

} // namespace

QString begunWords(const RecordingHeader& header) {
    const QDateTime begun = QDateTime::fromMSecsSinceEpoch(header.realtime.count() / 1'000'000);
    return header.realtime > Ns{0} ? QLocale().toString(begun, QLocale::LongFormat) : tr("unknown");
}

std::vector<FactSection> recordingFacts(const Recording& recording, const QString& path, bool growing) {
    const RecordingHeader& header = recording.header();
    std::vector<FactSection> sections{fileFacts(recording, path, growing), hostFacts(header)};
    for (const RecordedDevice& device : header.devices) {
        FactSection section{shown(device.name), {}};
        section.facts.push_back({tr("driver"), given(device.driver)});
        section.facts.push_back({tr("PCI id"), given(device.pciId)});
        section.facts.push_back({tr("group"), device.group ? QString::number(*device.group) : tr("unknown")});
        section.facts.push_back({tr("access"), given(device.access)});
        section.facts.push_back(
            {tr("flags"),
             device.flags == 0
                 ? tr("unknown")
                 : tr("%1 (0x%2)").arg(shown(MigFlags(device.flags).text())).arg(device.flags, 0, 16)});
        section.facts.push_back({tr("workload"), device.workload.empty() || device.workload == "none"
                                                     ? tr("none (idle function)")
                                                     : shown(device.workload)});
        sections.push_back(section);
    }
    sections.push_back(contentFacts(recording));
    return sections;
}

} // namespace migscope
