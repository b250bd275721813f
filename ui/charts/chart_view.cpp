// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The chart of one recording with what a person does to it.
#include "ui/charts/chart_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/charts/chart_words.h"

namespace migscope {
namespace {

constexpr double pickDistance = 6; ///< pixels around a mark that pick it

} // namespace

/// Cursor, box and focus above the plot: moving them draws no chart.
class ChartView::Overlay : public QWidget {
public:
    Overlay(ChartView& view) : QWidget(&view), view_(view) { setAttribute(Qt::WA_TransparentForMouseEvents); }
    std::optional<QPointF> boxTo;

protected:
    void paintEvent(QPaintEvent*) override {
        if (view_.canvas_ == nullptr)
            return;
        QPainter painter(this);
        const Theme theme = Theme::of(palette());
        const QRectF plot = view_.canvas_->area(Track::Lanes) | view_.canvas_->area(Track::Rate);
        const auto line = [&](double x, const QPen& pen) {
            if (x < plot.left() || x > plot.right())
                return;
            painter.setPen(pen);
            painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()));
        };
        if (const auto stretch = view_.stretch())
            paintStretch(painter, plot, *stretch);
        if (view_.source_ && view_.hover_ && !view_.pressed_)
            line(*view_.hover_, QPen(theme.quiet(), 1, Qt::DotLine));
        if (const auto at = view_.cursor())
            line(view_.canvas_->xOf(*at), QPen(palette().color(QPalette::Highlight), 1.6));
        if (view_.pressed_ && boxTo && !view_.panning_) {
            const double left =
                std::clamp(std::min(view_.pressed_->x(), boxTo->x()), plot.left(), plot.right());
            const double right =
                std::clamp(std::max(view_.pressed_->x(), boxTo->x()), plot.left(), plot.right());
            QColor fill = palette().color(QPalette::Highlight);
            painter.setPen(QPen(fill, 1));
            fill.setAlpha(50);
            painter.setBrush(fill);
            painter.drawRect(QRectF(left, plot.top(), right - left, plot.height()));
        }
        if (view_.hasFocus()) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(palette().color(QPalette::Highlight), 1.5));
            painter.drawRect(QRectF(rect()).adjusted(1, 1, -1.5, -1.5));
        }
    }

private:
    /// What lies outside is dimmed: the stretch itself keeps its colours.
    void paintStretch(QPainter& painter, const QRectF& plot, const TimeRange& stretch) {
        const double left = std::clamp(view_.canvas_->xOf(stretch.from), plot.left(), plot.right());
        const double right = std::clamp(view_.canvas_->xOf(stretch.to), plot.left(), plot.right());
        QColor dim = palette().color(QPalette::Base);
        dim.setAlpha(150);
        for (const Track track : {Track::Lanes, Track::Size, Track::Rate}) {
            const QRectF area = view_.canvas_->area(track);
            painter.fillRect(QRectF(area.left(), area.top(), left - area.left(), area.height()), dim);
            painter.fillRect(QRectF(right, area.top(), area.right() - right, area.height()), dim);
        }
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1.4, Qt::DashLine));
        painter.drawLine(QLineF(left, plot.top(), left, plot.bottom()));
        painter.drawLine(QLineF(right, plot.top(), right, plot.bottom()));
    }
    ChartView& view_;
};

ChartView::ChartView(Selection& selection, QWidget* parent)
    : QWidget(parent), selection_(selection), overlay_(new Overlay(*this)) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Chart"));
    setToolTip({});
    connect(&selection_, &Selection::changed, this, &ChartView::showSelection);
    connect(&selection_, &Selection::cursorMoved, this, [this] {
        overlay_->QWidget::update();
        showReadout();
    });
    connect(&selection_, &Selection::stretchChanged, this, [this] { overlay_->QWidget::update(); });
    refresh();
}

void ChartView::makeCanvas() {
    canvas_ = new PlotCanvas(this);
    canvas_->setAttribute(Qt::WA_TransparentForMouseEvents);
    canvas_->applyTheme(Theme::of(palette()));
    canvas_->setGeometry(rect());
    canvas_->show();
    overlay_->raise();
}

void ChartView::setSource(const RunSourcePtr& source) {
    if (source == source_)
        return;
    if (source && canvas_ == nullptr)
        makeCanvas();
    source_ = source;
    all_ = true;
    follow_ = source_ != nullptr && source_->growing();
    last_ = Ns{0};
    zoom_.reset(TimeRange{Ns{0}, std::chrono::seconds(1)});
    refresh();
    showSelection();
}

TimeRange ChartView::whole() const {
    return wholeRange(last_);
}

Ns ChartView::pixel() const {
    return std::max(Ns{1}, range().length() / static_cast<std::int64_t>(canvas_->columns()));
}

void ChartView::refresh() {
    if (source_) {
        source_->look([this](const Recording& recording) { last_ = recording.lastTime(); });
        if (all_)
            zoom_.replace(whole());
        else if (follow_ && last_ > range().to)
            zoom_.replace({last_ - range().length(), last_});
        ChartContent content;
        const TimeRange shown = range();
        // What a live device stands in holds on; of a finished recording nobody knows after its last event.
        const Ns now = source_->growing() ? std::max(last_, whole().to) : last_;
        source_->look([&](const Recording& recording) {
            content = chartContent(recording, {shown.from, shown.to, canvas_->columns(), now});
        });
        canvas_->setContent(content);
    } else if (canvas_ != nullptr) {
        canvas_->setContent({});
    }
    overlay_->QWidget::update();
    showReadout();
    setAccessibleDescription(chartSummary(canvas_ != nullptr ? canvas_->content() : ChartContent{}));
    emit contentChanged();
    emit viewChanged();
}

void ChartView::update(TimeRange range, bool remember) {
    const TimeRange all = whole();
    const TimeRange next = placedIn(all, range);
    all_ = next == all;
    if (next.to < last_)
        follow_ = false; // the person looks at something: what is new must not push it away
    zoom_.go(next, !remember);
    refresh();
}

void ChartView::zoomTo(TimeRange range) {
    update(range, true);
}

void ChartView::zoomAll() {
    all_ = true;
    follow_ = source_ != nullptr && source_->growing();
    zoom_.go(whole());
    refresh();
}

void ChartView::scaleAt(Ns at, double factor) {
    if (!source_)
        return;
    update(scaledAt(range(), at, factor), false);
}

void ChartView::zoomIn() {
    scaleAt(cursor().value_or(range().from + range().length() / 2), 1 / 1.6);
}
void ChartView::zoomOut() {
    scaleAt(cursor().value_or(range().from + range().length() / 2), 1.6);
}

void ChartView::goBack() {
    zoom_.back();
    all_ = range() == whole();
    follow_ = false;
    refresh();
}

void ChartView::goForward() {
    zoom_.forward();
    all_ = range() == whole();
    follow_ = false;
    refresh();
}

void ChartView::setFollowing(bool on) {
    follow_ = on && source_ && source_->growing();
    if (follow_ && !all_)
        zoom_.go({std::max(Ns{0}, last_ - range().length()), std::max(last_, range().length())});
    if (!follow_)
        all_ = false;
    refresh();
}

void ChartView::pan(double share) {
    if (!source_)
        return;
    const TimeRange now = range();
    const Ns by{std::llround(static_cast<double>(now.length().count()) * share)};
    update({now.from + by, now.to + by}, false);
}

std::optional<Ns> ChartView::cursor() const {
    return selection_.cursorIn(source_);
}

std::optional<TimeRange> ChartView::stretch() const {
    return selection_.stretchIn(source_);
}

void ChartView::setStretchEnd(bool begin, Ns at) {
    TimeRange next = stretch().value_or(whole());
    (begin ? next.from : next.to) = at;
    if (next.from >= next.to) // the other end was on the wrong side
        next = begin ? TimeRange{at, whole().to} : TimeRange{Ns{0}, at};
    selection_.select(TimeStretch{source_->id(), next});
}

void ChartView::moveCursor(Ns to) {
    if (!source_)
        return;
    const Ns at = std::clamp(to, Ns{0}, whole().to);
    selection_.moveCursor(TimeCursor{source_->id(), at});
    const TimeRange now = range();
    if (at < now.from || at > now.to)
        update({at - now.length() / 2, at + now.length() / 2}, false);
}

void ChartView::showReadout() {
    std::optional<Ns> at = cursor();
    if (hover_ && source_)
        at = canvas_->timeAt(*hover_);
    QString text;
    if (at) {
        source_->look([&](const Recording& recording) {
            text = readoutText(recording, readoutAt(recording, std::max(*at, Ns{0})));
        });
    }
    if (text == readout_)
        return;
    readout_ = text;
    emit readoutChanged(readout_);
}

void ChartView::showSelection() {
    std::optional<EventSpan> span;
    const auto& pick = selection_.pick();
    if (source_ && pick && pick->source == source_->id()) {
        source_->look([&](const Recording& recording) {
            if (pick->event < recording.events().size())
                span = spanOf(recording.events()[pick->event]);
        });
        // What is selected elsewhere must be seen here.
        if (span && (span->end < range().from || span->begin > range().to) && span->end <= whole().to) {
            const Ns middle = span->begin + (span->end - span->begin) / 2;
            update({middle - range().length() / 2, middle + range().length() / 2}, true);
        }
    }
    if (canvas_ != nullptr)
        canvas_->setHighlight(span);
}

void ChartView::pickAt(const QPointF& at) {
    std::optional<std::size_t> event;
    const Ns time = canvas_->timeAt(at.x());
    source_->look([&](const Recording& recording) {
        const auto reach = static_cast<std::int64_t>(pickDistance) * pixel();
        event = eventNear(recording, canvas_->deviceAt(at.y()), time, reach);
    });
    if (event)
        selection_.set(Pick{source_->id(), *event});
}

void ChartView::stepEvent(bool forward) {
    if (!source_)
        return;
    const Ns from = cursor().value_or(range().from);
    std::optional<std::pair<Ns, std::size_t>> next;
    source_->look([&](const Recording& recording) {
        for (const auto& [device, chart] : recording.charts().devices()) {
            const auto after =
                std::upper_bound(chart.arcs.begin(), chart.arcs.end(), from,
                                 [](Ns time, const LaneArc& arc) { return time < arc.called; });
            if (forward && after != chart.arcs.end() && (!next || after->called < next->first))
                next = {after->called, after->event};
            const auto before =
                std::lower_bound(chart.arcs.begin(), chart.arcs.end(), from,
                                 [](const LaneArc& arc, Ns time) { return arc.called < time; });
            if (!forward && before != chart.arcs.begin() &&
                (!next || std::prev(before)->called > next->first))
                next = {std::prev(before)->called, std::prev(before)->event};
        }
    });
    if (!next)
        return;
    moveCursor(next->first);
    selection_.set(Pick{source_->id(), next->second});
}

void ChartView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (canvas_ != nullptr)
        canvas_->setGeometry(rect());
    overlay_->setGeometry(rect());
    overlay_->raise();
    refresh();
}

void ChartView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        if (canvas_ != nullptr)
            canvas_->applyTheme(Theme::of(palette()));
        overlay_->QWidget::update();
    }
}

void ChartView::wheelEvent(QWheelEvent* event) {
    if (!source_)
        return;
    const QPoint delta = event->angleDelta();
    if (std::abs(delta.x()) > std::abs(delta.y()) || (event->modifiers() & Qt::ShiftModifier) != 0) {
        const int much = delta.x() != 0 ? delta.x() : delta.y();
        pan(-static_cast<double>(much) / 120 * 0.1);
    } else {
        scaleAt(canvas_->timeAt(event->position().x()),
                std::pow(wheelFactor, -static_cast<double>(delta.y()) / 120));
    }
    event->accept();
}

void ChartView::mousePressEvent(QMouseEvent* event) {
    if (!source_)
        return;
    pressed_ = event->position();
    panning_ = event->button() != Qt::LeftButton || (event->modifiers() & Qt::ShiftModifier) != 0;
    stretching_ = !panning_ && (event->modifiers() & Qt::ControlModifier) != 0;
    panFrom_ = range();
    overlay_->boxTo.reset();
}

void ChartView::mouseMoveEvent(QMouseEvent* event) {
    hover_ = event->position().x();
    if (pressed_ && panning_) {
        const double pixels = event->position().x() - pressed_->x();
        const Ns by{std::llround(-pixels * static_cast<double>(panFrom_.length().count()) /
                                 static_cast<double>(canvas_->columns()))};
        update({panFrom_.from + by, panFrom_.to + by}, false);
    } else if (pressed_ && stretching_ && std::abs(event->position().x() - pressed_->x()) >= clickDistance) {
        selectBetween(pressed_->x(), event->position().x());
    } else if (pressed_ && std::abs(event->position().x() - pressed_->x()) >= clickDistance) {
        overlay_->boxTo = event->position();
    }
    overlay_->QWidget::update();
    showReadout();
}

void ChartView::selectBetween(double from, double to) {
    const auto at = [this](double x) { return std::clamp(canvas_->timeAt(x), Ns{0}, whole().to); };
    selection_.select(TimeStretch{source_->id(), {at(from), at(to)}});
}

void ChartView::mouseReleaseEvent(QMouseEvent* event) {
    if (!pressed_)
        return;
    const QPointF from = *pressed_;
    const bool wasPan = panning_;
    const bool wasStretch = std::exchange(stretching_, false);
    pressed_.reset();
    panning_ = false;
    overlay_->boxTo.reset();
    const double moved = event->position().x() - from.x();
    if (wasStretch && std::abs(moved) >= clickDistance) {
        selectBetween(from.x(), event->position().x());
    } else if (!wasPan && std::abs(moved) >= clickDistance) {
        zoomTo({canvas_->timeAt(std::min(from.x(), event->position().x())),
                canvas_->timeAt(std::max(from.x(), event->position().x()))});
    } else if (!wasPan) {
        moveCursor(canvas_->timeAt(event->position().x()));
        pickAt(event->position());
    }
    overlay_->QWidget::update();
}

void ChartView::mouseDoubleClickEvent(QMouseEvent* /*event*/) {
    zoomAll();
}

void ChartView::leaveEvent(QEvent* event) {
    QWidget::leaveEvent(event);
    hover_.reset();
    overlay_->QWidget::update();
    showReadout();
}

void ChartView::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    overlay_->QWidget::update();
}
void ChartView::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    overlay_->QWidget::update();
}

void ChartView::keyPressEvent(QKeyEvent* event) {
    if (!source_) {
        QWidget::keyPressEvent(event);
        return;
    }
    const bool shift = (event->modifiers() & Qt::ShiftModifier) != 0;
    const bool alt = (event->modifiers() & Qt::AltModifier) != 0;
    const Ns step = pixel() * ((event->modifiers() & Qt::ControlModifier) != 0 ? 50 : 5);
    const Ns at = cursor().value_or(range().from + range().length() / 2);
    switch (event->key()) {
    case Qt::Key_Left:
        alt ? goBack() : (shift ? pan(-0.1) : moveCursor(at - step));
        return;
    case Qt::Key_Right:
        alt ? goForward() : (shift ? pan(0.1) : moveCursor(at + step));
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomIn();
        return;
    case Qt::Key_Minus:
        zoomOut();
        return;
    case Qt::Key_Home:
        zoomAll();
        return;
    case Qt::Key_End:
        setFollowing(true);
        return;
    case Qt::Key_PageUp:
        stepEvent(false);
        return;
    case Qt::Key_PageDown:
        stepEvent(true);
        return;
    case Qt::Key_BracketLeft:
        setStretchEnd(true, at);
        return;
    case Qt::Key_BracketRight:
        setStretchEnd(false, at);
        return;
    case Qt::Key_Escape:
        if (!selection_.cursor() && !selection_.pick() && !selection_.stretch())
            break;
        selection_.select(std::nullopt);
        selection_.moveCursor(std::nullopt);
        selection_.set(std::nullopt);
        return;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

} // namespace migscope
