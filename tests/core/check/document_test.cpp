// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The report as people read it: counts, values, the way back, reasons, and what was not judged.
#include "core/check/document.h"

#include <algorithm>

#include "core/check/call_words.h"
#include "tests/core/check/check_fixture.h"

namespace migscope::test {
namespace {

CheckRequest oneDevice(std::vector<std::string> only = {}) {
    CheckRequest request;
    request.device = {checkDevice, "virtio_vfio_pci", {}, true};
    request.only = std::move(only);
    return request;
}

CheckDocument documentOf(const CheckedMachine& machine) {
    return {true, "0.0", "sim", {}, checkDevice, "virtio_vfio_pci", {}, machine.report};
}

std::string textOf(const CheckedMachine& machine) {
    return checkText(documentOf(machine));
}

std::size_t countOf(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

TEST(CheckDocument, SaysMustsAndShouldsApart) {
    const CheckedMachine both =
        runChecks(checkProfile(7, {SimMisbehaviour::RefusesAnArc, SimMisbehaviour::SizeTooSmall}),
                  oneDevice({"MIG-FSM-001", "MIG-SIZE-005", "MIG-FSM-004"}));
    EXPECT_EQ(failedWords(both.report), "1 must, 1 should");
    EXPECT_NE(textOf(both).find("2 failed (1 must, 1 should), 1 passed, 0 skipped\n"), std::string::npos)
        << textOf(both);
    const CheckedMachine good = runChecks(checkProfile(7), oneDevice({"MIG-FSM-004"}));
    EXPECT_EQ(failedWords(good.report), "");
    EXPECT_NE(textOf(good).find("  1 check in "), std::string::npos) << textOf(good);
    EXPECT_NE(textOf(good).find(": 0 failed, 1 passed, 0 skipped\n"), std::string::npos) << textOf(good);
}

TEST(CheckDocument, TheWayBackStandsBehindTheOwnCalls) {
    const CheckedMachine machine =
        runChecks(checkProfile(7, {SimMisbehaviour::SavingFdSeeks}), oneDevice({"MIG-STREAM-003"}));
    ASSERT_EQ(machine.report.results.size(), 1U);
    const CheckResult& result = machine.report.results[0];
    ASSERT_GT(result.ownCalls, 0U);
    ASSERT_LT(result.ownCalls, result.calls.size());
    EXPECT_EQ(result.calls[result.ownCalls - 1].record.op, "lseek");
    EXPECT_EQ(result.calls[result.ownCalls].record.op, "GET MIG_DEVICE_STATE");
    EXPECT_EQ(callAnswer(result.calls.back()), "RUNNING");
    const std::string text = textOf(machine);
    const std::size_t seek = text.find(" lseek "), back = text.find("    clean-up, brought back by SET:\n");
    ASSERT_NE(back, std::string::npos) << text;
    EXPECT_LT(seek, back) << text;
    EXPECT_EQ(text.find(" SET RUNNING  ", 0) > back, true) << text;
    EXPECT_NE(text.find("data_fd -1"), std::string::npos) << text;
}

TEST(CheckDocument, ThePeersWayBackIsToldToo) {
    CheckRequest request = oneDevice({"MIG-PAIR-001"});
    request.peer = CheckTarget{checkPeer, "virtio_vfio_pci", {}, true};
    const CheckedMachine machine = runChecks(checkProfile(7, {SimMisbehaviour::OthersImageRefused}), request);
    ASSERT_EQ(machine.report.results.size(), 1U);
    EXPECT_EQ(broughtBackText(machine.report.results[0]), "clean-up, brought back by SET, the peer by reset");
}

TEST(CheckDocument, APassTellsWhichOfSeveralAnswersItWas) {
    for (const auto& [flags, answer] :
         {std::pair(5U, "it answered 0; vfio.h asks for ENOMSG"), std::pair(7U, "it answered ENOMSG.")}) {
        const CheckedMachine machine =
            runChecks(checkProfile(flags), oneDevice({"MIG-PRE-011", "MIG-FSM-005"}));
        const std::string text = textOf(machine);
        EXPECT_EQ(countOf(text, answer), 1U) << text;
        // What is asked names the only answer there is: it is not said twice.
        EXPECT_EQ(countOf(text, "EINVAL"), 1U) << text;
    }
}

TEST(CheckDocument, AReasonStandsOnceForAllThatItKeptFromBeingAsked) {
    const CheckedMachine machine = runChecks(checkProfile(1), oneDevice());
    const std::string text = textOf(machine);
    const std::string skipped = text.substr(text.find("\nSkipped\n"));
    EXPECT_EQ(countOf(skipped, "name a PEER."), 1U) << skipped;
    EXPECT_EQ(countOf(skipped, "The device's flags lack pre-copy."), 1U) << skipped;
    EXPECT_NE(skipped.find("    MIG-PAIR-002     must   The device can be read"), std::string::npos)
        << skipped;
}

TEST(CheckDocument, WhatIsNotJudgedForWantOfAStateStandsInTheHead) {
    CheckRequest request = oneDevice();
    request.mostImage = 1000;
    const CheckedMachine large = runChecks(checkProfile(7), request);
    EXPECT_TRUE(large.failed().empty());
    const std::string said = notJudgedText(large.report);
    EXPECT_TRUE(
        said.ends_with("a saved state, and there was none to be had: a save moved 4.0 KiB, and what is to be "
                       "loaded is kept in memory, 1000 B at most."))
        << said;
    const auto without = large.report.notJudged();
    EXPECT_GE(without.size(), 12U);
    EXPECT_TRUE(
        std::ranges::any_of(without, [](const CheckResult* r) { return r->check->id == "MIG-LOAD-001"; }));
    const std::string text = textOf(large);
    EXPECT_LT(text.find("  Not judged: "), text.find("\nPassed\n")) << text;
    const CheckedMachine good = runChecks(checkProfile(7), oneDevice());
    EXPECT_EQ(notJudgedText(good.report), "");
    EXPECT_EQ(textOf(good).find("Not judged"), std::string::npos);
}

TEST(CheckDocument, AStreamWithoutAnEndFailsAsAMust) {
    const CheckedMachine machine =
        runChecks(checkProfile(7, {SimMisbehaviour::StreamWithoutEnd}), oneDevice());
    EXPECT_TRUE(machine.report.failedMust());
    EXPECT_EQ(machine.seen("MIG-STREAM-012"),
              "1.00 GiB were read, and it did not end; MIG_DATA_SIZE said 4.0 KiB.");
    EXPECT_EQ(machine.verdicts.at("MIG-LOAD-001"), CheckVerdict::Skip);
    EXPECT_NE(notJudgedText(machine.report).find("does not come to an end"), std::string::npos);
}

TEST(CheckDocument, SavesThatAreEmptyFromTheSecondOnFailAsAMust) {
    const CheckedMachine machine =
        runChecks(checkProfile(7, {SimMisbehaviour::OnlyFirstSessionSaves}), oneDevice());
    EXPECT_TRUE(machine.report.failedMust());
    EXPECT_EQ(machine.seen("MIG-REPEAT-003"),
              "The first save of all moved 4096 bytes, the one after another opening 0.");
    // What the first one gave is loaded all the same.
    EXPECT_EQ(machine.verdicts.at("MIG-LOAD-001"), CheckVerdict::Pass);
    EXPECT_EQ(machine.verdicts.at("MIG-REPEAT-001"), CheckVerdict::Skip);
}

TEST(CheckDocument, AFailedWriteTellsWhereAndHowMuch) {
    SimProfile profile = checkProfile(7);
    profile.devices[0].faults.push_back(
        {.kind = SimFaultKind::WriteError, .errnoValue = ENOMEM, .offset = 1000});
    const CheckedMachine machine = runChecks(profile, oneDevice({"MIG-LOAD-001"}));
    EXPECT_NE(machine.seen("MIG-LOAD-001").find(" bytes at offset "), std::string::npos)
        << machine.seen("MIG-LOAD-001");
    EXPECT_NE(textOf(machine).find("ENOMEM"), std::string::npos);
}

TEST(CheckDocument, ADataFdThatStopsComingFailsTheManySessions) {
    SimProfile profile = checkProfile(7);
    profile.devices[0].faults.push_back({.kind = SimFaultKind::NoFd, .nth = 41});
    const CheckedMachine later = runChecks(profile, oneDevice({"MIG-SESSION-006"}));
    EXPECT_TRUE(later.failed().contains("MIG-SESSION-006")) << later.seen("MIG-SESSION-006");
    EXPECT_NE(later.seen("MIG-SESSION-006").find("gave no data fd"), std::string::npos);
    profile.devices[0].faults[0].nth.reset();
    const CheckedMachine never = runChecks(profile, oneDevice({"MIG-SESSION-006"}));
    EXPECT_EQ(never.verdicts.at("MIG-SESSION-006"), CheckVerdict::Skip) << never.seen("MIG-SESSION-006");
}

TEST(CheckDocument, TheLookBackNamesTheCheckInWhichItWas) {
    const CheckedMachine machine = runChecks(checkProfile(7, {SimMisbehaviour::SessionsLeak}), oneDevice());
    EXPECT_TRUE(machine.seen("MIG-FSM-011").ends_with("failed once, last with ENOMEM in MIG-SESSION-006."))
        << machine.seen("MIG-FSM-011");
}

TEST(CheckDocument, ASkipNamesWhatAProbeAnswered) {
    SimProfile profile = checkProfile(7);
    profile.devices[0].precopyInfoV2 = false;
    profile.devices[0].dmaLogging = false;
    const CheckedMachine machine = runChecks(profile, oneDevice({"MIG-PRE-014", "MIG-DMA-001"}));
    EXPECT_EQ(machine.seen("MIG-PRE-014"),
              "PROBE of MIG_PRECOPY_INFOv2 answered ENOTTY: kernels up to Linux 7.0 lack it.");
    EXPECT_EQ(machine.seen("MIG-DMA-001"),
              "PROBE of DMA_LOGGING_START answered ENOTTY: this driver does not log DMA.");
}

TEST(CheckDocument, CountsAreSaidInWords) {
    EXPECT_EQ(plural(1, "call", "calls"), "1 call");
    EXPECT_EQ(plural(0, "call", "calls"), "0 calls");
    EXPECT_EQ(timesText(1), "once");
    EXPECT_EQ(timesText(2), "2 times");
    std::vector<CheckCall> calls(41);
    for (CheckCall& call : calls)
        call.record.op = "RESET";
    const auto lines = callLines(calls, 0, Ns{0}, false);
    EXPECT_EQ(lines.size(), 41U);
    EXPECT_NE(lines[20].find("1 call more"), std::string::npos) << lines[20];
    EXPECT_EQ(callLines(std::span(calls).first(40), 0, Ns{0}, false).size(), 40U);
    const auto left = callLines(std::span(calls).first(30), 7, Ns{0}, false);
    ASSERT_EQ(left.size(), 31U);
    EXPECT_NE(left[15].find("7 calls more"), std::string::npos) << left[15];
}

TEST(CheckDocument, KtapAndJunitCarryTheSameEvidence) {
    const CheckedMachine machine = runChecks(checkProfile(7, {SimMisbehaviour::SizeLeaksErrno}),
                                             oneDevice({"MIG-SIZE-001", "MIG-PRE-011"}));
    const std::string ktap = checkKtap(documentOf(machine)), junit = checkJunit(documentOf(machine));
    for (const std::string& text : {ktap, junit}) {
        EXPECT_NE(text.find("as a signed number)"), std::string::npos) << text;
        EXPECT_NE(text.find("clean-up:"), std::string::npos) << text;
        EXPECT_NE(text.find("it answered ENOMSG."), std::string::npos) << text;
    }
    EXPECT_LT(ktap.find("# rule: "), ktap.find("not ok 1 MIG-SIZE-001")) << ktap;
}

} // namespace
} // namespace migscope::test
