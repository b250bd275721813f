// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What DMA logging found on a device of one recording.
#include "ui/panels/dirty_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScopedValueRollback>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <utility>

#include "core/base/byte_size.h"
#include "ui/panels/command_box.h"
#include "ui/panels/flat_parts.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString bytes(std::uint64_t count) {
    return QString::fromStdString(formatBytes(count));
}

std::uint64_t callsOf(const DirtyFold& fold) {
    std::uint64_t calls = fold.stopCost().calls + fold.stopCost().failed;
    for (const auto* costs : {&fold.startCosts(), &fold.reportCosts()}) {
        for (const auto& [size, cost] : *costs)
            calls += cost.calls + cost.failed;
    }
    return calls;
}

QString deviceName(const Recording& recording, int device) {
    const auto& devices = recording.header().devices;
    const auto at = static_cast<std::size_t>(device);
    return device >= 0 && at < devices.size() ? shortName(devices[at].name) : QString::number(device);
}

void dress(QTableView* table) {
    table->setWordWrap(false);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setStretchLastSection(true);
    table->horizontalHeader()->setHighlightSections(false);
    table->setMinimumSize(120, 60);
}

} // namespace

DirtyView::DirtyView(QWidget* parent) : QWidget(parent), empty_(plainLabel({}, this)) {
    empty_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    empty_->setContentsMargins(4, 8, 4, 4);
    setEmptyText(tr("No DMA logging in this recording. It is started on the tab “Dirty pages” of an opened "
                    "device, or by migscope-cli dirty --record."));
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(empty_, 1);
}

void DirtyView::makeBody() {
    body_ = new QWidget(this);
    device_ = new QComboBox(body_);
    device_->setAccessibleName(tr("Logged device"));
    logging_ = new QComboBox(body_);
    logging_->setAccessibleName(tr("Logging"));
    logging_->setSizeAdjustPolicy(QComboBox::AdjustToContents); // its numbers grow
    logging_->setToolTip(tr("From one START to the next: each has ranges and a time of its own"));
    words_ = plainLabel({}, body_);
    words_->setObjectName(QStringLiteral("dirty words"));
    readout_ = plainLabel({}, body_);
    readout_->setObjectName(QStringLiteral("dirty readout"));
    readout_->setWordWrap(false);
    readout_->setMinimumWidth(100);
    readout_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    heat_ = new HeatMapView(body_);
    auto* choice = new QHBoxLayout;
    choice->setSpacing(4);
    choice->addWidget(words_, 1);
    choice->addWidget(device_, 0, Qt::AlignTop);
    choice->addWidget(logging_, 0, Qt::AlignTop);
    auto* tables = new QSplitter(Qt::Horizontal, body_);
    tables->setChildrenCollapsible(false);
    makeTables(tables);
    auto* parts = new QSplitter(Qt::Vertical, body_);
    parts->setChildrenCollapsible(false);
    parts->addWidget(heat_);
    parts->addWidget(tables);
    parts->setStretchFactor(0, 3);
    parts->setStretchFactor(1, 2);
    auto* layout = new QVBoxLayout(body_);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    layout->addLayout(choice);
    layout->addWidget(parts, 1);
    layout->addWidget(readout_);
    qobject_cast<QVBoxLayout*>(this->layout())->addWidget(body_, 1);
    connect(heat_, &HeatMapView::readoutChanged, readout_, &QLabel::setText);
    connect(heat_, &HeatMapView::resized, this, &DirtyView::refresh);
    connect(device_, &QComboBox::activated, this, &DirtyView::refresh);
    connect(logging_, &QComboBox::activated, this, [this](int index) {
        follows_ = index == logging_->count() - 1;
        refresh();
    });
}

void DirtyView::makeTables(QWidget* parent) {
    roundsTable_ = plainTable(rounds_, tr("Rounds of reports"), parent);
    costTable_ = plainTable(costs_, tr("What the calls of DMA logging cost"), parent);
    dress(roundsTable_);
    dress(costTable_);
}

void DirtyView::setEmptyText(const QString& text) {
    empty_->setText(text);
}

void DirtyView::setSource(const RunSourcePtr& source) {
    if (source == source_)
        return;
    source_ = source;
    shown_ = {};
    follows_ = true;
    if (device_ != nullptr) {
        const QSignalBlocker quiet(device_);
        device_->clear();
    }
    refresh();
}

void DirtyView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void DirtyView::fillDevices(const Seen& seen) {
    const QSignalBlocker quiet(device_);
    if (device_->count() != static_cast<int>(seen.devices.size())) {
        device_->clear();
        for (const auto& [device, name] : seen.devices)
            device_->addItem(name, device);
    }
    device_->setCurrentIndex(device_->findData(seen.shown.device));
    device_->setVisible(seen.devices.size() > 1);
}

void DirtyView::fillLoggings(const Seen& seen) {
    const QSignalBlocker quiet(logging_);
    const auto count = static_cast<int>(seen.loggings);
    // Names hold for good: a logging is known by its place from the first on, also of those dropped.
    const auto first = static_cast<int>(seen.dropped);
    if (logging_->count() != count || (count > 0 && logging_->itemData(0).toInt() != first)) {
        logging_->clear();
        for (int at = 0; at < count; ++at)
            logging_->addItem(tr("logging %1").arg(first + at + 1), first + at);
    }
    logging_->setCurrentIndex(static_cast<int>(seen.shown.logging));
    logging_->setVisible(count > 1);
}

void DirtyView::refresh() {
    // Widgets that change size ask for another refresh.
    if (!isVisible() || refreshing_)
        return;
    const QScopedValueRollback<bool> guard(refreshing_, true);
    bool any = false;
    if (source_)
        source_->look([&](const Recording& recording) { any = !recording.dirty().empty(); });
    if (any && body_ == nullptr)
        makeBody();
    empty_->setVisible(!any);
    if (body_ != nullptr)
        body_->setVisible(any);
    if (!any)
        return;
    layout()->activate(); // the map is cut to the room that it has
    Seen seen;
    source_->look([&](const Recording& recording) { seen = look(recording); });
    fillDevices(seen);
    fillLoggings(seen);
    if (seen.shown == shown_)
        return;
    shown_ = seen.shown;
    words_->setText(seen.words);
    heat_->setMap(std::move(seen.map));
    rounds_.setRounds(std::move(seen.rounds));
    costs_.setCosts(seen.starts, seen.reports, seen.stop);
}

DirtyView::Seen DirtyView::look(const Recording& recording) const {
    Seen seen;
    for (const auto& [device, log] : recording.dirty())
        seen.devices.emplace_back(device, deviceName(recording, device));
    const auto chosen =
        recording.dirty().find(device_->currentIndex() < 0 ? -1 : device_->currentData().toInt());
    const auto& [device, log] = chosen == recording.dirty().end() ? *recording.dirty().begin() : *chosen;
    seen.loggings = log.loggings().size();
    seen.dropped = log.dropped();
    const std::size_t last = seen.loggings > 0 ? seen.loggings - 1 : 0;
    const auto wanted = static_cast<std::size_t>(std::max(0, logging_->currentData().toInt()));
    seen.shown.logging = follows_ || shown_.device != device || wanted < seen.dropped
                             ? last
                             : std::min(wanted - seen.dropped, last);
    static const DirtyFold nothing;
    const DirtyFold& fold = seen.loggings > 0 ? log.loggings()[seen.shown.logging] : nothing;
    seen.shown.device = device;
    seen.shown.loggings = seen.loggings + seen.dropped;
    seen.shown.rounds = fold.roundCount();
    seen.shown.calls = callsOf(log.all());
    seen.shown.cells = {static_cast<int>(heat_->columns()), static_cast<int>(heat_->rows())};
    if (seen.shown == shown_)
        return seen; // the rest would be what is in view
    seen.words = sentence(recording, fold);
    seen.map = heatMap(fold, heat_->columns(), heat_->rows());
    for (const DirtyRound& round : fold.rounds()) {
        DirtyRound& row = seen.rounds.emplace_back();
        row.begin = round.begin;
        row.end = round.end;
        row.beginKnown = round.beginKnown;
        row.rounds = round.rounds;
        row.dirtyPages = round.dirtyPages;
        row.dirtyBytes = round.dirtyBytes;
    }
    seen.starts = log.all().startCosts();
    seen.reports = log.all().reportCosts();
    seen.stop = log.all().stopCost();
    return seen;
}

QString DirtyView::sentence(const Recording& recording, const DirtyFold& fold) const {
    std::uint64_t tracked = 0;
    for (const DmaRange& window : fold.windows())
        tracked += window.length;
    QString text = tr("%1 logged").arg(bytes(tracked));
    if (fold.windows().size() > 1)
        text += tr(" in %1 ranges").arg(fold.windows().size());
    if (fold.pageBytes() != 0)
        text += tr(", pages of %1").arg(bytes(fold.pageBytes()));
    if (fold.roundCount() == 0) {
        text += fold.active() ? tr(" · no report yet") : tr(" · no report was made");
    } else {
        const Ns span = fold.rounds().back().end - fold.rounds().front().begin;
        text += tr(" · %1 rounds in %2").arg(fold.roundCount()).arg(durationText(span));
        if (fold.nothingWritten()) {
            text += tr(" · no page was written: an idle function dirties nothing. A guest or a program must "
                       "drive it.");
        } else {
            std::uint64_t dirty = 0;
            for (const DirtyRound& round : fold.rounds())
                dirty += round.dirtyBytes;
            text += tr(" · %1 pages written, %2").arg(fold.totalDirtyPages()).arg(bytes(dirty));
            const double seconds = std::chrono::duration<double>(span).count();
            if (seconds > 0 && fold.rounds().front().beginKnown)
                text += QStringLiteral(", %1/s").arg(
                    bytes(static_cast<std::uint64_t>(static_cast<double>(dirty) / seconds)));
        }
    }
    if (fold.active() && source_->growing())
        text += tr(" · logging");
    if (recording.header().simulated)
        text += tr(" · SIMULATED");
    return text;
}

} // namespace migscope
