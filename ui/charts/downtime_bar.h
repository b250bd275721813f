// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The dark time of a run as a bar: stop, save, load, resume, to scale, with the figure and the critical
// phase.
#pragma once

#include <QWidget>

#include <optional>
#include <vector>

#include "ui/charts/chart_words.h"
#include "ui/run_source.h"
#include "ui/selection.h"
#include "ui/theme.h"

namespace migscope {

/// What the bar shows: plain values, so that pictures without a window draw the same.
struct DowntimeContent {
    struct Part {
        PhaseName name{};
        Ns duration{0};
        int percent = 0;
        std::optional<std::size_t> event; ///< the arc that bounds it
    };
    std::vector<Part> parts;
    std::vector<PhaseName> inside; ///< phases that cannot be told apart from the next one
    DowntimeWords words;
    QString estimate;
    bool isDowntime = false; ///< else a blackout or a load: drawn without the dark frame's full weight
    int run = 0;
};
/// The run with this number; 0: the last one with a figure, or else the first. Null: there is none.
[[nodiscard]] const RunMetrics* runToShow(const Recording& recording, int number = 0);
[[nodiscard]] DowntimeContent downtimeContent(const Recording& recording, const RunMetrics& run);
/// Draws it into `rect`; `selected` is drawn framed. Returns the rectangles of the parts.
std::vector<QRectF> paintDowntime(QPainter& painter, const QRectF& rect, const DowntimeContent& content,
                                  const Theme& theme, std::optional<std::size_t> selected);

/// The phases as a table, tab-separated, below a line of heads; times in ns.
[[nodiscard]] QString downtimeTable(const DowntimeContent& content);

/// Left and Right choose a phase, as a click does; the choice is the window's selection.
class DowntimeBar : public QWidget {
    Q_OBJECT
public:
    explicit DowntimeBar(Selection& selection, QWidget* parent = nullptr);
    /// `run`: from 1; 0 is the last one with a figure.
    void show(const RunSourcePtr& source, int run = 0);
    void refresh();
    [[nodiscard]] const std::optional<DowntimeContent>& content() const { return content_; }
    [[nodiscard]] const RunSourcePtr& source() const { return source_; }
    /// Index into content()->parts.
    [[nodiscard]] std::optional<std::size_t> selected() const;
    /// Where a part is drawn.
    [[nodiscard]] QRectF partRect(std::size_t part) const;
    [[nodiscard]] QSize sizeHint() const override { return {600, 74}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {260, 74}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    void choose(std::size_t part);
    Selection& selection_;
    RunSourcePtr source_;
    int run_ = 0;
    std::optional<DowntimeContent> content_;
    std::vector<QRectF> rects_;
};

} // namespace migscope
