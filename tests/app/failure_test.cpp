// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which failure ends with which exit code, and the one line that it says.
#include "app/cli/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "app/cli/command.h"
#include "app/cli/device_work.h"

namespace migscope::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Error errnoError(int number) {
    return failErrno(number, "SET STOP", "dev").error();
}
Error ownError(Errc code) {
    return fail(code, "SET STOP", "dev").error();
}

Standing standing(std::optional<MigState> state, bool hung = false, bool speaks = true) {
    return {"dev", state, hung, speaks,
            hung    ? "stuck in SET STOP for 3 s"
            : state ? stateName(*state)
                    : "unknown"};
}

TEST(ExitCodes, theSameErrnoMeansNoAccessAtAnOpenAndARefusalInASet) {
    EXPECT_EQ(exitCodeFor(errnoError(EBUSY), Stage::Open), ExitCode::NoAccess);
    EXPECT_EQ(exitCodeFor(errnoError(EBUSY), Stage::Device), ExitCode::Refused);
    EXPECT_EQ(exitCodeFor(errnoError(EIO), Stage::Device), ExitCode::Refused);
    EXPECT_EQ(exitCodeFor(errnoError(ENOSPC), Stage::File), ExitCode::File);
}

TEST(ExitCodes, ourOwnRulesSayOne) {
    EXPECT_EQ(exitCodeFor(ownError(Errc::Refused), Stage::Device), ExitCode::Refused);
    EXPECT_EQ(exitCodeFor(ownError(Errc::Unsupported), Stage::Device), ExitCode::Refused);
    EXPECT_EQ(exitCodeFor(ownError(Errc::NotConverging), Stage::Device), ExitCode::Refused);
    EXPECT_EQ(exitCodeFor(ownError(Errc::ProtocolViolation), Stage::Device), ExitCode::Refused);
}

TEST(ExitCodes, aCancelIsACancelWhereverItComes) {
    for (const Stage stage : {Stage::Find, Stage::Open, Stage::Device, Stage::File})
        EXPECT_EQ(exitCodeFor(ownError(Errc::Cancelled), stage), ExitCode::Cancelled);
}

TEST(ExitCodes, aStuckOrLostDeviceIsFiveWhereverItComes) {
    for (const Stage stage : {Stage::Open, Stage::Device, Stage::File}) {
        EXPECT_EQ(exitCodeFor(ownError(Errc::Stuck), stage), ExitCode::DeviceLost);
        EXPECT_EQ(exitCodeFor(ownError(Errc::DeviceLost), stage), ExitCode::DeviceLost);
    }
}

TEST(ExitCodes, aDeviceThatIsNotThereIsNoAccessAndAWrongWordIsUsage) {
    EXPECT_EQ(exitCodeFor(ownError(Errc::NotFound), Stage::Find), ExitCode::NoAccess);
    EXPECT_EQ(exitCodeFor(ownError(Errc::InvalidArgument), Stage::Find), ExitCode::Usage);
    EXPECT_EQ(exitCodeFor(ownError(Errc::Damaged), Stage::Device), ExitCode::File);
    EXPECT_EQ(exitCodeFor(ownError(Errc::Incomplete), Stage::Device), ExitCode::Refused)
        << "a pipe without its trailer";
}

TEST(Standings, everyStateButRunningIsNotSafe) {
    EXPECT_TRUE(standing(MigState::Running).safe());
    EXPECT_FALSE(standing(MigState::Error).safe());
    EXPECT_FALSE(standing(MigState::Stop).safe());
    EXPECT_FALSE(standing(std::nullopt).safe());
    EXPECT_FALSE(standing(MigState::Running, true).safe());
    EXPECT_TRUE(standing(std::nullopt, false, false).safe())
        << "without the protocol there is no state to lose";
}

TEST(Standings, aFailureWithADeviceLeftInErrorEndsWithFive) {
    Failure failure = actFailure("dev", errnoError(EIO), Stage::Device);
    EXPECT_EQ(failure.code, ExitCode::Refused);
    tellStandings(failure, {standing(MigState::Error)});
    EXPECT_EQ(failure.code, ExitCode::DeviceLost);
    EXPECT_EQ(failure.state, "ERROR");
}

TEST(Standings, aCancelThatCouldNotBringTheDeviceBackIsNot130) {
    Failure failure = actFailure("dev", errnoError(EINTR), Stage::Device);
    tellCancelled(failure);
    EXPECT_EQ(failure.code, ExitCode::Cancelled);
    tellStandings(failure, {standing(MigState::Running, true)});
    EXPECT_EQ(failure.code, ExitCode::DeviceLost);
}

TEST(Standings, anActThatWentWellButLeftADeviceBehindIsAFailure) {
    EXPECT_FALSE(unsafeFailure({standing(MigState::Running)}).has_value());
    const auto failure = unsafeFailure({standing(MigState::Running), standing(std::nullopt)});
    ASSERT_TRUE(failure.has_value());
    EXPECT_EQ(failure->code, ExitCode::DeviceLost);
}

TEST(FailureLine, namesWhatDeviceErrnoStateAndNextInOneLine) {
    Failure failure = actFailure("0000:3b:00.2", failErrno(EBUSY, "open", "/dev/vfio/41").error(),
                                 Stage::Open, "Stop it:\n  kill 7\n  wait");
    failure.state = "RUNNING";
    const std::string line = failureLine(failure);
    EXPECT_THAT(line, HasSubstr("0000:3b:00.2: open on /dev/vfio/41: EBUSY (Device or resource busy)"));
    EXPECT_THAT(line, HasSubstr("; state: RUNNING; next: Stop it: kill 7; wait"));
    EXPECT_THAT(line, Not(HasSubstr("\n")));
}

TEST(FailureLine, aDeviceThatNeverCameOpenHasNoStateToTell) {
    Failure failure = actFailure("dev", errnoError(EACCES), Stage::Open);
    failure.opened = false;
    EXPECT_THAT(failureLine(failure), HasSubstr("; state: not opened; "));
    failure.opened = true;
    EXPECT_THAT(failureLine(failure), HasSubstr("; state: unknown; "));
}

TEST(FailureLine, tellsTheStateOfEveryDevice) {
    Failure failure = actFailure("a", errnoError(EIO), Stage::Device);
    Standing a = standing(MigState::Running);
    a.device = "a";
    Standing b = standing(MigState::Resuming);
    b.device = "b";
    tellStandings(failure, {a, b});
    EXPECT_THAT(failureLine(failure), HasSubstr("; state: a RUNNING, b RESUMING; next: "));
}

TEST(FailureLine, alwaysHasANextStep) {
    for (const Stage stage : {Stage::Usage, Stage::Find, Stage::Open, Stage::Device, Stage::File}) {
        EXPECT_FALSE(generalNext(errnoError(EIO), stage).empty());
        EXPECT_FALSE(generalNext(ownError(Errc::ProtocolViolation), stage).empty());
    }
}

} // namespace
} // namespace migscope::cli
