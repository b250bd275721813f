// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a run says of itself: why it cannot start, its command, its words. Pure functions.
#include <gtest/gtest.h>

#include <cerrno>

#include "ui/cli_command.h"
#include "ui/run_words.h"

namespace migscope::testing {
namespace {

using namespace std::chrono_literals;

RunCandidate ready(const std::string& name) {
    RunCandidate device;
    device.name = name;
    device.open = true;
    device.phase = SessionPhase::Idle;
    device.capabilities = Capabilities{};
    device.capabilities->protocol = Protocol::V2;
    device.capabilities->flags = MigFlags(7);
    device.state = MigState::Running;
    return device;
}

RunRequest migration() {
    RunRequest request;
    request.source = "0000:3b:00.2";
    request.destination = "0000:3b:00.3";
    return request;
}

TEST(RunValues, whyNotStartNamesTheActThatComesFirst) {
    std::vector<RunCandidate> devices{ready("0000:3b:00.2"), ready("0000:3b:00.3")};
    EXPECT_EQ(whyNotStart(devices, migration()), QString());
    const auto says = [&](const char* words) {
        const QString why = whyNotStart(devices, migration());
        EXPECT_TRUE(why.contains(QLatin1String(words))) << why.toStdString();
    };
    devices[1].open = false;
    says("3b:00.3 is not open: open it first. That resets the function.");
    devices[1].canOpen = false;
    says("captured host");
    devices[1] = ready("0000:3b:00.3");
    devices[1].state = MigState::Stop;
    says("3b:00.3 stands in STOP: bring it back to RUNNING first.");
    devices[1].state.reset();
    says("an unknown state");
    devices[1] = ready("0000:3b:00.3");
    devices[1].handedOver = true;
    says("bring it back");
    devices[1] = ready("0000:3b:00.3");
    devices[1].phase = SessionPhase::Working;
    says("is at work");
    devices[1].phase = SessionPhase::Stuck;
    says("has not returned");
    devices[1] = ready("0000:3b:00.3");
    devices[1].capabilities->protocol = Protocol::V1Only;
    says("no migration support");
    devices.pop_back();
    says("is not here");
    RunRequest save;
    save.kind = PlanKind::Save;
    save.source = "0000:3b:00.2";
    EXPECT_EQ(whyNotStart(devices, save), QLatin1String("Name the file."));
    save.path = "x";
    EXPECT_EQ(whyNotStart(devices, save), QString());
    devices[0].capabilities->flags = MigFlags(1);
    save.mode = CopyMode::PreCopy;
    EXPECT_TRUE(whyNotStart(devices, save).contains(QLatin1String("has no PRE_COPY")));
    RunRequest nothing;
    EXPECT_EQ(whyNotStart(devices, nothing), QLatin1String("Choose a source."));
}

TEST(RunValues, theCommandHasWhatWasChosenAndNothingElse) {
    RunRequest request = migration();
    EXPECT_EQ(cliCommand("kernel", request).command,
              QLatin1String("migscope-cli migrate 0000:3b:00.2 0000:3b:00.3"));
    EXPECT_EQ(cliCommand("kernel", request).differs, QString());
    request.mode = CopyMode::PreCopy;
    request.limits.downtimeLimit = 50ms;
    request.limits.maxRounds = 7;
    request.limits.maxTime = 12s;
    request.limits.onNoConvergence = OnNoConvergence::GiveUp;
    request.runs = 5;
    request.recordCalls = true;
    EXPECT_EQ(
        cliCommand("sim:lab", request).command,
        QLatin1String("migscope-cli --backend sim:lab migrate 0000:3b:00.2 0000:3b:00.3 --mode pre-copy "
                      "--downtime-limit 50 --max-rounds 7 --max-seconds 12 --on-no-convergence give-up "
                      "--runs 5 --detail calls --record run.migrec"));
    request = migration();
    request.kind = PlanKind::Loopback;
    request.workload = "fio";
    EXPECT_EQ(cliCommand("kernel", request).command,
              QLatin1String("migscope-cli migrate 0000:3b:00.2 0000:3b:00.2"));
    EXPECT_TRUE(cliCommand("kernel", request).differs.contains(QLatin1String("no workload")));
}

TEST(RunValues, filesInCommandsAreQuotedAndDiscardSaysWhatThereIs) {
    RunRequest request;
    request.kind = PlanKind::Save;
    request.source = "0000:3b:00.2";
    request.path = "it's mine";
    request.raw = true;
    request.overwrite = true;
    EXPECT_EQ(cliCommand("kernel", request).command,
              QLatin1String("migscope-cli save 0000:3b:00.2 'it'\\''s mine' --raw --force"));
    request.path = "-x";
    request.raw = request.overwrite = false;
    EXPECT_EQ(cliCommand("kernel", request).command, QLatin1String("migscope-cli save 0000:3b:00.2 ./-x"));
    request.kind = PlanKind::Discard;
    EXPECT_TRUE(
        cliCommand("kernel", request).command.startsWith(QLatin1String("migscope-cli save 0000:3b:00.2 ")));
    EXPECT_TRUE(cliCommand("kernel", request).differs.contains(QLatin1String("does not discard")));
    RunRequest load;
    load.kind = PlanKind::Load;
    load.destination = "0000:3b:00.3";
    load.path = "a";
    EXPECT_EQ(cliCommand("kernel", load).command, QLatin1String("migscope-cli load a 0000:3b:00.3 --run"));
    load.loadThenRun = false;
    EXPECT_EQ(cliCommand("kernel", load).command, QLatin1String("migscope-cli load a 0000:3b:00.3"));
}

TEST(RunValues, progressHasAmountRateAndTime) {
    RunProgress progress;
    progress.run = 2;
    progress.runs = 5;
    progress.phase = "pre-copy round 3";
    progress.movedBytes = 12U << 20U;
    progress.elapsed = 1400ms;
    EXPECT_EQ(progressWords(progress, QStringLiteral("1.21 GiB/s")),
              QStringLiteral("run 2 of 5 · pre-copy round 3 · 12.0 MiB · 1.21 GiB/s · 1.4 s"));
    progress.runs = 1;
    progress.expectedBytes = 300U << 20U;
    EXPECT_EQ(progressWords(progress, {}),
              QStringLiteral("pre-copy round 3 · 12.0 MiB of about 300.0 MiB · 1.4 s"));
}

TEST(RunValues, aFailureTellsTheAnswerTheDevicesAndWhatHelps) {
    RunStatus status;
    status.request = migration();
    status.result = RunResult{};
    status.result->error = Error{{EIO, std::generic_category()}, "SET STOP_COPY", "0000:3b:00.2", {}};
    status.result->devices = {{"0000:3b:00.2", 0, MigState::Error, false, "could not be brought back"},
                              {"0000:3b:00.3", 1, std::nullopt, true, {}}};
    const RunWords words = outcomeWords(status);
    EXPECT_TRUE(words.bad);
    for (const char* part : {"Failed (migrate 3b:00.2 to 3b:00.3).", "SET STOP_COPY 3b:00.2: EIO",
                             "3b:00.2 stands in ERROR: could not be brought back.",
                             "3b:00.3 stands in an unknown state, a call has not returned.", "Next: reset"})
        EXPECT_TRUE(words.text.contains(QLatin1String(part))) << part << " | " << words.text.toStdString();
    status.running = true;
    EXPECT_TRUE(outcomeWords(status).text.isEmpty());
}

} // namespace
} // namespace migscope::testing
