// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is taken away of the window: pictures, values, exports, commands; by clicks and keys, read back.
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QMenu>
#include <QProcess>
#include <QSignalSpy>
#include <QStatusBar>
#include <QSvgRenderer>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QXmlStreamReader>

#include <sys/resource.h>

#include <cerrno>
#include <csignal>

#include "core/transfer/recording_save.h"
#include "tests/core/transfer/run_builder.h"
#include "tests/ui/ui_test.h"
#include "ui/actions.h"
#include "ui/export_menu.h"
#include "ui/exports.h"
#include "ui/models/table_text.h"
#include "ui/panels/compare_page.h"
#include "ui/panels/loading_rows.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/panels/what_if_panel.h"
#include "ui/recordings.h"
#include "ui/theme.h"

namespace migscope::testing {
namespace {

std::shared_ptr<Recording> migrated(bool simulated) {
    RecordingHeader header;
    header.simulated = simulated;
    header.devices = {{"0000:01:00.1", "", "", {}, "", 7}, {"0000:01:00.2", "", "", {}, "", 7}};
    auto recording = std::make_shared<Recording>(header);
    for (const Event& event : test::migration().events)
        recording->apply(event);
    recording->complete = true;
    return recording;
}

class Export : public WindowTest {
protected:
    Export() {
        parts().exportMenu->setChooser([this](QWidget*, const TargetQuestion& question) {
            asked_ = question;
            return answer_;
        });
        QObject::connect(&exports(), &Exports::saved, &here_, [this](const QString&) { ++saved_; });
        QObject::connect(&exports(), &Exports::cancelled, &here_, [this](const QString&) { ++cancelled_; });
        QObject::connect(&exports(), &Exports::failed, &here_,
                         [this](const QString&, const Error& error) { failed_ = error; });
    }
    ~Export() override { QApplication::setPalette(lightPalette()); }

    [[nodiscard]] Exports& exports() const { return parts().exportMenu->exports(); }
    [[nodiscard]] QString path(const char* name) const { return folder_.filePath(QLatin1String(name)); }
    /// Writes it, opens it; it is shown in the Timeline then.
    void open(const char* name, bool simulated = true) {
        const auto recording = migrated(simulated);
        ASSERT_TRUE(saveRecording([&](const auto& see) { see(*recording); }, path(name).toStdString()));
        parts().recordings->open(path(name));
        ASSERT_TRUE(waitUntil([&] {
            return page().source() && page().source()->path() == path(name) && chart().width() > 100;
        }));
        QApplication::setActiveWindow(window_.get());
        spin(30);
    }
    [[nodiscard]] TimelinePage& page() const { return *parts().timeline; }
    [[nodiscard]] ChartView& chart() const { return *page().chart(); }

    /// As a person does; the menu that came, or null.
    static QMenu* menuOf(QWidget& chart) {
        const QPoint at = chart.rect().center();
        QTest::mousePress(&chart, Qt::RightButton, {}, at);
        QTest::mouseRelease(&chart, Qt::RightButton, {}, at);
        spin(20);
        return qobject_cast<QMenu*>(QApplication::activePopupWidget());
    }
    static QAction* find(const QMenu& menu, const char* text) {
        for (QAction* each : menu.actions()) {
            if (each->text().remove(QLatin1Char('&')).startsWith(QLatin1String(text)))
                return each;
        }
        return nullptr;
    }
    /// By the keyboard, in an open menu; `text` as it is read.
    static void choose(QMenu* menu, const char* text) {
        ASSERT_NE(menu, nullptr);
        QAction* act = find(*menu, text);
        ASSERT_NE(act, nullptr) << text;
        ASSERT_TRUE(act->isEnabled()) << text;
        menu->setActiveAction(act);
        QTest::keyClick(menu, act->menu() != nullptr ? Qt::Key_Right : Qt::Key_Return);
        spin(20);
    }
    static QMenu* below(QMenu* menu, const char* text) {
        choose(menu, text);
        return qobject_cast<QMenu*>(QApplication::activePopupWidget());
    }
    QMenu* viewMenu() {
        QTest::keyClick(window_.get(), Qt::Key_E, Qt::ControlModifier);
        spin(20);
        return qobject_cast<QMenu*>(QApplication::activePopupWidget());
    }
    /// Chooses it from the chart's own menu, and answers the question with a file of this name.
    QByteArray savedAs(QWidget& chart, const char* text, const char* name) {
        answer_ = path(name);
        const int before = saved_;
        choose(menuOf(chart), text);
        EXPECT_TRUE(waitUntil([&] { return saved_ > before || failed_.has_value(); })) << text;
        return read(answer_);
    }
    static QByteArray read(const QString& file) {
        QFile in(file);
        EXPECT_TRUE(in.open(QIODevice::ReadOnly)) << file.toStdString();
        return in.readAll();
    }
    [[nodiscard]] QStringList files() const {
        return QDir(folder_.path()).entryList(QDir::Files | QDir::Hidden, QDir::Name);
    }
    static QByteArray cli(const QStringList& words) {
        QProcess program;
        program.start(QStringLiteral(MIGSCOPE_CLI), words);
        EXPECT_TRUE(program.waitForFinished());
        EXPECT_EQ(program.exitCode(), 0) << program.readAllStandardError().toStdString();
        return program.readAllStandardOutput();
    }
    /// A command that was copied, run in the folder.
    int runCopied() {
        QString command = QGuiApplication::clipboard()->text();
        EXPECT_TRUE(command.startsWith(QStringLiteral("migscope-cli "))) << command.toStdString();
        command.replace(0, 12, QStringLiteral(MIGSCOPE_CLI));
        QProcess shell;
        shell.setWorkingDirectory(folder_.path());
        shell.start(QStringLiteral("sh"), {QStringLiteral("-c"), command});
        EXPECT_TRUE(shell.waitForFinished());
        return shell.exitCode();
    }

    QTemporaryDir folder_;
    QObject here_; ///< connections end with it
    TargetQuestion asked_;
    QString answer_;
    int saved_ = 0;
    int cancelled_ = 0;
    std::optional<Error> failed_;
};

/// Whole, and well-formed to its end; what it holds is drawn, not only its title.
void expectSvg(const QByteArray& svg, const char* holds) {
    QXmlStreamReader xml(svg);
    QString text;
    bool drawn = false;
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isStartElement())
            drawn = xml.name() == QLatin1String("text");
        if (xml.isCharacters() && drawn)
            text += xml.text();
    }
    EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
    EXPECT_TRUE(QSvgRenderer(svg).isValid());
    EXPECT_TRUE(text.contains(QString::fromUtf8(holds))) << holds;
}

TEST_F(Export, picturesOfTheChartAreReadBackAndSayWhatTheyAreOf) {
    open("run.migrec");
    const QByteArray svg = savedAs(chart(), "Save picture as SVG", "a.svg");
    EXPECT_EQ(asked_.proposed, QStringLiteral("run-chart.svg"));
    expectSvg(svg, "run.migrec · SIMULATED");
    const QImage png = QImage::fromData(savedAs(chart(), "Save picture as PNG", "a.png"));
    EXPECT_EQ(png.width(), chart().width() + 28);
    EXPECT_GT(png.height(), chart().height() + 40) << "with its caption";
    EXPECT_TRUE(png.text(QStringLiteral("Description")).contains(QStringLiteral("run.migrec · SIMULATED")));
    const QByteArray pdf = savedAs(chart(), "Save picture as PDF", "a.pdf");
    EXPECT_TRUE(pdf.startsWith("%PDF-"));
    EXPECT_TRUE(pdf.trimmed().endsWith("%%EOF"));
    EXPECT_GT(pdf.size(), 5000);
    EXPECT_EQ(files(), (QStringList{"a.pdf", "a.png", "a.svg", "run.migrec"}));
    EXPECT_EQ(window_->statusBar()->currentMessage(), QStringLiteral("Saved: ") + path("a.pdf"));
    expectSvg(savedAs(*page().bar(), "Save picture as SVG", "b.svg"), "downtime 93.0 ms");
    EXPECT_EQ(asked_.proposed, path("run-downtime.svg")) << "the folder of the last one";
}

TEST_F(Export, aPictureIsOfWhatIsSeen) {
    open("run.migrec");
    const QByteArray whole = savedAs(chart(), "Save picture as SVG", "whole.svg");
    EXPECT_EQ(savedAs(chart(), "Save picture as SVG", "again.svg"), whole) << "nothing has changed";
    chart().setFocus();
    QTest::keyClick(&chart(), Qt::Key_Plus);
    QTest::keyClick(&chart(), Qt::Key_Plus);
    const auto range = chart().range();
    const QByteArray zoomed = savedAs(chart(), "Save picture as SVG", "zoomed.svg");
    EXPECT_NE(zoomed, whole);
    expectSvg(zoomed, qPrintable(QStringLiteral("%1 to %2").arg(timeText(range.from), timeText(range.to))));
    EXPECT_EQ(chart().range(), range) << "the chart itself is left alone";
    const auto lightness = [](const QByteArray& png) {
        return QImage::fromData(png).pixelColor(3, 3).lightness();
    };
    EXPECT_GT(lightness(savedAs(chart(), "Save picture as PNG", "light.png")), 200);
    QApplication::setPalette(darkPalette());
    spin(30);
    EXPECT_LT(lightness(savedAs(chart(), "Save picture as PNG", "dark.png")), 60);
}

TEST_F(Export, aLongNameDoesNotHideThatItIsSimulated) {
    const QByteArray name = QByteArray(180, 'n') + ".migrec";
    open(name.constData());
    const QByteArray svg = savedAs(chart(), "Save picture as SVG", "long.svg");
    expectSvg(svg, "SIMULATED");
    expectSvg(svg, "workload: idle function");
}

TEST_F(Export, copiedValuesAreTheTableOfTheChart) {
    open("run.migrec");
    QTest::keyClick(&chart(), Qt::Key_Plus);
    page().showPage(RunView::TablePage);
    const QString table = tableText(page().table());
    page().showPage(RunView::ChartPage);
    EXPECT_GT(table.count(QLatin1Char('\n')), 5);
    choose(menuOf(chart()), "Copy values");
    const QString copied = QGuiApplication::clipboard()->text();
    EXPECT_TRUE(copied.startsWith(table));
    EXPECT_TRUE(copied.mid(table.size()).startsWith(QStringLiteral("run.migrec · SIMULATED")));
    EXPECT_EQ(copied.mid(table.size()).count(QLatin1Char('\n')), 1);
    choose(menuOf(*page().bar()), "Copy values");
    const QStringList lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'));
    ASSERT_GE(lines.size(), 6);
    EXPECT_EQ(lines[0], QStringLiteral("Phase\tDuration\tns\tShare"));
    EXPECT_EQ(lines[1].count(QLatin1Char('\t')), 3);
    EXPECT_TRUE(lines[5].startsWith(QStringLiteral("downtime 93.0 ms"))) << lines[5].toStdString();
    choose(menuOf(chart()), "Copy picture");
    EXPECT_EQ(QGuiApplication::clipboard()->image().width(), chart().width() + 28);
    // Of a real machine nothing is to be said.
    open("real.migrec", false);
    choose(menuOf(chart()), "Copy values");
    EXPECT_FALSE(QGuiApplication::clipboard()->text().contains(QStringLiteral("SIMULATED")));
}

TEST_F(Export, theRecordingIsExportedAsTheCommandLineDoesIt) {
    open("run.migrec");
    const std::pair<const char*, QString> formats[] = {
        {"CSV", QStringLiteral("csv")}, {"JSON", QStringLiteral("json")}, {"trace", QStringLiteral("trace")}};
    for (const auto& [word, format] : formats) {
        answer_ = folder_.filePath(QStringLiteral("out.") + format);
        const int before = saved_;
        QMenu* menu = viewMenu();
        ASSERT_NE(menu, nullptr);
        choose(menu, qPrintable(QStringLiteral("Export the recording as %1%2")
                                    .arg(format == QLatin1String("trace") ? QStringLiteral("a ") : QString(),
                                         QLatin1String(word))));
        ASSERT_TRUE(waitUntil([&] { return saved_ > before; })) << word;
        const QByteArray written = read(answer_);
        EXPECT_EQ(written,
                  cli({QStringLiteral("export"), path("run.migrec"), QStringLiteral("--to"), format}))
            << word;
        EXPECT_TRUE(written.contains(format == QLatin1String("csv") ? "SIMULATED" : "\"simulated\":true"))
            << word;
        // And the command that does the same.
        menu = viewMenu();
        choose(below(menu, "Copy as migscope-cli command"),
               qPrintable(QStringLiteral("Export as %1").arg(QLatin1String(word))));
        EXPECT_EQ(runCopied(), 0) << QGuiApplication::clipboard()->text().toStdString();
    }
    EXPECT_EQ(read(path("run.csv")), read(path("out.csv")));
    EXPECT_EQ(read(path("run.trace.json")), read(path("out.trace")));
    EXPECT_EQ(asked_.proposed, path("run.trace.json"));
}

TEST_F(Export, whatIsTakenBackOrFailsLeavesNothingAndSaysSo) {
    open("run.migrec");
    answer_.clear();
    choose(menuOf(chart()), "Save picture as SVG");
    choose(menuOf(chart()), "Export the recording as CSV");
    spin(50);
    EXPECT_EQ(files(), QStringList{"run.migrec"});
    EXPECT_EQ(saved_, 0);
    for (const char* text : {"Save picture as PDF", "Export the recording as CSV"}) {
        failed_.reset();
        answer_ = path("gone/x");
        choose(menuOf(chart()), text);
        ASSERT_TRUE(waitUntil([&] { return failed_.has_value(); })) << text;
        EXPECT_TRUE(failed_->isErrno(ENOENT)) << text;
        EXPECT_TRUE(parts().notice->isVisible());
        EXPECT_TRUE(parts().notice->text().contains(QStringLiteral("ENOENT")))
            << parts().notice->text().toStdString();
        EXPECT_TRUE(parts().notice->text().contains(answer_));
    }
    // The disk takes a part of it and no more.
    {
        struct rlimit before{};
        ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        struct rlimit little = before;
        little.rlim_cur = 2000;
        ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &little), 0);
        for (const char* text : {"Save picture as SVG", "Export the recording as JSON"}) {
            failed_.reset();
            answer_ = path("too-much");
            choose(menuOf(chart()), text);
            EXPECT_TRUE(waitUntil([&] { return failed_.has_value(); })) << text;
        }
        ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
        static_cast<void>(std::signal(SIGXFSZ, handler));
        ASSERT_TRUE(failed_);
        EXPECT_TRUE(failed_->isErrno(EFBIG));
        EXPECT_TRUE(parts().notice->text().contains(QStringLiteral("EFBIG")));
        EXPECT_EQ(files(), QStringList{"run.migrec"}) << "no half file";
    }
    // The recording itself must not be lost to its own export.
    const QByteArray before = read(path("run.migrec"));
    failed_.reset();
    answer_ = folder_.filePath(QStringLiteral("./run.migrec"));
    choose(menuOf(chart()), "Export the recording as CSV");
    ASSERT_TRUE(waitUntil([&] { return failed_.has_value(); }));
    EXPECT_TRUE(failed_->is(Errc::Refused));
    EXPECT_EQ(read(path("run.migrec")), before);
    // A folder stands in the way.
    QDir(folder_.path()).mkdir(QStringLiteral("dir"));
    failed_.reset();
    answer_ = path("dir");
    choose(menuOf(chart()), "Save picture as PNG");
    ASSERT_TRUE(waitUntil([&] { return failed_.has_value(); }));
    EXPECT_EQ(files(), QStringList{"run.migrec"});
    EXPECT_EQ(saved_, 0);
}

TEST_F(Export, aBigOneShowsHowFarItIsAndIsCancelledByItsButton) {
    auto recording = migrated(true);
    for (int i = 0; i < 400'000; ++i) {
        Event event;
        event.time = test::ms(300) + Ns{i};
        event.body = event::Mark{"one of many marks, which take their time to be written"};
        recording->apply(event);
    }
    parts().runs->add(wholeSource(QStringLiteral("big: a → b"), {}, recording), true);
    ASSERT_TRUE(waitUntil([this] { return page().source() != nullptr && chart().width() > 100; }));
    answer_ = path("big.csv");
    choose(menuOf(chart()), "Export the recording as CSV");
    EXPECT_EQ(asked_.proposed, QStringLiteral("big--a---b.csv"));
    ASSERT_TRUE(waitUntil([&] { return parts().runs->loading()->count() > 0; }))
        << "the window lives on while it is written";
    EXPECT_TRUE(parts().runs->loading()->text(answer_).startsWith(QStringLiteral("Saving big.csv")));
    auto* cancel = parts().runs->loading()->findChild<QToolButton*>();
    ASSERT_NE(cancel, nullptr);
    QTest::mouseClick(cancel, Qt::LeftButton);
    ASSERT_TRUE(waitUntil([&] { return cancelled_ > 0; }));
    EXPECT_EQ(files(), QStringList());
    EXPECT_EQ(saved_, 0);
    EXPECT_EQ(parts().runs->loading()->count(), 0);
    EXPECT_TRUE(window_->statusBar()->currentMessage().contains(QStringLiteral("was not written")));
    // What has no file has no command.
    QMenu* menu = menuOf(chart());
    ASSERT_NE(menu, nullptr);
    QAction* command = find(*menu, "Copy as migscope-cli command");
    ASSERT_NE(command, nullptr);
    EXPECT_FALSE(command->isEnabled());
    menu->close();
    // To its end: a line a mark, and what a migration has.
    choose(menuOf(chart()), "Export the recording as CSV");
    ASSERT_TRUE(waitUntil([&] { return saved_ == 1; }, 60'000));
    EXPECT_EQ(read(answer_).count('\n'),
              static_cast<qsizetype>(2 + test::migration().events.size() + 400'000));
}

TEST_F(Export, theRightButtonStillPansAndTheMenuKeyOpensTheMenu) {
    open("run.migrec");
    for (int i = 0; i < 3; ++i)
        QTest::keyClick(&chart(), Qt::Key_Plus);
    const auto range = chart().range();
    const QPoint from = chart().rect().center();
    QTest::mousePress(&chart(), Qt::RightButton, {}, from);
    QTest::mouseMove(&chart(), from + QPoint(40, 0));
    QTest::mouseRelease(&chart(), Qt::RightButton, {}, from + QPoint(60, 0));
    spin(20);
    EXPECT_EQ(QApplication::activePopupWidget(), nullptr);
    EXPECT_NE(chart().range(), range);
    // Some platforms send this with the press; it must not come up in the middle of a drag.
    QContextMenuEvent byMouse(QContextMenuEvent::Mouse, from, chart().mapToGlobal(from));
    QApplication::sendEvent(&chart(), &byMouse);
    spin(20);
    EXPECT_EQ(QApplication::activePopupWidget(), nullptr);
    QContextMenuEvent byKey(QContextMenuEvent::Keyboard, from, chart().mapToGlobal(from));
    QApplication::sendEvent(page().bar(), &byKey);
    spin(20);
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    ASSERT_NE(menu, nullptr);
    EXPECT_EQ(menu->accessibleName(), QStringLiteral("Downtime"));
    EXPECT_NE(find(*menu, "Save picture as SVG"), nullptr);
    menu->close();
    // A right click on a phase asks for a menu, not for the phase.
    EXPECT_FALSE(parts().selection->pick().has_value());
}

TEST_F(Export, theMenuOfAViewHasAllItsChartsAndExplainsItselfWithoutAny) {
    machine("sim:lab");
    QMenu* none = viewMenu();
    ASSERT_NE(none, nullptr);
    ASSERT_EQ(none->actions().size(), 1);
    EXPECT_FALSE(none->actions().front()->isEnabled());
    EXPECT_TRUE(none->actions().front()->text().startsWith(QStringLiteral("No chart is shown")));
    none->close();
    open("run.migrec");
    QMenu* menu = viewMenu();
    ASSERT_NE(menu, nullptr);
    EXPECT_NE(find(*menu, "Chart"), nullptr);
    EXPECT_NE(find(*menu, "Downtime"), nullptr);
    EXPECT_EQ(find(*menu, "What if"), nullptr) << "that page is not shown";
    menu->close();
    page().showPage(RunView::WhatIfPage);
    spin(30);
    expectSvg(savedAs(*page().whatIfPanel()->bar(), "Save picture as SVG", "what-if.svg"),
              "Prediction from run 1 of run.migrec · SIMULATED");
}

TEST_F(Export, theCompareTabGivesItsChartsAndItsCommand) {
    open("a.migrec");
    open("b.migrec");
    for (int row = 0; row < parts().runs->model().rowCount(); ++row)
        parts().runs->model().setData(parts().runs->model().index(row, 0), Qt::Checked, Qt::CheckStateRole);
    ASSERT_EQ(parts().tabs->currentWidget(), parts().compare);
    ASSERT_TRUE(waitUntil([this] { return parts().compare->overlay()->height() > 60; }));
    QApplication::setActiveWindow(window_.get());
    const QByteArray all = savedAs(*parts().compare->overlay(), "Save picture as SVG", "overlay.svg");
    expectSvg(all, "aligned at t0 · SIMULATED");
    parts().compare->overlay()->setFocus();
    QTest::keyClick(parts().compare->overlay(), Qt::Key_Plus);
    EXPECT_NE(savedAs(*parts().compare->overlay(), "Save picture as SVG", "overlay-2.svg"), all);
    expectSvg(savedAs(*parts().compare->strip(), "Save picture as SVG", "spread.svg"), "Spread of downtime");
    EXPECT_EQ(parts().tabs->currentWidget(), parts().compare) << "a right click picks no run";
    choose(menuOf(*parts().compare->strip()), "Copy values");
    EXPECT_EQ(QGuiApplication::clipboard()->text().count(QLatin1Char('\n')), 4)
        << "heads, two runs, SIMULATED";
    choose(menuOf(*parts().compare->overlay()), "Copy values");
    EXPECT_TRUE(QGuiApplication::clipboard()->text().startsWith(tableText(parts().compare->model())));
    QTest::keyClick(window_.get(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    const QString command = QGuiApplication::clipboard()->text();
    EXPECT_TRUE(command.startsWith(QStringLiteral("migscope-cli compare "))) << command.toStdString();
    EXPECT_EQ(runCopied(), 0);
}

} // namespace
} // namespace migscope::testing
