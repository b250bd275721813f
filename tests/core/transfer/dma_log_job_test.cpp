// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// DMA logging as a job: its rounds, its end in every case, and what it says.
#include "tests/core/transfer/engine_fixture.h"

#include <cerrno>

namespace migscope::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* one = "0000:01:00.1";
constexpr std::uint64_t page = 4096;
constexpr std::uint64_t gib = std::uint64_t{1} << 30U;

class DmaLogJobTest : public EngineTest {
protected:
    /// 1000 pages a second, one after the other over 64 pages.
    SimDeviceProfile& writer() {
        auto& device = add("mlx5", one);
        device.dirtyBytesPerSecond = 1000 * page;
        device.workingSetBytes = 64 * page;
        return device;
    }
    template<class Body>
    std::vector<Body> bodies() const {
        std::vector<Body> found;
        for (const Event& event : heard_->events()) {
            if (const auto* body = std::get_if<Body>(&event.body))
                found.push_back(*body);
        }
        return found;
    }
    /// "start report report stop"
    std::string ops() const {
        std::string text;
        for (const auto& log : bodies<event::DmaLog>()) {
            text += (text.empty() ? "" : " ") + std::string(dmaLogWord(log.op));
            if (log.errnoValue != 0)
                text += "!" + errnoName(log.errnoValue);
        }
        return text;
    }
    /// Until so many rounds are done.
    void waitForRound(std::uint32_t round) {
        while (!session(0).state().dmaLog || session(0).state().dmaLog->round < round)
            session(0).wait(clock_.now() + 1ms);
    }
};

TEST_F(DmaLogJobTest, everyRoundReportsWhatWasWrittenSinceTheOneBefore) {
    writer();
    boot();
    openAll();
    const auto state = session(0).perform(job::DmaLog{{{gib, 128 * page}}, page, 10ms, 3});
    ASSERT_TRUE(state) << describe(state.error());
    EXPECT_EQ(ops(), "start report report report stop");
    const auto dirty = bodies<event::Dirty>();
    ASSERT_EQ(dirty.size(), 3U);
    EXPECT_EQ(dirty[0].iova, gib);
    EXPECT_EQ(dirty[0].pages, 128U);
    EXPECT_EQ(dirty[0].runs, (std::vector<PageRun>{{0, 10}}));
    EXPECT_EQ(dirty[1].runs, (std::vector<PageRun>{{10, 10}}));
    EXPECT_EQ(dirty[2].runs, (std::vector<PageRun>{{20, 10}}));
    ASSERT_TRUE(state->dmaLog);
    EXPECT_FALSE(state->dmaLog->active);
    EXPECT_EQ(state->dmaLog->round, 3U);
    EXPECT_EQ(state->dmaLog->lastPages, 10U);
    EXPECT_EQ(state->dmaLog->lastSpan, 10ms);
    EXPECT_EQ(state->dmaLog->totalPages, 30U);
    EXPECT_EQ(state->state, MigState::Running) << "independent of the migration state";
    EXPECT_FALSE(sim_->logsDma(one));
}

TEST_F(DmaLogJobTest, aLargeRangeIsReportedInParts) {
    writer();
    boot();
    openAll();
    job::DmaLog job{{{8 * gib, 32 * page}, {gib, 100 * page}}, page, 10ms, 1};
    job.chunkBytes = 64 * page + 5; // whole pages of it
    ASSERT_TRUE(session(0).perform(job));
    const auto logs = bodies<event::DmaLog>();
    ASSERT_EQ(logs.size(), 5U);
    EXPECT_EQ(logs[1].ranges, (std::vector<DmaRange>{{gib, 64 * page}}));
    EXPECT_EQ(logs[2].ranges, (std::vector<DmaRange>{{gib + 64 * page, 36 * page}}));
    EXPECT_EQ(logs[3].ranges, (std::vector<DmaRange>{{8 * gib, 32 * page}}));
}

TEST_F(DmaLogJobTest, callsTellTheirStamps) {
    auto& device = writer();
    device.dmaLogStartPerGib = 5ms;
    device.dmaLogReportPerGib = 7ms;
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::DmaLog{{{0, 2 * gib}}, page, 100ms, 1}));
    const auto logs = bodies<event::DmaLog>();
    ASSERT_EQ(logs.size(), 3U);
    EXPECT_EQ(logs[0].returned - logs[0].called, 10ms);
    EXPECT_EQ(logs[1].returned - logs[1].called, 14ms);
    EXPECT_EQ(logs[1].called - logs[0].returned, 100ms) << "the interval";
}

TEST_F(DmaLogJobTest, anIdleFunctionDirtiesNothing) {
    add("pds", one);
    boot();
    openAll();
    const auto state = session(0).perform(job::DmaLog{{{0, gib}}, page, 10ms, 2});
    ASSERT_TRUE(state);
    EXPECT_EQ(state->dmaLog->totalPages, 0U);
    for (const auto& dirty : bodies<event::Dirty>())
        EXPECT_TRUE(dirty.runs.empty());
    EXPECT_EQ(bodies<event::Dirty>().size(), 2U) << "that nothing was written is said";
}

TEST_F(DmaLogJobTest, withoutDmaLoggingItIsUnsupportedAndNothingIsCalled) {
    add("hisi_acc", one);
    boot();
    const auto closed = session(0).perform(job::DmaLog{{{0, gib}}, page, 10ms, 1});
    ASSERT_FALSE(closed);
    EXPECT_TRUE(closed.error().is(Errc::Refused)) << "not open";
    openAll();
    const auto refused = session(0).perform(job::DmaLog{{{0, gib}}, page, 10ms, 1});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(Errc::Unsupported));
    EXPECT_NE(describe(refused.error()).find("no DMA logging"), std::string::npos);
    EXPECT_EQ(ops(), "");
}

TEST_F(DmaLogJobTest, rangesThatCannotBeAreRefused) {
    writer();
    boot();
    openAll();
    const auto refused = session(0).perform(job::DmaLog{{{5, gib}}, page, 10ms, 1});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(Errc::InvalidArgument));
    EXPECT_EQ(ops(), "");
}

TEST_F(DmaLogJobTest, untilCancelledACancelIsTheEndThatWasAgreedOn) {
    writer();
    boot();
    openAll();
    ASSERT_TRUE(session(0).post(job::DmaLog{{{0, gib}}, page, 10ms, 0}));
    waitForRound(2);
    session(0).cancel();
    const auto state = session(0).wait();
    EXPECT_FALSE(state.error);
    EXPECT_TRUE(ops().ends_with(" stop")) << ops();
    EXPECT_FALSE(sim_->logsDma(one));
}

TEST_F(DmaLogJobTest, aCancelBeforeTheLastRoundIsSaidAndLoggingIsOff) {
    writer();
    boot();
    openAll();
    ASSERT_TRUE(session(0).post(job::DmaLog{{{0, gib}}, page, 10ms, 1'000'000'000}));
    waitForRound(2);
    session(0).cancel();
    const auto state = session(0).wait();
    ASSERT_TRUE(state.error);
    EXPECT_TRUE(state.error->is(Errc::Cancelled));
    EXPECT_FALSE(state.dmaLog->active);
    EXPECT_FALSE(sim_->logsDma(one));
    ASSERT_TRUE(session(0).perform(job::DmaLog{{{0, gib}}, page, 10ms, 1})) << "and it can begin again";
}

TEST_F(DmaLogJobTest, aFailedReportEndsItWithItsErrnoAndAStop) {
    SimFault fails;
    fails.kind = SimFaultKind::DmaReportFails;
    fails.errnoValue = EIO;
    writer().faults.push_back(fails);
    boot();
    openAll();
    const auto failed = session(0).perform(job::DmaLog{{{0, gib}}, page, 10ms, 5});
    ASSERT_FALSE(failed);
    EXPECT_TRUE(failed.error().isErrno(EIO));
    EXPECT_EQ(ops(), "start report!EIO stop");
    EXPECT_TRUE(bodies<event::Dirty>().empty()) << "everything may be dirty: no pages are named";
}

TEST_F(DmaLogJobTest, aFailedStartIsSaidAndNotStopped) {
    SimFault fails;
    fails.kind = SimFaultKind::DmaStartFails;
    fails.errnoValue = ENOMEM;
    writer().faults.push_back(fails);
    boot();
    openAll();
    EXPECT_TRUE(session(0).perform(job::DmaLog{{{0, gib}}, page, 10ms, 5}).error().isErrno(ENOMEM));
    EXPECT_EQ(ops(), "start!ENOMEM");
}

TEST_F(DmaLogJobTest, aReleaseWhileItLogsStopsIt) {
    writer();
    boot();
    openAll();
    ASSERT_TRUE(session(0).post(job::DmaLog{{{0, gib}}, page, 10ms, 0}));
    waitForRound(1);
    EXPECT_TRUE(session(0).release(1s));
    EXPECT_TRUE(ops().ends_with(" stop")) << ops();
    EXPECT_FALSE(sim_->logsDma(one));
    EXPECT_FALSE(sim_->isOpen(one));
}

TEST_F(DmaLogJobTest, theCostIsMeasuredAtGrowingSizes) {
    writer();
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::DmaCost{{gib, 64U << 20U}, page, 2}));
    std::vector<std::uint64_t> started;
    for (const auto& log : bodies<event::DmaLog>()) {
        if (log.op == event::DmaLog::Op::Start)
            started.push_back(totalBytes(log.ranges));
    }
    EXPECT_EQ(started, (std::vector<std::uint64_t>{1U << 20U, 4U << 20U, 16U << 20U, 64U << 20U}));
    EXPECT_EQ(bodies<event::Dirty>().size(), 8U) << "two reports of each";
    EXPECT_FALSE(sim_->logsDma(one));
}

TEST_F(DmaLogJobTest, aSizeThatIsRefusedIsNotTheEndOfTheSweep) {
    SimFault fails;
    fails.kind = SimFaultKind::DmaStartFails;
    fails.errnoValue = ENOMEM;
    fails.times = 1;
    writer().faults.push_back(fails);
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::DmaCost{{gib, 4U << 20U}, page, 1}));
    EXPECT_EQ(ops(), "start!ENOMEM start report stop");
}

TEST_F(DmaLogJobTest, aSweepOfWhichNothingIsTakenFails) {
    SimFault fails;
    fails.kind = SimFaultKind::DmaStartFails;
    fails.errnoValue = ENOMEM;
    fails.times = 9;
    writer().faults.push_back(fails);
    boot();
    openAll();
    const auto done = session(0).perform(job::DmaCost{{gib, 4U << 20U}, page, 1});
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().isErrno(ENOMEM));
    const auto small = session(0).perform(job::DmaCost{{gib, page}, page, 1});
    ASSERT_FALSE(small);
    EXPECT_TRUE(small.error().is(Errc::InvalidArgument));
}

} // namespace
} // namespace migscope::test
