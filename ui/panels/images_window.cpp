// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Two saved states compared, in a window of their own.
#include "ui/panels/images_window.h"

#include <QClipboard>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QProgressBar>
#include <QSettings>
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
    setWindowTitle(tr("Compare images"));
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
    QString title = tr("%1 and %2 – Compare images")
                        .arg(QFileInfo(found->pathA).fileName(), QFileInfo(found->pathB).fileName());
    if (isSimulated(diff))
        title += tr(" (SIMULATED)");
    setWindowTitle(title);
    facts_.setFacts(sideFacts(diff, found->pathA, found->pathB));
    records_.setRecords(diff.records.list);
    ranges_.setDiff(diff);
    const bool known = diff.records.why == NoRecords::Compared;
    tabs_->setTabVisible(0, known);
    const auto counted = [](int listed, std::uint64_t more) {
        return more > 0 ? tr("%1 of %2").arg(listed).arg(static_cast<std::uint64_t>(listed) + more)
                        : QString::number(listed);
    };
    tabs_->setTabText(0, tr("Records (%1)").arg(counted(records_.rowCount(), diff.records.notListed)));
    tabs_->setTabText(1, tr("Ranges (%1)").arg(counted(ranges_.rowCount(), diff.rangesNotListed)));
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
    QGuiApplication::clipboard()->setText(
        labelled(tableText(*table()->model()),
                 isSimulated(found_->diff) ? tr("%1 and %2 · SIMULATED").arg(found_->pathA, found_->pathB)
                                           : QString()));
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
