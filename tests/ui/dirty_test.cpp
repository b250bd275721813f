// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Dirty pages tab and the same page of a recording: what is asked, what is shown, what it says.
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>

#include <cerrno>

#include "tests/ui/ui_test.h"
#include "ui/actions.h"
#include "ui/cli_command.h"
#include "ui/panels/dirty_page.h"
#include "ui/panels/dirty_view.h"
#include "ui/panels/run_view.h"
#include "ui/panels/timeline_page.h"
#include "ui/run_presenter.h"
#include "ui/selection.h"

namespace migscope::testing {
namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t mib = 1U << 20U;
constexpr std::uint64_t gib = 1U << 30U;

Ns ms(std::int64_t count) {
    return Ns{count * 1'000'000};
}

/// A recording of two devices to which DMA logging is added by hand.
struct Logged {
    std::shared_ptr<Recording> recording;
    Logged() {
        RecordingHeader header;
        header.simulated = true;
        header.devices = {{"0000:01:00.1", "", "", {}, "", 7}, {"0000:01:00.2", "", "", {}, "", 7}};
        recording = std::make_shared<Recording>(header);
    }
    void add(Ns at, event::Body body, int device = 0) const {
        Event event;
        event.time = at;
        event.device = device;
        event.body = std::move(body);
        recording->apply(std::move(event));
    }
    void start(Ns at, std::vector<DmaRange> ranges, int errnoValue = 0, int device = 0) const {
        add(at,
            event::DmaLog{event::DmaLog::Op::Start, std::move(ranges), page, at - ms(2), at, errnoValue, {}},
            device);
    }
    /// A report of `bytes` from `iova` on that took a millisecond, with the pages that it found.
    void report(Ns at, std::uint64_t iova, std::uint64_t bytes, std::vector<PageRun> runs,
                int device = 0) const {
        add(at, event::DmaLog{event::DmaLog::Op::Report, {{iova, bytes}}, page, at - ms(1), at, 0, {}},
            device);
        add(at, event::Dirty{iova, page, bytes / page, std::move(runs), {}}, device);
    }
    /// Locked like that of a recorder at work: a look within a look would wait for itself.
    [[nodiscard]] RunSourcePtr source() const {
        const auto inside = std::make_shared<bool>(false);
        return std::make_shared<RunSource>(
            QStringLiteral("log"), QString(),
            [recording = recording, inside](const auto& see) {
                EXPECT_FALSE(*inside);
                *inside = true;
                see(*recording);
                *inside = false;
            },
            false);
    }
};

class DirtyViewTest : public ::testing::Test {
protected:
    void show(const Logged& logged) {
        view_.resize(700, 500);
        view_.show();
        view_.setSource(logged.source());
        spin(50); // axes are laid out with their first drawing
    }
    [[nodiscard]] static QString cell(const QAbstractItemModel& model, int row, int column) {
        return model.index(row, column).data().toString();
    }
    DirtyView view_;
    QAbstractItemModelTester rounds_{&view_.rounds(), QAbstractItemModelTester::FailureReportingMode::Fatal};
    QAbstractItemModelTester costs_{&view_.costs(), QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(DirtyViewTest, theMapTheRoundsAndTheCostsAreThoseOfTheRecording) {
    Logged logged;
    logged.start(ms(10), {{0, 16 * mib}});
    logged.report(ms(110), 0, 16 * mib, {{0, 2048}});
    logged.report(ms(210), 0, 16 * mib, {{2048, 1024}});
    show(logged);
    const HeatMap& map = view_.heat()->map();
    ASSERT_GT(map.columns, 10U);
    EXPECT_EQ(map.begin, ms(10));
    EXPECT_EQ(map.end, ms(210));
    EXPECT_GT(map.at(0, 0), 0.9F) << "the lower half was written in the first round";
    EXPECT_EQ(map.at(0, map.rows - 1), 0.0F);
    EXPECT_EQ(map.at(map.columns - 1, 0), 0.0F);
    EXPECT_GT(map.at(map.columns - 1, map.rows / 2 + 1), 0.9F);
    ASSERT_EQ(view_.rounds().rowCount(), 2);
    EXPECT_EQ(cell(view_.rounds(), 0, DirtyRoundsModel::Round), QStringLiteral("2")) << "the latest first";
    EXPECT_EQ(cell(view_.rounds(), 0, DirtyRoundsModel::Pages), QStringLiteral("1024"));
    EXPECT_EQ(cell(view_.rounds(), 1, DirtyRoundsModel::Bytes), QStringLiteral("8.0 MiB"));
    EXPECT_EQ(cell(view_.rounds(), 1, DirtyRoundsModel::Rate), QStringLiteral("80.0 MiB/s"));
    ASSERT_EQ(view_.costs().rowCount(), 2);
    EXPECT_EQ(cell(view_.costs(), 0, DirtyCostModel::Call), QStringLiteral("START"));
    EXPECT_EQ(cell(view_.costs(), 0, DirtyCostModel::Mean), QStringLiteral("2.00 ms"));
    EXPECT_EQ(cell(view_.costs(), 1, DirtyCostModel::Calls), QStringLiteral("2"));
    const QString words = view_.words()->text();
    EXPECT_TRUE(words.contains(QStringLiteral("3072 pages written, 12.0 MiB"))) << words.toStdString();
    EXPECT_TRUE(words.contains(QStringLiteral("60.0 MiB/s"))) << words.toStdString();
    EXPECT_TRUE(words.contains(QStringLiteral("SIMULATED"))) << words.toStdString();
}

TEST_F(DirtyViewTest, aStampThatMovesMovesTheRate) {
    Logged logged;
    logged.start(ms(10), {{0, 16 * mib}});
    logged.report(ms(60), 0, 16 * mib, {{0, 2048}});
    show(logged);
    EXPECT_EQ(cell(view_.rounds(), 0, DirtyRoundsModel::Rate), QStringLiteral("160.0 MiB/s"));
    EXPECT_EQ(view_.heat()->map().end, ms(60));
}

TEST_F(DirtyViewTest, anIdleFunctionDirtiesNothingAndThePageSaysSo) {
    Logged logged;
    logged.start(ms(10), {{0, 16 * mib}});
    logged.report(ms(110), 0, 16 * mib, {});
    show(logged);
    EXPECT_TRUE(view_.words()->text().contains(QStringLiteral("an idle function dirties nothing")))
        << view_.words()->text().toStdString();
    EXPECT_EQ(view_.heat()->map().highest, 0.0F);
    EXPECT_EQ(view_.heat()->accessibleDescription(), QStringLiteral("no page was written"));
}

TEST_F(DirtyViewTest, aRecordingWithoutLoggingSaysHowToGetOne) {
    show(Logged());
    EXPECT_EQ(view_.heat(), nullptr) << "its parts are not made";
    const auto labels = view_.findChildren<QLabel*>();
    ASSERT_EQ(labels.size(), 1);
    EXPECT_TRUE(labels.front()->isVisible());
    EXPECT_TRUE(labels.front()->text().contains(QStringLiteral("No DMA logging")));
}

TEST_F(DirtyViewTest, aRefusedStartIsACostWithItsErrno) {
    Logged logged;
    logged.start(ms(10), {{0, 16 * gib}}, ENOMEM);
    show(logged);
    ASSERT_EQ(view_.costs().rowCount(), 1);
    EXPECT_EQ(cell(view_.costs(), 0, DirtyCostModel::Failed), QStringLiteral("1 × ENOMEM"));
    EXPECT_EQ(cell(view_.costs(), 0, DirtyCostModel::Mean), QStringLiteral("—")) << "none succeeded: no mean";
    EXPECT_TRUE(view_.words()->text().contains(QStringLiteral("no report was made")));
}

TEST_F(DirtyViewTest, loggingsAndDevicesAreChosen) {
    Logged logged;
    logged.start(ms(10), {{0, 16 * mib}});
    logged.report(ms(20), 0, 16 * mib, {{0, 1}});
    logged.start(ms(30), {{gib, mib}});
    logged.report(ms(40), gib, mib, {{0, 7}});
    logged.start(ms(50), {{0, mib}}, 0, 1);
    logged.report(ms(60), 0, mib, {{0, 11}}, 1);
    show(logged);
    EXPECT_EQ(cell(view_.rounds(), 0, DirtyRoundsModel::Pages), QStringLiteral("7")) << "the newest";
    EXPECT_EQ(view_.heat()->map().rowIova.front(), gib);
    view_.logging()->setCurrentIndex(0);
    emit view_.logging()->activated(0);
    EXPECT_EQ(cell(view_.rounds(), 0, DirtyRoundsModel::Pages), QStringLiteral("1"));
    view_.device()->setCurrentIndex(1);
    emit view_.device()->activated(1);
    EXPECT_EQ(cell(view_.rounds(), 0, DirtyRoundsModel::Pages), QStringLiteral("11"));
    EXPECT_FALSE(view_.logging()->isVisible()) << "it has only one";
}

TEST_F(DirtyViewTest, theMapIsReadByMouseAndKeys) {
    Logged logged;
    logged.start(ms(0), {{0, 16 * mib}, {gib, 16 * mib}});
    logged.report(ms(100), 0, 16 * mib, {{0, 4096}});
    logged.report(ms(101), gib, 16 * mib, {});
    show(logged);
    HeatMapView& heat = *view_.heat();
    auto* readout = view_.findChild<QLabel*>(QStringLiteral("dirty readout"));
    ASSERT_NE(readout, nullptr);
    heat.setFocus();
    QTest::keyClick(&heat, Qt::Key_Home);
    EXPECT_TRUE(readout->text().startsWith(QStringLiteral("0x0+"))) << readout->text().toStdString();
    EXPECT_TRUE(readout->text().endsWith(QStringLiteral("100 % of its pages written")))
        << readout->text().toStdString();
    QTest::keyClick(&heat, Qt::Key_Up);
    ASSERT_TRUE(heat.pointed());
    EXPECT_EQ(*heat.pointed(), (HeatMapView::Cell{0, 1}));
    QTest::keyClick(&heat, Qt::Key_Up, Qt::ControlModifier);
    EXPECT_EQ(heat.pointed()->row, 11U);
    ASSERT_EQ(heat.map().gaps.size(), 1U) << "where the second range begins";
    const std::size_t upper = heat.map().gaps.front();
    EXPECT_EQ(heat.map().rowIova[upper], gib);
    const QPointF at = heat.cellCentre({3, upper});
    QTest::mouseMove(&heat, at.toPoint());
    EXPECT_TRUE(waitUntil([&] { return heat.pointed() == HeatMapView::Cell{3, upper}; }));
    EXPECT_TRUE(readout->text().startsWith(QStringLiteral("0x40000000+"))) << readout->text().toStdString();
    EXPECT_TRUE(readout->text().endsWith(QStringLiteral("0.0 % of its pages written")));
}

class DirtyTab : public WindowTest {
protected:
    void showTab() { (*parts().actions)[ActionId::ShowDirty]->trigger(); }
    template<class Widget>
    [[nodiscard]] Widget* part(const char* name) const {
        auto* found = parts().dirty->findChild<Widget*>(QLatin1String(name));
        EXPECT_NE(found, nullptr) << name;
        return found;
    }
    [[nodiscard]] QString status() const { return part<QLabel>("dirty status")->text(); }
    void ranges(const char* text) { part<QLineEdit>("dirty ranges")->setText(QLatin1String(text)); }
    void press(const char* name) { QTest::mouseClick(part<QPushButton>(name), Qt::LeftButton); }
    [[nodiscard]] DirtyView& view() const { return *parts().dirty->view(); }
};

TEST_F(DirtyTab, aLoggingIsStartedWatchedAndStopped) {
    machine("sim:lab");
    open(mlx5A);
    showTab();
    ranges("0+256M, 4G+256M");
    ASSERT_TRUE(part<QPushButton>("dirty start")->isEnabled()) << status().toStdString();
    EXPECT_FALSE(part<QPushButton>("dirty stop")->isEnabled());
    press("dirty start");
    ASSERT_TRUE(waitUntil([this] { return view().rounds().rowCount() > 1; }));
    EXPECT_TRUE(sim_->logsDma(mlx5A));
    EXPECT_TRUE(status().startsWith(QStringLiteral("Logging:"))) << status().toStdString();
    EXPECT_FALSE(part<QPushButton>("dirty start")->isEnabled()) << "one at a time";
    press("dirty stop");
    ASSERT_TRUE(waitIdle(mlx5A));
    EXPECT_FALSE(sim_->logsDma(mlx5A));
    EXPECT_FALSE(state(mlx5A).error) << "the end of a logging without an end is no error";
    EXPECT_EQ(state(mlx5A).state, MigState::Running);
    EXPECT_TRUE(view().words()->text().contains(QStringLiteral("pages written")));
    EXPECT_GT(view().heat()->map().highest, 0.0F);
    EXPECT_TRUE(sim_->violations().empty());
}

TEST_F(DirtyTab, theCostBySizeIsMeasured) {
    machine("sim:lab");
    open(mlx5A);
    showTab();
    ranges("0+16M");
    press("dirty cost");
    ASSERT_TRUE(waitUntil([this] { return state(mlx5A).job == jobWord(job::DmaCost{}); }));
    ASSERT_TRUE(waitIdle(mlx5A));
    ASSERT_TRUE(waitUntil([this] { return view().heat() != nullptr && view().costs().rowCount() == 7; }))
        << "START and REPORT of 1, 4 and 16 MiB, and STOP";
    EXPECT_EQ(view().costs().index(2, DirtyCostModel::Range).data().toString(), QStringLiteral("16.0 MiB"));
    EXPECT_EQ(view().costs().index(5, DirtyCostModel::Calls).data().toString(), QStringLiteral("3"));
}

TEST_F(DirtyTab, whatIsWrongWithARangeIsSaidAndNothingIsAsked) {
    machine("sim:lab");
    open(mlx5A);
    showTab();
    for (const char* wrong : {"", "5", "12+1M", "0+2M,1M+2M"}) {
        ranges(wrong);
        EXPECT_FALSE(part<QPushButton>("dirty start")->isEnabled()) << wrong;
        EXPECT_FALSE(part<QPushButton>("dirty cost")->isEnabled()) << wrong;
        EXPECT_FALSE(status().isEmpty()) << wrong;
    }
    ranges("0+2M");
    EXPECT_TRUE(part<QPushButton>("dirty start")->isEnabled());
    EXPECT_TRUE(status().isEmpty()) << status().toStdString();
}

TEST_F(DirtyTab, aDeviceThatIsNotOpenOrCannotLogSaysWhy) {
    machine("sim:lab");
    select(mlx5A);
    showTab();
    EXPECT_TRUE(status().startsWith(QStringLiteral("Not open."))) << status().toStdString();
    EXPECT_FALSE(part<QPushButton>("dirty start")->isEnabled());
    parts().tabs->setCurrentIndex(0);
    open(hisiA);
    showTab();
    EXPECT_TRUE(status().contains(QStringLiteral("no DMA logging"))) << status().toStdString();
    EXPECT_FALSE(part<QPushButton>("dirty start")->isEnabled());
}

TEST_F(DirtyTab, whatWasFoundIsAPageOfItsRecording) {
    machine("sim:lab");
    open(mlx5A);
    showTab();
    ranges("0+64M");
    part<QSpinBox>("dirty rounds")->setValue(2);
    press("dirty start");
    ASSERT_TRUE(waitUntil([this] { return view().heat() != nullptr && view().rounds().rowCount() == 2; }));
    ASSERT_TRUE(waitIdle(mlx5A));
    parts().runPresenter->showRun(host_->source(mlx5A));
    parts().timeline->showPage(RunView::DirtyPagesPage);
    ASSERT_TRUE(waitUntil([this] { return parts().timeline->dirtyView()->heat() != nullptr; }));
    EXPECT_EQ(parts().timeline->dirtyView()->rounds().rowCount(), 2);
}

TEST_F(DirtyTab, itIsCopiedAsACommand) {
    machine("sim:lab");
    open(mlx5A);
    showTab();
    ranges("4G+1M,0+1M");
    QToolButton* copy = nullptr;
    for (auto* button : parts().dirty->findChildren<QToolButton*>()) {
        if (button->text() == QStringLiteral("Copy command"))
            copy = button;
    }
    ASSERT_NE(copy, nullptr);
    QTest::mouseClick(copy, Qt::LeftButton);
    EXPECT_EQ(
        QGuiApplication::clipboard()->text().toStdString(),
        "migscope-cli --backend sim:lab dirty 0000:3b:00.2 --range 0x0+1048576,0x100000000+1048576 --page "
        "4096 --interval 200 --rounds 0");
}

} // namespace
} // namespace migscope::testing
