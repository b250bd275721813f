// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The run around the checks: what is asked, what is left alone, and how devices are left.
#include "tests/core/check/check_fixture.h"

#include <algorithm>

namespace migscope::test {
namespace {

CheckRequest oneDevice() {
    CheckRequest request;
    request.device = {checkDevice, "virtio_vfio_pci", {}, true};
    return request;
}

TEST(CheckRun, AsksWhatWasNamed) {
    CheckRequest request = oneDevice();
    request.only = {"MIG-FSM-001", "MIG-FEAT-001"};
    const CheckedMachine machine = runChecks(checkProfile(7), request);
    ASSERT_EQ(machine.report.results.size(), 2U);
    EXPECT_EQ(machine.report.results[0].check->id, "MIG-FEAT-001"); // in the catalogue's order
    EXPECT_EQ(machine.verdicts.at("MIG-FSM-001"), CheckVerdict::Pass);
    request.only = {"MIG-FSM-099"};
    EXPECT_FALSE(selectChecks(request));
    EXPECT_TRUE(runChecks(checkProfile(7), request).report.error);
}

TEST(CheckRun, AsksTheClassesThatWereNamed) {
    CheckRequest request = oneDevice();
    request.classes = {CheckClass::Passive};
    const CheckedMachine machine = runChecks(checkProfile(7), request);
    ASSERT_FALSE(machine.report.results.empty());
    for (const CheckResult& result : machine.report.results)
        EXPECT_EQ(result.check->kind, CheckClass::Passive) << result.check->id;
}

TEST(CheckRun, HostileChecksAreSkippedWhereTheyAreNotAllowed) {
    CheckRequest request = oneDevice();
    request.device.hostile = false;
    request.classes = {CheckClass::Hostile};
    const CheckedMachine machine = runChecks(checkProfile(7), request);
    ASSERT_FALSE(machine.report.results.empty());
    for (const CheckResult& result : machine.report.results) {
        EXPECT_EQ(result.outcome.verdict, CheckVerdict::Skip) << result.check->id;
        EXPECT_TRUE(result.calls.empty()) << result.check->id;
    }
}

TEST(CheckRun, WithoutAPeerWhatNeedsOneIsSkipped) {
    const CheckedMachine machine = runChecks(checkProfile(7), oneDevice());
    EXPECT_EQ(machine.verdicts.at("MIG-PAIR-001"), CheckVerdict::Skip);
    EXPECT_TRUE(machine.failed().empty());
    EXPECT_EQ(machine.report.ends.size(), 1U);
}

TEST(CheckRun, ADeviceThatIsFoundNotRunningIsLeftAlone) {
    SimProfile profile = checkProfile(7);
    profile.devices[0].keepsState = true;
    profile.devices[0].foundState = MigState::Resuming;
    const CheckedMachine left = runChecks(profile);
    EXPECT_TRUE(left.report.leftAlone);
    EXPECT_TRUE(left.report.results.empty());
    EXPECT_FALSE(left.report.safe());
    EXPECT_EQ(left.violations, std::vector<std::string>{});
    CheckRequest request = oneDevice();
    request.force = true;
    const CheckedMachine forced = runChecks(profile, request);
    EXPECT_FALSE(forced.report.leftAlone);
    EXPECT_TRUE(forced.report.safe());
    EXPECT_GE(forced.report.count(CheckVerdict::Pass), 90U);
    // Such a device does keep its state over a close, which is not in order.
    EXPECT_EQ(forced.failed(), std::set<std::string>{"MIG-CLOSE-001"});
    EXPECT_EQ(forced.violations, std::vector<std::string>{});
}

TEST(CheckRun, ADriverThatStopsAtRefusedSetsIsNotAskedThem) {
    CheckRequest request = oneDevice();
    request.device.driver = "xe-vfio-pci";
    const CheckedMachine machine = runChecks(checkProfile(3), request);
    EXPECT_TRUE(machine.failed().empty());
    for (const char* id : {"MIG-FSM-005", "MIG-FSM-006", "MIG-FSM-007", "MIG-FSM-008", "MIG-FSM-009"})
        EXPECT_EQ(machine.verdicts.at(id), CheckVerdict::Skip) << id;
}

TEST(CheckRun, WhatCannotBeBroughtBackEndsTheRun) {
    SimProfile profile = checkProfile(7);
    profile.devices[0].faults.push_back({.kind = SimFaultKind::FailSet,
                                         .errnoValue = EIO,
                                         .arc = std::pair(MigState::Running, MigState::RunningP2p),
                                         .leaves = MigState::Error});
    profile.devices[0].faults.push_back({.kind = SimFaultKind::ResetFails, .errnoValue = EIO});
    CheckRequest request = oneDevice();
    request.only = {"MIG-FSM-001", "MIG-FSM-002"};
    const CheckedMachine machine = runChecks(profile, request);
    EXPECT_FALSE(machine.report.safe());
    EXPECT_TRUE(machine.failed().contains("MIG-FSM-001"));
    EXPECT_EQ(machine.verdicts.at("MIG-FSM-002"), CheckVerdict::Skip);
    EXPECT_EQ(machine.violations, std::vector<std::string>{});
}

TEST(CheckRun, EvidenceHoldsTheCallsWithTheirAnswers) {
    CheckRequest request = oneDevice();
    request.only = {"MIG-FEAT-004", "MIG-SIZE-005"};
    const CheckedMachine machine = runChecks(checkProfile(7), request);
    ASSERT_EQ(machine.report.results.size(), 2U);
    const auto& refused = machine.report.results[0].calls;
    ASSERT_FALSE(refused.empty());
    EXPECT_EQ(refused[0].record.op, "GET MIGRATION");
    EXPECT_EQ(refused[0].record.errnoValue, EINVAL);
    EXPECT_EQ(refused[0].record.in.size(), 16U);
    EXPECT_LE(refused[0].record.called, refused[0].record.returned);
    const auto& saved = machine.report.results[1].calls;
    const auto read = std::ranges::find_if(saved, [](const CheckCall& call) { return call.bytes > 0; });
    ASSERT_NE(read, saved.end());
    EXPECT_EQ(read->record.op, "read");
    EXPECT_EQ(read->bytes, 4096U);
}

TEST(CheckRun, EveryCallOfItBecomesAnEvent) {
    struct Sink final : EventSink {
        void push(Event event) override { events.push_back(std::move(event)); }
        std::uint32_t nextStream() override { return 1; }
        std::vector<Event> events;
    } sink;
    VirtualClock clock;
    SimBackend backend(checkProfile(7), clock);
    CheckRequest request = oneDevice();
    request.only = {"MIG-FEAT-004"};
    CheckRun run(backend, request, &sink);
    run.run();
    const auto count = [&](std::string_view kind) {
        return std::ranges::count_if(sink.events,
                                     [&](const Event& event) { return eventKind(event) == kind; });
    };
    EXPECT_EQ(count("mark"), 1);
    EXPECT_GE(count("call"), 6); // opening, the check, bringing back, closing
}

/// Gives the run up while it closes the device.
class GivesUpAtClose : public EventSink {
public:
    void push(Event event) override {
        const auto* call = std::get_if<event::Call>(&event.body);
        if (run != nullptr && call != nullptr && call->op == "close") {
            left = run->abandoned();
            id = run->progress().id;
        }
    }
    std::uint32_t nextStream() override { return 0; }
    CheckRun* run = nullptr;
    std::optional<CheckReport> left;
    std::string_view id;
};

TEST(CheckRun, ACloseThatDoesNotReturnIsNotHeldAgainstTheLastCheck) {
    VirtualClock clock;
    GivesUpAtClose sink;
    SimBackend backend(checkProfile(7), clock);
    CheckRequest request = oneDevice();
    request.only = {"MIG-FEAT-004"};
    CheckRun run(backend, request, &sink);
    sink.run = &run;
    run.run();
    ASSERT_TRUE(sink.left);
    ASSERT_EQ(sink.left->results.size(), 1U) << "a check has one result";
    EXPECT_EQ(sink.left->results.front().outcome.verdict, CheckVerdict::Pass);
    EXPECT_FALSE(sink.left->safe());
    EXPECT_TRUE(sink.id.empty());
}

TEST(CheckRun, ALongCheckKeepsItsFirstAndItsLastCalls) {
    VirtualClock clock;
    CallBook book(clock, nullptr);
    for (int n = 0; n < 1000; ++n)
        book.end(0, {std::to_string(n), {}, {}, 0, Ns{n}, Ns{n}});
    std::uint64_t leftOut = 0;
    const auto calls = book.take(leftOut);
    EXPECT_EQ(calls.size(), CallBook::most);
    EXPECT_EQ(leftOut, 1000 - CallBook::most);
    EXPECT_EQ(calls.front().record.op, "0");
    EXPECT_EQ(calls.back().record.op, "999");
    EXPECT_TRUE(book.take(leftOut).empty());
    EXPECT_EQ(leftOut, 0U);
}

} // namespace
} // namespace migscope::test
