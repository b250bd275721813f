// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One figure of repeated runs.
#include "ui/charts/spread_strip.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/charts/chart_look.h"
#include "ui/figure_words.h"

namespace migscope {
namespace {
constexpr double rowHeight = 37;
constexpr double labelWidth = 150;
constexpr double axisHeight = 18;
constexpr double reach = 7;
} // namespace

SpreadStrip::SpreadStrip(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Spread over the runs"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    describe();
}

QSize SpreadStrip::sizeHint() const {
    const auto shown = static_cast<double>(std::max<std::size_t>(rows_.size(), 1));
    return {520, static_cast<int>(shown * rowHeight + axisHeight)};
}

QSize SpreadStrip::minimumSizeHint() const {
    return {300, sizeHint().height()};
}

void SpreadStrip::setRows(FigureUnit unit, std::vector<SpreadRow> rows) {
    unit_ = unit;
    rows_ = std::move(rows);
    focus_.reset();
    low_ = 0;
    high_ = 1;
    bool any = false;
    for (const SpreadRow& row : rows_) {
        for (const SpreadDot& dot : row.dots) {
            low_ = any ? std::min(low_, dot.value) : dot.value;
            high_ = any ? std::max(high_, dot.value) : dot.value;
            any = true;
        }
    }
    // Some room on both sides; equal values stand in the middle.
    const double room = high_ > low_ ? (high_ - low_) * 0.05 : std::max(1.0, std::abs(high_) * 0.05);
    low_ -= room;
    high_ += room;
    describe();
    updateGeometry();
    update();
}

void SpreadStrip::describe() {
    QStringList parts;
    for (const SpreadRow& row : rows_)
        parts << tr("%1: %2").arg(row.label, row.words);
    setAccessibleDescription(parts.isEmpty() ? tr("no runs") : parts.join(QStringLiteral("; ")));
}

QRectF SpreadStrip::plot() const {
    return {labelWidth, 0, std::max(10.0, width() - labelWidth - 8), height() - axisHeight};
}

double SpreadStrip::xOf(double value) const {
    return plot().left() + plot().width() * (value - low_) / (high_ - low_);
}

QPointF SpreadStrip::dotAt(std::size_t row, std::size_t dot) const {
    // Dots of near runs stand apart: each run has a height of its own within its row.
    const int level = static_cast<int>(dot % 3) - 1;
    return {xOf(rows_[row].dots[dot].value), (static_cast<double>(row) + 0.67) * rowHeight + level * 5.0};
}

std::optional<SpreadStrip::Place> SpreadStrip::near(const QPointF& at) const {
    std::optional<Place> best;
    double distance = reach;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        for (std::size_t dot = 0; dot < rows_[row].dots.size(); ++dot) {
            const QPointF off = dotAt(row, dot) - at;
            const double far = std::hypot(off.x(), off.y());
            if (far <= distance) {
                distance = far;
                best = Place{row, dot};
            }
        }
    }
    return best;
}

QString SpreadStrip::dotWords(const Place& place) const {
    const SpreadDot& dot = rows_[place.row].dots[place.dot];
    QString text =
        tr("%1, run %2: %3").arg(rows_[place.row].label).arg(dot.run).arg(figureWords(unit_, dot.value));
    if (dot.first)
        text += tr(" (the first: cold effects)");
    if (dot.outlier)
        text += tr(" (far from the rest)");
    return text;
}

QString SpreadStrip::table() const {
    QString text = tr("Recording\tRun\tValue\tNote") + QLatin1Char('\n');
    for (const SpreadRow& row : rows_) {
        for (const SpreadDot& dot : row.dots)
            text += QStringLiteral("%1\t%2\t%3\t%4\n")
                        .arg(row.label)
                        .arg(dot.run)
                        .arg(figureWords(unit_, dot.value), dot.first     ? tr("first run")
                                                            : dot.outlier ? tr("far from the rest")
                                                                          : QString());
    }
    return text;
}

void SpreadStrip::draw(QPainter& painter) const {
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme theme = Theme::of(palette());
    const QRectF area = plot();
    QFont small = font();
    small.setPointSizeF(std::max(6.5, font().pointSizeF() - 1.5));
    const QFontMetricsF metrics(small);
    painter.setPen(QPen(theme.line(), 1));
    painter.drawLine(QLineF(area.left(), area.bottom() + 0.5, area.right(), area.bottom() + 0.5));
    painter.setFont(small);
    painter.setPen(theme.quiet());
    const int ticks =
        std::clamp(static_cast<int>(area.width() / 90), 1, 4); // they must not run into each other
    for (int tick = 0; tick <= ticks && !rows_.empty(); ++tick) {
        const double value = low_ + (high_ - low_) * tick / ticks;
        const QString text = figureWords(unit_, std::max(0.0, value));
        const double wide = metrics.horizontalAdvance(text);
        const double at = std::clamp(xOf(value) - wide / 2, area.left() - 20, area.right() - wide);
        painter.drawText(QPointF(at, height() - 4.0), text);
    }
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        const SpreadRow& shown = rows_[row];
        const double top = static_cast<double>(row) * rowHeight;
        const QColor colour = seriesColour(theme, shown.series);
        painter.setPen(theme.text());
        painter.setFont(font());
        painter.drawText(QRectF(14, top, labelWidth - 22, rowHeight), Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetricsF(font()).elidedText(shown.label, Qt::ElideMiddle, labelWidth - 22));
        painter.fillRect(QRectF(2, top + rowHeight / 2 - 5, 8, 10), colour);
        painter.setFont(small);
        painter.setPen(theme.quiet());
        painter.drawText(QRectF(area.left(), top, area.width(), metrics.height()),
                         Qt::AlignRight | Qt::AlignTop,
                         metrics.elidedText(shown.words, Qt::ElideRight, area.width()));
        if (shown.median) {
            painter.setPen(QPen(theme.text(), 2));
            const double at = xOf(*shown.median);
            painter.drawLine(QLineF(at, top + 14, at, top + rowHeight - 1));
        }
        for (std::size_t dot = 0; dot < shown.dots.size(); ++dot) {
            const SpreadDot& each = shown.dots[dot];
            const QPointF at = dotAt(row, dot);
            painter.setPen(QPen(colour, 1.5));
            painter.setBrush(each.first ? QBrush(theme.card()) : QBrush(colour));
            painter.drawEllipse(at, 3.2, 3.2);
            if (each.outlier) {
                painter.setBrush(Qt::NoBrush);
                painter.setPen(QPen(theme.bad(), 1.4));
                painter.drawEllipse(at, 5.6, 5.6);
            }
        }
    }
}

void SpreadStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    draw(painter);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1.5));
        if (focus_)
            painter.drawRect(QRectF(-7, -7, 14, 14).translated(dotAt(focus_->row, focus_->dot)));
        else
            painter.drawRect(QRectF(rect()).adjusted(1, 1, -1.5, -1.5));
    }
}

void SpreadStrip::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return; // a menu is asked for, not a run
    focus_ = near(event->position());
    update();
    if (focus_)
        emit runPicked(static_cast<int>(focus_->row), rows_[focus_->row].dots[focus_->dot].run);
}

void SpreadStrip::keyPressEvent(QKeyEvent* event) {
    if (rows_.empty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    Place place = focus_.value_or(Place{});
    const auto last = [this](std::size_t row) {
        return rows_[row].dots.empty() ? 0 : rows_[row].dots.size() - 1;
    };
    switch (event->key()) {
    case Qt::Key_Left:
        place.dot -= focus_ && place.dot > 0 ? 1 : 0;
        break;
    case Qt::Key_Right:
        place.dot = std::min(place.dot + (focus_ ? 1 : 0), last(place.row));
        break;
    case Qt::Key_Up:
        place.row -= place.row > 0 ? 1 : 0;
        place.dot = std::min(place.dot, last(place.row));
        break;
    case Qt::Key_Down:
        place.row = std::min(place.row + (focus_ ? 1 : 0), rows_.size() - 1);
        place.dot = std::min(place.dot, last(place.row));
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (focus_ && focus_->dot < rows_[focus_->row].dots.size())
            emit runPicked(static_cast<int>(focus_->row), rows_[focus_->row].dots[focus_->dot].run);
        return;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    if (place.dot < rows_[place.row].dots.size())
        focus_ = place;
    if (focus_) {
        setAccessibleDescription(dotWords(*focus_));
        emit focusMoved(dotAt(focus_->row, focus_->dot).toPoint());
    }
    update();
}

void SpreadStrip::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
}

bool SpreadStrip::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto place = near(help->pos());
        QToolTip::showText(help->globalPos(), place ? dotWords(*place) : QString(), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace migscope
