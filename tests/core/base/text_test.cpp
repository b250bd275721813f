// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Amounts, foreign text and errors as people and scripts read them.
#include "core/base/byte_size.h"
#include "core/base/error.h"
#include "core/base/escape.h"
#include "core/base/markup.h"
#include "core/base/unique_fd.h"

#include <cerrno>

#include <fcntl.h>
#include <gtest/gtest.h>

namespace migscope {
namespace {

using namespace std::chrono_literals;

TEST(ByteSize, amountsCarryTheirUnit) {
    EXPECT_EQ(formatBytes(0), "0 B");
    EXPECT_EQ(formatBytes(176), "176 B");
    EXPECT_EQ(formatBytes(65536), "64.0 KiB");
    EXPECT_EQ(formatBytes(300ULL << 20U), "300.0 MiB");
    EXPECT_EQ(formatBytes(1299227607), "1.21 GiB");
    EXPECT_EQ(formatBytes((1ULL << 30U) - 1), "1.00 GiB") << "not 1024.0 MiB";
}

TEST(ByteSize, durationsHaveThreeDigitsAndTheirError) {
    EXPECT_EQ(formatDuration(412ms), "412 ms");
    EXPECT_EQ(formatDuration(3100ns), "3.10 us");
    EXPECT_EQ(formatDuration(17ns), "17 ns");
    EXPECT_EQ(formatDuration(12s), "12.0 s");
    EXPECT_EQ(formatDuration(412ms, 300us), "412 ms ± 0.3");
    EXPECT_EQ(formatDuration(412ms, 6ms), "412 ms ± 6.0");
    EXPECT_EQ(formatDuration(412ms, 0ns), "412 ms ± 0");
}

TEST(ByteSize, aRateWithoutTimeIsUnknownAndNotZero) {
    EXPECT_EQ(formatRate(1000, 0ns), "unknown");
    EXPECT_EQ(formatRate(300ULL << 20U, 500ms), "600.0 MiB/s");
}

TEST(ByteSize, sizesAreReadWithTheirSuffix) {
    EXPECT_EQ(parseByteSize("64K").value(), 65536U);
    EXPECT_EQ(parseByteSize("300MiB").value(), 300ULL << 20U);
    EXPECT_EQ(parseByteSize("1.5G").value(), 1610612736U);
    EXPECT_EQ(parseByteSize("4096").value(), 4096U);
    for (const char* bad : {"", "-1", "K", "12X", "1e30G", "0x10", "nan", " 1"})
        EXPECT_FALSE(parseByteSize(bad)) << bad;
}

TEST(EscapeText, whatCouldDeceiveATerminalIsSpelledOut) {
    EXPECT_EQ(escapeText("mlx5_core"), "mlx5_core");
    EXPECT_EQ(escapeText("Zürich"), "Zürich");
    EXPECT_EQ(escapeText("a\x1b[31mb"), "a\\x1b[31mb");
    EXPECT_EQ(escapeText("line\nbreak"), "line\\x0abreak");
    EXPECT_EQ(escapeText("\xff\xfe"), "\\xff\\xfe");
    EXPECT_EQ(escapeText("abc\xe2\x80\xae"
                         "def"),
              "abc\\xe2\\x80\\xaedef")
        << "a direction override";
    EXPECT_EQ(escapeText(std::string_view("a\0b", 3)), "a\\x00b");
    EXPECT_EQ(escapeText("\xc0\xaf"), "\\xc0\\xaf") << "an overlong form is not UTF-8";
}

TEST(EscapeMarkup, theFourThatMarkUpIsMadeOf) {
    EXPECT_EQ(escapeMarkup(R"(a<b>"c" & 'd')"), "a&lt;b&gt;&quot;c&quot; &amp; 'd'");
}

TEST(ShellQuote, wordsThatNeedItAreQuoted) {
    EXPECT_EQ(shellQuote("0000:3b:00.2"), "0000:3b:00.2");
    EXPECT_EQ(shellQuote("a b"), "'a b'");
    EXPECT_EQ(shellQuote("it's"), "'it'\\''s'");
    EXPECT_EQ(shellQuote(""), "''");
}

TEST(Error, theErrnoKeepsItsMeaningUpToTheFace) {
    const Result<int> failed = failErrno(EBUSY, "open", "/dev/vfio/41", "held by qemu (2211)");
    ASSERT_FALSE(failed);
    EXPECT_TRUE(failed.error().isErrno(EBUSY));
    EXPECT_EQ(failed.error().errnoValue(), EBUSY);
    EXPECT_EQ(codeName(failed.error().code), "EBUSY");
    EXPECT_EQ(describe(failed.error()),
              "open on /dev/vfio/41: EBUSY (Device or resource busy), held by qemu (2211)");
}

TEST(Error, conditionsOfOurOwnHaveNamesAndNoErrno) {
    const Result<int> failed = fail(Errc::Refused, "SET PRE_COPY", "0000:3b:00.2", "no way back");
    EXPECT_EQ(failed.error().errnoValue(), 0);
    EXPECT_TRUE(failed.error().is(Errc::Refused));
    EXPECT_EQ(codeName(failed.error().code), "refused");
    EXPECT_EQ(errnoName(ENOMSG), "ENOMSG");
    EXPECT_EQ(errnoName(9999), "errno 9999");
}

TEST(UniqueFd, zeroIsADescriptorAndEachIsClosedOnce) {
    const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    {
        UniqueFd owner(fd);
        UniqueFd other(std::move(owner));
        // The moved-from state is what is asked here.
        EXPECT_FALSE(owner.valid()); // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
        EXPECT_EQ(other.get(), fd);
    }
    EXPECT_EQ(::fcntl(fd, F_GETFD), -1);
    UniqueFd zero(0);
    EXPECT_TRUE(zero.valid());
    EXPECT_EQ(zero.release(), 0);
}

} // namespace
} // namespace migscope
