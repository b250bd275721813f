// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The state machine drawn as the grid that it is: buttons on a canvas of arcs.
#include "ui/state_grid.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QResizeEvent>

#include <algorithm>
#include <cmath>

#include "ui/arc_painter.h"
#include "ui/state_button.h"
#include "ui/words.h"

namespace migscope {
namespace {
constexpr int headHeight = 22;
constexpr int leftMargin = 26; // the line of the reset comes up here
constexpr int rightMargin = 8;
constexpr int resetHeight = 30;
constexpr int pulseMs = 900;
} // namespace

StateGrid::StateGrid(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("State grid"));
    setMaximumHeight(392); // higher it is no clearer, and the words belong near it
    // Row by row: the order of Tab.
    for (int row = 0; row < gridRows; ++row) {
        for (int column = 0; column < gridColumns; ++column) {
            const MigState state = *stateAt(column, row);
            auto* button = new StateButton(state, this);
            buttons_[state] = button;
            connect(button, &QAbstractButton::clicked, this, [this, button] { press(button); });
            connect(button, &StateButton::pointedAt, this,
                    [this, button, state](bool) { point(state, button->underMouse(), button->hasFocus()); });
            connect(button, &StateButton::moveAsked, this,
                    [this, state](int columns, int rows) { moveFocus(state, columns, rows); });
            connect(button, &StateButton::resetFocusAsked, this, [this] {
                if (reset_->isEnabled())
                    reset_->setFocus(Qt::ShortcutFocusReason);
            });
        }
    }
    reset_ = new QPushButton(tr("Reset"), this);
    reset_->setObjectName(QStringLiteral("reset"));
    reset_->setAccessibleName(tr("Reset the device"));
    reset_->setAccessibleDescription(tr("Resets the function; its state and any stream are lost."));
    reset_->setToolTip(reset_->accessibleDescription());
    connect(reset_, &QPushButton::clicked, this, &StateGrid::askReset);
    askTimer_.setSingleShot(true);
    askTimer_.setInterval(5000);
    connect(&askTimer_, &QTimer::timeout, this, &StateGrid::disarm);
    pulseTimer_.setInterval(40);
    connect(&pulseTimer_, &QTimer::timeout, this, QOverload<>::of(&QWidget::update));
    refresh();
}

QSize StateGrid::sizeHint() const {
    return {720, 300};
}
QSize StateGrid::minimumSizeHint() const {
    return {500, 226};
}

std::optional<MigState> StateGrid::pointed() const {
    return hovered_ ? hovered_ : focused_;
}

void StateGrid::setView(const GridView& view) {
    const bool other = view.session.device != view_.session.device || view.open != view_.open ||
                       view.session.state != view_.session.state;
    view_ = view;
    if (other)
        disarm();
    refresh();
}

void StateGrid::press(StateButton* button) {
    const MigState state = button->state();
    const Offer offer = offerFor(view_, state);
    if (!offer.possible)
        return; // why stands in the words below the grid
    if (offer.asksFirst && armed_ != state) {
        disarm();
        armed_ = state;
        askTimer_.start();
        refresh();
        return;
    }
    disarm();
    emit stepAsked(state, button->combined());
}

void StateGrid::askReset() {
    if (!reset_->isEnabled())
        return;
    if (resetArmed_) {
        disarm();
        emit resetAsked();
        return;
    }
    disarm();
    resetArmed_ = true;
    askTimer_.start();
    refresh();
}

void StateGrid::disarm() {
    askTimer_.stop();
    armed_.reset();
    resetArmed_ = false;
    refresh();
}

void StateGrid::point(MigState state, bool hovered, bool focused) {
    const auto set = [state](std::optional<MigState>& which, bool on) {
        if (on)
            which = state;
        else if (which == state)
            which.reset();
    };
    set(hovered_, hovered);
    set(focused_, focused);
    refresh();
}

void StateGrid::moveFocus(MigState from, int columns, int rows) {
    const GridPlace place = placeOf(from);
    if (const auto next = stateAt(place.column + columns, place.row + rows))
        buttons_.at(*next)->setFocus(Qt::OtherFocusReason);
    else if (rows > 0 && reset_->isEnabled())
        reset_->setFocus(Qt::OtherFocusReason);
}

std::vector<Arc> StateGrid::litPath() const {
    if (view_.busy()) {
        if (!view_.session.goal || !view_.session.state)
            return {};
        const auto way = route(view_.flags(), *view_.session.state, *view_.session.goal);
        return way ? way->arcs() : std::vector<Arc>{};
    }
    if (armed_)
        return offerFor(view_, *armed_).path;
    return pointed() ? offerFor(view_, *pointed()).path : std::vector<Arc>{};
}

QString StateGrid::describe(MigState state, const Offer& offer) const {
    QStringList parts;
    if (view_.current() == state)
        parts << tr("current state");
    if (const QString note = noteFor(view_, state).text; !note.isEmpty())
        parts << note;
    parts << offer.words;
    for (const ArcLatency& arc : view_.session.latencies) {
        if (arc.to == state && view_.open)
            parts << tr("last time from %1: %2")
                         .arg(QString::fromStdString(stateName(arc.from)), durationText(arc.last));
    }
    parts.removeAll(QString());
    return parts.join(QStringLiteral("; "));
}

void StateGrid::refresh() {
    if (reset_ == nullptr)
        return;
    const std::vector<Arc> lit = litPath();
    for (const auto& [state, button] : buttons_) {
        const MigState which = state;
        const Offer offer = offerFor(view_, which);
        StateButton::Face face;
        face.present = !view_.open || !view_.session.capabilities || view_.flags().has(which);
        face.current = view_.current() == which;
        face.onPath =
            std::any_of(lit.begin(), lit.end(), [which](const Arc& arc) { return arc.to == which; });
        face.asking = armed_ == which;
        face.usable = offer.possible;
        face.note = face.asking ? StateNote{tr("stream is lost: press again"), true} : noteFor(view_, which);
        button->setFace(face);
        button->setAccessibleDescription(describe(which, offer));
        button->setToolTip(offer.words);
    }
    const bool canReset = view_.open && !view_.busy() && view_.session.capabilities.has_value();
    reset_->setEnabled(canReset);
    reset_->setText(resetArmed_ ? tr("Reset now: state is lost") : tr("Reset"));
    layoutButtons();

    const bool walking = view_.busy();
    if (walking && !pulseTimer_.isActive()) {
        pulse_.start();
        pulseTimer_.start();
    } else if (!walking && pulseTimer_.isActive()) {
        pulseTimer_.stop();
    }
    QString words;
    if (armed_)
        words = tr("Press %1 again to do it: %2")
                    .arg(QString::fromStdString(stateName(*armed_)), offerFor(view_, *armed_).words);
    else if (pointed() && view_.current() != pointed() && !view_.busy())
        words = offerFor(view_, *pointed()).words;
    emit wordsChanged(words);
    update();
}

QRectF StateGrid::cell(GridPlace place) const {
    const double width = this->width() - leftMargin - rightMargin;
    const double height = this->height() - headHeight - resetHeight - 10;
    const double cellWidth = std::clamp(width * 0.165, 98.0, 156.0);
    const double gapX = (width - gridColumns * cellWidth) / (gridColumns - 1);
    const double cellHeight = std::clamp(height * 0.34, 56.0, 84.0);
    const double gapY = std::clamp(height - 2 * cellHeight, 30.0, 150.0);
    return {leftMargin + place.column * (cellWidth + gapX), headHeight + place.row * (cellHeight + gapY),
            cellWidth, cellHeight};
}

void StateGrid::setPicked(const std::optional<std::pair<MigState, MigState>>& arc) {
    if (picked_ == arc)
        return;
    picked_ = arc;
    update();
}

QPointF StateGrid::pointOn(MigState from, MigState to) const {
    const auto points =
        ArcPainter::pointsOf({from, to, StreamEffect::None}, [this](GridPlace place) { return cell(place); });
    return (points[0] + points[1]) / 2;
}

void StateGrid::mousePressEvent(QMouseEvent* event) {
    QWidget::mousePressEvent(event);
    constexpr double reach = 9;
    const QPointF at = event->position();
    std::optional<std::pair<MigState, MigState>> hit;
    for (const ArcLatency& arc : view_.session.latencies) {
        const auto points = ArcPainter::pointsOf({arc.from, arc.to, StreamEffect::None},
                                                 [this](GridPlace place) { return cell(place); });
        for (std::size_t i = 0; i + 1 < points.size(); ++i) {
            const QPointF way = points[i + 1] - points[i];
            const double length = std::hypot(way.x(), way.y());
            if (length < 1)
                continue;
            const QPointF off = at - points[i];
            const double along = (off.x() * way.x() + off.y() * way.y()) / length;
            const double aside = (off.x() * way.y() - off.y() * way.x()) / length;
            if (along < 0 || along > length || std::abs(aside) > reach)
                continue;
            // To and fro share a line, as on a road: each has its side.
            if (!hit || aside > 0)
                hit = {arc.from, arc.to};
        }
    }
    if (hit)
        emit arcPicked(hit->first, hit->second);
}

void StateGrid::layoutButtons() {
    for (const auto& [state, button] : buttons_)
        button->setGeometry(cell(placeOf(state)).toAlignedRect());
    const QRectF error = cell(placeOf(MigState::Error));
    const int wanted = std::max(reset_->sizeHint().width(), static_cast<int>(error.width()));
    reset_->setGeometry(static_cast<int>(error.right()) - wanted, static_cast<int>(error.bottom()) + 12,
                        wanted, resetHeight - 4);
}

void StateGrid::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layoutButtons();
}

void StateGrid::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
    QWidget::changeEvent(event);
}

void StateGrid::paintHeads(QPainter& painter, const Theme& theme) const {
    QFont small = font();
    small.setPointSizeF(std::max(6.5, font().pointSizeF() - 1.5));
    painter.setFont(small);
    painter.setPen(theme.quiet());
    const QString heads[gridColumns] = {tr("running"), tr("P2P quiet"), tr("stopped"), tr("loading session")};
    for (int column = 0; column < gridColumns; ++column) {
        const QRectF first = cell({column, 0});
        painter.drawText(QRectF(first.left() - 20, 0, first.width() + 40, headHeight - 4),
                         Qt::AlignHCenter | Qt::AlignBottom, heads[column]);
    }
    const QString rows[gridRows] = {tr("no session"), tr("saving")};
    for (int row = 0; row < gridRows; ++row) {
        const QRectF first = cell({0, row});
        painter.save();
        painter.translate(leftMargin - 8, first.center().y());
        painter.rotate(-90);
        painter.drawText(QRectF(-60, -14, 120, 14), Qt::AlignHCenter | Qt::AlignBottom, rows[row]);
        painter.restore();
    }
}

void StateGrid::paintResetLine(QPainter& painter, const Theme& theme) const {
    const QRectF running = cell(placeOf(MigState::Running));
    const QRectF error = cell(placeOf(MigState::Error));
    const QRectF button = reset_->geometry();
    const double y = button.center().y();
    painter.setPen(QPen(resetArmed_ ? theme.bad() : theme.line(), resetArmed_ ? 2.4 : 1.2, Qt::DashLine));
    const double x = running.left() - 22;
    const QPointF line[] = {
        {button.left(), y}, {x, y}, {x, running.top() + 10}, {running.left() - 1, running.top() + 10}};
    painter.drawPolyline(line, 4);
    painter.drawLine(QPointF(error.center().x(), error.bottom()), QPointF(error.center().x(), button.top()));
    painter.setBrush(painter.pen().color());
    painter.setPen(Qt::NoPen);
    const QPointF tip(running.left() + 2, running.top() + 10);
    painter.drawPolygon(QPolygonF({tip, tip + QPointF(-8, -4), tip + QPointF(-8, 4)}));
}

void StateGrid::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme theme = Theme::of(palette());
    paintHeads(painter, theme);
    paintResetLine(painter, theme);
    ArcPainter arcs(painter, theme, font(), [this](GridPlace place) { return cell(place); });
    arcs.lines(view_);
    if (picked_)
        arcs.picked({picked_->first, picked_->second, StreamEffect::None});
    arcs.latencies(view_);
    const double pulse = pulseTimer_.isActive()
                             ? static_cast<double>(pulse_.elapsed() % pulseMs) / static_cast<double>(pulseMs)
                             : -1;
    arcs.lit(litPath(), pulse);
}

} // namespace migscope
