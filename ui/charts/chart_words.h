// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a chart shows, in words: for the cursor's line, screen readers, captions and tables.
#pragma once

#include <QFontMetrics>
#include <QString>
#include <QStringList>

#include <vector>

#include "core/transfer/chart_content.h"

namespace migscope {

/// "1.2346 s · 3b:00.2 PRE_COPY · 3b:00.3 RESUMING · moved 212.0 MiB · dirty 3.1 MiB · …".
[[nodiscard]] QString readoutText(const Recording& recording, const Readout& readout);
/// The axis's stretch and what is in it, for a screen reader.
[[nodiscard]] QString chartSummary(const ChartContent& content);
/// "1.2346 s", with the places that nanoseconds of a recording of this length deserve.
[[nodiscard]] QString timeText(Ns time);
/// "a read stalled for 320 ms".
[[nodiscard]] QString stallText(const LaneStall& stall);
[[nodiscard]] QString bytesText(double bytes);
[[nodiscard]] QString rateText(double bytesPerSecond);

/// The downtime of a run in words.
struct DowntimeWords {
    QString figure;   ///< "412 ms ± 0.3", "blackout 35.1 ms", "no downtime: …"
    QString critical; ///< "load is 78 %", with its time inside calls
    QString workload; ///< "idle function", or what was named
};
[[nodiscard]] DowntimeWords downtimeWords(const Recording& recording, const RunMetrics& run);
/// Estimated against actual size; empty when there was no estimate.
[[nodiscard]] QString estimateWords(const Recording& recording, const RunMetrics& run);
/// Who, what, on which kernel, simulated or not, with which workload: what a picture must say of itself.
[[nodiscard]] QStringList captionLines(const Recording& recording, const QString& title);

/// The same in lines of a picture, broken between its parts where it is too wide: what says SIMULATED must
/// not be the part that is left out.
[[nodiscard]] QStringList wrappedCaption(const QStringList& caption, const QFontMetrics& metrics, int width);

/// The chart as a table: what is drawn, row by row.
struct ChartRow {
    Ns time{0};
    QString track; ///< "3b:00.2", "moved", …
    QString value;
    QString duration;
    std::optional<std::size_t> event;
    friend bool operator==(const ChartRow&, const ChartRow&) = default;
};
[[nodiscard]] std::vector<ChartRow> chartRows(const Recording& recording, const ChartContent& content);

} // namespace migscope
