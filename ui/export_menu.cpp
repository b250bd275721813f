// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The menus of what can be taken away.
#include "ui/export_menu.h"

#include <QAction>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDir>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMenu>
#include <QMouseEvent>
#include <QToolButton>

#include <algorithm>
#include <utility>

#include "ui/cli_command.h"
#include "ui/exports.h"

namespace migscope {
namespace {

constexpr int stillAClick = 4; ///< pixels that a hand may move

QString baseName(const ChartTake& take) {
    QString name = take.source ? take.source->name() : QStringLiteral("migscope");
    if (name.endsWith(QLatin1String(".migrec"), Qt::CaseInsensitive))
        name.chop(7);
    // The name of a live recording has spaces, colons and arrows, which are a nuisance in a file's name.
    for (QChar& each : name) {
        if (!each.isLetterOrNumber() && each != QLatin1Char('.') && each != QLatin1Char('_'))
            each = QLatin1Char('-');
    }
    return name;
}

} // namespace

ExportMenu::ExportMenu(QAction& act, QWidget* window)
    : QObject(window), exports_(*new Exports(this)), act_(act), window_(window), menu_(new QMenu(window)) {
    menu_->setToolTipsVisible(true);
    act_.setMenu(menu_);
    connect(menu_, &QMenu::aboutToShow, this, &ExportMenu::fillView);
    connect(&act_, &QAction::triggered, this, &ExportMenu::popUp);
}

ExportMenu::~ExportMenu() = default;

void ExportMenu::add(const ChartOffer& offer) {
    offers_.push_back({offer.chart, offer.name, offer.take});
    offer.chart->installEventFilter(this);
}

std::vector<ExportMenu::Offer> ExportMenu::shownOffers() const {
    std::vector<Offer> shown;
    std::ranges::copy_if(offers_, std::back_inserter(shown),
                         [](const Offer& each) { return each.chart != nullptr && each.chart->isVisible(); });
    return shown;
}

QString ExportMenu::viewCommand() const {
    for (const Offer& offer : shownOffers()) {
        if (const auto take = offer.now(); take && !take->command.isEmpty())
            return take->command;
    }
    return {};
}

bool ExportMenu::copyViewCommand() {
    const QString command = viewCommand();
    if (!command.isEmpty())
        copyText(command, command);
    return !command.isEmpty();
}

void ExportMenu::fillView() {
    menu_->clear();
    std::vector<Offer> full = shownOffers();
    std::optional<ChartTake> first;
    std::erase_if(full, [&](const Offer& each) {
        auto take = each.now();
        if (take && !first)
            first = take;
        return !take;
    });
    for (const Offer& offer : full) {
        if (full.size() == 1)
            fillChart(*menu_, offer);
        else
            fillChart(*menu_->addMenu(offer.name), offer);
    }
    if (first) {
        fillData(*menu_, *first);
        return;
    }
    QAction* none = menu_->addAction(tr("No chart is shown: Timeline, Migrate and Compare have some"));
    none->setEnabled(false);
}

void ExportMenu::fillChart(QMenu& menu, const Offer& offer) {
    menu.setToolTipsVisible(true);
    for (const auto& [text, format] : {std::pair(tr("Save picture as &SVG…"), PictureFormat::Svg),
                                       std::pair(tr("Save picture as &PNG…"), PictureFormat::Png),
                                       std::pair(tr("Save picture as P&DF…"), PictureFormat::Pdf)}) {
        connect(menu.addAction(text), &QAction::triggered, this,
                [this, offer, what = format] { savePicture(offer, what); });
    }
    menu.addSeparator();
    connect(menu.addAction(tr("Copy p&icture")), &QAction::triggered, this, [this, offer] {
        if (const auto take = offer.now()) {
            QGuiApplication::clipboard()->setImage(imageOf(drawingOf(*take)));
            emit briefMessage(tr("Copied: the picture"));
        }
    });
    connect(menu.addAction(tr("Copy &values (tab-separated)")), &QAction::triggered, this, [this, offer] {
        if (const auto take = offer.now())
            copyText(tableOf(*take), tr("the values"));
    });
}

void ExportMenu::fillData(QMenu& menu, const ChartTake& take) {
    if (!take.command.isEmpty()) {
        menu.addSeparator();
        connect(menu.addAction(tr("Copy as &migscope-cli command")), &QAction::triggered, this,
                [this, command = take.command] { copyText(command, command); });
    }
    if (!take.source)
        return;
    const std::pair<ExportFormat, QString> formats[] = {
        {ExportFormat::Csv, tr("CSV")}, {ExportFormat::Json, tr("JSON")}, {ExportFormat::Trace, tr("trace")}};
    menu.addSeparator();
    for (const auto& [text, format] :
         {std::pair(tr("Export the recording as &CSV…"), ExportFormat::Csv),
          std::pair(tr("Export the recording as &JSON…"), ExportFormat::Json),
          std::pair(tr("Export the recording as a &trace…"), ExportFormat::Trace)}) {
        connect(menu.addAction(text), &QAction::triggered, this,
                [this, source = take.source, what = format] { saveData(source, what); });
    }
    QMenu* commands = menu.addMenu(tr("Copy as &migscope-cli command"));
    const QString path = take.source->path();
    if (path.isEmpty()) {
        commands->setEnabled(false);
        commands->menuAction()->setToolTip(tr("It is in memory only: save the recording first."));
    }
    for (const auto& [format, word] : formats) {
        connect(commands->addAction(tr("Export as %1").arg(word)), &QAction::triggered, this,
                [this, command = cliExport(path.toStdString(), format)] { copyText(command, command); });
    }
}

void ExportMenu::copyText(const QString& text, const QString& what) {
    QGuiApplication::clipboard()->setText(text);
    emit briefMessage(tr("Copied: %1").arg(what));
}

void ExportMenu::popUp() {
    QPoint at = window_->mapToGlobal(window_->rect().center());
    const auto buttons = window_->findChildren<QToolButton*>();
    const auto own = std::ranges::find_if(buttons, [this](const QToolButton* button) {
        return button->defaultAction() == &act_ && button->isVisible();
    });
    if (own != buttons.end())
        at = (*own)->mapToGlobal((*own)->rect().bottomLeft());
    menu_->popup(at);
}

void ExportMenu::showMenu(const QObject* chart, const QPoint& at) {
    const auto found = std::ranges::find_if(offers_, [&](const Offer& each) { return each.chart == chart; });
    if (found == offers_.end())
        return;
    const auto take = found->now();
    if (!take)
        return;
    auto* menu = new QMenu(window_);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setAccessibleName(found->name);
    fillChart(*menu, *found);
    fillData(*menu, *take);
    menu->popup(at);
}

bool ExportMenu::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ContextMenu) {
        const auto* asked = static_cast<QContextMenuEvent*>(event);
        // On some platforms it comes with the press: whether that becomes a drag is not known yet.
        if (asked->reason() != QContextMenuEvent::Mouse) {
            const auto* chart = qobject_cast<QWidget*>(watched);
            showMenu(watched, chart->mapToGlobal(chart->rect().center()));
        }
        return true;
    }
    if (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::MouseButtonRelease) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() == Qt::RightButton) {
            const QPoint at = mouse->globalPosition().toPoint();
            if (event->type() == QEvent::MouseButtonPress) {
                rightPress_ = at;
            } else if (const auto from = std::exchange(rightPress_, std::nullopt);
                       from && (at - *from).manhattanLength() <= stillAClick) {
                // The chart ends its own drag first.
                QMetaObject::invokeMethod(
                    this, [this, chart = QPointer(watched), at] { showMenu(chart, at); },
                    Qt::QueuedConnection);
            }
        }
    }
    return QObject::eventFilter(watched, event);
}

QString ExportMenu::ask(TargetQuestion question) {
    if (!folder_.isEmpty())
        question.proposed = QDir(folder_).filePath(question.proposed);
    const QString path = chooser_(window_, question);
    if (!path.isEmpty())
        folder_ = QFileInfo(path).absolutePath();
    return path;
}

void ExportMenu::savePicture(const Offer& offer, PictureFormat format) {
    const auto take = offer.now();
    if (!take)
        return;
    // Drawn before the question: what was seen when it was asked for.
    const Drawing drawing = drawingOf(*take);
    const bool svg = format == PictureFormat::Svg;
    const bool png = format == PictureFormat::Png;
    const QByteArray bytes = svg ? svgOf(drawing) : png ? pngOf(drawing) : pdfOf(drawing);
    const QString suffix = svg ? QStringLiteral("svg") : png ? QStringLiteral("png") : QStringLiteral("pdf");
    const QString path =
        ask({tr("Save the picture"), QStringLiteral("%1-%2.%3").arg(baseName(*take), take->name, suffix),
             tr("%1 picture (*.%2)").arg(suffix.toUpper(), suffix), suffix});
    if (!path.isEmpty())
        exports_.saveBytes(bytes, path);
}

void ExportMenu::saveData(const RunSourcePtr& source, ExportFormat format) {
    ChartTake named;
    named.source = source;
    const QString kinds = format == ExportFormat::Csv    ? tr("Table (*.csv)")
                          : format == ExportFormat::Json ? tr("Document (*.json)")
                                                         : tr("Trace for Perfetto (*.json)");
    const QString path = ask({tr("Export the recording"), exportName(baseName(named), format), kinds,
                              format == ExportFormat::Csv ? QStringLiteral("csv") : QStringLiteral("json")});
    if (!path.isEmpty())
        exports_.saveData(source, format, path);
}

} // namespace migscope
