// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reports: what they say, that it moves with the recording, and that no text of a file becomes markup.
#include <QRegularExpression>

#include <cerrno>

#include "core/transfer/compare.h"
#include "core/transfer/report_values.h"
#include "tests/core/transfer/run_builder.h"
#include "tests/ui/repeated_runs.h"
#include "tests/ui/report_pages.h"
#include "ui/charts/chart_look.h"
#include "ui/figure_words.h"
#include "ui/models/compare_model.h"
#include "ui/words.h"

namespace migscope::testing {
namespace {

using test::ms;
using test::RunBuilder;

std::shared_ptr<Recording> recordingOf(const std::vector<Event>& events, bool simulated = true) {
    RecordingHeader header;
    header.simulated = simulated;
    header.hostName = "lab7";
    header.kernel = "6.12.1";
    header.tool = "9.8.7";
    header.devices = {{"0000:01:00.1", "drv_a", "", {}, "", 7}, {"0000:01:00.2", "drv_b", "", {}, "", 7}};
    auto recording = std::make_shared<Recording>(header);
    for (const Event& event : events)
        recording->apply(event);
    recording->complete = true;
    return recording;
}

/// A page that holds every kind of part.
std::vector<std::pair<const char*, QByteArray>> pages() {
    const auto of = [](std::shared_ptr<Recording> recording) {
        return reportBytes({inMemory(QStringLiteral("run.migrec"), std::move(recording))});
    };
    auto cut = recordingOf(test::migration().events);
    cut->complete = false;
    return {
        {"one", of(recordingOf(test::migration().events))},
        {"failed", of(recordingOf(failedRun().events))},
        {"repeated", of(repeatedRuns(7, ms(1), Ns{0}))},
        {"no run", of(recordingOf({}))},
        {"incomplete", of(cut)},
        {"compared", reportBytes({inMemory(QStringLiteral("a.migrec"), repeatedRuns(6, ms(1), Ns{0})),
                                  inMemory(QStringLiteral("b.migrec"), repeatedRuns(6, ms(1), ms(30)))})}};
}

TEST(Report, isAWholePageThatLoadsNothing) {
    for (const auto& [name, bytes] : pages()) {
        const ReadPage page = readPage(bytes);
        EXPECT_EQ(page.error, QString()) << name;
        EXPECT_TRUE(bytes.startsWith("<!DOCTYPE html>\n<html lang=\"en\">")) << name;
        EXPECT_FALSE(
            QString::fromUtf8(bytes).remove(QStringLiteral("http-equiv")).contains(QLatin1String("http")))
            << name;
        for (const char* forbidden :
             {"script", "link", "img", "image", "iframe", "use", "a", "foreignObject"})
            EXPECT_FALSE(page.elements.contains(QLatin1String(forbidden))) << name << ' ' << forbidden;
        for (const auto& [attribute, values] : page.attributes) {
            EXPECT_FALSE(attribute.startsWith(QLatin1String("on"))) << name << ' ' << attribute.toStdString();
            EXPECT_FALSE(attribute == QLatin1String("src") || attribute.endsWith(QLatin1String("href")))
                << name << ' ' << attribute.toStdString();
        }
        EXPECT_TRUE(
            page.attributes.at(QStringLiteral("content"))
                .contains(QStringLiteral("default-src 'none'; style-src 'unsafe-inline'; img-src data:")))
            << name;
        EXPECT_FALSE(bytes.contains("url(")) << name;
        EXPECT_FALSE(bytes.contains("@import")) << name;
        EXPECT_TRUE(page.elements.contains(QStringLiteral("svg"))) << name;
        EXPECT_EQ(page.attributes.at(QStringLiteral("aria-label")).count(QString()), 0) << name;
        // Each head of a table says what it is the head of.
        EXPECT_EQ(bytes.count("<th "), bytes.count("<th scope=\"")) << name;
        EXPECT_EQ(bytes.count("<th>"), 0) << name;
        if (const auto ids = page.attributes.find(QStringLiteral("id")); ids != page.attributes.end()) {
            QStringList all = ids->second;
            EXPECT_EQ(all.removeDuplicates(), 0) << name;
        }
    }
}

TEST(Report, saysWhatWasMeasured) {
    const auto recording = recordingOf(test::migration().events);
    const RunMetrics& run = recording->metrics().runs().front();
    const ReadPage page = report(recording);
    EXPECT_TRUE(page.says(QStringLiteral("Migrated · downtime 93.0 ms ± 2.0"))) << page.text.toStdString();
    EXPECT_TRUE(page.says(downtimeWords(*recording, run).critical));
    EXPECT_TRUE(page.says(QStringLiteral("workload: idle function")));
    const QString phases = QStringLiteral("Downtime, phase by phase");
    ASSERT_FALSE(run.phases.empty());
    for (const Phase& phase : run.phases) {
        const auto cells = page.row(phases, phaseText(phase.name));
        ASSERT_EQ(cells.size(), 4U) << phaseWord(phase.name);
        EXPECT_EQ(cells[1].text, durationText(*phase.duration));
        EXPECT_EQ(cells[1].title, QStringLiteral("%1 ns").arg(phase.duration->count()));
        EXPECT_EQ(cells[2].text, QStringLiteral("%1 %").arg(
                                     std::lround(100.0 * static_cast<double>(phase.duration->count()) /
                                                 static_cast<double>(run.downtime->count()))));
    }
    EXPECT_EQ(page.row(phases, QStringLiteral("downtime"))[1].title,
              QStringLiteral("93000000 ns ± 2000000 ns"));
    const auto moved = page.row(QStringLiteral("What was moved"), QStringLiteral("01:00.1"));
    ASSERT_EQ(moved.size(), 8U);
    EXPECT_EQ(moved[2].title, QStringLiteral("3145728 bytes"));
    EXPECT_EQ(moved[6].text, figureWords(FigureUnit::BytesPerSecond, *valueOf(run, Figure::SourceRate)));
    const auto& calls = page.tables.at(QStringLiteral("Calls"));
    ASSERT_EQ(calls.size(), 10U); // its head, and nine arcs
    EXPECT_EQ(calls[1][0].title, QStringLiteral("10000000 ns"));
    EXPECT_EQ(calls[1][2].text, QStringLiteral("RUNNING → STOP"));
    EXPECT_EQ(calls[1][3].title, QStringLiteral("10000000 ns"));
    // Who, where, with what.
    for (const char* words : {"lab7", "6.12.1", "drv_a", "9.8.7"})
        EXPECT_TRUE(page.says(QLatin1String(words))) << words;
}

TEST(Report, itsNumbersMoveWithOneStamp) {
    RunBuilder later = test::migration();
    for (Event& event : later.events) {
        auto* arc = std::get_if<event::ArcEnd>(&event.body);
        if (arc != nullptr && event.device == 1 && arc->to == MigState::Running) {
            arc->returned += ms(4);
            event.time += ms(4);
        }
    }
    const ReadPage before = report(recordingOf(test::migration().events));
    const ReadPage after = report(recordingOf(later.events));
    const QString phases = QStringLiteral("Downtime, phase by phase");
    EXPECT_EQ(before.row(phases, QStringLiteral("resume"))[1].title, QStringLiteral("3000000 ns"));
    EXPECT_EQ(after.row(phases, QStringLiteral("resume"))[1].title, QStringLiteral("7000000 ns"));
    EXPECT_EQ(after.row(phases, QStringLiteral("load"))[1].title,
              before.row(phases, QStringLiteral("load"))[1].title);
    EXPECT_TRUE(after.says(QStringLiteral("downtime 97.0 ms")));
    EXPECT_FALSE(after.says(QStringLiteral("93.0 ms")));
    EXPECT_TRUE(after.captions.contains(QStringLiteral("downtime 97.0 ms ± 2.0")))
        << "the bar of the picture, too";
}

TEST(Report, whatIsMissingIsUnknownWithItsReason) {
    const ReadPage page = report(recordingOf(failedRun().events));
    EXPECT_TRUE(page.says(QStringLiteral("Failed: why"))) << page.text.left(600).toStdString();
    const auto errors = page.tables.at(QStringLiteral("Errors and refusals"));
    ASSERT_EQ(errors.size(), 3U); // the refusal, and the run's end
    EXPECT_TRUE(errors[1][3].text.contains(QStringLiteral("EIO")));
    EXPECT_TRUE(errors[1][3].text.contains(QStringLiteral("stands in ERROR")));
    EXPECT_FALSE(errors[1][4].text.isEmpty());
    EXPECT_EQ(errors[1][3].tone, QStringLiteral("bad"));
    const auto moved = page.row(QStringLiteral("What was moved"), QStringLiteral("01:00.1"));
    ASSERT_EQ(moved.size(), 8U);
    for (std::size_t column = 2; column < 8; ++column)
        EXPECT_EQ(moved[column].text, QStringLiteral("unknown: no stream was seen")) << column;
    EXPECT_TRUE(page.says(QStringLiteral("01:00.2 (destination) ended in an unknown state")));
    for (const auto& [title, rows] : page.tables) {
        for (const auto& row : rows) {
            for (const PageCell& cell : row)
                EXPECT_FALSE(cell.text.startsWith(QLatin1String("0 ")))
                    << title.toStdString() << ' ' << row[0].text.toStdString() << ' '
                    << row[1].text.toStdString();
        }
    }
}

TEST(Report, aRecordingWithoutRunSaysSo) {
    const ReadPage page = report(recordingOf({}));
    EXPECT_TRUE(page.says(QStringLiteral("No run in this recording: no downtime was measured")));
    EXPECT_TRUE(page.says(QStringLiteral("devices driven by hand")));
    EXPECT_FALSE(page.tables.contains(QStringLiteral("Downtime, phase by phase")));
}

TEST(Report, whatSpeaksAgainstTheFiguresIsSaid) {
    auto recording = recordingOf(test::migration().events);
    recording->complete = false;
    recording->notes.emplace_back("cut off after line 7");
    Event lost;
    lost.body = event::Lost{12, "samples"};
    recording->apply(lost);
    const ReadPage page = report(recording);
    EXPECT_TRUE(page.says(QStringLiteral("The recording is incomplete: it has no end.")));
    EXPECT_TRUE(page.says(QStringLiteral("cut off after line 7")));
    EXPECT_TRUE(page.says(QStringLiteral("12 samples were merged")));
    // A second run that moved nothing.
    auto repeated = recordingOf(test::migration().events);
    for (Event event : test::migration(0, 1, 11).events) {
        if (std::holds_alternative<event::Samples>(event.body))
            continue;
        event.run = 2;
        repeated->apply(event);
    }
    ASSERT_EQ(emptyRepeats(*repeated).size(), 1U);
    const ReadPage empty = report(repeated);
    EXPECT_TRUE(empty.says(QStringLiteral("No state: run 2 moved 0 bytes, run 1 moved 3.0 MiB")))
        << empty.text.left(900).toStdString();
}

TEST(Report, simulatedIsSaidAndOnlyThen) {
    for (const bool simulated : {true, false}) {
        const QByteArray bytes = reportBytes(
            {inMemory(QStringLiteral("x.migrec"), recordingOf(test::migration().events, simulated))});
        const ReadPage page = readPage(bytes);
        EXPECT_EQ(page.says(QStringLiteral("SIMULATED")), simulated);
        EXPECT_EQ(page.captions.contains(QStringLiteral("x.migrec · SIMULATED")), simulated);
        EXPECT_EQ(bytes.contains("<p class=\"simulated\">SIMULATED</p>"), simulated);
        // Of a comparison, when a part of it is.
        const ReadPage compared = readPage(
            reportBytes({inMemory(QStringLiteral("a"), recordingOf(test::migration().events, simulated)),
                         inMemory(QStringLiteral("b"), recordingOf(test::migration().events, false))}));
        EXPECT_EQ(compared.says(QStringLiteral("SIMULATED")), simulated);
    }
}

TEST(Report, repeatedRunsHaveTheirSpreadAndEachItsRow) {
    auto recording = repeatedRuns(12, ms(1), Ns{0});
    const ReadPage page = report(recording);
    EXPECT_TRUE(page.says(QStringLiteral("12 of 12 runs ended ok · downtime p50")));
    const auto& rows = page.tables.at(QStringLiteral("Run by run"));
    ASSERT_EQ(rows.size(), 13U);
    for (std::size_t run = 1; run <= 12; ++run)
        EXPECT_EQ(rows[run][2].title,
                  QStringLiteral("%1 ns").arg(recording->metrics().runs()[run - 1].downtime->count()));
    const auto spread =
        page.row(QStringLiteral("Spread over the runs that ended ok"), QStringLiteral("downtime"));
    ASSERT_EQ(spread.size(), 9U);
    EXPECT_EQ(spread[1].text, QStringLiteral("12"));
    EXPECT_EQ(spread[2].title, QStringLiteral("95000000 ns")); // 94, 95, 96, 97, 93 …, and their middle
    EXPECT_EQ(spread[6].title, QStringLiteral("97000000 ns"));
    EXPECT_EQ(spread[7].title, QStringLiteral("94000000 ns"));
    EXPECT_EQ(spread[8].text, QStringLiteral("none"));
    // Of the last run the bar and the phases.
    EXPECT_TRUE(page.elements.contains(QStringLiteral("figure")));
    EXPECT_TRUE(page.says(QStringLiteral("States, sizes and throughput of run 12")));
}

TEST(Report, aComparisonHasTheDifferencesOfTheComparePage) {
    const auto fast = repeatedRuns(8, ms(1), Ns{0});
    const auto slow = repeatedRuns(8, ms(1), ms(20));
    const std::vector<ReportSource> sources{inMemory(QStringLiteral("run.migrec"), fast),
                                            inMemory(QStringLiteral("run.migrec"), slow)};
    const ReadPage page = readPage(reportBytes(sources));
    const auto sideOf = [](const char* name, const Recording& recording) {
        ComparedSide side;
        side.name = name;
        addRuns(side, recording);
        return side;
    };
    const Comparison comparison =
        compareSides(sideOf("run.migrec (1)", *fast), {sideOf("run.migrec (2)", *slow)});
    EXPECT_TRUE(page.says(compareSentence(comparison.others.front(), comparison.base)));
    EXPECT_TRUE(page.says(QStringLiteral("run.migrec (2) is slower: downtime 115 ms against 95.0 ms")))
        << page.text.left(600).toStdString();
    CompareModel model;
    model.setComparison(comparison);
    const QString title = QStringLiteral("Differences from run.migrec (1)");
    ASSERT_EQ(page.tables.at(title).size(), static_cast<std::size_t>(model.rowCount()) + 1);
    for (int row = 0; row < model.rowCount(); ++row) {
        const auto& cells = page.tables.at(title)[static_cast<std::size_t>(row) + 1];
        for (int column = CompareModel::FigureName; column < CompareModel::ColumnCount; ++column)
            EXPECT_EQ(cells[static_cast<std::size_t>(column) - 1].text,
                      model.index(row, column).data().toString());
    }
    EXPECT_EQ(page.row(title, QStringLiteral("downtime"))[1].tone, QStringLiteral("bad"));
    EXPECT_TRUE(page.captions.contains(QStringLiteral("run.migrec (2)"))) << "the legend of the picture";
    // The other one as the base.
    ReportOptions options;
    options.base = 1;
    const ReadPage turned = readPage(reportBytes(sources, options));
    EXPECT_TRUE(turned.says(QStringLiteral("run.migrec (1) is faster: downtime 95.0 ms against 115 ms")));
    // Without the first runs there is one less a side.
    options.withoutFirst = true;
    const ReadPage without = readPage(reportBytes(sources, options));
    EXPECT_TRUE(without.says(QStringLiteral("compared without the first run of each")));
}

TEST(Report, longTablesAreCutAndSaySo) {
    RunBuilder run = failedRun();
    for (int at = 0; at < 1000; ++at)
        run.failedArc(0, MigState::Running, MigState::Stop, ms(60 + at), ms(61 + at), EBUSY,
                      MigState::Running);
    const ReadPage page = report(recordingOf(run.events));
    EXPECT_EQ(page.tables.at(QStringLiteral("Errors and refusals")).size(), 301U);
    EXPECT_TRUE(page.says(QStringLiteral("The first 300 of 1002; the recording has them all.")));
    EXPECT_TRUE(page.tables.contains(QStringLiteral("Calls over the whole recording")))
        << "with so many, counted";
}

TEST(Report, lightAndDarkAreOneDrawing) {
    const auto recording = recordingOf(test::migration().events);
    const QByteArray both = reportBytes({inMemory(QStringLiteral("x"), recording)});
    EXPECT_EQ(both.count("prefers-color-scheme:dark"), 1);
    EXPECT_EQ(both.count("<svg "), 2) << "a wide and a narrow one";
    EXPECT_TRUE(both.contains("fill=\"var(--v"));
    ReportOptions options;
    options.dark = true;
    const QByteArray dark = reportBytes({inMemory(QStringLiteral("x"), recording)}, options);
    EXPECT_FALSE(dark.contains("prefers-color-scheme"));
    EXPECT_FALSE(dark.contains("var(--v"));
    options.dark = false;
    EXPECT_NE(reportBytes({inMemory(QStringLiteral("x"), recording)}, options), dark);
    EXPECT_EQ(reportBytes({inMemory(QStringLiteral("x"), recording)}), both) << "the same bytes every time";
}

} // namespace
} // namespace migscope::testing
