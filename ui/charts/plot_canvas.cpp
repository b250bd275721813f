// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The stacked tracks of one recording on one time axis.
#include "ui/charts/plot_canvas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "core/base/byte_size.h"
#include "ui/charts/chart_look.h"
#include "ui/charts/plottables.h"
#include "ui/charts/tickers.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr int titleHeight = 17; ///< above each track: its name and legend
constexpr int rowHeight = 26;   ///< of a lane
constexpr int axisHeight = 22;

/// The name of a track and what its curves mean, above its area.
class TitlePlot final : public charts::TrackPlot {
public:
    TitlePlot(QCPAxis* keyAxis, QCPAxis* valueAxis, QString title)
        : TrackPlot(keyAxis, valueAxis), title_(std::move(title)) {}
    void setCurves(const std::vector<Curve>& curves) {
        shown_.clear();
        std::set<std::pair<CurveKind, int>> seen;
        for (const Curve& curve : curves) {
            if (seen.emplace(curve.series ? CurveKind::Moved : curve.kind, curve.series.value_or(-1)).second)
                shown_.push_back({curve.kind, curve.device, {}, 0, {}, curve.series, curve.label});
        }
        // In the order of their kinds: it must not depend on which device had one first.
        std::stable_sort(shown_.begin(), shown_.end(), [](const Curve& a, const Curve& b) {
            return !a.series && !b.series && a.kind < b.kind;
        });
    }

protected:
    QRect clipRect() const override { return mParentPlot->viewport(); }
    void draw(QCPPainter* painter) override {
        const QFont small = parentPlot()->font();
        QFont bold = small;
        bold.setBold(true);
        const QFontMetricsF metrics(small);
        const double base = area().top() - 5;
        double at = area().left();
        painter->setFont(bold);
        painter->setPen(theme_.text());
        painter->drawText(QPointF(at, base), title_);
        at += QFontMetricsF(bold).horizontalAdvance(title_) + 14;
        painter->setFont(small);
        for (const Curve& curve : shown_) {
            const CurveLook look = curveLook(theme_, curve);
            const QString word = curveWord(curve);
            if (at + 24 + metrics.horizontalAdvance(word) > area().right())
                break;
            const double middle = base - metrics.xHeight() / 2;
            if (look.filled) {
                painter->fillRect(QRectF(at, middle - 4, 16, 8), look.colour);
            } else {
                painter->setPen(QPen(look.colour, 2.5));
                if (look.dotted) {
                    painter->drawLine(QLineF(at, middle, at + 6, middle));
                    painter->drawLine(QLineF(at + 10, middle, at + 16, middle));
                } else {
                    painter->drawLine(QLineF(at, middle, at + 16, middle));
                }
            }
            painter->setPen(theme_.quiet());
            painter->drawText(QPointF(at + 20, base), word);
            at += 20 + metrics.horizontalAdvance(word) + 14;
        }
    }

private:
    QString title_;
    std::vector<Curve> shown_; ///< one of each kind or recording, without its steps
};

/// The next height with a round number of eighths of a power of two: a live axis must not creep.
double roundUp(double highest) {
    if (highest <= 0)
        return 1;
    const double step = std::exp2(std::floor(std::log2(highest))) / 4;
    return std::ceil(highest * 1.04 / step) * step;
}

} // namespace

struct PlotCanvas::Plot {
    QCustomPlot* widget = nullptr;
    struct Row {
        QCPAxisRect* rect = nullptr;
        charts::PhasesPlot* phases = nullptr;
        charts::NotesPlot* notes = nullptr;
        TitlePlot* title = nullptr;
    };
    std::array<Row, 3> rows;
    charts::LanesPlot* lanes = nullptr;
    charts::CurvesPlot* sizes = nullptr;
    charts::CurvesPlot* rates = nullptr;
    QSharedPointer<QCPAxisTickerText> names;
    QSharedPointer<charts::TimeTicker> timeTicker = QSharedPointer<charts::TimeTicker>::create();
    QSharedPointer<charts::BytesTicker> sizeTicker = QSharedPointer<charts::BytesTicker>::create(false);
    QSharedPointer<charts::BytesTicker> rateTicker = QSharedPointer<charts::BytesTicker>::create(true);
    Theme theme;
    std::uint64_t frames = 0;

    [[nodiscard]] Row& row(Track track) { return rows[static_cast<std::size_t>(track)]; }
    [[nodiscard]] QCPAxis* time(Track track) { return row(track).rect->axis(QCPAxis::atBottom); }
    [[nodiscard]] QCPAxis* value(Track track) { return row(track).rect->axis(QCPAxis::atLeft); }
    template<class Do>
    void forEach(Do what) {
        for (Row& each : rows) {
            what(*each.phases);
            what(*each.notes);
            what(*each.title);
        }
        what(*lanes);
        what(*sizes);
        what(*rates);
    }
};

PlotCanvas::PlotCanvas(QWidget* parent) : QWidget(parent), plot_(std::make_unique<Plot>()) {
    plot_->theme = Theme::of(palette());
    plot_->widget = new QCustomPlot(this);
    plot_->widget->setAttribute(Qt::WA_TransparentForMouseEvents);
    plot_->widget->setFocusPolicy(Qt::NoFocus);
    plot_->widget->setInteractions({});
    plot_->widget->setNoAntialiasingOnDrag(false);
    plot_->widget->plotLayout()->clear();
    plot_->widget->plotLayout()->setRowSpacing(0);
    auto* margins = new QCPMarginGroup(plot_->widget);
    const std::array titles{tr("States"), tr("State size"), tr("Throughput")};
    for (const Track track : {Track::Lanes, Track::Size, Track::Rate}) {
        auto* rect = new QCPAxisRect(plot_->widget, true);
        rect->setMarginGroup(QCP::msLeft | QCP::msRight, margins);
        rect->setMinimumMargins({0, titleHeight, 10, track == Track::Rate ? axisHeight : 8});
        plot_->widget->plotLayout()->addElement(static_cast<int>(track), 0, rect);
        Plot::Row& row = plot_->row(track);
        row.rect = rect;
        for (const auto side : {QCPAxis::atRight, QCPAxis::atTop})
            rect->axis(side)->setVisible(false);
        QCPAxis* time = rect->axis(QCPAxis::atBottom);
        time->setTicker(plot_->timeTicker);
        time->setTickLabels(track == Track::Rate);
        time->setTickLength(track == Track::Rate ? 4 : 0, 0);
        time->setSubTickLength(track == Track::Rate ? 2 : 0, 0);
        row.phases = new charts::PhasesPlot(time, rect->axis(QCPAxis::atLeft));
        row.title = new TitlePlot(time, rect->axis(QCPAxis::atLeft), titles[static_cast<std::size_t>(track)]);
    }
    plot_->lanes = new charts::LanesPlot(plot_->time(Track::Lanes), plot_->value(Track::Lanes));
    plot_->sizes = new charts::CurvesPlot(plot_->time(Track::Size), plot_->value(Track::Size));
    plot_->rates = new charts::CurvesPlot(plot_->time(Track::Rate), plot_->value(Track::Rate));
    for (const Track track : {Track::Lanes, Track::Size, Track::Rate}) // above all else
        plot_->row(track).notes =
            new charts::NotesPlot(plot_->time(track), plot_->value(track), track == Track::Lanes);
    plot_->names = QSharedPointer<QCPAxisTickerText>::create();
    plot_->value(Track::Lanes)->setTicker(plot_->names);
    plot_->value(Track::Lanes)->setRangeReversed(true);
    plot_->value(Track::Lanes)->setTickLength(0, 0);
    plot_->value(Track::Lanes)->setSubTickLength(0, 0);
    plot_->value(Track::Size)->setTicker(plot_->sizeTicker);
    plot_->value(Track::Rate)->setTicker(plot_->rateTicker);
    applyTheme(plot_->theme);
    connect(plot_->widget, &QCustomPlot::afterReplot, this, [this] { ++plot_->frames; });
    setContent({});
}

PlotCanvas::~PlotCanvas() = default;

int PlotCanvas::laneHeight(std::size_t devices) {
    return titleHeight + 8 + rowHeight * static_cast<int>(std::clamp<std::size_t>(devices, 1, 8));
}

void PlotCanvas::setContent(const ChartContent& content) {
    content_ = content;
    const double from = charts::axisTime(content.window.from);
    const double to = std::max(charts::axisTime(content.window.to), from + 1e-9);
    for (const Track track : {Track::Lanes, Track::Size, Track::Rate}) {
        plot_->time(track)->setRange(from, to);
        plot_->row(track).phases->setPhases(content.phases);
        plot_->row(track).notes->setNotes(content.notes);
    }
    plot_->names->clear();
    for (std::size_t row = 0; row < content.lanes.size(); ++row) {
        QString name = shortName(content.lanes[row].name);
        if (name.size() > 14) // an mdev's UUID: its first group tells it apart
            name = name.left(8) + QStringLiteral("…") +
                   (name.contains(QLatin1Char(' ')) ? name.right(2) : QString());
        plot_->names->addTick(static_cast<double>(row), name);
    }
    plot_->value(Track::Lanes)
        ->setRange(-0.5, std::max(0.5, static_cast<double>(content.lanes.size()) - 0.5));
    plot_->value(Track::Size)->setRange(0, roundUp(content.highestSize));
    plot_->value(Track::Rate)->setRange(0, roundUp(content.highestRate));
    plot_->lanes->setLanes(content.lanes, content.marks);
    plot_->sizes->setCurves(content.sizes);
    plot_->rates->setCurves(content.rates);
    plot_->row(Track::Size).title->setCurves(content.sizes);
    plot_->row(Track::Rate).title->setCurves(content.rates);
    layoutTracks(size());
    plot_->widget->replot(QCustomPlot::rpQueuedReplot);
}

void PlotCanvas::setHighlight(const std::optional<EventSpan>& span) {
    plot_->forEach([&](charts::TrackPlot& plot) { plot.setHighlight(span); });
    plot_->widget->replot(QCustomPlot::rpQueuedReplot);
}

void PlotCanvas::applyTheme(const Theme& theme) {
    plot_->theme = theme;
    plot_->forEach([&](charts::TrackPlot& plot) { plot.setTheme(theme); });
    plot_->widget->setBackground(QBrush(theme.card()));
    const QFont text = font();
    plot_->widget->setFont(text);
    for (const Track track : {Track::Lanes, Track::Size, Track::Rate}) {
        plot_->row(track).rect->setBackground(QBrush(mix(theme.text(), theme.card(), 0.015)));
        for (QCPAxis* axis : {plot_->time(track), plot_->value(track)}) {
            axis->setBasePen(QPen(theme.line(), 1));
            axis->setTickPen(QPen(theme.line(), 1));
            axis->setSubTickPen(QPen(theme.line(), 1));
            axis->setTickLabelColor(theme.text());
            axis->setLabelColor(theme.text());
            axis->setTickLabelFont(text);
            axis->setLabelFont(text);
            axis->grid()->setPen(QPen(mix(theme.text(), theme.card(), 0.11), 1));
            axis->grid()->setZeroLinePen(Qt::NoPen);
        }
    }
    plot_->value(Track::Lanes)->grid()->setVisible(false);
    plot_->widget->replot(QCustomPlot::rpQueuedReplot);
}

void PlotCanvas::layoutTracks(const QSize& size) {
    // The lanes get what they need, the two charts share the rest.
    const int lanes = std::min(laneHeight(content_.lanes.size()), std::max(size.height() / 2, 60));
    plot_->row(Track::Lanes).rect->setMinimumSize(60, lanes);
    plot_->row(Track::Lanes).rect->setMaximumSize(QWIDGETSIZE_MAX, lanes);
    const int rest = (size.height() - lanes - 2 * titleHeight - axisHeight) / 2;
    plot_->timeTicker->setTickCount(std::clamp(size.width() / 90, 3, 7));
    plot_->sizeTicker->setRoom(rest);
    plot_->rateTicker->setRoom(rest);
}

void PlotCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    plot_->widget->setGeometry(rect());
    layoutTracks(size());
}

QRectF PlotCanvas::area(Track track) const {
    return plot_->row(track).rect->rect();
}

std::size_t PlotCanvas::columns() const {
    return static_cast<std::size_t>(std::max(area(Track::Lanes).width(), 50.0));
}

Ns PlotCanvas::timeAt(double x) const {
    return Ns{std::llround(plot_->time(Track::Lanes)->pixelToCoord(x) * 1e9)};
}

double PlotCanvas::xOf(Ns time) const {
    return plot_->time(Track::Lanes)->coordToPixel(charts::axisTime(time));
}

std::optional<int> PlotCanvas::deviceAt(double y) const {
    const QRectF lanes = area(Track::Lanes);
    if (y < lanes.top() || y > lanes.bottom())
        return std::nullopt;
    const auto row = std::llround(plot_->value(Track::Lanes)->pixelToCoord(y));
    if (row < 0 || row >= static_cast<long long>(content_.lanes.size()))
        return std::nullopt;
    return content_.lanes[static_cast<std::size_t>(row)].device;
}

QColor PlotCanvas::axisColour() const {
    return plot_->time(Track::Rate)->tickLabelColor();
}

void PlotCanvas::paintTo(QPaintDevice& device, bool vector, const QRect& area,
                         const std::function<void(QPainter&)>& rest) {
    resize(area.size());
    plot_->widget->setGeometry(0, 0, area.width(), area.height());
    layoutTracks(area.size());
    // Twice: margins follow labels, which are measured while drawing.
    plot_->widget->replot(QCustomPlot::rpImmediateRefresh);
    QCPPainter painter;
    painter.begin(&device);
    painter.setMode(QCPPainter::pmVectorized, vector);
    painter.setMode(QCPPainter::pmNoCaching);
    painter.setFont(font());
    painter.save();
    rest(painter);
    painter.restore();
    painter.translate(area.topLeft());
    plot_->widget->toPainter(&painter, area.width(), area.height());
}

std::uint64_t PlotCanvas::frames() const {
    return plot_->frames;
}

} // namespace migscope
