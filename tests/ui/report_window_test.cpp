// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reports from the window and from the command line: written in the background, errors in place.
#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QProcess>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include <algorithm>

#include "core/transfer/recording_save.h"
#include "tests/ui/repeated_runs.h"
#include "tests/ui/report_pages.h"
#include "tests/ui/run_sources.h"
#include "tests/ui/ui_test.h"
#include "ui/actions.h"
#include "ui/panels/compare_page.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/recordings.h"
#include "ui/report/report_saver.h"

#include "test_paths.h"

namespace migscope::testing {
namespace {

QByteArray contents(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

TEST(ReportSaver, writesThePageAndKeepsTheErrno) {
    ReportSaver saver;
    QSignalSpy saved(&saver, &ReportSaver::saved);
    QSignalSpy failed(&saver, &ReportSaver::failed);
    const RunSourcePtr source = runs::file(QStringLiteral("a.migrec"), repeatedRuns(1, test::ms(1), Ns{0}));
    const QString path = temporaryFolder() + QStringLiteral("/a.html");
    saver.save({source}, {}, path);
    saver.save({source}, {}, path);
    ASSERT_EQ(failed.size(), 1) << "one at a time";
    EXPECT_TRUE(failed[0][1].value<Error>().is(Errc::JobRunning));
    ASSERT_TRUE(waitUntil([&] { return saved.size() == 1; }));
    EXPECT_EQ(contents(path), reportBytes({reportSource(source)}));
    EXPECT_FALSE(contents(path).contains("/tmp/")) << "where the recording lay is not told";
    saver.save({source}, {}, QStringLiteral("/does/not/exist/a.html"));
    ASSERT_TRUE(waitUntil([&] { return failed.size() == 2; }));
    EXPECT_TRUE(failed[1][1].value<Error>().isErrno(ENOENT));
    // Of one that grows it says so.
    source->setGrowing(true);
    saver.save({source}, {}, path);
    ASSERT_TRUE(waitUntil([&] { return saved.size() == 2; }));
    EXPECT_TRUE(contents(path).contains("still growing when this report was made"));
}

class ReportWindow : public WindowTest {
protected:
    void openRuns(const char* name, const std::shared_ptr<Recording>& recording) {
        const QString path = temporaryFolder() + QLatin1Char('/') + QLatin1String(name);
        ASSERT_TRUE(saveRecording([&](const auto& see) { see(*recording); }, path.toStdString()));
        const int before = parts().runs->model().rowCount();
        parts().recordings->open(path);
        ASSERT_TRUE(waitUntil([&] { return parts().runs->model().rowCount() > before; }));
    }
    /// Does what opens the dialog, and answers it as a person does. False: there was none.
    bool answer(const std::function<void()>& act, const QString& path) {
        bool asked = false;
        QObject guard;
        QTimer::singleShot(0, this->window_.get(), [&] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            ASSERT_NE(dialog, nullptr);
            asked = true;
            proposed_ = dialog->selectedFiles().value(0);
            dialog->selectFile(path);
            QMetaObject::invokeMethod(dialog, "accept");
        });
        // A question that nobody expected must not hold the test.
        QTimer::singleShot(10'000, &guard, [] {
            while (QWidget* left = QApplication::activeModalWidget())
                left->close();
        });
        act();
        return asked;
    }
    [[nodiscard]] QToolButton* button(const char* name) const {
        for (auto* each : window_->findChildren<QToolButton*>()) {
            if (each->accessibleName() == QLatin1String(name))
                return each;
        }
        return nullptr;
    }
    [[nodiscard]] QString file(const char* name) const {
        return temporaryFolder() + QLatin1Char('/') + QLatin1String(name);
    }
    QString proposed_;
};

TEST_F(ReportWindow, ofTheShownRunAndOfTheSelectedOne) {
    QAction* act = (*parts().actions)[ActionId::SaveReport];
    parts().tabs->setCurrentWidget(parts().timeline);
    spin(20);
    EXPECT_FALSE(act->isEnabled());
    EXPECT_TRUE(act->toolTip().contains(QStringLiteral("Select a run"))) << act->toolTip().toStdString();
    openRuns("shown.migrec", repeatedRuns(1, test::ms(1), Ns{0}));
    ASSERT_TRUE(waitUntil([&] { return act->isEnabled(); }));
    ASSERT_TRUE(answer([&] { act->trigger(); }, file("shown.html")));
    EXPECT_TRUE(proposed_.endsWith(QStringLiteral("shown.html"))) << proposed_.toStdString();
    ASSERT_TRUE(waitUntil([&] { return contents(file("shown.html")).endsWith("</html>\n"); }));
    EXPECT_TRUE(readPage(contents(file("shown.html"))).says(QStringLiteral("downtime 94.0 ms")));
    // The menu of the list.
    const QList<QAction*> menu = parts().runs->table()->actions();
    const auto report = std::find_if(menu.begin(), menu.end(), [](const QAction* each) {
        return each->text() == QStringLiteral("Report…");
    });
    ASSERT_NE(report, menu.end());
    ASSERT_TRUE((*report)->isEnabled());
    ASSERT_TRUE(answer([&] { (*report)->trigger(); }, file("list.html")));
    ASSERT_TRUE(waitUntil([&] { return contents(file("list.html")).endsWith("</html>\n"); }));
    EXPECT_EQ(contents(file("list.html")), contents(file("shown.html")));
    // What goes wrong stands in the window.
    ASSERT_TRUE(answer([&] { act->trigger(); }, file("shown.migrec/x.html")));
    ASSERT_TRUE(waitUntil([&] { return parts().notice->text().contains(QStringLiteral("ENOTDIR")); }))
        << parts().notice->text().toStdString();
}

TEST_F(ReportWindow, ofTheComparison) {
    openRuns("one.migrec", repeatedRuns(6, test::ms(1), Ns{0}));
    openRuns("two.migrec", repeatedRuns(6, test::ms(1), test::ms(30)));
    RunsModel& model = parts().runs->model();
    for (int row = 0; row < model.rowCount(); ++row)
        ASSERT_TRUE(model.setData(model.index(row, 0), Qt::Checked, Qt::CheckStateRole));
    ASSERT_EQ(parts().tabs->currentWidget(), parts().compare);
    ComparePage& page = *parts().compare;
    page.base()->setCurrentIndex(page.base()->findText(QStringLiteral("two.migrec")));
    QToolButton* report = button("Save a report of this comparison");
    ASSERT_NE(report, nullptr);
    ASSERT_TRUE(answer([&] { report->click(); }, file("compared.html")));
    EXPECT_TRUE(proposed_.endsWith(QStringLiteral("comparison.html")));
    ASSERT_TRUE(waitUntil([&] { return contents(file("compared.html")).endsWith("</html>\n"); }));
    EXPECT_TRUE(readPage(contents(file("compared.html")))
                    .says(QStringLiteral("one.migrec is faster: downtime 94.5 ms against")));
    // The act takes what is looked at.
    QAction* act = (*parts().actions)[ActionId::SaveReport];
    ASSERT_TRUE(answer([&] { act->trigger(); }, file("act.html")));
    ASSERT_TRUE(waitUntil([&] { return contents(file("act.html")).endsWith("</html>\n"); }));
    EXPECT_EQ(contents(file("act.html")), contents(file("compared.html")));
    parts().tabs->setCurrentWidget(parts().timeline);
    ASSERT_TRUE(answer([&] { act->trigger(); }, file("single.html")));
    ASSERT_TRUE(waitUntil([&] { return contents(file("single.html")).endsWith("</html>\n"); }));
    EXPECT_TRUE(readPage(contents(file("single.html"))).says(QStringLiteral("6 of 6 runs ended ok")));
    EXPECT_FALSE(readPage(contents(file("single.html"))).says(QStringLiteral("is faster")));
}

int rendered(const QStringList& words) {
    QProcess process;
    process.start(QStringLiteral(MIGSCOPE_PROGRAM), words);
    return process.waitForFinished(60'000) ? process.exitCode() : -1;
}

TEST(RenderReport, severalRecordingsAreAReportAndNoPicture) {
    const QString one = QStringLiteral(MIGSCOPE_TEST_DATA "/recordings/mtty-migrate.migrec");
    const QString out = temporaryFolder() + QStringLiteral("/rendered.html");
    const QString render = QStringLiteral("--render");
    EXPECT_EQ(rendered({render, one, QStringLiteral("--out"), out}), 0);
    const ReadPage page = readPage(contents(out));
    EXPECT_EQ(page.error, QString());
    EXPECT_FALSE(page.says(QStringLiteral("SIMULATED"))) << "it was recorded on a kernel";
    EXPECT_TRUE(page.says(QStringLiteral("Migrated · downtime")));
    EXPECT_EQ(rendered({render, one, render, one, QStringLiteral("--out"), out}), 0);
    EXPECT_TRUE(readPage(contents(out)).says(QStringLiteral("2 recordings compared")));
    EXPECT_EQ(rendered({render, one, render, one, QStringLiteral("--to"), QStringLiteral("svg"),
                        QStringLiteral("--out"), out}),
              2);
    EXPECT_EQ(rendered({render, one, QStringLiteral("--size"), QStringLiteral("10x10"),
                        QStringLiteral("--out"), out}),
              2);
    EXPECT_EQ(rendered({render, QStringLiteral("/does/not/exist"), QStringLiteral("--out"), out}), 6);
}

} // namespace
} // namespace migscope::testing
