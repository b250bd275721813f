// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where the devices of a recording stood at the cursor.
#include "ui/replay_grid.h"

#include <QEvent>
#include <QPainter>

#include <algorithm>
#include <utility>

#include "ui/grid_rules.h"
#include "ui/theme.h"
#include "ui/words.h"

namespace migscope {
namespace {
constexpr double headHeight = 18;
constexpr double gap = 4;
} // namespace

ReplayGrid::ReplayGrid(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("States at the cursor"));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
    setDevices({}, {});
}

void ReplayGrid::setDevices(const QString& when, std::vector<ReplayedDevice> devices) {
    when_ = when;
    devices_ = std::move(devices);
    setAccessibleDescription(sentence());
    setToolTip(sentence());
    update();
}

QString ReplayGrid::sentence() const {
    if (when_.isEmpty())
        return tr("Click into the chart: where each device stood at that time is shown here.");
    QStringList parts;
    for (const ReplayedDevice& device : devices_) {
        const QString name =
            device.letter.isEmpty() ? device.name : tr("%1 (%2)").arg(device.name, device.letter);
        if (device.state)
            parts << tr("%1: %2").arg(name, QString::fromStdString(stateName(*device.state)));
        else if (device.asked)
            parts << tr("%1: on the way to %2").arg(name, QString::fromStdString(stateName(*device.asked)));
        else
            parts << tr("%1: unknown").arg(name);
    }
    return tr("At %1 · %2").arg(when_, parts.isEmpty() ? tr("no device") : parts.join(QStringLiteral(" · ")));
}

QRectF ReplayGrid::cell(MigState state) const {
    const GridPlace place = placeOf(state);
    const double wide = (width() - gap * (gridColumns - 1)) / gridColumns;
    const double high = (height() - headHeight - gap * gridRows) / gridRows;
    return {place.column * (wide + gap), headHeight + place.row * (high + gap), wide, high};
}

void ReplayGrid::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
}

void ReplayGrid::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme theme = Theme::of(palette());
    QFont small = font();
    small.setPointSizeF(std::max(6.0, font().pointSizeF() - 2));
    painter.setFont(small);
    painter.setPen(theme.quiet());
    painter.drawText(
        QRectF(0, 0, width(), headHeight - 4), Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(when_.isEmpty() ? tr("no cursor") : tr("at %1").arg(when_),
                                         Qt::ElideRight, width()));
    for (int row = 0; row < gridRows; ++row) {
        for (int column = 0; column < gridColumns; ++column) {
            const MigState state = *stateAt(column, row);
            const QRectF box = cell(state);
            QStringList here;
            QStringList coming;
            for (const ReplayedDevice& device : devices_) {
                if (device.state == state)
                    here << device.letter;
                else if (!device.state && device.asked == state)
                    coming << device.letter;
            }
            const StateLook look = theme.state(state);
            const bool filled = !here.isEmpty();
            painter.setBrush(filled ? QBrush(look.fill) : QBrush(Qt::NoBrush));
            painter.setPen(filled             ? QPen(look.fill, 1)
                           : coming.isEmpty() ? QPen(theme.line(), 1)
                                              : QPen(look.fill, 1.6, Qt::DashLine));
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
            painter.setPen(filled ? look.ink : coming.isEmpty() ? theme.faint() : theme.text());
            const QString name = QString::fromStdString(stateName(state));
            const QRectF upper(box.left(), box.top() + 1, box.width(), box.height() / 2);
            painter.drawText(
                upper, Qt::AlignCenter,
                painter.fontMetrics().elidedText(name, Qt::ElideRight, static_cast<int>(box.width()) - 4));
            const QRectF lower(box.left(), box.center().y() - 1, box.width(), box.height() / 2);
            painter.drawText(
                lower, Qt::AlignCenter,
                here.isEmpty()
                    ? (coming.isEmpty() ? QString() : QStringLiteral("→ ") + coming.join(QLatin1Char(' ')))
                    : here.join(QLatin1Char(' ')));
        }
    }
}

} // namespace migscope
