// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Dirty pages folded: rounds, rates, costs, the heat map, and its bounds.
#include "core/transfer/dirty_fold.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace migscope::test {
namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t gib = std::uint64_t{1} << 30U;

Ns ms(std::int64_t count) {
    return Ns{count * 1'000'000};
}

class DirtyFoldTest : public ::testing::Test {
protected:
    void call(event::DmaLog::Op op, std::vector<DmaRange> ranges, Ns called, Ns returned,
              int errnoValue = 0) {
        Event event;
        event.time = returned;
        event.device = 0;
        event.body = event::DmaLog{op, std::move(ranges), page, called, returned, errnoValue, {}};
        fold_.apply(event);
    }
    void start(std::vector<DmaRange> ranges, Ns at = ms(0)) {
        call(event::DmaLog::Op::Start, std::move(ranges), at, at);
    }
    void dirty(Ns at, std::uint64_t iova, std::uint64_t pages, std::vector<PageRun> runs,
               std::uint64_t pageBytes = page, std::optional<std::uint64_t> exact = {}) {
        Event event;
        event.time = at;
        event.device = 0;
        event.body = event::Dirty{iova, pageBytes, pages, std::move(runs), exact};
        fold_.apply(event);
    }
    DirtyFold fold_;
};

TEST_F(DirtyFoldTest, aRoundIsAllReportsByRisingAddress) {
    start({{0, 16 * page}, {gib, 16 * page}}, ms(5));
    dirty(ms(105), 0, 16, {{0, 2}});
    dirty(ms(106), gib, 16, {{3, 1}});
    dirty(ms(205), 0, 16, {});
    dirty(ms(207), gib, 16, {{0, 16}});
    ASSERT_EQ(fold_.rounds().size(), 2U);
    EXPECT_EQ(fold_.rounds()[0].begin, ms(5)) << "from the START";
    EXPECT_EQ(fold_.rounds()[0].end, ms(106));
    EXPECT_EQ(fold_.rounds()[0].dirtyPages, 3U);
    EXPECT_EQ(fold_.rounds()[1].begin, ms(106));
    EXPECT_EQ(fold_.rounds()[1].dirtyPages, 16U);
    EXPECT_EQ(fold_.totalDirtyPages(), 19U);
    EXPECT_EQ(fold_.roundCount(), 2U);
    ASSERT_TRUE(fold_.rounds()[1].rate());
    EXPECT_NEAR(*fold_.rounds()[1].rate(), 16 * page / 0.101, 1);
    EXPECT_FALSE(fold_.nothingWritten());
    EXPECT_TRUE(fold_.active());
    EXPECT_EQ(fold_.pageBytes(), page);
}

TEST_F(DirtyFoldTest, withoutAStartTheFirstRoundHasNoRate) {
    dirty(ms(100), 0, 16, {{0, 1}});
    dirty(ms(200), 0, 16, {{0, 1}});
    EXPECT_FALSE(fold_.rounds()[0].rate());
    EXPECT_NEAR(fold_.rounds()[1].rate().value_or(0), page * 10, 1);
    EXPECT_EQ(fold_.windows(), (std::vector<DmaRange>{{0, 16 * page}})) << "by the reports themselves";
}

TEST_F(DirtyFoldTest, anIdleFunctionIsTold) {
    EXPECT_FALSE(fold_.nothingWritten()) << "nobody looked";
    start({{0, gib}});
    EXPECT_FALSE(fold_.nothingWritten());
    dirty(ms(100), 0, gib / page, {});
    EXPECT_TRUE(fold_.nothingWritten());
    dirty(ms(200), 0, gib / page, {{7, 1}});
    EXPECT_FALSE(fold_.nothingWritten());
}

TEST_F(DirtyFoldTest, onlyTheEventsOfItsDevice) {
    DirtyFold other(1);
    Event event;
    event.device = 0;
    event.body = event::Dirty{0, page, 16, {{0, 1}}, {}};
    other.apply(event);
    EXPECT_TRUE(other.empty());
    event.device = 1;
    other.apply(event);
    EXPECT_EQ(other.totalDirtyPages(), 1U);
}

TEST_F(DirtyFoldTest, costsByBytes) {
    using Op = event::DmaLog::Op;
    call(Op::Start, {{0, gib}, {4 * gib, gib}}, ms(0), ms(8));
    call(Op::Report, {{0, gib}}, ms(10), ms(11));
    call(Op::Report, {{4 * gib, gib}}, ms(11), ms(14));
    call(Op::Report, {{0, gib}}, ms(20), ms(99), EIO);
    call(Op::Stop, {}, ms(30), ms(32));
    call(Op::Start, {{0, 64 * gib}}, ms(40), ms(41), ENOMEM);
    ASSERT_EQ(fold_.startCosts().size(), 2U);
    EXPECT_EQ(fold_.startCosts().at(2 * gib).mean(), ms(8));
    EXPECT_FALSE(fold_.startCosts().at(64 * gib).mean());
    EXPECT_EQ(fold_.startCosts().at(64 * gib).lastErrno, ENOMEM);
    const DirtyCost& report = fold_.reportCosts().at(gib);
    EXPECT_EQ(report.calls, 2U);
    EXPECT_EQ(report.mean(), ms(2));
    EXPECT_EQ(report.least, ms(1));
    EXPECT_EQ(report.most, ms(3));
    EXPECT_EQ(report.failed, 1U) << "its time is no cost";
    EXPECT_EQ(fold_.stopCost().mean(), ms(2));
    EXPECT_FALSE(fold_.active());
}

TEST_F(DirtyFoldTest, theHeatMapHasARowForLoggedBytesOnly) {
    // Two ranges far apart: four rows, two each.
    start({{0, 16 * page}, {1024 * gib, 16 * page}});
    dirty(ms(100), 0, 16, {{0, 4}});
    dirty(ms(100), 1024 * gib, 16, {{8, 8}});
    dirty(ms(200), 0, 16, {});
    dirty(ms(200), 1024 * gib, 16, {{0, 16}});
    // The address space between them forces large buckets; each range still has its own.
    const HeatMap map = heatMap(fold_, 2, 2);
    ASSERT_EQ(map.share.size(), 4U);
    EXPECT_EQ(map.rowIova, (std::vector<std::uint64_t>{0, 1024 * gib}));
    EXPECT_EQ(map.rowBytes, 16 * page);
    EXPECT_EQ(map.begin, ms(0));
    EXPECT_EQ(map.end, ms(200));
    EXPECT_NEAR(map.at(0, 0), 0.25, 1e-4);
    EXPECT_NEAR(map.at(0, 1), 0.5, 1e-4);
    EXPECT_NEAR(map.at(1, 0), 0, 1e-4);
    EXPECT_NEAR(map.at(1, 1), 1, 1e-4);
    EXPECT_NEAR(map.highest, 1, 1e-4);
}

TEST_F(DirtyFoldTest, theHeatMapKeepsPlaces) {
    start({{gib, 64 * page}});
    dirty(ms(100), gib, 64, {{16, 16}});
    const HeatMap map = heatMap(fold_, 1, 4);
    EXPECT_NEAR(map.at(0, 0), 0, 1e-4);
    EXPECT_NEAR(map.at(0, 1), 1, 1e-4);
    EXPECT_NEAR(map.at(0, 2), 0, 1e-4);
    EXPECT_NEAR(map.at(0, 3), 0, 1e-4);
    EXPECT_EQ(map.rowIova[1], gib + 16 * page);
}

TEST_F(DirtyFoldTest, timeWithoutAReportIsNotClean) {
    start({{0, 16 * page}});
    dirty(ms(100), 0, 16, {{0, 16}});
    start({{0, 16 * page}}, ms(300));
    dirty(ms(400), 0, 16, {});
    const HeatMap map = heatMap(fold_, 4, 1);
    EXPECT_NEAR(map.at(0, 0), 1, 1e-4);
    EXPECT_LT(map.at(1, 0), 0);
    EXPECT_LT(map.at(2, 0), 0);
    EXPECT_NEAR(map.at(3, 0), 0, 1e-4);
}

TEST_F(DirtyFoldTest, moreColumnsThanRoundsSpreadEachOverItsTime) {
    start({{0, 16 * page}});
    dirty(ms(100), 0, 16, {{0, 8}});
    const HeatMap map = heatMap(fold_, 10, 1);
    for (std::size_t column = 0; column < 10; ++column)
        EXPECT_NEAR(map.at(column, 0), 0.5, 1e-4) << column;
}

TEST_F(DirtyFoldTest, nothingToDrawIsEmpty) {
    EXPECT_EQ(heatMap(fold_, 10, 10).columns, 0U);
    dirty(ms(1), 0, 1, {{0, 1}});
    EXPECT_EQ(heatMap(fold_, 0, 10).rows, 0U);
    EXPECT_EQ(heatMap(fold_, 1, 1).share.size(), 1U);
}

TEST_F(DirtyFoldTest, manyRoundsArePutTogetherAndSumsStayExact) {
    start({{0, 16 * page}});
    constexpr int many = 20'000;
    for (int i = 1; i <= many; ++i)
        dirty(ms(i), 0, 16, {{0, 1}});
    EXPECT_LE(fold_.rounds().size(), DirtyFold::mostRounds);
    EXPECT_EQ(fold_.roundCount(), static_cast<std::uint64_t>(many));
    std::uint64_t pages = 0;
    std::uint64_t rounds = 0;
    for (const DirtyRound& round : fold_.rounds()) {
        pages += round.dirtyPages;
        rounds += round.rounds;
        EXPECT_NEAR(round.rate().value_or(0), page * 1000, 1);
    }
    EXPECT_EQ(pages, static_cast<std::uint64_t>(many));
    EXPECT_EQ(rounds, static_cast<std::uint64_t>(many));
    EXPECT_EQ(fold_.rounds().front().begin, ms(0));
    EXPECT_EQ(fold_.rounds().back().end, ms(many));
    EXPECT_NEAR(heatMap(fold_, 7, 1).at(3, 0), 1.0 / 16, 1e-3);
}

TEST_F(DirtyFoldTest, largeRangesHaveLargeBuckets) {
    start({{0, 4096 * gib}});
    dirty(ms(100), 0, 4096 * gib / page, {{0, 4096 * gib / page}});
    EXPECT_LE(fold_.rounds()[0].cells.size(), DirtyFold::mostBuckets);
    EXPECT_EQ(fold_.rounds()[0].dirtyBytes, 4096 * gib);
    EXPECT_NEAR(heatMap(fold_, 1, 8).at(0, 7), 1, 1e-4);
}

TEST_F(DirtyFoldTest, aRangeThatGrowsKeepsWhatWasDirty) {
    dirty(ms(100), 0, 16, {{0, 16}});
    dirty(ms(200), 16 * page, 100'000'000, {{0, 1}}); // the same round: a higher address
    std::uint64_t bytes = 0;
    for (const auto& cell : fold_.rounds()[0].cells)
        bytes += cell.bytes;
    EXPECT_EQ(bytes, 17 * page);
    EXPECT_EQ(fold_.windows().size(), 1U) << "neighbours are one window";
}

TEST_F(DirtyFoldTest, manyWindowsAndHostileNumbersStayBounded) {
    const std::uint64_t most = ~std::uint64_t{0};
    for (std::uint64_t i = 1; i < 2000; ++i)
        dirty(ms(static_cast<std::int64_t>(i)), i * 8191 * gib * 977, 1, {{0, 1}});
    EXPECT_LE(fold_.windows().size(), DirtyFold::mostWindows);
    dirty(ms(3000), most - 5, most, {{0, most}}, std::uint64_t{1} << 63U);
    dirty(ms(3001), 0, most, {{most - 1, 1}}, page);
    dirty(ms(3002), 0, 0, {}, 0);
    dirty(ms(3003), most, 1, {{0, 1}});
    EXPECT_LE(fold_.rounds().size(), DirtyFold::mostRounds);
    for (const DirtyRound& round : fold_.rounds())
        EXPECT_LE(round.cells.size(), 4 * DirtyFold::mostBuckets);
    const HeatMap map = heatMap(fold_, 50, 50);
    for (const float share : map.share)
        EXPECT_LE(share, 1.0F);
}

TEST_F(DirtyFoldTest, runsThatWerePutTogetherCountTheirExactPages) {
    start({{0, 16 * page}});
    dirty(ms(100), 0, 16, {{0, 16}}, page, 4);
    EXPECT_EQ(fold_.rounds()[0].dirtyPages, 4U);
    EXPECT_NEAR(heatMap(fold_, 1, 1).at(0, 0), 0.25, 1e-4);
}

TEST_F(DirtyFoldTest, differentLengthsOfReportsAreBounded) {
    for (std::uint64_t i = 1; i < 2000; ++i)
        call(event::DmaLog::Op::Report, {{0, i * page}}, ms(0), ms(1));
    EXPECT_LE(fold_.reportCosts().size(), DirtyFold::mostCosts);
}

TEST(DirtyLogTest, eachStartBeginsAFoldOfItsOwn) {
    DirtyLog log;
    const auto add = [&](Ns at, event::Body body) {
        Event event;
        event.time = at;
        event.device = 0;
        event.body = std::move(body);
        log.apply(event);
    };
    const auto start = [&](Ns at, std::uint64_t bytes, int errnoValue = 0) {
        add(at, event::DmaLog{event::DmaLog::Op::Start, {{0, bytes}}, page, at, at, errnoValue, {}});
    };
    add(ms(1), event::Dirty{0, page, 4, {{0, 1}}, {}});
    ASSERT_EQ(log.loggings().size(), 1U) << "it began before we looked";
    start(ms(2), gib);
    add(ms(3), event::Dirty{0, page, 4, {{0, 2}}, {}});
    start(ms(4), gib, ENOMEM);
    ASSERT_EQ(log.loggings().size(), 2U) << "one that failed is none";
    EXPECT_EQ(log.loggings()[0].totalDirtyPages(), 1U);
    EXPECT_EQ(log.loggings()[1].totalDirtyPages(), 2U);
    EXPECT_EQ(log.all().totalDirtyPages(), 3U);
    EXPECT_EQ(log.all().startCosts().at(gib).failed, 1U);
    for (int i = 0; i < 40; ++i)
        start(ms(10 + i), page);
    EXPECT_EQ(log.loggings().size(), DirtyLog::mostLoggings);
    EXPECT_EQ(log.dropped(), 42 - DirtyLog::mostLoggings);
}

} // namespace
} // namespace migscope::test
