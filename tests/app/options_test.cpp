// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The command line's parsing: words in, a plain value or a usage error out.
#include "app/cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace migscope::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Options parsed(const std::vector<std::string>& words) {
    const Parsed result = parseOptions(words);
    if (const auto* options = std::get_if<Options>(&result))
        return *options;
    if (const auto* error = std::get_if<UsageError>(&result))
        ADD_FAILURE() << error->text;
    return {};
}

UsageError refused(const std::vector<std::string>& words) {
    const Parsed result = parseOptions(words);
    if (const auto* error = std::get_if<UsageError>(&result))
        return *error;
    ADD_FAILURE() << "was accepted";
    return {};
}

TEST(Options, theKernelIsTheDefaultBackendAndNothingIsOn) {
    const Options options = parsed({"list"});
    EXPECT_EQ(options.command, Command::List);
    EXPECT_EQ(options.backend, "kernel");
    EXPECT_FALSE(options.json);
    EXPECT_FALSE(touchesDevice(options));
}

TEST(Options, globalOptionsStandBeforeOrAfterTheCommand) {
    for (const auto& words : {std::vector<std::string>{"--json", "--backend", "sim:lab", "show", "dev"},
                              std::vector<std::string>{"show", "dev", "--backend", "sim:lab", "--json"}}) {
        const Options options = parsed(words);
        EXPECT_EQ(options.command, Command::Show);
        EXPECT_EQ(options.backend, "sim:lab");
        EXPECT_EQ(options.device, "dev");
        EXPECT_TRUE(options.json);
    }
}

TEST(Options, everyCommandHasItsWord) {
    EXPECT_EQ(parsed({"version"}).command, Command::Version);
    EXPECT_EQ(parsed({"--version"}).command, Command::Version);
    EXPECT_EQ(parsed({"reset", "dev"}).command, Command::Reset);
    EXPECT_EQ(parsed({"capture", "dir"}).file, "dir");
    EXPECT_EQ(parsed({"report", "a.migrec"}).file, "a.migrec");
    for (const Command command : {Command::List, Command::Show, Command::Set, Command::Reset, Command::Save,
                                  Command::Load, Command::Migrate, Command::Report, Command::Export,
                                  Command::Capture, Command::Dirty, Command::Version})
        EXPECT_FALSE(commandWord(command).empty());
}

TEST(Options, onlyAProbeMakesShowTouchTheDevice) {
    EXPECT_FALSE(touchesDevice(parsed({"show", "dev"})));
    EXPECT_TRUE(touchesDevice(parsed({"show", "dev", "--probe"})));
    EXPECT_TRUE(touchesDevice(parsed({"reset", "dev"})));
    EXPECT_FALSE(touchesDevice(parsed({"report", "x"})));
}

TEST(Options, checkTakesItsListsApart) {
    const Options options =
        parsed({"check", "dev", "peer", "--only", "MIG-FSM-001,MIG-FSM-002", "--class", "passive,session",
                "--hostile", "dev,peer", "--format", "ktap", "--force"});
    EXPECT_EQ(options.command, Command::Check);
    EXPECT_EQ(options.device, "dev");
    EXPECT_EQ(options.peer, "peer");
    EXPECT_EQ(options.checkIds, (std::vector<std::string>{"MIG-FSM-001", "MIG-FSM-002"}));
    EXPECT_EQ(options.checkClasses, (std::vector<std::string>{"passive", "session"}));
    EXPECT_EQ(options.hostile, (std::vector<std::string>{"dev", "peer"}));
    EXPECT_EQ(options.checkFormat, CheckFormat::Ktap);
    EXPECT_TRUE(options.force);
    EXPECT_TRUE(touchesDevice(options));
    const Options list = parsed({"check", "--list"});
    EXPECT_TRUE(list.listChecks);
    EXPECT_FALSE(touchesDevice(list));
}

TEST(Options, dirtyTakesRangesAndHasItsDefaults) {
    const Options options = parsed({"dirty", "dev", "--range", "0x100000000+4G,8192+64K"});
    EXPECT_THAT(options.ranges,
                ElementsAre(DmaRange{0x100000000, std::uint64_t{4} << 30U}, DmaRange{8192, 65536}));
    EXPECT_GE(options.pageBytes, 4096U);
    EXPECT_EQ(options.interval, std::chrono::milliseconds(200));
    EXPECT_EQ(options.dirtyRounds, 10U);
    EXPECT_TRUE(touchesDevice(options));
    const Options all = parsed({"dirty", "dev", "--range", "0+1M", "--page", "64K", "--interval", "1.5",
                                "--rounds", "0", "--record", "-"});
    EXPECT_EQ(all.pageBytes, 65536U);
    EXPECT_EQ(all.interval, std::chrono::microseconds(1500));
    EXPECT_EQ(all.dirtyRounds, 0U);
    EXPECT_EQ(all.record, "-");
    const Options sweep = parsed({"dirty", "dev", "--sweep"});
    EXPECT_THAT(sweep.ranges, ElementsAre(DmaRange{0, std::uint64_t{64} << 30U}));
    EXPECT_EQ(sweep.dirtyRounds, 3U);
}

TEST(Options, dirtyRefusesWhatTheKernelWould) {
    for (const auto& words : std::vector<std::vector<std::string>>{
             {},
             {"--range", "4096"},
             {"--range", "x+1M"},
             {"--range", "0+"},
             {"--range", "0+1M,"},
             {"--range", "0x+1M"},
             {"--range", "-4096+1M"},
             {"--range", "12+1M"},
             {"--range", "0+1M,4096+1M"},
             {"--range", "0xfffffffffffff000+4096"},
             {"--range", "0+1M", "--page", "12288"},
             {"--range", "0+1M", "--page", "512"},
             {"--range", "0+1M", "--page", "big"},
             {"--range", "0+1M", "--rounds", "-1"},
             {"--range", "0+1M", "--interval", "nan"},
             {"--range", "0+1M", "--json", "--record", "-"},
             {"--sweep", "--rounds", "0"},
             {"--sweep", "--range", "0+1M,4G+1M"},
         }) {
        std::vector<std::string> all{"dirty", "dev"};
        all.insert(all.end(), words.begin(), words.end());
        EXPECT_TRUE(std::holds_alternative<UsageError>(parseOptions(all))) << ::testing::PrintToString(words);
    }
}

TEST(Options, setTakesASequenceOfStatesInAnyCase) {
    const Options options =
        parsed({"set", "dev", "running_p2p", "STOP", "STOP_COPY", "--combined", "--hold"});
    EXPECT_THAT(options.states, ElementsAre(MigState::RunningP2p, MigState::Stop, MigState::StopCopy));
    EXPECT_TRUE(options.combined);
    EXPECT_TRUE(options.hold);
}

TEST(Options, aStateThatDoesNotExistIsNamed) {
    EXPECT_THAT(refused({"set", "dev", "BOGUS"}).text, HasSubstr("BOGUS"));
}

TEST(Options, errorCannotBeAskedFor) {
    EXPECT_THAT(refused({"set", "dev", "ERROR"}).text, HasSubstr("ERROR"));
}

TEST(Options, controlCharactersOfTheUserAreNotEchoedRaw) {
    EXPECT_EQ(refused({"set", "dev", "\033[31mRED"}).text.find('\033'), std::string::npos);
    EXPECT_EQ(refused({"\033[31mRED"}).text.find('\033'), std::string::npos);
}

TEST(Options, migrateTakesListsOfTheSameLength) {
    const Options options = parsed({"migrate", "a,b", "c,d"});
    EXPECT_THAT(options.sources, ElementsAre("a", "b"));
    EXPECT_THAT(options.destinations, ElementsAre("c", "d"));
    EXPECT_THAT(refused({"migrate", "a,b", "c"}).text, HasSubstr("2 sources but 1 destination"));
    EXPECT_THAT(refused({"migrate", "a,", "c,"}).text, HasSubstr("empty"));
}

TEST(Options, migrateTakesItsLimitsInTheUnitsThatAreWritten) {
    const Options options = parsed({"migrate",  "a",
                                    "b",        "--mode",
                                    "pre-copy", "--downtime-limit",
                                    "12.5",     "--max-rounds",
                                    "7",        "--max-seconds",
                                    "9",        "--on-no-convergence",
                                    "give-up",  "--budget",
                                    "400",      "--runs",
                                    "3",        "--max-stuck",
                                    "2.5",      "--detail",
                                    "calls",    "--record",
                                    "x.migrec"});
    EXPECT_EQ(options.mode, CopyMode::PreCopy);
    EXPECT_EQ(options.limits.downtimeLimit, std::chrono::microseconds(12500));
    EXPECT_EQ(options.limits.maxRounds, 7U);
    EXPECT_EQ(options.limits.maxTime, std::chrono::seconds(9));
    EXPECT_EQ(options.limits.onNoConvergence, OnNoConvergence::GiveUp);
    EXPECT_EQ(options.budget, std::chrono::milliseconds(400));
    EXPECT_EQ(options.runs, 3U);
    EXPECT_EQ(options.maxStuck, std::chrono::milliseconds(2500));
    EXPECT_TRUE(options.detailCalls);
    EXPECT_EQ(options.record, "x.migrec");
}

TEST(Options, withoutABudgetThereIsNone) {
    const Options options = parsed({"migrate", "a", "b"});
    EXPECT_FALSE(options.budget.has_value());
    EXPECT_FALSE(options.maxStuck.has_value());
    EXPECT_EQ(options.mode, CopyMode::Auto);
    EXPECT_EQ(options.limits.downtimeLimit, std::chrono::milliseconds(300));
}

TEST(Options, valuesOutOfRangeAreRefused) {
    refused({"migrate", "a", "b", "--runs", "0"});
    refused({"migrate", "a", "b", "--budget", "-1"});
    for (const char* number : {"nan", "inf", "1e300", "ten"}) {
        refused({"migrate", "a", "b", "--budget", number});
        refused({"migrate", "a", "b", "--downtime-limit", number});
        refused({"migrate", "a", "b", "--max-seconds", number});
    }
    refused({"migrate", "a", "b", "--mode", "fast"});
    refused({"export", "x", "--to", "xml"});
}

TEST(Options, everyFormatOfAnExportHasItsWord) {
    for (const ExportFormat format : {ExportFormat::Csv, ExportFormat::Json, ExportFormat::Trace})
        EXPECT_EQ(parsed({"export", "x", "--to", exportFormatWord(format)}).format, format);
    EXPECT_THAT(refused({"--json", "export", "x", "--to", "trace"}).text, HasSubstr("--to trace"));
    EXPECT_EQ(parsed({"--json", "export", "x", "--to", "trace", "--out", "y"}).out, "y");
}

TEST(Options, jsonAndARecordingCannotShareStandardOutput) {
    const UsageError error = refused({"--json", "migrate", "a", "b", "--record", "-"});
    EXPECT_TRUE(error.json);
    EXPECT_THAT(error.next, HasSubstr("--json"));
    EXPECT_EQ(parsed({"migrate", "a", "b", "--record", "-"}).record, "-");
}

TEST(Options, hooksAreAPhaseAndACommandThatMayHoldEqualSigns) {
    const Options options =
        parsed({"migrate", "a", "b", "--hook", "stopped=A=1 true", "--hook", "end=false"});
    EXPECT_THAT(options.hooks, ElementsAre(Pair("stopped", "A=1 true"), Pair("end", "false")));
    EXPECT_THAT(refused({"migrate", "a", "b", "--hook", "sometime=true"}).text, HasSubstr("sometime"));
    EXPECT_THAT(refused({"migrate", "a", "b", "--hook", "stopped"}).text, HasSubstr("stopped"));
}

TEST(Options, aUsageErrorKnowsThatAProgramReadsTheAnswerWhereverTheFlagStands) {
    EXPECT_TRUE(refused({"show", "--json"}).json);
    EXPECT_TRUE(refused({"frobnicate", "--json"}).json);
    EXPECT_FALSE(refused({"show"}).json);
}

TEST(Options, nothingAtAllIsAUsageErrorWithAHint) {
    EXPECT_THAT(refused({}).text, HasSubstr("no command"));
    EXPECT_THAT(refused({}).next, HasSubstr("--help"));
}

TEST(Options, helpIsNoError) {
    const Parsed all = parseOptions({"--help"});
    ASSERT_TRUE(std::holds_alternative<HelpText>(all));
    EXPECT_THAT(std::get<HelpText>(all).text, HasSubstr("migrate"));
    const Parsed one = parseOptions({"migrate", "--help"});
    ASSERT_TRUE(std::holds_alternative<HelpText>(one));
    EXPECT_THAT(std::get<HelpText>(one).text, HasSubstr("resets the function"));
}

TEST(Options, standardInputIsAFile) {
    EXPECT_EQ(parsed({"load", "-", "dev"}).file, "-");
    EXPECT_EQ(parsed({"diff", "a", "-"}).otherFile, "-");
    EXPECT_TRUE(std::holds_alternative<UsageError>(parseOptions({"diff", "-", "-"})));
}

TEST(Options, diffTakesTwoImagesAndNoDevice) {
    const Options options = parsed({"diff", "a.state", "b.state"});
    EXPECT_EQ(options.command, Command::Diff);
    EXPECT_EQ(options.file, "a.state");
    EXPECT_EQ(options.otherFile, "b.state");
    EXPECT_FALSE(touchesDevice(options));
    EXPECT_TRUE(std::holds_alternative<UsageError>(parseOptions({"diff", "a"})));
}

} // namespace
} // namespace migscope::cli
