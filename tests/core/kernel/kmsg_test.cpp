// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What lines of /dev/kmsg hold, which are about a device, when they were logged, and the thread that reads.
#include "core/kernel/kernel_backend.h"
#include "core/kernel/kmsg_reader.h"
#include "core/kernel/kmsg_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <deque>
#include <sys/socket.h>
#include <unistd.h>

namespace migscope::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using namespace std::chrono_literals;

const std::vector<LogSubject> twoDevices{{"0000:3b:00.2", "mlx5_vfio_pci", "vfio3"},
                                         {"83b8f4f2-509f-382f-3c1e-e6bfe0fa1001", "mtty", "vfio12"}};

TEST(KmsgRecord, HoldsPriorityNumberStampTextAndKeys) {
    const auto record =
        parseKmsg("3,1286,86103448817,-,caller=T812;mlx5_vfio_pci 0000:3b:00.2: mlx5vf_cmd: err -5\n"
                  " SUBSYSTEM=pci\n DEVICE=+pci:0000:3b:00.2\n");
    ASSERT_TRUE(record);
    EXPECT_EQ(record->priority, 3U);
    EXPECT_EQ(record->sequence, 1286U);
    EXPECT_EQ(record->timestampUs, 86103448817);
    EXPECT_EQ(record->text, "mlx5_vfio_pci 0000:3b:00.2: mlx5vf_cmd: err -5");
    EXPECT_THAT(record->keys, ElementsAre(Pair("SUBSYSTEM", "pci"), Pair("DEVICE", "+pci:0000:3b:00.2")));
}

TEST(KmsgRecord, ResolvesEscapesAndKeepsWhatIsNone) {
    EXPECT_EQ(parseKmsg("6,1,0,-;a\\x0ab\\x5cx41 \\xc3\\xa9")->text, "a\nb\\x41 \xc3\xa9");
    EXPECT_EQ(parseKmsg("6,1,0,-;50\\x\\xg1\\x4")->text, "50\\x\\xg1\\x4");
    EXPECT_EQ(parseKmsg("6,1,0,-; a;b")->text, " a;b") << "only the first semicolon ends the prefix";
}

TEST(KmsgRecord, ThatIsNoneIsRefused) {
    for (const char* line : {"", "6,1,0,-", "6,1;text", "x,1,0,-;text", "6,1,-5,-;text", "6,,0,-;text",
                             "-1,1,0,-;text", "6,99999999999999999999,0,-;text"})
        EXPECT_FALSE(parseKmsg(line)) << line;
    EXPECT_EQ(parseKmsg("6,1,18446744073709551615,-;text")->timestampUs, (std::int64_t{1} << 53) - 1)
        << "as nanoseconds it must not overflow";
    EXPECT_THAT(parseKmsg("6,1,0,-;text\nno key\n=\n KEY")->keys, ElementsAre(Pair("KEY", "")));
}

/// "none", "driver", or the index of the device.
std::string matched(const std::string& text, const std::vector<LogSubject>& subjects = twoDevices) {
    const auto match = KmsgFilter(subjects).match(*parseKmsg("4,1,1,-;" + text));
    if (!match)
        return "none";
    return match->subject ? std::to_string(*match->subject) : "driver";
}

TEST(KmsgFilter, FindsDevicesByEveryNameTheyHave) {
    EXPECT_EQ(matched("vfio-pci 0000:3b:00.2: enabling device (0000 -> 0002)"), "0");
    EXPECT_EQ(matched("pcieport 0000:3a:00.0: AER: Uncorrected error message received from 0000:3b:00.2"),
              "0");
    EXPECT_EQ(matched("vfio_mdev 83B8F4F2-509f-382f-3c1e-e6bfe0fa1001: Adding to iommu group 12"), "1");
    EXPECT_EQ(matched("vfio-dev vfio12: released"), "1");
    EXPECT_EQ(matched("something else\n SUBSYSTEM=pci\n DEVICE=+pci:0000:3b:00.2"), "0");
    EXPECT_EQ(matched("something else\n OTHER=+pci:0000:3b:00.2"), "none");
}

TEST(KmsgFilter, FindsFaultsOfTheIommu) {
    EXPECT_EQ(matched("DMAR: [DMA Write NO_PASID] Request device [3b:00.2] fault addr 0x7ee000 [fault reason "
                      "0x05] PTE Write access is not set"),
              "0");
    EXPECT_EQ(matched("vfio-pci 0000:3b:00.2: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0021 "
                      "address=0xfe000000 flags=0x0000]"),
              "0");
    EXPECT_EQ(matched("AMD-Vi: Event logged [INVALID_DEVICE_REQUEST device=0000:3b:00.2 pasid=0x00000]"),
              "0");
}

TEST(KmsgFilter, FindsTheDriverAsAWholeWordInEitherSpelling) {
    EXPECT_EQ(matched("mlx5_vfio_pci: module verification failed"), "driver");
    EXPECT_EQ(matched("mlx5-vfio-pci: probe"), "driver");
    EXPECT_EQ(matched("mlx5_vfio_pci 0000:99:00.1: other function"), "driver");
    EXPECT_EQ(matched("x\n SUBSYSTEM=mtty"), "driver");
    EXPECT_EQ(matched("mlx5_vfio_pci_more: no"), "none");
    EXPECT_EQ(matched("mlx5_core 0000:3b:00.0: only given names"), "none");
    EXPECT_EQ(matched("mlx5_vfio_pci loaded", {{"0000:01:00.0", "vfio-pci", ""}}), "none");
}

TEST(KmsgFilter, TakesNoLongerNameForTheDevice) {
    EXPECT_EQ(matched("foo 0001:3b:00.2: another domain"), "none");
    EXPECT_EQ(matched("foo 10000:3b:00.2: another domain"), "none");
    EXPECT_EQ(matched("foo 0000:3b:00.21"), "none");
    EXPECT_EQ(matched("foo a3b:00.2"), "none");
    EXPECT_EQ(matched("vfio30 vfio1 my-vfio3"), "none");
    EXPECT_EQ(matched("foo 3b:00.2", {{"0001:3b:00.2", "", ""}}), "none") << "short names are of domain 0";
    EXPECT_EQ(matched("anything", {{"", "", ""}}), "none");
}

TEST(PrintkTime, TakesTheLeastDifferenceForThatOfTheClocks) {
    PrintkTime time(100s);
    // The stamps run 2 s behind the clock; the first line was read 30 ms late, the second after 20 us.
    time.learn(99'000'000, 101s + 30ms);
    EXPECT_EQ(time.at(99'000'000, 101s + 30ms), 101s + 30ms);
    time.learn(100'000'000, 102s + 20us);
    EXPECT_EQ(time.at(99'000'000, 102s + 20us), 101s + 20us);
    EXPECT_EQ(time.at(100'500'000, 102s + 600ms), 102s + 500ms + 20us);
}

TEST(PrintkTime, IsNeitherInTheFutureNorBeforeTheStart) {
    PrintkTime time(100s);
    time.learn(50'000'000, 110s);
    EXPECT_EQ(time.at(70'000'000, 111s), 111s);
    EXPECT_EQ(time.at(1'000'000, 111s), 100s);
}

/// Answers of read(2), one after another; then EAGAIN for ever.
class Script {
public:
    explicit Script(std::deque<std::string> lines) : lines_(std::move(lines)) {}
    long operator()(std::span<char> into) {
        if (lines_.empty())
            return -EAGAIN;
        const std::string line = lines_.front();
        lines_.pop_front();
        if (line == "EPIPE" || line == "EINTR" || line == "EIO")
            return line == "EPIPE" ? -EPIPE : line == "EINTR" ? -EINTR : -EIO;
        std::memcpy(into.data(), line.data(), std::min(line.size(), into.size()));
        return static_cast<long>(line.size());
    }

private:
    std::deque<std::string> lines_;
};

std::vector<KernelLogNews> drained(std::deque<std::string> lines, KmsgDrain::Left wanted) {
    VirtualClock clock(5s);
    KmsgDrain drain(twoDevices, clock);
    clock.advance(1s);
    std::vector<KernelLogNews> news;
    Script script(std::move(lines));
    EXPECT_EQ(drain.drain([&](std::span<char> into) { return script(into); },
                          [&](const KernelLogNews& each) { news.push_back(each); }),
              wanted);
    return news;
}

TEST(KmsgDrain, HandsOverWhatIsAboutTheDevices) {
    const auto news = drained({"3,7,4999000,-;vfio-pci 0000:3b:00.2: a", "EINTR", "6,8,4999500,-;usb 1-1: b",
                               "12,9,5000000,-;mtty: c"},
                              KmsgDrain::Left::Nothing);
    ASSERT_EQ(news.size(), 2U);
    const auto& first = std::get<KernelLogLine>(news[0]);
    EXPECT_EQ(first.text, "vfio-pci 0000:3b:00.2: a");
    EXPECT_EQ(first.sequence, 7U);
    EXPECT_EQ(first.priority, 3U);
    EXPECT_EQ(first.printkUs, 4999000) << "raw";
    EXPECT_EQ(first.subject, 0U);
    EXPECT_EQ(first.time, 6s - 1ms) << "before the last of its burst by the difference of their stamps";
    const auto& second = std::get<KernelLogLine>(news[1]);
    EXPECT_EQ(second.priority, 12U) << "with its facility";
    EXPECT_FALSE(second.subject);
    EXPECT_EQ(second.time, 6s);
}

TEST(KmsgDrain, CountsWhatWasOverwritten) {
    const auto news = drained({"6,7,1,-;mtty: a", "EPIPE", "6,30,2,-;usb: b", "6,31,3,-;mtty: c"},
                              KmsgDrain::Left::Nothing);
    ASSERT_EQ(news.size(), 3U);
    EXPECT_EQ(std::get<KernelLogLoss>(news[1]).lines, 22U);
    EXPECT_EQ(std::get<KernelLogLine>(news[2]).text, "mtty: c");
    const auto unknown = drained({"EPIPE", "6,30,2,-;usb: b"}, KmsgDrain::Left::Nothing);
    ASSERT_EQ(unknown.size(), 1U);
    EXPECT_EQ(std::get<KernelLogLoss>(unknown[0]).lines, 1U) << "at least";
}

TEST(KmsgDrain, EndsAtAFailureAndGivesBackAfterABurst) {
    EXPECT_EQ(drained({"6,7,1,-;mtty: a", "EIO", "6,8,1,-;mtty: b"}, KmsgDrain::Left::Never).size(), 1U);
    EXPECT_EQ(drained(std::deque<std::string>(1000, "6,7,1,-;mtty: a"), KmsgDrain::Left::More).size(), 256U);
}

TEST(KmsgReader, SaysWhyItCannotRead) {
    SteadyClock clock;
    const auto none = KmsgReader::start(twoDevices, clock, [](const KernelLogNews&) {}, "/nonexistent/kmsg");
    ASSERT_FALSE(none);
    EXPECT_TRUE(none.error().isErrno(ENOENT));
    EXPECT_EQ(none.error().where, "/nonexistent/kmsg");
}

TEST(KmsgReader, HandsOverWhatWasLoggedUntilItsEnd) {
    int ends[2] = {-1, -1};
    // A packet a read, as of /dev/kmsg.
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    const UniqueFd writer(ends[1]);
    SteadyClock clock;
    std::vector<std::string> seen; // the reader's thread only, until it is joined
    {
        const auto watch =
            KmsgReader::startOn(UniqueFd(ends[0]), twoDevices, clock, [&](const KernelLogNews& news) {
                seen.push_back(std::get<KernelLogLine>(news).text);
            });
        ASSERT_TRUE(watch) << describe(watch.error());
        for (const std::string line : {"6,1,1,-;mtty: a", "6,2,2,-;usb: b", "6,3,3,-;mtty: c"})
            ASSERT_GT(::write(writer.get(), line.data(), line.size()), 0);
    }
    EXPECT_THAT(seen, ElementsAre("mtty: a", "mtty: c"));
}

TEST(KmsgReader, IsWhatTheKernelsBackendWatchesWith) {
    SteadyClock clock;
    const auto watch = makeKernelBackend(clock)->watchLog(twoDevices, [](const KernelLogNews&) {});
    if (watch)
        EXPECT_NE(*watch, nullptr) << "it outlives its backend";
    else
        EXPECT_EQ(watch.error().where, "/dev/kmsg");
}

TEST(KmsgReader, StartsAndEndsAtOnce) {
    SteadyClock clock;
    for (int i = 0; i < 20; ++i) {
        const auto watch = KmsgReader::start(twoDevices, clock, [](const KernelLogNews&) {});
        // A sandbox without the file or the right is a sentence, not a crash.
        if (!watch) {
            EXPECT_NE(watch.error().errnoValue(), 0);
        }
    }
}

} // namespace
} // namespace migscope::test
