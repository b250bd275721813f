// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of several recordings over each other.
#include "ui/charts/overlay_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/charts/chart_words.h"

namespace migscope {
namespace {

constexpr std::size_t fineItems = 4; ///< so many are drawn to the pixel

} // namespace

OverlayView::OverlayView(QWidget* parent) : QWidget(parent), canvas_(new PlotCanvas(this)) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Runs over each other, aligned at t0"));
    canvas_->setAttribute(Qt::WA_TransparentForMouseEvents);
    canvas_->applyTheme(Theme::of(palette()));
}

void OverlayView::setItems(std::vector<Item> items) {
    if (items == items_) {
        refresh();
        return;
    }
    items_ = std::move(items);
    all_ = true;
    zoom_.reset(whole());
    draw();
}

TimeRange OverlayView::whole() const {
    std::optional<TimeRange> all;
    for (const Item& item : items_) {
        AlignedSpan span;
        item.source->look([&](const Recording& recording) { span = alignedSpan(recording, item.run.run); });
        all = all ? TimeRange{std::min(all->from, span.from), std::max(all->to, span.to)}
                  : TimeRange{span.from, span.to};
    }
    TimeRange range = all.value_or(TimeRange{Ns{0}, std::chrono::seconds(1)});
    range.to += range.length() / 50; // the last mark must not touch the frame
    return range;
}

void OverlayView::refresh() {
    if (all_)
        zoom_.replace(whole());
    draw();
}

void OverlayView::draw() {
    ChartContent content;
    // Of many curves over each other nobody sees a step of one pixel; highs and lows are kept.
    const std::size_t columns = canvas_->columns() / (items_.size() > fineItems ? 2 : 1);
    content.window = {range().from, range().to, columns, Ns{0}};
    for (const Item& item : items_)
        item.source->look([&](const Recording& recording) { overlay(content, recording, item.run); });
    canvas_->setContent(content);
    setAccessibleDescription(chartSummary(content));
}

void OverlayView::go(TimeRange range, bool remember) {
    const TimeRange all = whole();
    const TimeRange next = placedIn(all, range);
    all_ = next == all;
    zoom_.go(next, !remember);
    draw();
}

void OverlayView::zoomAll() {
    all_ = true;
    zoom_.go(whole());
    draw();
}

void OverlayView::scaleAt(Ns at, double factor) {
    go(scaledAt(range(), at, factor), false);
}

void OverlayView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    canvas_->setGeometry(rect());
    refresh();
}

void OverlayView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        canvas_->applyTheme(Theme::of(palette()));
}

void OverlayView::wheelEvent(QWheelEvent* event) {
    scaleAt(canvas_->timeAt(event->position().x()),
            std::pow(wheelFactor, -static_cast<double>(event->angleDelta().y()) / 120));
    event->accept();
}

void OverlayView::mousePressEvent(QMouseEvent* event) {
    pressed_ = event->position().x();
}

void OverlayView::mouseReleaseEvent(QMouseEvent* event) {
    const auto from = std::exchange(pressed_, std::nullopt);
    const double to = event->position().x();
    if (from && std::abs(to - *from) >= clickDistance)
        go({canvas_->timeAt(std::min(*from, to)), canvas_->timeAt(std::max(*from, to))}, true);
}

void OverlayView::mouseDoubleClickEvent(QMouseEvent* /*event*/) {
    zoomAll();
}

void OverlayView::keyPressEvent(QKeyEvent* event) {
    const TimeRange now = range();
    const Ns middle = now.from + now.length() / 2;
    const Ns step = now.length() / 10;
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        scaleAt(middle, 1 / 1.6);
        return;
    case Qt::Key_Minus:
        scaleAt(middle, 1.6);
        return;
    case Qt::Key_Home:
        zoomAll();
        return;
    case Qt::Key_Left:
        if ((event->modifiers() & Qt::AltModifier) != 0) {
            zoom_.back();
            all_ = range() == whole();
            draw();
        } else {
            go({now.from - step, now.to - step}, false);
        }
        return;
    case Qt::Key_Right:
        go({now.from + step, now.to + step}, false);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace migscope
