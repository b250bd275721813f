// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Dirty pages tab.
#include "ui/panels/dirty_page.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "core/base/byte_size.h"
#include "ui/grid_rules.h"
#include "ui/panels/command_box.h"
#include "ui/panels/dirty_view.h"
#include "ui/panels/flat_parts.h"
#include "ui/theme.h"
#include "ui/words.h"

namespace migscope {
namespace {

/// What DMA_LOGGING_START may be asked for: the device takes it or another.
constexpr std::uint64_t largestPage = std::uint64_t{1} << 30U;

bool isDmaJob(const std::string& job) {
    return job == jobWord(job::DmaLog{}) || job == jobWord(job::DmaCost{});
}

} // namespace

DirtyPage::DirtyPage(QWidget* parent) : QWidget(parent) {
    setWindowTitle(tr("Dirty pages")); // of its tab
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(8, 6, 8, 4);
}

DirtyPage& DirtyPage::made() {
    if (body_ == nullptr)
        makeBody();
    return *this;
}

void DirtyPage::makeBody() {
    body_ = new QWidget(this);
    ranges_ = new QLineEdit(QStringLiteral("0+4G"), body_);
    ranges_->setAccessibleName(tr("Ranges of I/O virtual addresses"));
    ranges_->setObjectName(QStringLiteral("dirty ranges"));
    ranges_->setPlaceholderText(tr("0x100000000+4G, 0+1M"));
    ranges_->setToolTip(tr("Address and length, several with commas: 0x100000000+4G, 0+1M"));
    page_ = new QComboBox(body_);
    page_->setAccessibleName(tr("Page size to ask for"));
    page_->setToolTip(tr("The device may take another; the report says which."));
    for (std::uint64_t size = smallestDmaPage; size <= largestPage; size *= 8)
        page_->addItem(QString::fromStdString(formatBytes(size)), QVariant::fromValue<qulonglong>(size));
    interval_ = new QSpinBox(body_);
    interval_->setRange(1, 3'600'000);
    interval_->setValue(200);
    interval_->setSuffix(tr(" ms"));
    interval_->setAccessibleName(tr("Time from one report to the next"));
    rounds_ = new QSpinBox(body_);
    rounds_->setObjectName(QStringLiteral("dirty rounds"));
    rounds_->setRange(0, 1'000'000);
    rounds_->setSpecialValueText(tr("until stopped"));
    rounds_->setAccessibleName(tr("Rounds of reports"));
    const auto button = [this](const QString& text, const char* name, const QString& help) {
        auto* made = new QPushButton(text, body_);
        made->setObjectName(QLatin1String(name));
        made->setAutoDefault(false);
        made->setToolTip(help);
        made->setAccessibleDescription(help);
        return made;
    };
    start_ = button(tr("&Start logging"), "dirty start",
                    tr("DMA_LOGGING_START over the ranges, a REPORT each interval. The migration state stays "
                       "as it is."));
    stop_ = button(tr("S&top"), "dirty stop", tr("DMA_LOGGING_STOP after the report under way"));
    cost_ =
        button(tr("&Cost by size"), "dirty cost",
               tr("START, three REPORTs and STOP over growing parts of the largest range, from 1 MiB on"));
    copy_ = flatButton(tr("Copy command"), tr("Copy the logging as a command"),
                       tr("migscope-cli dirty with these ranges"), body_);
    words_ = plainLabel({}, body_);
    words_->setObjectName(QStringLiteral("dirty status"));
    const auto label = [this](const QString& text, QWidget* buddy) {
        auto* made = new QLabel(text, body_);
        made->setBuddy(buddy);
        return made;
    };
    auto* fields = new QHBoxLayout;
    fields->setSpacing(6);
    fields->addWidget(label(tr("&Ranges:"), ranges_));
    fields->addWidget(ranges_, 1);
    fields->addWidget(label(tr("Pa&ge:"), page_));
    fields->addWidget(page_);
    fields->addWidget(label(tr("&Every:"), interval_));
    fields->addWidget(interval_);
    auto* acts = new QHBoxLayout;
    acts->setSpacing(4);
    acts->addWidget(label(tr("R&ounds:"), rounds_));
    acts->addWidget(rounds_);
    acts->addWidget(start_);
    acts->addWidget(stop_);
    acts->addWidget(cost_);
    acts->addStretch(1);
    acts->addWidget(copy_);
    view_ = new DirtyView(body_);
    view_->setEmptyText(
        tr("DMA logging tells which pages a device wrote, while it runs: what a migration must copy again. "
           "Start it to see a map of addresses by time. An idle function dirties nothing: a guest or a "
           "program must drive it; on the simulated lab some devices write by themselves.\n\n"
           "“Cost by size” measures what START, REPORT and STOP take over growing ranges."));
    auto* layout = new QVBoxLayout(body_);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(fields);
    layout->addLayout(acts);
    layout->addWidget(words_);
    layout->addWidget(view_, 1);
    this->layout()->addWidget(body_);
    connect(ranges_, &QLineEdit::textChanged, this, &DirtyPage::showActs);
    connect(page_, &QComboBox::activated, this, &DirtyPage::showActs);
    connect(stop_, &QPushButton::clicked, this, &DirtyPage::stopAsked);
    const auto ask = [this] {
        if (const auto job = asked(); job && start_->isEnabled())
            emit startAsked(*job);
    };
    connect(start_, &QPushButton::clicked, this, ask);
    connect(ranges_, &QLineEdit::returnPressed, this, ask);
    connect(cost_, &QPushButton::clicked, this, [this] {
        if (const auto job = asked())
            emit costAsked(
                {*std::ranges::max_element(job->ranges, {}, &DmaRange::length), job->pageBytes, 3});
    });
    connect(copy_, &QToolButton::clicked, this, [this] {
        if (const auto job = asked())
            emit copyAsked(*job);
    });
    view_->setSource(source_);
    showActs();
}

Result<job::DmaLog> DirtyPage::asked() const {
    job::DmaLog job;
    job.pageBytes = page_->currentData().toULongLong();
    job.interval = std::chrono::milliseconds(interval_->value());
    job.rounds = static_cast<std::uint32_t>(rounds_->value());
    for (const QString& part : ranges_->text().split(QLatin1Char(','))) {
        auto range = parseDmaRange(part.trimmed().toStdString());
        if (!range)
            return std::unexpected(range.error());
        job.ranges.push_back(*range);
    }
    auto checked = checkDmaRanges(job.ranges, job.pageBytes);
    if (!checked)
        return std::unexpected(checked.error());
    job.ranges = std::move(*checked);
    return job;
}

void DirtyPage::setView(const GridView& view) {
    session_ = view.session;
    open_ = view.open;
    whyClosed_ = view.whyClosed;
    now_ = view.now;
    if (body_ != nullptr && isVisible())
        showActs();
}

void DirtyPage::setSource(const std::string& device, const RunSourcePtr& source) {
    if (device == device_ && source == nullptr)
        return; // it was released: what was found stays in view
    device_ = device;
    source_ = source;
    if (view_ != nullptr)
        view_->setSource(source_);
}

void DirtyPage::refresh(SourceId source) {
    if (view_ != nullptr && source_ && source_->id() == source)
        view_->refresh();
}

QString DirtyPage::whyNot() const {
    if (!open_)
        return whyClosed_;
    if (session_.phase == SessionPhase::Idle && session_.capabilities && !session_.capabilities->dmaLogging)
        return tr("This device has no DMA logging (VFIO_DEVICE_FEATURE_DMA_LOGGING_START): the IOMMU may "
                  "track its writes instead, which VFIO does not show.");
    if (session_.phase != SessionPhase::Idle)
        return workerText(session_, now_) + QLatin1Char('.');
    return {};
}

void DirtyPage::showActs() {
    const bool logging = (session_.phase == SessionPhase::Working || session_.phase == SessionPhase::Stuck) &&
                         isDmaJob(session_.job);
    const QString why = whyNot();
    const auto job = asked();
    start_->setEnabled(why.isEmpty() && job.has_value());
    cost_->setEnabled(why.isEmpty() && job.has_value());
    copy_->setEnabled(job.has_value() && !device_.empty());
    stop_->setEnabled(logging);
    if (logging && session_.phase == SessionPhase::Working && session_.dmaLog) {
        const DmaLogProgress& log = *session_.dmaLog;
        say(log.rounds == 0
                ? tr("Logging: %1 rounds so far, %2 pages written.").arg(log.round).arg(log.totalPages)
                : tr("Logging: round %1 of %2, %3 pages written.")
                      .arg(log.round)
                      .arg(log.rounds)
                      .arg(log.totalPages),
            false);
    } else if (!job) {
        say(QString::fromStdString(describe(job.error())), true);
    } else if (open_ && session_.error && isDmaJob(session_.job) && !session_.error->is(Errc::Cancelled)) {
        say(errorSentence(*session_.error, session_.device), true);
    } else {
        say(why, false);
    }
    words_->setVisible(!words_->text().isEmpty());
}

void DirtyPage::say(const QString& text, bool bad) {
    words_->setText(text);
    bad_ = bad;
    QPalette colours = palette();
    if (bad) {
        for (const auto role : {QPalette::WindowText, QPalette::Text})
            colours.setColor(role, Theme::of(colours).bad());
    }
    words_->setPalette(colours);
}

void DirtyPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    made().showActs();
}

void DirtyPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && words_ != nullptr)
        say(words_->text(), bad_);
}

} // namespace migscope
