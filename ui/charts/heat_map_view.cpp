// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which pages a device wrote when.
#include "ui/charts/heat_map_view.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ui/charts/chart_look.h"
#include "ui/charts/plottables.h"
#include "ui/charts/tickers.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr int cellWidth = 3; ///< pixels, the least
constexpr int cellHeight = 3;
constexpr int labelHeight = 22;   ///< from one address to the next
constexpr double faintest = 0.18; ///< one page of many must be seen

/// From nothing written to the largest share; one hue, as pages that are dirty have in every chart.
QCPColorGradient gradientOf(const Theme& theme) {
    const QColor dirty = curveLook(theme, CurveKind::Dirty).colour;
    QCPColorGradient gradient;
    gradient.clearColorStops();
    gradient.setColorInterpolation(QCPColorGradient::ciRGB);
    gradient.setColorStopAt(0, mix(theme.text(), theme.card(), 0.06));
    gradient.setColorStopAt(1e-4, mix(dirty, theme.card(), faintest));
    gradient.setColorStopAt(1, dirty);
    gradient.setLevelCount(350);
    gradient.setNanHandling(QCPColorGradient::nhTransparent);
    return gradient;
}

QString shareWords(double share) {
    const double percent = share * 100;
    return percent > 0 && percent < 0.1 ? HeatMapView::tr("less than 0.1 %")
                                        : HeatMapView::tr("%1 %").arg(percent, 0, 'f', percent < 10 ? 1 : 0);
}

} // namespace

struct HeatMapView::Plot {
    QCustomPlot* widget = nullptr;
    QCPColorMap* map = nullptr;
    QCPColorScale* scale = nullptr;
    QSharedPointer<QCPAxisTickerText> addresses = QSharedPointer<QCPAxisTickerText>::create();
    QList<QCPItemStraightLine*> gaps;
    Frame* frame = nullptr;
};

/// The cell that is pointed at, and the focus, above the plot: moving them draws no map.
class HeatMapView::Frame : public QWidget {
public:
    explicit Frame(HeatMapView& view) : QWidget(&view), view_(view) {
        setAttribute(Qt::WA_TransparentForMouseEvents);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1.5));
        if (view_.hasFocus())
            painter.drawRect(QRectF(rect()).adjusted(1, 1, -1.5, -1.5));
        if (!view_.pointed_)
            return;
        const QPointF centre = view_.cellCentre(*view_.pointed_);
        const QRectF plot = view_.plot_->widget->axisRect()->rect();
        painter.drawLine(QLineF(centre.x(), plot.top(), centre.x(), plot.bottom()));
        painter.drawLine(QLineF(plot.left(), centre.y(), plot.right(), centre.y()));
    }

private:
    HeatMapView& view_;
};

HeatMapView::HeatMapView(QWidget* parent) : QWidget(parent), plot_(std::make_unique<Plot>()) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Dirty pages by address and time"));
    plot_->widget = new QCustomPlot(this);
    plot_->widget->setAttribute(Qt::WA_TransparentForMouseEvents);
    plot_->widget->setFocusPolicy(Qt::NoFocus);
    plot_->widget->setInteractions({});
    QCPAxis* time = plot_->widget->xAxis;
    QCPAxis* address = plot_->widget->yAxis;
    time->setTicker(QSharedPointer<charts::TimeTicker>::create());
    address->setTicker(plot_->addresses);
    address->setSubTicks(false);
    for (QCPAxis* axis : {time, address})
        axis->grid()->setVisible(false);
    plot_->map = new QCPColorMap(time, address);
    plot_->map->setInterpolate(false);
    plot_->map->setTightBoundary(true);
    plot_->scale = new QCPColorScale(plot_->widget);
    plot_->widget->plotLayout()->addElement(0, 1, plot_->scale);
    plot_->scale->setType(QCPAxis::atRight);
    plot_->scale->setBarWidth(10);
    plot_->map->setColorScale(plot_->scale);
    auto* margins = new QCPMarginGroup(plot_->widget);
    plot_->widget->axisRect()->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
    plot_->scale->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
    plot_->frame = new Frame(*this);
    applyTheme();
    setMap({});
}

HeatMapView::~HeatMapView() = default;

std::size_t HeatMapView::columns() const {
    return static_cast<std::size_t>(std::clamp(width() - 150, 60, 2000) / cellWidth);
}

std::size_t HeatMapView::rows() const {
    return static_cast<std::size_t>(std::clamp(height() - 40, 30, 1200) / cellHeight);
}

void HeatMapView::setMap(HeatMap map) {
    map_ = std::move(map);
    const bool empty = map_.columns == 0 || map_.rows == 0;
    const auto columns = static_cast<int>(empty ? 1 : map_.columns);
    const auto rows = static_cast<int>(empty ? 1 : map_.rows);
    QCPColorMapData* cells = plot_->map->data();
    cells->setSize(columns, rows);
    const double from = charts::axisTime(map_.begin);
    const double to = std::max(charts::axisTime(map_.end), from + 1e-9);
    // The ranges of a colour map are those of the cells' centres; cells are drawn half a cell further.
    const double half = (to - from) / columns / 2;
    cells->setRange({from + half, columns > 1 ? to - half : from + half + 1e-12},
                    {0.5, std::max(rows - 0.5, 0.5 + 1e-9)});
    const double highest = map_.highest > 0 ? static_cast<double>(map_.highest) : 1.0;
    for (int column = 0; column < columns; ++column) {
        for (int row = 0; row < rows; ++row) {
            const float share =
                empty ? -1.0F : map_.at(static_cast<std::size_t>(column), static_cast<std::size_t>(row));
            cells->setCell(column, row, share < 0 ? std::numeric_limits<double>::quiet_NaN() : share * 100.0);
        }
    }
    plot_->scale->setDataRange({0, highest * 100});
    plot_->widget->xAxis->setRange(from, to);
    plot_->widget->yAxis->setRange(0, rows);
    plot_->addresses->clear();
    for (QCPItemStraightLine* line : std::as_const(plot_->gaps))
        plot_->widget->removeItem(line);
    plot_->gaps.clear();
    const double rowPixels = std::max(1.0, static_cast<double>(height() - 40) / rows);
    double labelled = -1e9;
    for (const std::size_t row : map_.gaps) {
        auto* line = new QCPItemStraightLine(plot_->widget);
        line->point1->setCoords(from, static_cast<double>(row));
        line->point2->setCoords(to, static_cast<double>(row));
        line->setPen(QPen(Theme::of(palette()).line(), 1, Qt::DashLine));
        plot_->gaps << line;
    }
    for (std::size_t row = 0; row < map_.rows; ++row) {
        const double at = static_cast<double>(row) * rowPixels;
        if (at - labelled < labelHeight)
            continue;
        labelled = at;
        plot_->addresses->addTick(static_cast<double>(row),
                                  QString::fromStdString(formatIova(map_.rowIova[row])));
    }
    if (pointed_ && (pointed_->column >= map_.columns || pointed_->row >= map_.rows))
        pointed_.reset();
    point(pointed_);
    plot_->widget->replot(QCustomPlot::rpQueuedReplot);
}

QPointF HeatMapView::cellCentre(const Cell& cell) const {
    const double from = charts::axisTime(map_.begin);
    const double to = charts::axisTime(map_.end);
    const double column = (static_cast<double>(cell.column) + 0.5) / static_cast<double>(map_.columns);
    return {plot_->widget->xAxis->coordToPixel(from + (to - from) * column),
            plot_->widget->yAxis->coordToPixel(static_cast<double>(cell.row) + 0.5)};
}

std::optional<HeatMapView::Cell> HeatMapView::cellAt(const QPointF& at) const {
    if (map_.columns == 0 || map_.rows == 0 || !plot_->widget->axisRect()->rect().contains(at.toPoint()))
        return std::nullopt;
    const double from = charts::axisTime(map_.begin);
    const double to = std::max(charts::axisTime(map_.end), from + 1e-9);
    const double column =
        (plot_->widget->xAxis->pixelToCoord(at.x()) - from) / (to - from) * static_cast<double>(map_.columns);
    const double row = plot_->widget->yAxis->pixelToCoord(at.y());
    if (column < 0 || row < 0)
        return std::nullopt;
    const Cell cell{static_cast<std::size_t>(column), static_cast<std::size_t>(row)};
    return cell.column < map_.columns && cell.row < map_.rows ? std::optional(cell) : std::nullopt;
}

QString HeatMapView::cellWords(const Cell& cell) const {
    const Ns each = (map_.end - map_.begin) / static_cast<std::int64_t>(map_.columns);
    const Ns begin = map_.begin + each * static_cast<std::int64_t>(cell.column);
    const float share = map_.at(cell.column, cell.row);
    const QString where = QString::fromStdString(
        formatDmaRange({map_.rowIova[cell.row], std::max<std::uint64_t>(map_.rowBytes, 1)}));
    const QString when = tr("%1 to %2").arg(durationText(begin), durationText(begin + each));
    return share < 0 ? tr("%1 · %2 · no report").arg(where, when)
                     : tr("%1 · %2 · %3 of its pages written").arg(where, when, shareWords(share));
}

void HeatMapView::point(std::optional<Cell> cell) {
    pointed_ = cell;
    const QString words = cell ? cellWords(*cell) : QString();
    setAccessibleDescription(cell             ? words
                             : map_.rows == 0 ? tr("nothing was reported")
                             : map_.highest > 0
                                 ? tr("at most %1 of a cell's pages written").arg(shareWords(map_.highest))
                                 : tr("no page was written"));
    plot_->frame->update();
    emit readoutChanged(words);
}

void HeatMapView::applyTheme() {
    const Theme theme = Theme::of(palette());
    plot_->widget->setBackground(QBrush(theme.card()));
    plot_->widget->axisRect()->setBackground(QBrush(theme.card()));
    const auto dress = [&](QCPAxis* axis) {
        axis->setBasePen(QPen(theme.line(), 1));
        axis->setTickPen(QPen(theme.line(), 1));
        axis->setSubTickPen(QPen(theme.line(), 1));
        axis->setNumberFormat(QStringLiteral("g")); // "0x10e6" is no power of ten
        axis->setTickLabelColor(theme.text());
        axis->setTickLabelFont(font());
        axis->setLabelFont(font());
        axis->setLabelColor(theme.quiet());
    };
    dress(plot_->widget->xAxis);
    dress(plot_->widget->yAxis);
    dress(plot_->scale->axis());
    plot_->scale->axis()->setLabel(tr("% of pages"));
    plot_->scale->axis()->setNumberPrecision(3);
    plot_->scale->axis()->ticker()->setTickCount(3);
    plot_->map->setGradient(gradientOf(theme));
    plot_->scale->setGradient(gradientOf(theme));
    plot_->widget->replot(QCustomPlot::rpQueuedReplot);
}

void HeatMapView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    plot_->widget->setGeometry(rect());
    plot_->frame->setGeometry(rect());
    emit resized();
}

void HeatMapView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        applyTheme();
}

void HeatMapView::mouseMoveEvent(QMouseEvent* event) {
    point(cellAt(event->position()));
}

void HeatMapView::leaveEvent(QEvent* /*event*/) {
    if (!hasFocus())
        point(std::nullopt);
}

void HeatMapView::keyPressEvent(QKeyEvent* event) {
    if (map_.columns == 0 || map_.rows == 0) {
        QWidget::keyPressEvent(event);
        return;
    }
    Cell cell = pointed_.value_or(Cell{});
    const std::size_t far = (event->modifiers() & Qt::ControlModifier) != 0 ? 10 : 1;
    switch (event->key()) {
    case Qt::Key_Left:
        cell.column -= std::min(cell.column, pointed_ ? far : 0);
        break;
    case Qt::Key_Right:
        cell.column = std::min(cell.column + (pointed_ ? far : 0), map_.columns - 1);
        break;
    case Qt::Key_Up:
        cell.row = std::min(cell.row + (pointed_ ? far : 0), map_.rows - 1);
        break;
    case Qt::Key_Down:
        cell.row -= std::min(cell.row, pointed_ ? far : 0);
        break;
    case Qt::Key_Home:
        cell = {};
        break;
    case Qt::Key_End:
        cell.column = map_.columns - 1;
        break;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    point(cell);
}

void HeatMapView::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    plot_->frame->update();
}

void HeatMapView::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    point(std::nullopt);
}

} // namespace migscope
