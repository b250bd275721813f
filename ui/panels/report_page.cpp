// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The selected recording in words: what was measured and what happened.
#include "ui/panels/report_page.h"

#include <QFontDatabase>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <map>

#include "ui/panels/command_box.h"
#include "ui/words.h"

namespace migscope {

ReportPage::ReportPage(QWidget* parent) : QWidget(parent) {
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    head_ = plainLabel({}, this);
    report_ = new QPlainTextEdit(this);
    report_->setReadOnly(true);
    report_->setTabChangesFocus(true);
    report_->setAccessibleName(tr("Report"));
    report_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    report_->setLineWrapMode(QPlainTextEdit::NoWrap);
    report_->setFrameShape(QFrame::NoFrame);
    table_ = new QTableView(this);
    table_->setModel(&events_);
    table_->setAccessibleName(tr("Events of the recording"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->setAlternatingRowColors(true);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(table_->fontMetrics().height() + 4);
    table_->horizontalHeader()->setStretchLastSection(true);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(report_);
    splitter->addWidget(table_);
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->addWidget(head_);
    layout->addWidget(splitter, 1);
}

void ReportPage::showRun(const RunsModel::Entry& entry) {
    entry.source->look([&](const Recording& recording) {
        QString head = entry.name;
        if (recording.header().simulated)
            head += QStringLiteral(" · ") + tr("Simulated");
        if (!entry.source->path().isEmpty())
            head += QLatin1Char('\n') + entry.source->path();
        head_->setText(head);
        report_->setPlainText(QString::fromStdString(reportText(recording)));
        events_.clear();
        // The log groups by device; a recording's order is kept by handing over event by event.
        for (const Event& event : recording.events()) {
            const auto& devices = recording.header().devices;
            const auto at = static_cast<std::size_t>(event.device.value_or(0));
            events_.append(event.device && at < devices.size() ? devices[at].name : std::string(), Ns{0},
                           {event});
        }
    });
    table_->resizeColumnToContents(EventLogModel::Time);
    table_->resizeColumnToContents(EventLogModel::DeviceName);
    table_->resizeColumnToContents(EventLogModel::Kind);
}

} // namespace migscope
