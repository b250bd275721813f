// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Timeline tab: a stretch of time and its figures, the small grid at the cursor, marks, a saved stretch.
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "core/transfer/range_stats.h"
#include "tests/core/transfer/run_builder.h"
#include "tests/ui/ui_test.h"
#include "ui/actions.h"
#include "ui/charts/chart_words.h"
#include "ui/figure_words.h"
#include "ui/panels/range_panel.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/recording_edits.h"
#include "ui/recording_facts.h"
#include "ui/recordings.h"
#include "ui/replay_grid.h"

#include "test_paths.h"

namespace migscope::testing {
namespace {

class Timeline : public WindowTest {
protected:
    /// A copy of the recording of a real kernel, so that it can be written to.
    void openCopy(const char* name) {
        path_ = temporaryFolder() + QLatin1Char('/') + QLatin1String(name);
        QFile::remove(path_);
        ASSERT_TRUE(QFile::copy(QStringLiteral(MIGSCOPE_TEST_DATA "/recordings/mtty-migrate.migrec"), path_));
        ASSERT_TRUE(QFile::setPermissions(path_, QFile::ReadOwner | QFile::WriteOwner));
        parts().recordings->open(path_);
        ASSERT_TRUE(waitUntil([this] { return page().source() != nullptr && chart().width() > 100; }));
        spin(20);
    }
    [[nodiscard]] TimelinePage& page() const { return *parts().timeline; }
    [[nodiscard]] ChartView& chart() const { return *page().chart(); }
    [[nodiscard]] QPoint at(double share) const {
        const QRectF area = chart().canvas().area(Track::Size);
        return {static_cast<int>(area.left() + area.width() * share), static_cast<int>(area.center().y())};
    }
    void dragStretch(double from, double to) {
        QTest::mousePress(&chart(), Qt::LeftButton, Qt::ControlModifier, at(from));
        QTest::mouseMove(&chart(), at((from + to) / 2));
        QTest::mouseMove(&chart(), at(to));
        QTest::mouseRelease(&chart(), Qt::LeftButton, Qt::ControlModifier, at(to));
    }
    [[nodiscard]] QToolButton* button(const char* name) const {
        for (auto* each : page().findChildren<QToolButton*>()) {
            if (each->accessibleName() == QLatin1String(name))
                return each;
        }
        return nullptr;
    }
    QString path_;
};

TEST_F(Timeline, ctrlDragSelectsAStretchAndItsFiguresAreTheRecordings) {
    openCopy("stretch.migrec");
    const QAbstractItemModelTester tester(&page().range()->model(),
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_EQ(page().range()->model().rowCount(), 0);
    EXPECT_FALSE(button("Zoom to the stretch")->isEnabled());
    const TimeRange before = chart().range();
    dragStretch(0.8, 0.2); // from right to left, too
    const auto stretch = parts().selection->stretch();
    ASSERT_TRUE(stretch.has_value());
    EXPECT_EQ(chart().range(), before) << "selecting does not zoom";
    EXPECT_LT(stretch->range.from, stretch->range.to);
    EXPECT_EQ(stretch->range.from, chart().canvas().timeAt(at(0.2).x()));
    RangeStats expected;
    page().source()->look([&](const Recording& recording) {
        expected = rangeStats(recording, stretch->range.from, stretch->range.to);
    });
    ASSERT_GT(expected.rows.size(), 4U);
    RangeModel& model = page().range()->model();
    ASSERT_EQ(model.rowCount(), static_cast<int>(expected.rows.size()));
    for (int row = 0; row < model.rowCount(); ++row) {
        const RangeRow& of = expected.rows[static_cast<std::size_t>(row)];
        EXPECT_EQ(model.index(row, RangeModel::Count).data().toString(), QString::number(of.spread.count));
        EXPECT_EQ(model.index(row, RangeModel::Mean).data().toString(), figureWords(of.unit, of.spread.mean));
    }
    EXPECT_TRUE(page().range()->title()->text().contains(timeText(stretch->range.length())));
    // Copied as a table, then zoomed to, then gone.
    QTest::mouseClick(button("Copy the statistics"), Qt::LeftButton);
    const QStringList lines =
        QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    EXPECT_EQ(lines.size(), model.rowCount() + 1);
    EXPECT_EQ(lines.front().count(QLatin1Char('\t')), RangeModel::ColumnCount - 1);
    QTest::mouseClick(button("Zoom to the stretch"), Qt::LeftButton);
    EXPECT_EQ(chart().range(), stretch->range);
    QTest::keyClick(&chart(), Qt::Key_Escape);
    EXPECT_FALSE(parts().selection->stretch().has_value());
    EXPECT_EQ(model.rowCount(), 0);
}

TEST_F(Timeline, theBracketsSetTheEndsAtTheCursor) {
    openCopy("brackets.migrec");
    chart().setFocus();
    QTest::mouseClick(&chart(), Qt::LeftButton, {}, at(0.3));
    const Ns first = parts().selection->cursor()->time;
    QTest::keyClick(&chart(), Qt::Key_BracketLeft);
    ASSERT_TRUE(parts().selection->stretch());
    EXPECT_EQ(parts().selection->stretch()->range.from, first);
    QTest::mouseClick(&chart(), Qt::LeftButton, {}, at(0.6));
    QTest::keyClick(&chart(), Qt::Key_BracketRight);
    EXPECT_EQ(parts().selection->stretch()->range.from, first);
    EXPECT_EQ(parts().selection->stretch()->range.to, parts().selection->cursor()->time);
    // The begin behind the end: the stretch begins anew.
    QTest::mouseClick(&chart(), Qt::LeftButton, {}, at(0.9));
    QTest::keyClick(&chart(), Qt::Key_BracketLeft);
    EXPECT_EQ(parts().selection->stretch()->range.from, parts().selection->cursor()->time);
}

TEST_F(Timeline, theSmallGridFollowsTheCursorAndNeverTheLiveOne) {
    openCopy("grid.migrec");
    ReplayGrid* grid = page().grid();
    EXPECT_TRUE(grid->devices().empty());
    EXPECT_TRUE(grid->accessibleDescription().contains(QStringLiteral("Click")));
    // In the middle of each band of each lane the grid says the state of that band.
    int bands = 0;
    for (const LaneContent& lane : chart().canvas().content().lanes) {
        for (const LanePiece& piece : lane.bands) {
            if (!piece.state || piece.end - piece.begin < Ns{2000})
                continue;
            parts().selection->moveCursor(
                TimeCursor{page().source()->id(), piece.begin + (piece.end - piece.begin) / 2});
            bool found = false;
            for (const ReplayedDevice& device : grid->devices())
                found = found || device.state == piece.state;
            EXPECT_TRUE(found) << lane.name << " " << stateName(*piece.state);
            EXPECT_TRUE(
                grid->accessibleDescription().contains(QString::fromStdString(stateName(*piece.state))));
            ++bands;
        }
    }
    EXPECT_GE(bands, 6);
    ASSERT_EQ(grid->devices().size(), 2U);
    EXPECT_EQ(grid->devices()[0].letter, QStringLiteral("S"));
    EXPECT_EQ(grid->devices()[1].letter, QStringLiteral("D"));
    parts().selection->moveCursor(std::nullopt);
    EXPECT_TRUE(grid->devices().empty());
}

TEST_F(Timeline, aMarkGoesIntoTheFileAndTheViewStaysWhereItWas) {
    openCopy("mark.migrec");
    QLineEdit* field = page().markField();
    EXPECT_FALSE(field->isEnabled()) << "without a cursor there is no place for it";
    dragStretch(0.2, 0.6);
    chart().zoomTo(parts().selection->stretch()->range);
    const TimeRange view = chart().range();
    QTest::mouseClick(&chart(), Qt::LeftButton, {}, at(0.5));
    const Ns when = parts().selection->cursor()->time;
    (*parts().actions)[ActionId::AddMark]->trigger();
    EXPECT_TRUE(field->hasFocus());
    QTest::keyClicks(field, QStringLiteral("the slow part"));
    const SourceId before = page().source()->id();
    QTest::keyClick(field, Qt::Key_Return);
    ASSERT_TRUE(waitUntil([&] { return page().source() && page().source()->id() != before; }))
        << "the file was replaced and is read again";
    EXPECT_EQ(chart().range(), view);
    EXPECT_EQ(parts().selection->cursor()->time, when);
    EXPECT_EQ(parts().runs->model().rowCount(), 1) << "in the same row";
    QFile file(path_);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_TRUE(file.readAll().contains("\"text\":\"the slow part\""));
    page().source()->look([&](const Recording& recording) {
        ASSERT_EQ(recording.charts().marks().size(), 1U);
        EXPECT_EQ(recording.charts().marks().front().time, when);
        EXPECT_TRUE(recording.complete);
    });
}

TEST_F(Timeline, aMarkInALiveRecordingGoesThroughItsRecorder) {
    machine("sim:lab");
    open(mlx5A);
    host_->step(mlx5A, MigState::Stop, false);
    ASSERT_TRUE(waitUntil([this] { return state(mlx5A).state == MigState::Stop && waitIdle(mlx5A); }));
    ASSERT_EQ(parts().runs->model().rowCount(), 1);
    parts().runs->table()->selectRow(0);
    ASSERT_TRUE(waitUntil([this] { return page().source() && page().source()->growing(); }));
    parts().selection->moveCursor(TimeCursor{page().source()->id(), Ns{1'000'000}});
    QTest::keyClicks(page().markField(), QStringLiteral("now"));
    QTest::mouseClick(button("Add the mark"), Qt::LeftButton);
    const auto marks = [this] {
        std::size_t count = 0;
        page().source()->look([&](const Recording& recording) { count = recording.charts().marks().size(); });
        return count;
    };
    ASSERT_TRUE(waitUntil([&] { return marks() == 1; }));
    EXPECT_TRUE(page().markField()->text().isEmpty());
    // After the release the recording is whole, and takes marks into memory and file.
    host_->release(mlx5A);
    ASSERT_TRUE(waitUntil([this] { return !page().source()->growing(); }));
    parts().selection->moveCursor(TimeCursor{page().source()->id(), Ns{2'000'000}});
    QTest::keyClicks(page().markField(), QStringLiteral("later"));
    QTest::keyClick(page().markField(), Qt::Key_Return);
    ASSERT_TRUE(waitUntil([&] { return marks() == 2; }));
    const auto inFile = [this] {
        QFile file(page().source()->path());
        const bool open = file.open(QIODevice::ReadOnly);
        const QByteArray text = open ? file.readAll() : QByteArray();
        return text.contains("\"now\"") && text.contains("\"later\"");
    };
    EXPECT_TRUE(waitUntil(inFile));
    const auto loaded = loadRecording(page().source()->path().toStdString());
    ASSERT_TRUE(loaded);
    EXPECT_TRUE((*loaded)->complete);
    EXPECT_EQ((*loaded)->charts().marks().size(), 2U);
}

TEST_F(Timeline, aRecordingThatAnotherProgramWritesTakesNoMark) {
    const auto recording = std::make_shared<Recording>(RecordingHeader{});
    const auto source = std::make_shared<RunSource>(
        QStringLiteral("growing"), QStringLiteral("/x"), [recording](const auto& see) { see(*recording); },
        true);
    EXPECT_TRUE(RecordingEdits::whyNoMark(source).contains(QStringLiteral("Another program")));
    source->setGrowing(false);
    EXPECT_TRUE(RecordingEdits::whyNoMark(source).isEmpty());
    EXPECT_FALSE(RecordingEdits::whyNoMark(nullptr).isEmpty());
}

TEST_F(Timeline, aSavedStretchIsARecordingOfItsOwn) {
    openCopy("whole.migrec");
    dragStretch(0.3, 0.7);
    const TimeRange range = parts().selection->stretch()->range;
    const QString target = temporaryFolder() + QStringLiteral("/part.migrec");
    parts().edits->saveStretch(page().source(), range, target);
    ASSERT_TRUE(waitUntil([&] { return QFile::exists(target); }));
    parts().recordings->open(target);
    ASSERT_TRUE(waitUntil([&] { return page().source()->path() == target; }));
    page().source()->look([&](const Recording& recording) {
        EXPECT_GE(recording.lastTime(), range.from);
        EXPECT_EQ(recording.charts().marks().size(), 1U) << "it says where it was cut from";
        for (const auto& [stream, columns] : recording.samples()) {
            EXPECT_GE(columns.time().front(), range.from);
            EXPECT_LE(columns.time().back(), range.to);
        }
    });
}

TEST_F(Timeline, aStretchInThePastIsNotCountedAgainWhileItsRecordingGrows) {
    const auto recording = std::make_shared<Recording>(test::recorded({test::migration()}));
    const RunSourcePtr source = std::make_shared<RunSource>(
        QStringLiteral("live"), QString(), [recording](const auto& see) { see(*recording); }, true);
    Selection selection;
    RangePanel panel(selection);
    panel.resize(500, 200);
    panel.show();
    panel.setSource(source);
    selection.select(TimeStretch{source->id(), {test::ms(100), test::ms(150)}});
    const int counted = panel.counts();
    ASSERT_GT(counted, 0);
    const auto grow = [&](Ns time, event::Body body) {
        Event event;
        event.time = time;
        event.device = 0;
        event.body = std::move(body);
        recording->apply(std::move(event));
        panel.refresh();
    };
    grow(test::ms(300), event::Precopy{1, 2, false});
    EXPECT_EQ(panel.counts(), counted);
    grow(test::ms(120), event::Mark{"late"});
    EXPECT_EQ(panel.counts(), counted + 1) << "a note may be about an earlier time";
    EXPECT_TRUE(panel.title()->text().contains(QStringLiteral("1 mark")))
        << panel.title()->text().toStdString();
    selection.select(TimeStretch{source->id(), {test::ms(100), test::ms(900)}});
    const int open = panel.counts();
    grow(test::ms(400), event::Precopy{1, 2, false});
    EXPECT_EQ(panel.counts(), open + 1) << "more comes into it";
}

TEST_F(Timeline, thePropertiesSayWhoWhenAndWhere) {
    openCopy("properties.migrec");
    page().showPage(RunView::PropertiesPage);
    QStringList texts;
    for (auto* label : page().findChildren<QLabel*>())
        texts << label->text();
    std::string host;
    std::string kernel;
    page().source()->look([&](const Recording& recording) {
        host = recording.header().hostName;
        kernel = recording.header().kernel;
    });
    ASSERT_FALSE(kernel.empty());
    EXPECT_TRUE(texts.contains(QString::fromStdString(host)));
    EXPECT_TRUE(texts.contains(QString::fromStdString(kernel)));
    EXPECT_TRUE(texts.contains(path_));
}

TEST(RecordingFacts, sayWhatIsMissingAndWhatIsSimulated) {
    RecordingHeader header;
    header.simulated = true;
    header.hostName = "lab";
    Recording recording(header);
    recording.notes = {"cut off after line 7"};
    QStringList all;
    for (const FactSection& section : recordingFacts(recording, {}, false)) {
        for (const Fact& fact : section.facts)
            all << fact.name + QLatin1Char('=') + fact.value;
    }
    EXPECT_TRUE(all.contains(QStringLiteral("host=lab, SIMULATED")));
    EXPECT_TRUE(all.contains(QStringLiteral("kernel=unknown")));
    EXPECT_TRUE(all.contains(QStringLiteral("begun=unknown")));
    EXPECT_TRUE(all.contains(QStringLiteral("note=cut off after line 7")));
    EXPECT_TRUE(all.contains(QStringLiteral("path=in memory only")));
}

} // namespace
} // namespace migscope::testing
