// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Compare tab: ticked recordings, their spread, their overlay, their differences.
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "core/transfer/recording_save.h"
#include "tests/ui/repeated_runs.h"
#include "tests/ui/ui_test.h"
#include "ui/panels/compare_page.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/recordings.h"

#include "test_paths.h"

namespace migscope::testing {
namespace {

class Compare : public WindowTest {
protected:
    /// Writes it, opens it; its row in the list.
    void open(const char* name, const std::shared_ptr<Recording>& recording) {
        const QString path = temporaryFolder() + QLatin1Char('/') + QLatin1String(name);
        ASSERT_TRUE(saveRecording([&](const auto& see) { see(*recording); }, path.toStdString()));
        const int before = parts().runs->model().rowCount();
        parts().recordings->open(path);
        ASSERT_TRUE(waitUntil([&] { return parts().runs->model().rowCount() > before; }));
    }
    [[nodiscard]] int row(const char* name) const {
        for (int at = 0; at < parts().runs->model().rowCount(); ++at) {
            if (parts().runs->model().entry(at).name.contains(QLatin1String(name)))
                return at;
        }
        return -1;
    }
    /// By the keyboard, as a person does.
    void tick(const char* name) {
        parts().runs->table()->setFocus();
        parts().runs->table()->setCurrentIndex(parts().runs->model().index(row(name), 0));
        QTest::keyClick(parts().runs->table(), Qt::Key_Space);
    }
    [[nodiscard]] ComparePage& page() const { return *parts().compare; }
};

TEST_F(Compare, nothingTickedSaysWhatToDo) {
    parts().tabs->setCurrentWidget(parts().compare);
    EXPECT_EQ(page().strip(), nullptr) << "its parts are not made yet";
    const auto labels = page().findChildren<QLabel*>();
    ASSERT_EQ(labels.size(), 1);
    EXPECT_TRUE(labels.front()->text().contains(QStringLiteral("Tick recordings")));
}

TEST_F(Compare, aTickedRecordingShowsItsSpreadAndARunIsOneClickAway) {
    auto recording = repeatedRuns(12, test::ms(1), Ns{0});
    open("spread.migrec", recording);
    tick("spread");
    parts().tabs->setCurrentWidget(parts().compare);
    ASSERT_NE(page().strip(), nullptr);
    ASSERT_TRUE(waitUntil([this] { return page().strip()->width() > 200; }));
    ASSERT_EQ(page().strip()->rows().size(), 1U);
    const SpreadRow& spread = page().strip()->rows().front();
    ASSERT_EQ(spread.dots.size(), 12U);
    EXPECT_TRUE(spread.dots[0].first);
    EXPECT_FALSE(spread.dots[1].first);
    const auto& metrics = recording->metrics().runs();
    for (std::size_t at = 0; at < spread.dots.size(); ++at)
        EXPECT_EQ(spread.dots[at].value, static_cast<double>(metrics[at].downtime->count()));
    EXPECT_TRUE(page().verdict()->text().contains(QStringLiteral("12 of 12 runs")));
    EXPECT_TRUE(page().verdict()->text().contains(QStringLiteral("SIMULATED")));
    EXPECT_FALSE(page().table()->isVisible());
    // A click on a dot shows that run in the Timeline.
    QTest::mouseClick(page().strip(), Qt::LeftButton, {}, page().strip()->dotAt(0, 7).toPoint());
    EXPECT_EQ(parts().tabs->currentWidget(), parts().timeline);
    EXPECT_EQ(parts().timeline->chart()->range().from, metrics[7].begun);
    EXPECT_EQ(parts().timeline->bar()->content()->run, 8);
    // By keys, too.
    parts().tabs->setCurrentWidget(parts().compare);
    page().strip()->setFocus();
    QTest::keyClick(page().strip(), Qt::Key_Right);
    QTest::keyClick(page().strip(), Qt::Key_Left);
    QTest::keyClick(page().strip(), Qt::Key_Return);
    EXPECT_EQ(parts().tabs->currentWidget(), parts().timeline);
}

TEST_F(Compare, anOutlierIsRinged) {
    auto recording = repeatedRuns(12, test::ms(1), Ns{0});
    // One more that takes four times as long.
    for (Event event : test::migration(0, 1, 101).events) {
        event.time += test::ms(10'000);
        event.run = 13;
        if (auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
            const Ns longer = arc->called > test::ms(155) ? test::ms(400) : Ns{0};
            arc->called += test::ms(10'000) + longer;
            arc->returned += test::ms(10'000) + longer;
            event.time = arc->returned;
        }
        recording->apply(event);
    }
    open("outlier.migrec", recording);
    tick("outlier");
    parts().tabs->setCurrentWidget(parts().compare);
    const SpreadRow& spread = page().strip()->rows().front();
    ASSERT_EQ(spread.dots.size(), 13U);
    for (std::size_t at = 0; at < 13; ++at)
        EXPECT_EQ(spread.dots[at].outlier, at == 12) << at;
}

TEST_F(Compare, twoTickedAreLaidOverEachOtherAndJudged) {
    open("fast.migrec", repeatedRuns(12, test::ms(1), Ns{0}));
    open("slow.migrec", repeatedRuns(12, test::ms(1), test::ms(20)));
    tick("fast");
    tick("slow");
    EXPECT_EQ(parts().tabs->currentWidget(), parts().compare) << "several are ticked to be compared";
    const QAbstractItemModelTester tester(&page().model(),
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    // The newest opened stands first in the list: it is the base until another one is chosen.
    page().base()->setCurrentIndex(page().base()->findText(QStringLiteral("fast.migrec")));
    QMetaObject::invokeMethod(page().base(), "activated", Q_ARG(int, page().base()->currentIndex()));
    const QString verdict = page().verdict()->text();
    EXPECT_TRUE(verdict.startsWith(
        QStringLiteral("slow.migrec is slower: downtime 115 ms against 95.0 ms (+20.0 ms")))
        << verdict.toStdString();
    int downtime = -1;
    for (int at = 0; at < page().model().rowCount(); ++at) {
        if (page().model().index(at, CompareModel::FigureName).data() == QStringLiteral("downtime"))
            downtime = at;
    }
    ASSERT_GE(downtime, 0);
    EXPECT_EQ(page().model().index(downtime, CompareModel::Word).data(), QStringLiteral("slower"));
    EXPECT_EQ(page().model().index(downtime, CompareModel::Change).data(), QStringLiteral("+20.0 ms"));
    // Both runs are drawn from t0 on.
    const ChartContent& content = page().overlay()->content();
    ASSERT_EQ(content.lanes.size(), 4U);
    EXPECT_EQ(content.sizes.size(), 2U);
    const auto begin = [&](std::size_t lane) {
        for (const ArcPiece& arc : content.lanes[lane].arcs) {
            if (arc.to == MigState::RunningP2p && arc.from == MigState::Running)
                return arc.begin;
        }
        return Ns{-1};
    };
    EXPECT_EQ(begin(0), Ns{0});
    EXPECT_EQ(begin(2), Ns{0});
    // Zoom, and back to all.
    const TimeRange all = page().overlay()->range();
    page().overlay()->setFocus();
    QTest::keyClick(page().overlay(), Qt::Key_Plus);
    EXPECT_LT(page().overlay()->range().length(), all.length());
    QTest::keyClick(page().overlay(), Qt::Key_Home);
    EXPECT_EQ(page().overlay()->range(), all);
    // As text for a mail.
    for (auto* button : page().findChildren<QToolButton*>()) {
        if (button->accessibleName() == QStringLiteral("Copy the difference table"))
            QTest::mouseClick(button, Qt::LeftButton);
    }
    EXPECT_EQ(QGuiApplication::clipboard()->text().count(QLatin1Char('\n')), page().model().rowCount() + 2);
    EXPECT_TRUE(QGuiApplication::clipboard()->text().endsWith(QStringLiteral("SIMULATED\n")));
    // One is taken away: the other stays with its spread.
    tick("slow");
    ASSERT_EQ(page().sources().size(), 1U);
    EXPECT_EQ(page().model().rowCount(), 0);
}

TEST_F(Compare, fourRunsAreTooFew) {
    open("few a.migrec", repeatedRuns(4, test::ms(1), Ns{0}));
    open("few b.migrec", repeatedRuns(4, test::ms(1), test::ms(50)));
    tick("few a");
    tick("few b");
    EXPECT_TRUE(page().verdict()->text().contains(QStringLiteral("too few runs to tell (4 and 4")))
        << page().verdict()->text().toStdString();
}

} // namespace
} // namespace migscope::testing
