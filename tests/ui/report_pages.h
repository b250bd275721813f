// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reports read back: their elements, tables and texts.
#pragma once

#include <gtest/gtest.h>

#include <QSet>
#include <QString>
#include <QXmlStreamReader>

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>
#include <vector>

#include "tests/core/transfer/run_builder.h"
#include "ui/report/compare_report.h"
#include "ui/report/report_page.h"

namespace migscope::testing {

struct PageCell {
    QString text;
    QString title;
    QString tone;
};
/// What a browser would make of the page.
struct ReadPage {
    QString error; ///< empty: it is well-formed
    QString text;  ///< all of it but the style, cells apart
    QSet<QString> elements;
    std::map<QString, QStringList> attributes;                    ///< the values by name
    std::map<QString, std::vector<std::vector<PageCell>>> tables; ///< rows by the title above it
    QStringList captions;                                         ///< texts within the drawings

    /// The row whose first cell reads so; empty: there is none.
    [[nodiscard]] std::vector<PageCell> row(const QString& table, const QString& first) const {
        const auto found = tables.find(table);
        if (found == tables.end())
            return {};
        for (const auto& cells : found->second) {
            if (!cells.empty() && cells.front().text == first)
                return cells;
        }
        return {};
    }
    [[nodiscard]] bool says(const QString& words) const { return text.contains(words); }
};

inline ReadPage readPage(const QByteArray& bytes) {
    ReadPage page;
    QXmlStreamReader xml(bytes);
    QString title;
    QStringList path;
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isStartElement()) {
            const QString name = xml.name().toString();
            path << name;
            page.elements.insert(name);
            for (const QXmlStreamAttribute& attribute : xml.attributes())
                page.attributes[attribute.qualifiedName().toString()] << attribute.value().toString();
            if (name == QLatin1String("table"))
                page.tables[title] = {};
            if (name == QLatin1String("tr"))
                page.tables[title].emplace_back();
            if (name == QLatin1String("td") || name == QLatin1String("th"))
                page.tables[title].back().push_back(
                    {{},
                     xml.attributes().value(QLatin1String("title")).toString(),
                     xml.attributes().value(QLatin1String("class")).toString()});
            if (name == QLatin1String("h3") || name == QLatin1String("summary"))
                title.clear();
        } else if (xml.isEndElement()) {
            path.removeLast();
            page.text += QLatin1Char('\n');
        } else if (xml.isCharacters() && !path.isEmpty() && path.back() != QLatin1String("style")) {
            page.text += xml.text();
            if (path.back() == QLatin1String("td") || path.back() == QLatin1String("th"))
                page.tables[title].back().back().text += xml.text();
            else if (path.back() == QLatin1String("h3") || path.back() == QLatin1String("summary"))
                title += xml.text();
            else if (path.back() == QLatin1String("text"))
                page.captions << xml.text().toString();
        }
    }
    if (xml.hasError())
        page.error = xml.errorString();
    return page;
}

/// A migration whose source went into ERROR and was reset.
inline test::RunBuilder failedRun() {
    using test::ms;
    test::RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(0, MigState::Running, MigState::RunningP2p, ms(10), ms(12));
    run.failedArc(0, MigState::RunningP2p, MigState::Stop, ms(20), ms(25), EIO, MigState::Error);
    run.reset(0, ms(30), ms(40));
    run.end(RunOutcome::Failed, ms(50), {{0, MigState::Running}, {1, std::nullopt}});
    return run;
}

inline ReportSource inMemory(const QString& name, std::shared_ptr<const Recording> recording) {
    return reportSource(wholeSource(name, QString(), std::move(recording)));
}

inline QByteArray reportBytes(const std::vector<ReportSource>& sources, const ReportOptions& options = {}) {
    return reportPage(reportOf(sources, options), options);
}

inline ReadPage report(std::shared_ptr<const Recording> recording, const ReportOptions& options = {}) {
    return readPage(reportBytes({inMemory(QStringLiteral("run.migrec"), std::move(recording))}, options));
}

} // namespace migscope::testing
