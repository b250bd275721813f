// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What DMA logging found on a device of one recording.
#include "ui/panels/dirty_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
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
    if (device_ != nullptr)
        device_->clear();
    refresh();
}

void DirtyView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void DirtyView::fillDevices(const Recording& recording) {
    const auto& logs = recording.dirty();
    if (device_->count() != static_cast<int>(logs.size())) {
        const QSignalBlocker quiet(device_);
        const QVariant before = device_->currentData();
        device_->clear();
        for (const auto& [device, log] : logs)
            device_->addItem(deviceName(recording, device), device);
        device_->setCurrentIndex(std::max(0, device_->findData(before)));
    }
    device_->setVisible(logs.size() > 1);
}

void DirtyView::fillLoggings(const DirtyLog& log) {
    const QSignalBlocker quiet(logging_);
    const auto count = static_cast<int>(log.loggings().size());
    // Names hold for good: a logging is known by its place from the first on, also of those dropped.
    const auto first = static_cast<int>(log.dropped());
    if (logging_->count() != count || (count > 0 && logging_->itemData(0).toInt() != first)) {
        const QVariant before = logging_->currentData();
        logging_->clear();
        for (int at = 0; at < count; ++at)
            logging_->addItem(tr("logging %1").arg(first + at + 1), first + at);
        logging_->setCurrentIndex(follows_ ? count - 1 : std::max(0, logging_->findData(before)));
    }
    logging_->setVisible(count > 1);
}

void DirtyView::refresh() {
    if (!isVisible())
        return;
    bool any = false;
    if (source_) {
        source_->look([&](const Recording& recording) {
            any = !recording.dirty().empty();
            if (any && body_ == nullptr)
                makeBody();
            if (any)
                showRecording(recording);
        });
    }
    empty_->setVisible(!any);
    if (body_ != nullptr)
        body_->setVisible(any);
}

void DirtyView::showRecording(const Recording& recording) {
    fillDevices(recording);
    const DirtyLog& log = recording.dirty().at(device_->currentData().toInt());
    fillLoggings(log);
    static const DirtyFold nothing;
    const auto at = static_cast<std::size_t>(std::max(0, logging_->currentIndex()));
    const DirtyFold& fold = at < log.loggings().size() ? log.loggings()[at] : nothing;
    Shown now;
    now.device = device_->currentData().toInt();
    now.loggings = log.loggings().size() + log.dropped();
    now.logging = at;
    now.rounds = fold.roundCount();
    now.calls = callsOf(log.all());
    now.cells = {static_cast<int>(heat_->columns()), static_cast<int>(heat_->rows())};
    if (now == std::exchange(shown_, now))
        return;
    words_->setText(sentence(recording, fold));
    heat_->setMap(heatMap(fold, heat_->columns(), heat_->rows()));
    std::vector<DirtyRound> rounds;
    rounds.reserve(fold.rounds().size());
    for (const DirtyRound& round : fold.rounds()) {
        DirtyRound row;
        row.begin = round.begin;
        row.end = round.end;
        row.beginKnown = round.beginKnown;
        row.rounds = round.rounds;
        row.dirtyPages = round.dirtyPages;
        row.dirtyBytes = round.dirtyBytes;
        rounds.push_back(std::move(row));
    }
    rounds_.setRounds(std::move(rounds));
    costs_.setCosts(log.all());
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
