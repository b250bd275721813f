// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A read that may never return: what it gives, and that it costs nobody more than its patience.
#include "core/kernel/patient_read.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/unique_fd.h"

namespace migscope::test {
namespace {

using namespace std::chrono_literals;

class PatientRead : public testing::Test {
protected:
    PatientRead() { std::filesystem::create_directories(folder); }
    ~PatientRead() override { std::filesystem::remove_all(folder); }
    [[nodiscard]] std::string path(const char* name) const { return (folder / name).string(); }
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("migscope-patient-" + std::to_string(::getpid()));
};

TEST_F(PatientRead, givesWhatTheFileHoldsUpToTheLimit) {
    std::ofstream(path("state")) << "PRE_COPY_P2P\n";
    EXPECT_EQ(patientRead(path("state"), 4096, 10s), "PRE_COPY_P2P\n");
    EXPECT_EQ(patientRead(path("state"), 3, 10s), "PRE");
    std::ofstream(path("empty")).flush();
    EXPECT_EQ(patientRead(path("empty"), 4096, 10s), "");
    std::ofstream(path("long")) << std::string(9000, 'x');
    EXPECT_EQ(patientRead(path("long"), 9000, 10s), std::string(4096, 'x'));
}

TEST_F(PatientRead, keepsTheErrno) {
    const auto absent = patientRead(path("absent"), 4096, 10s);
    ASSERT_FALSE(absent);
    EXPECT_TRUE(absent.error().isErrno(ENOENT)) << describe(absent.error());
    EXPECT_EQ(absent.error().where, path("absent"));
    const auto directory = patientRead(folder.string(), 4096, 10s);
    ASSERT_FALSE(directory);
    EXPECT_TRUE(directory.error().isErrno(EISDIR)) << describe(directory.error());
}

TEST_F(PatientRead, aReadThatDoesNotReturnIsGivenUpAndHoldsNothingOfOurs) {
    ASSERT_EQ(::mkfifo(path("never").c_str(), 0600), 0);
    // Open for writing too, so that the reader's open returns and its read waits.
    const UniqueFd keeper(::open(path("never").c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(keeper.valid());
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const UniqueFd watched(ends[0]);
    UniqueFd held(ends[1]);
    const auto begun = std::chrono::steady_clock::now();
    // The reader itself is patient for a second more, so that it is still there below.
    const auto result = patientRead(path("never"), 4096, 20ms);
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().isErrno(ETIMEDOUT)) << describe(result.error());
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 20ms);
    held.reset();
    pollfd end{watched.get(), POLLIN, 0};
    ASSERT_EQ(::poll(&end, 1, 500), 1) << "the reader keeps a descriptor of ours";
    EXPECT_TRUE(end.revents & POLLHUP);
}

} // namespace
} // namespace migscope::test
