// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What calls say of themselves: their values, and nothing where the bytes do not hold them.
#include "core/check/call_words.h"

#include <cerrno>
#include <cstring>

#include "core/check/subject.h"
#include "core/vfio/device_feature.h"
#include "tests/core/check/check_fixture.h"

namespace migscope::test {
namespace {

using uapi::featureGet;
using uapi::featureProbe;
using uapi::featureSet;

std::vector<std::byte> bytesOf(std::span<std::byte> bytes) {
    return {bytes.begin(), bytes.end()};
}

CheckCall call(std::string op, std::vector<std::byte> in, std::vector<std::byte> out, int error = 0) {
    CheckCall made;
    made.record = {std::move(op), std::move(in), std::move(out), error, Ns{0}, Ns{0}};
    return made;
}

std::vector<std::byte> stateBytes(std::uint32_t operation, std::uint32_t state, std::int32_t fd) {
    FeatureCall<uapi::VfioDeviceFeatureMigState> raw(operation | uapi::featureMigDeviceState, {state, fd});
    return bytesOf(raw.bytes());
}

std::vector<std::byte> raw(std::uint32_t flags, std::vector<std::uint64_t> words = {},
                           std::optional<std::uint32_t> argsz = {}) {
    RawFeature feature(flags, std::move(words), argsz);
    return bytesOf(feature.bytes());
}

std::vector<std::byte> number(std::uint64_t value) {
    std::vector<std::byte> bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

TEST(CallWords, StatesAndDataFds) {
    const auto get = stateBytes(featureGet, 0, -1);
    EXPECT_EQ(callAnswer(call("GET MIG_DEVICE_STATE", get, stateBytes(featureGet, 3, -1))), "STOP_COPY");
    EXPECT_EQ(callAnswer(call("GET MIG_DEVICE_STATE", get, stateBytes(featureGet, 3, 7))),
              "STOP_COPY, data_fd 7");
    EXPECT_EQ(callAnswer(call("GET MIG_DEVICE_STATE", get, stateBytes(featureGet, 9, -1))), "device_state 9");
    EXPECT_EQ(callAnswer(call("GET MIG_DEVICE_STATE", get, get, EIO)), "");
    const auto set = stateBytes(featureSet, 3, -1);
    EXPECT_EQ(callAnswer(call("SET STOP_COPY", set, stateBytes(featureSet, 3, 0))), "data_fd 0");
    EXPECT_EQ(callAnswer(call("SET STOP_COPY", set, stateBytes(featureSet, 3, -1))), "data_fd -1");
    // What stands in the buffer of a SET that failed is what was asked for.
    EXPECT_EQ(callAnswer(call("SET STOP_COPY", set, stateBytes(featureSet, 3, 5), EIO)), "");
    const auto none = stateBytes(featureSet, 8, -1);
    EXPECT_EQ(callAnswer(call("SET", none, none, EINVAL)), "device_state 8");
}

TEST(CallWords, FlagsAndSizes) {
    const auto flags = raw(featureGet | uapi::featureMigration, {0});
    EXPECT_EQ(callAnswer(call("GET MIGRATION", flags, raw(featureGet | uapi::featureMigration, {5}))),
              "answers flags 0x5 (STOP_COPY | PRE_COPY)");
    const auto size = raw(featureGet | uapi::featureMigDataSize, {0});
    EXPECT_EQ(callAnswer(call("GET MIG_DATA_SIZE", size, raw(featureGet | uapi::featureMigDataSize, {4096}))),
              "stop_copy_length 4096");
    EXPECT_EQ(callAnswer(call("GET MIG_DATA_SIZE", size,
                              raw(featureGet | uapi::featureMigDataSize, {~std::uint64_t{0} - 4}))),
              "stop_copy_length 18446744073709551611 (-5 as a signed number)");
    EXPECT_EQ(callAnswer(call("GET MIG_DATA_SIZE", size, size, ENOTTY)), "");
}

TEST(CallWords, HeadersThatAreOddAreShown) {
    const auto tooSmall = raw(featureGet | uapi::featureMigration, {0}, 4);
    EXPECT_EQ(callAnswer(call("GET MIGRATION", tooSmall, tooSmall, EINVAL)),
              "argsz 4, flags 0x10001 (GET | MIGRATION (feature 1))");
    const auto large = raw(featureGet | uapi::featureMigration, {0, 0, 0});
    EXPECT_EQ(callAnswer(call("GET MIGRATION", large, raw(featureGet | uapi::featureMigration, {1, 0, 0}))),
              "argsz 32, flags 0x10001 (GET | MIGRATION (feature 1)), answers flags 0x1 (STOP_COPY)");
    const auto probe = raw(featureProbe | featureSet | uapi::featureMigDeviceState, {1});
    EXPECT_EQ(callAnswer(call("PROBE MIG_DEVICE_STATE", probe, probe)),
              "argsz 16, flags 0x60002 (PROBE | SET | MIG_DEVICE_STATE (feature 2))");
    const auto unknown = raw(featureProbe | featureGet | 0x7fffU);
    EXPECT_EQ(callAnswer(call("PROBE 0x7fff", unknown, unknown, ENOTTY)),
              "argsz 8, flags 0x57fff (PROBE | GET | an unknown feature (feature 32767))");
}

TEST(CallWords, PrecopyInfo) {
    uapi::VfioPrecopyInfo info{24, 0, 1024, 12};
    std::vector<std::byte> came(sizeof info);
    std::memcpy(came.data(), &info, sizeof info);
    EXPECT_EQ(callAnswer(call("GET_PRECOPY_INFO", came, came)),
              "initial_bytes 1024, dirty_bytes 12, flags 0x0");
    EXPECT_EQ(callAnswer(call("GET_PRECOPY_INFO", came, came, EINVAL)), "");
    info.argsz = 16;
    std::memcpy(came.data(), &info, sizeof info);
    EXPECT_EQ(callAnswer(call("GET_PRECOPY_INFO", came, came, EINVAL)), "argsz 16");
}

TEST(CallWords, RangesAndPagesOfDmaLogging) {
    const auto asked = raw(featureSet | uapi::featureDmaLoggingStart, {4096, 1, 0xdead});
    const auto came = raw(featureSet | uapi::featureDmaLoggingStart, {8192, 1, 0xdead});
    CheckCall start = call("SET DMA_LOGGING_START", asked, came);
    start.ranges = {{0x100000000, 0x100000}};
    EXPECT_EQ(callAnswer(start), "page_size 4096, 1 range: 0x100000000+1048576, it took page_size 8192");
    start.record.errnoValue = E2BIG;
    start.record.in = raw(featureSet | uapi::featureDmaLoggingStart, {4096, 257, 0xdead});
    start.ranges.assign(4, {0x1000, 0x1000});
    EXPECT_EQ(callAnswer(start), "page_size 4096, 257 ranges: 0x1000+4096, 0x1000+4096, 0x1000+4096, …");
    const auto report =
        raw(featureGet | uapi::featureDmaLoggingReport, {0x100000000, 0x100000, 2048, 0xdead});
    EXPECT_EQ(callAnswer(call("GET DMA_LOGGING_REPORT", report, report, EINVAL)),
              "0x100000000+1048576, page_size 2048");
}

TEST(CallWords, ReadsAndWrites) {
    CheckCall read = call("read", number(64), number(8));
    read.offset = 4096;
    read.bytes = 8;
    EXPECT_EQ(callAnswer(read), "8 of 64 bytes at offset 4096");
    read.record.out = number(0);
    EXPECT_EQ(callAnswer(read), "0 of 64 bytes at offset 4096");
    read.record.errnoValue = EIO;
    EXPECT_EQ(callAnswer(read), "64 bytes at offset 4096");
    EXPECT_EQ(callResult(read), "EIO");
    read.record.errnoValue = 0;
    read.unanswered = true;
    EXPECT_EQ(callResult(read), "no answer");
    CheckCall writes = call("write", number(7), number(7));
    writes.times = 3;
    writes.bytes = 21;
    writes.offset = 0;
    EXPECT_EQ(callAnswer(writes), "21 bytes in 3 calls at offset 0");
}

TEST(CallWords, BytesThatAreMissingGiveNothing) {
    const std::vector<std::string> ops{"GET MIG_DEVICE_STATE",  "SET STOP_COPY", "GET MIGRATION",
                                       "GET MIG_DATA_SIZE",     "read",          "write",
                                       "GET_PRECOPY_INFO",      "GET_INFO",      "SET DMA_LOGGING_START",
                                       "GET DMA_LOGGING_REPORT"};
    for (const std::string& op : ops)
        EXPECT_EQ(callAnswer(call(op, {}, {})), "") << op;
    for (const char* op : {"open", "close", "RESET", "lseek", "ioctl 0x3bff"})
        EXPECT_EQ(callAnswer(call(op, number(1), number(1))), "") << op;
    auto cut = stateBytes(featureSet, 3, 5);
    cut.pop_back();
    EXPECT_EQ(callAnswer(call("SET STOP_COPY", cut, cut)), "");
    for (std::size_t size = 0; size < 40; ++size) {
        const std::vector<std::byte> zeroes(size);
        for (const std::string& op : ops)
            (void)callAnswer(call(op, zeroes, zeroes)); // no read behind their end: a sanitizer looks
    }
}

TEST(CallWords, ARunKeepsWhatTheyNeed) {
    CheckRequest request;
    request.device = {checkDevice, "virtio_vfio_pci", {}, true};
    request.only = {"MIG-STREAM-006", "MIG-DMA-007", "MIG-FSM-005"};
    const CheckedMachine machine = runChecks(checkProfile(7), request);
    std::string all;
    for (const CheckResult& result : machine.report.results) {
        for (const CheckCall& made : result.calls)
            all += made.record.op + ": " + callResult(made) + ": " + callAnswer(made) + "\n";
    }
    EXPECT_NE(all.find("read: ok: 4096 of 1048576 bytes at offset 0\n"), std::string::npos) << all;
    EXPECT_NE(all.find("read: ok: 0 of 64 bytes at offset 4096\n"), std::string::npos) << all;
    EXPECT_NE(all.find("257 ranges: 0x100000000+4096, 0x100002000+4096, 0x100004000+4096, …\n"),
              std::string::npos)
        << all;
    EXPECT_NE(all.find("SET: EINVAL: device_state 4294967295\n"), std::string::npos) << all;
}

} // namespace
} // namespace migscope::test
