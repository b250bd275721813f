// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Two saved states compared, in a window of their own.
#include "ui/panels/images_window.h"

#include <QAction>
#include <QClipboard>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileInfo>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QProgressBar>
#include <QSettings>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

#include "core/base/byte_size.h"
#include "ui/cli_command.h"
#include "ui/models/table_text.h"
#include "ui/panels/command_box.h"
#include "ui/panels/flat_parts.h"
#include "ui/panels/hex_view.h"
#include "ui/words.h"

namespace migscope {
namespace {

QStringList filesIn(const QMimeData& data) {
    QStringList paths;
    const QList<QUrl> urls = data.urls();
    for (const QUrl& url : urls) {
        if (url.isLocalFile())
            paths << url.toLocalFile();
    }
    return paths;
}

void fitColumns(QTableView& table, int stretched) {
    QHeaderView& head = *table.horizontalHeader();
    head.setHighlightSections(false);
    head.setSectionResizeMode(QHeaderView::ResizeToContents);
    head.setSectionResizeMode(stretched, QHeaderView::Stretch);
    head.setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table.setWordWrap(false);
}

} // namespace

ImagesWindow::ImagesWindow(QWidget* parent) : QMainWindow(parent, Qt::Window) {
    setObjectName(QStringLiteral("images"));
    setWindowTitle(tr("Compare images"));
    setAcceptDrops(true);
    auto* inside = new QWidget(this);
    inside->setBackgroundRole(QPalette::Base);
    inside->setAutoFillBackground(true);
    verdict_ = plainLabel({}, inside);
    verdict_->setObjectName(QStringLiteral("images verdict"));
    QFont bold = font();
    bold.setBold(true);
    verdict_->setFont(bold);
    details_ = plainLabel({}, inside);
    details_->setObjectName(QStringLiteral("images details"));
    auto* layout = new QVBoxLayout(inside);
    layout->setContentsMargins(10, 8, 10, 8);
    layout->setSpacing(5);
    layout->addWidget(makeChoice());
    layout->addWidget(verdict_);
    layout->addWidget(details_);
    layout->addWidget(makeBody(), 1);
    layout->addStretch(0);
    setCentralWidget(inside);
    makeKeys();
    connect(&comparing_, &ImageComparing::done, this, &ImagesWindow::showDiff);
    connect(&comparing_, &ImageComparing::failed, this, &ImagesWindow::showFailure);
    connect(&comparing_, &ImageComparing::progress, this, &ImagesWindow::showProgress);
    connect(&comparing_, &ImageComparing::cancelled, this, [this] {
        running_->hide();
        say(tr("Cancelled: the two were not compared."), {});
    });
    say({},
        tr("Choose two saved states, or drop them here: files of “Save to file…” in Inspect, of a run to a "
           "file in Migrate, or of migscope-cli save. They are compared byte for byte and, where the framing "
           "of the driver is known, by record. No device is touched."));
    body_->hide();
    resize(1180, 720);
    restoreGeometry(QSettings().value(QStringLiteral("images/geometry")).toByteArray());
    fields_[0]->setFocus();
}

ImagesWindow::~ImagesWindow() = default;

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

void ImagesWindow::setFiles(const QStringList& paths) {
    if (paths.size() >= 2) {
        fields_[0]->setText(paths[0]);
        fields_[1]->setText(paths[1]);
    } else if (paths.size() == 1) {
        fields_[fields_[0]->text().isEmpty() ? 0 : 1]->setText(paths[0]);
    }
    if (!fields_[0]->text().isEmpty() && !fields_[1]->text().isEmpty())
        compare();
    else
        fields_[fields_[0]->text().isEmpty() ? 0 : 1]->setFocus();
}

void ImagesWindow::choose(bool second) {
    const QString path = chooser_(this, FileUse::Read, second ? tr("State B") : tr("State A"));
    if (path.isEmpty())
        return;
    field(second)->setText(path);
    if (!field(!second)->text().isEmpty())
        compare();
}

void ImagesWindow::swap() {
    const QString a = fields_[0]->text();
    fields_[0]->setText(fields_[1]->text());
    fields_[1]->setText(a);
    setFiles({});
}

QString ImagesWindow::command() const {
    if (!found_)
        return {};
    return cliDiff(found_->pathA.toStdString(), found_->pathB.toStdString());
}

void ImagesWindow::say(const QString& verdict, const QString& details) {
    verdict_->setText(verdict);
    verdict_->setVisible(!verdict.isEmpty());
    details_->setText(details);
    details_->setVisible(!details.isEmpty());
}

void ImagesWindow::compare() {
    std::array<QString, 2> paths;
    for (std::size_t at = 0; at < paths.size(); ++at) {
        const QString text = fields_[at]->text().trimmed();
        if (text.isEmpty()) {
            fields_[at]->setFocus();
            say({}, tr("Two files are needed: choose the other one."));
            return;
        }
        paths[at] = QFileInfo(text).absoluteFilePath();
    }
    found_.reset();
    body_->hide();
    hex_->setImages(nullptr, nullptr);
    running_->hide();
    say(tr("Comparing…"), {});
    comparing_.start(paths[0], paths[1]);
}

void ImagesWindow::showProgress(ImageComparing::Stage stage, quint64 done, quint64 total) {
    const QString amount = total > 0 ? tr("%1 of %2")
                                           .arg(QString::fromStdString(formatBytes(done)),
                                                QString::fromStdString(formatBytes(total)))
                                     : QString::fromStdString(formatBytes(done));
    stage_->setText(stage == ImageComparing::Stage::VerifyA   ? tr("Verifying A: %1").arg(amount)
                    : stage == ImageComparing::Stage::VerifyB ? tr("Verifying B: %1").arg(amount)
                                                              : tr("Comparing: %1").arg(amount));
    bar_->setRange(0, total > 0 ? 1000 : 0);
    if (total > 0)
        bar_->setValue(static_cast<int>(std::min(done, total) * 1000 / total));
    running_->show();
}

void ImagesWindow::showFailure(const QString& path, const Error& error) {
    running_->hide();
    const bool isA = path == QFileInfo(fields_[0]->text().trimmed()).absoluteFilePath();
    QString helps;
    if (error.is(Errc::Damaged) || error.is(Errc::Incomplete))
        helps = tr(
            " A state that is cut off or damaged is not compared: nothing could be said of what is missing. "
            "Save it again.");
    else if (error.is(Errc::InvalidArgument))
        helps = tr(" A saved state is a file that “Save to file…” or migscope-cli save made.");
    say(tr("Not compared: %1 cannot be read as a saved state.").arg(isA ? tr("A") : tr("B")),
        QStringLiteral("%1\n%2%3").arg(path, errorSentence(error, path.toStdString()), helps));
}

void ImagesWindow::showDiff(const std::shared_ptr<const ComparedImages>& found) {
    running_->hide();
    found_ = found;
    const ImageDiff& diff = found->diff;
    QStringList details = diffDetails(diff);
    if (QFileInfo(found->pathA).canonicalFilePath() == QFileInfo(found->pathB).canonicalFilePath())
        details.prepend(tr("A and B are the same file."));
    say(diffVerdict(diff), details.join(QLatin1Char(' ')));
    facts_.setFacts(sideFacts(diff, found->pathA, found->pathB));
    records_.setRecords(diff.records.list);
    ranges_.setDiff(diff);
    const bool known = diff.records.why == NoRecords::Compared;
    tabs_->setTabVisible(0, known);
    tabs_->setTabText(0, tr("Records (%1)").arg(records_.rowCount()));
    tabs_->setTabText(1, tr("Ranges (%1)").arg(ranges_.rowCount()));
    // Where records have moved, bytes at equal offsets say nothing: the records are looked at first.
    tabs_->setCurrentIndex(known ? 0 : 1);
    hex_->setImages(found->a, found->b);
    next_->setEnabled(!diff.equal);
    previous_->setEnabled(!diff.equal);
    body_->show();
    for (QTableView* each : {recordTable_, rangeTable_})
        each->selectionModel()->clear();
    if (!diff.equal)
        nextDifference();
    table()->setFocus();
}

QTableView* ImagesWindow::table() const {
    return tabs_->currentIndex() == 0 ? recordTable_ : rangeTable_;
}

void ImagesWindow::showPlace(const QTableView& table, int row) {
    const auto& model = static_cast<const DiffPlacesModel&>(*table.model());
    const DiffPlace place = model.placeOf(row);
    hex_->showAt(place.position, place.shift);
}

void ImagesWindow::nextDifference() {
    step(true);
}

void ImagesWindow::previousDifference() {
    step(false);
}

void ImagesWindow::step(bool forward) {
    if (!found_ || found_->diff.equal)
        return;
    QTableView* shown = table();
    const auto& model = static_cast<const DiffPlacesModel&>(*shown->model());
    const int rows = model.rowCount();
    const int now = shown->currentIndex().isValid() ? shown->currentIndex().row() : forward ? -1 : rows;
    for (int row = now + (forward ? 1 : -1); row >= 0 && row < rows; row += forward ? 1 : -1) {
        if (!model.differs(row))
            continue;
        shown->setCurrentIndex(model.index(row, 0));
        return;
    }
    const std::uint64_t more =
        shown == rangeTable_ ? found_->diff.rangesNotListed : found_->diff.records.notListed;
    readout_->setText(!forward   ? tr("This is the first difference.")
                      : more > 0 ? tr("This is the last one listed; %1 more are not.").arg(more)
                                 : tr("This is the last difference."));
}

void ImagesWindow::copyTable() {
    if (!found_)
        return;
    const QString verdict = diffVerdict(found_->diff);
    const bool isSimulated = verdict.contains(QLatin1String("SIMULATED"));
    QGuiApplication::clipboard()->setText(
        labelled(tableText(*table()->model()),
                 isSimulated ? tr("%1 and %2 · SIMULATED").arg(found_->pathA, found_->pathB) : QString()));
    readout_->setText(tr("Copied: the table"));
}

void ImagesWindow::copyCommand() {
    if (command().isEmpty())
        return;
    QGuiApplication::clipboard()->setText(command());
    readout_->setText(tr("Copied: %1").arg(command()));
}

void ImagesWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!filesIn(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void ImagesWindow::dropEvent(QDropEvent* event) {
    setFiles(filesIn(*event->mimeData()));
    event->acceptProposedAction();
}

void ImagesWindow::hideEvent(QHideEvent* event) {
    QSettings().setValue(QStringLiteral("images/geometry"), saveGeometry());
    QMainWindow::hideEvent(event);
}

} // namespace migscope
