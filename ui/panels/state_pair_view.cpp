// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix of state pairs as a heat map.
#include "ui/panels/state_pair_view.h"

#include <QHeaderView>
#include <QMouseEvent>
#include <QPainter>
#include <QStyledItemDelegate>

#include "ui/theme.h"

namespace migscope {
namespace {

/// The ground of a cell, and the pattern over it.
struct CellLook {
    QColor ground;
    QColor ink;
    QColor pattern = Qt::transparent;
};

CellLook lookOf(const Theme& theme, PairVerdict verdict, double share) {
    // Ink stays readable on the deepest ground.
    constexpr double palest = 0.10;
    constexpr double deepest = 0.42;
    switch (verdict) {
    case PairVerdict::Works:
        return {mix(theme.good(), theme.card(), palest + (deepest - palest) * share), theme.text()};
    case PairVerdict::Fails:
        return {mix(theme.bad(), theme.card(), 0.45), theme.text()};
    case PairVerdict::Refused:
        return {mix(theme.warning(), theme.card(), 0.30), theme.text()};
    case PairVerdict::NotAsked:
        return {theme.card(), theme.quiet()};
    case PairVerdict::NoWay:
        return {theme.card(), theme.quiet(), theme.faint()};
    case PairVerdict::Lacking:
        break;
    }
    return {theme.window(), theme.faint()};
}

class CellDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Theme theme = Theme::of(option.palette);
        const auto verdict = static_cast<PairVerdict>(index.data(StatePairModel::VerdictRole).toInt());
        const CellLook look = lookOf(theme, verdict, index.data(StatePairModel::ShareRole).toDouble());
        painter->save();
        painter->fillRect(option.rect, look.ground);
        if (look.pattern != Qt::transparent)
            painter->fillRect(option.rect, QBrush(look.pattern, Qt::BDiagPattern));
        QFont font = option.font;
        font.setBold(verdict == PairVerdict::Fails);
        painter->setFont(font);
        painter->setPen(look.ink);
        const QRect inside = option.rect.adjusted(1, 0, -1, 0);
        const QString text =
            painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, inside.width());
        painter->drawText(inside, Qt::AlignCenter, text);
        if ((option.state & QStyle::State_Selected) != 0) {
            painter->setPen(QPen(theme.highlight(), 2));
            painter->drawRect(option.rect.adjusted(1, 1, -1, -1));
        }
        painter->restore();
    }
};

} // namespace

StatePairView::StatePairView(StatePairModel& model, QWidget* parent) : QTableView(parent), model_(model) {
    setModel(&model);
    setItemDelegate(new CellDelegate(this));
    setAccessibleName(tr("State pairs: from in rows, to in columns"));
    setSelectionMode(QAbstractItemView::SingleSelection);
    setTabKeyNavigation(false);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setCornerButtonEnabled(false);
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    setFont(small);
    horizontalHeader()->setFont(small);
    verticalHeader()->setFont(small);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    horizontalHeader()->setSectionsClickable(false);
    horizontalHeader()->setMinimumSectionSize(24);
    verticalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    verticalHeader()->setSectionsClickable(false);
    verticalHeader()->setMinimumSectionSize(fontMetrics().height() + 4);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    setSizePolicy(policy);
}

QSize StatePairView::minimumSizeHint() const {
    const QFontMetrics metrics = fontMetrics();
    const int cell = metrics.horizontalAdvance(QStringLiteral("000 ms"));
    return {verticalHeader()->sizeHint().width() + cell * model_.columnCount(),
            horizontalHeader()->sizeHint().height() + 8 + (metrics.height() + 5) * model_.rowCount()};
}

QSize StatePairView::sizeHint() const {
    return minimumSizeHint() + QSize(40, 20);
}

void StatePairView::pick(const QModelIndex& index) {
    if (const StatePair* pair = model_.pairAt(index); pair != nullptr)
        emit pairPicked(pair->from, pair->to);
}

void StatePairView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    if (current.isValid() && hasFocus())
        pick(current);
}

void StatePairView::focusInEvent(QFocusEvent* event) {
    QTableView::focusInEvent(event);
    if (event->reason() != Qt::MouseFocusReason && currentIndex().isValid())
        pick(currentIndex());
}

void StatePairView::mousePressEvent(QMouseEvent* event) {
    const QModelIndex before = currentIndex();
    QTableView::mousePressEvent(event);
    if (const QModelIndex at = indexAt(event->pos()); at.isValid() && (at == before || !hasFocus()))
        pick(at); // it is no change, and yet somebody wants to see it
}

} // namespace migscope
