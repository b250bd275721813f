// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a report says, as plain values: made from recordings in any thread, drawn into a page afterwards.
#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/clock.h"
#include "core/transfer/run_figures.h"
#include "ui/charts/render.h"
#include "ui/charts/spread_strip.h"
#include "ui/facts.h"
#include "ui/run_source.h"

class QAbstractItemModel;

namespace migscope {

/// A recording as the report takes it; copied from its source in the GUI thread.
struct ReportSource {
    QString name;
    QString path; ///< empty: in memory only
    bool growing = false;
    RunSourcePtr source; ///< only looked into
};
[[nodiscard]] ReportSource reportSource(const RunSourcePtr& source);

enum class ReportTone { Plain, Quiet, Good, Warning, Bad };

struct ReportCell {
    QString text;
    QString exact = {}; ///< "93000000 ns": the value as it was measured, where the text is rounded
    ReportTone tone = ReportTone::Plain;
};
[[nodiscard]] ReportCell durationCell(Ns time);
[[nodiscard]] ReportCell bytesCell(std::uint64_t bytes);
[[nodiscard]] ReportCell figureCell(FigureUnit unit, double value);
/// "unknown: …"; never 0.
[[nodiscard]] ReportCell unknownCell(const QString& why);

struct ReportTable {
    struct Column {
        QString head;
        bool number = false; ///< set to the right, in figures of one width
    };
    QString title;
    std::vector<Column> columns;
    std::vector<std::vector<ReportCell>> rows;
    QString note = {};    ///< below it
    bool folded = false;  ///< only its title until the reader asks for it
    bool rowHeads = true; ///< the first cell of a row names it
};
/// A model's rows as they are shown. Columns in `left` are words.
[[nodiscard]] ReportTable tableOf(const QAbstractItemModel& model, const QString& title,
                                  const std::vector<int>& left);
/// Drops rows above `most` and says so in the note.
void keepFirst(ReportTable& table, std::size_t most);

struct ReportLine {
    QString text;
    ReportTone tone = ReportTone::Plain;
};

/// Chart and downtime bar, or several runs over each other; in two widths, for a desk and for a hand.
struct ReportPicture {
    QString title;
    QString words; ///< the same for those who do not see it
    PictureOptions wide;
    PictureOptions narrow;
    PictureContent wideContent;
    PictureContent narrowContent;
};
struct ReportStrip {
    QString title;
    QString words;
    FigureUnit unit{};
    std::vector<SpreadRow> rows;
};
using ReportFacts = std::vector<FactSection>;
using ReportPart = std::variant<ReportLine, ReportTable, ReportPicture, ReportStrip, ReportFacts>;

struct ReportSection {
    QString title;
    std::vector<ReportPart> parts;
};

struct ReportContent {
    QString title;
    QStringList about;      ///< what, where, when, with what
    bool simulated = false; ///< all or a part of it
    ReportTone tone = ReportTone::Plain;
    QString verdict;
    std::vector<ReportLine> evidence; ///< what the verdict rests on, one line each
    std::vector<ReportLine> cautions; ///< why it may not be what it looks like
    std::vector<ReportSection> sections;
};

/// What a person may choose about it.
struct ReportOptions {
    std::optional<bool> dark = {}; ///< absent: what the reader's browser prefers
    QSize chart{1080, 560};        ///< of the wide picture
    std::size_t base = 0;          ///< of a comparison: which one the others are compared with
    bool withoutFirst = false;     ///< of a comparison: leaves out the first run of each recording
};

} // namespace migscope
