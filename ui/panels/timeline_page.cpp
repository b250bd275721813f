// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Timeline tab.
#include "ui/panels/timeline_page.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <vector>

#include "ui/panels/flat_parts.h"
#include "ui/panels/range_panel.h"
#include "ui/replay_grid.h"
#include "ui/words.h"

namespace migscope {
namespace {

/// "S" and "D" for a pair, numbers where several devices have a role.
QStringList lettersOf(const Recording& recording) {
    QStringList letters;
    const auto& devices = recording.header().devices;
    std::vector<QString> roles(devices.size());
    if (!recording.metrics().runs().empty() && recording.metrics().runs().front().plan) {
        for (const PlanPair& pair : recording.metrics().runs().front().plan->pairs) {
            if (pair.source && static_cast<std::size_t>(*pair.source) < roles.size())
                roles[static_cast<std::size_t>(*pair.source)] = QStringLiteral("S");
            if (pair.destination && static_cast<std::size_t>(*pair.destination) < roles.size() &&
                pair.destination != pair.source)
                roles[static_cast<std::size_t>(*pair.destination)] = QStringLiteral("D");
        }
    }
    for (std::size_t at = 0; at < devices.size(); ++at) {
        const bool alone = !roles[at].isEmpty() && std::count(roles.begin(), roles.end(), roles[at]) == 1;
        letters << (alone ? roles[at] : roles[at] + QString::number(at + 1));
    }
    return letters;
}

} // namespace

TimelinePage::TimelinePage(Selection& selection, QWidget* parent) : RunView(selection, parent) {
    setWindowTitle(tr("Timeline")); // of its tab
}

void TimelinePage::makeMore(QVBoxLayout& body) {
    details_ = new QWidget(this);
    grid_ = new ReplayGrid(details_);
    range_ = new RangePanel(selection(), details_);
    mark_ = new QLineEdit(details_);
    mark_->setAccessibleName(tr("Text of a mark at the cursor"));
    mark_->setPlaceholderText(tr("Mark at the cursor…"));
    mark_->setMaxLength(400);
    mark_->installEventFilter(this);
    addMark_ = flatButton(tr("Add mark"), tr("Add the mark"), {}, details_);
    auto* marks = new QHBoxLayout;
    marks->setSpacing(3);
    marks->addWidget(mark_, 1);
    marks->addWidget(addMark_);
    auto* left = new QVBoxLayout;
    left->setSpacing(3);
    left->addWidget(grid_, 1);
    left->addLayout(marks);
    auto* layout = new QHBoxLayout(details_);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    layout->addLayout(left);
    layout->addWidget(range_, 1);
    details_->setMaximumHeight(128);
    body.addWidget(details_);
    connect(&selection(), &Selection::cursorMoved, this, &TimelinePage::showCursor);
    connect(range_, &RangePanel::zoomAsked, this, [this](TimeRange range) { chart()->zoomTo(range); });
    connect(range_, &RangePanel::saveAsked, this, &TimelinePage::saveStretchAsked);
    const auto add = [this] {
        const auto at = selection().cursorIn(source());
        const QString text = mark_->text().trimmed();
        if (!at || text.isEmpty() || !whyNoMark_.isEmpty())
            return;
        emit markAsked(source(), at->count(), text);
        mark_->clear();
    };
    connect(mark_, &QLineEdit::returnPressed, this, add);
    connect(addMark_, &QToolButton::clicked, this, add);
    connect(mark_, &QLineEdit::textChanged, this, &TimelinePage::showCursor);
    range_->setSource(source());
    showCursor();
}

void TimelinePage::sourceChanged() {
    if (range_ == nullptr)
        return;
    range_->setSource(source());
    showCursor();
}

void TimelinePage::sourceGrew() {
    if (range_ == nullptr)
        return;
    range_->refresh();
    showCursor();
}

void TimelinePage::pageChanged(Page page) {
    details_->setVisible(page == ChartPage || page == TablePage); // the others need the room
}

bool TimelinePage::eventFilter(QObject* watched, QEvent* event) {
    if (watched == mark_ && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        mark_->clear();
        chart()->setFocus(Qt::OtherFocusReason);
        return true;
    }
    return RunView::eventFilter(watched, event);
}

void TimelinePage::askMark() {
    markField()->setFocus(Qt::ShortcutFocusReason);
}

void TimelinePage::setWhyNoMark(const QString& why) {
    whyNoMark_ = why;
    if (mark_ != nullptr)
        showCursor();
}

void TimelinePage::showCursor() {
    const auto at = selection().cursorIn(source());
    std::vector<ReplayedDevice> devices;
    if (at) {
        source()->look([&](const Recording& recording) {
            const QStringList letters = lettersOf(recording);
            for (const Readout::Of& of : readoutAt(recording, *at).devices) {
                const auto index = static_cast<std::size_t>(of.device);
                if (of.device < 0 || index >= recording.header().devices.size())
                    continue;
                devices.push_back({shortName(recording.header().devices[index].name), letters[of.device],
                                   of.state, of.asked});
            }
        });
    }
    grid_->setDevices(at ? timeText(*at) : QString(), std::move(devices));
    const QString why = !whyNoMark_.isEmpty() ? whyNoMark_
                        : !at                 ? tr("Click into the chart first: a mark stands at the cursor.")
                                              : QString();
    mark_->setEnabled(why.isEmpty());
    mark_->setToolTip(why);
    addMark_->setEnabled(why.isEmpty() && !mark_->text().trimmed().isEmpty());
    addMark_->setToolTip(why.isEmpty() ? tr("Puts the text at the cursor, into the recording") : why);
}

} // namespace migscope
