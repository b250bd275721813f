// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The widgets of the window that compares saved states, and its keys.
#include <QAction>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/panels/command_box.h"
#include "ui/panels/flat_parts.h"
#include "ui/panels/hex_view.h"
#include "ui/panels/images_window.h"

namespace migscope {
namespace {

void fitColumns(QTableView& table, int stretched) {
    QHeaderView& head = *table.horizontalHeader();
    head.setHighlightSections(false);
    head.setSectionResizeMode(QHeaderView::ResizeToContents);
    head.setSectionResizeMode(stretched, QHeaderView::Stretch);
    head.setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table.setWordWrap(false);
}

} // namespace

QWidget* ImagesWindow::makeChoice() {
    auto* choice = new QWidget(this);
    auto* grid = new QGridLayout(choice);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(3);
    for (const bool second : {false, true}) {
        const QString side = second ? tr("B") : tr("A");
        auto* field = new QLineEdit(choice);
        field->setAccessibleName(tr("File %1").arg(side));
        field->setPlaceholderText(tr("A saved state…"));
        fields_[second ? 1 : 0] = field;
        auto* label = new QLabel(QLatin1Char('&') + side, choice);
        label->setBuddy(field);
        auto* open = flatButton(tr("Choose…"), tr("Choose file %1").arg(side), {}, choice);
        const int row = second ? 1 : 0;
        grid->addWidget(label, row, 0);
        grid->addWidget(field, row, 1);
        grid->addWidget(open, row, 2);
        connect(field, &QLineEdit::returnPressed, this, &ImagesWindow::compare);
        connect(open, &QToolButton::clicked, this, [this, second] { choose(second); });
    }
    auto* swapped = flatButton(tr("Swap"), tr("Swap A and B"), tr("A becomes B, and B becomes A"), choice);
    auto* start = flatButton(tr("Compare"), tr("Compare the two files"),
                             tr("Read both again (Enter in one of the fields)"), choice);
    grid->addWidget(swapped, 0, 3);
    grid->addWidget(start, 1, 3);
    connect(swapped, &QToolButton::clicked, this, &ImagesWindow::swap);
    connect(start, &QToolButton::clicked, this, &ImagesWindow::compare);
    running_ = new QWidget(choice);
    stage_ = new QLabel(running_);
    bar_ = new QProgressBar(running_);
    bar_->setTextVisible(false);
    bar_->setMaximumHeight(8);
    bar_->setAccessibleName(tr("Progress of the comparison"));
    auto* cancel = flatButton(tr("Cancel"), tr("Cancel the comparison"), {}, running_);
    connect(cancel, &QToolButton::clicked, &comparing_, &ImageComparing::cancel);
    auto* row = new QHBoxLayout(running_);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(stage_);
    row->addWidget(bar_, 1);
    row->addWidget(cancel);
    running_->hide();
    grid->addWidget(running_, 2, 0, 1, 4);
    return choice;
}

QWidget* ImagesWindow::makeBody() {
    factTable_ = plainTable(facts_, tr("Headers of both"), this);
    fitColumns(*factTable_, SideFactsModel::SideA);
    factTable_->horizontalHeader()->setSectionResizeMode(SideFactsModel::SideB, QHeaderView::Stretch);
    auto* upper = new QSplitter(Qt::Horizontal, this);
    upper->setChildrenCollapsible(false);
    upper->addWidget(factTable_);
    upper->addWidget(makeTables());
    upper->setSizes({430, 700});
    upper->setStretchFactor(1, 1);
    auto* body = new QSplitter(Qt::Vertical, this);
    body->setChildrenCollapsible(false);
    body->addWidget(upper);
    body->addWidget(makeBytes());
    body->setSizes({260, 300});
    body->setStretchFactor(0, 2);
    body->setStretchFactor(1, 3);
    body_ = body;
    return body;
}

QWidget* ImagesWindow::makeTables() {
    tabs_ = new QTabWidget(this);
    tabs_->setDocumentMode(true);
    tabs_->setAccessibleName(tr("Differences"));
    recordTable_ = plainTable(records_, tr("Records"), tabs_);
    fitColumns(*recordTable_, RecordDiffModel::Kind);
    rangeTable_ = plainTable(ranges_, tr("Ranges that differ"), tabs_);
    fitColumns(*rangeTable_, RangeDiffModel::BytesB);
    for (QTableView* each : {recordTable_, rangeTable_}) {
        each->setSelectionMode(QAbstractItemView::SingleSelection);
        tabs_->addTab(each, {});
        connect(each->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
                [this, each](const QModelIndex& current) {
                    if (current.isValid())
                        showPlace(*each, current.row());
                });
    }
    return tabs_;
}

QWidget* ImagesWindow::makeBytes() {
    auto* bytes = new QWidget(this);
    previous_ =
        flatButton(tr("◂ Previous"), tr("Previous difference"), tr("Previous difference (Alt+Up)"), bytes);
    next_ = flatButton(tr("Next ▸"), tr("Next difference"), tr("Next difference (Alt+Down)"), bytes);
    auto* table = flatButton(tr("Copy table"), tr("Copy the table of differences"),
                             tr("Tab-separated, for a sheet or a mail"), bytes);
    auto* command = flatButton(tr("Copy command"), tr("Copy as migscope-cli command"),
                               tr("Copy as migscope-cli command (Ctrl+Shift+C)"), bytes);
    readout_ = plainLabel({}, bytes);
    readout_->setObjectName(QStringLiteral("images readout"));
    readout_->setWordWrap(false);
    readout_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    hex_ = new HexView(bytes);
    auto* tools = new QHBoxLayout;
    tools->setSpacing(3);
    tools->addWidget(previous_);
    tools->addWidget(next_);
    tools->addSpacing(8);
    tools->addWidget(readout_, 1);
    tools->addWidget(table);
    tools->addWidget(command);
    auto* layout = new QVBoxLayout(bytes);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    layout->addLayout(tools);
    layout->addWidget(hex_, 1);
    connect(previous_, &QToolButton::clicked, this, &ImagesWindow::previousDifference);
    connect(next_, &QToolButton::clicked, this, &ImagesWindow::nextDifference);
    connect(table, &QToolButton::clicked, this, &ImagesWindow::copyTable);
    connect(command, &QToolButton::clicked, this, &ImagesWindow::copyCommand);
    connect(hex_, &HexView::readoutChanged, readout_, &QLabel::setText);
    return bytes;
}

void ImagesWindow::makeKeys() {
    const auto key = [this](const QList<QKeySequence>& keys, auto what) {
        auto* act = new QAction(this);
        act->setShortcuts(keys);
        addAction(act);
        connect(act, &QAction::triggered, this, what);
    };
    key({QKeySequence(Qt::ALT | Qt::Key_Down), QKeySequence(Qt::Key_F3)}, &ImagesWindow::nextDifference);
    key({QKeySequence(Qt::ALT | Qt::Key_Up), QKeySequence(Qt::SHIFT | Qt::Key_F3)},
        &ImagesWindow::previousDifference);
    key({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C)}, &ImagesWindow::copyCommand);
    key({QKeySequence(Qt::Key_F1)}, &ImagesWindow::helpAsked);
    key({QKeySequence::Close}, &QWidget::close);
}

} // namespace migscope
