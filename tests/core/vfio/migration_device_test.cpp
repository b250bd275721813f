// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The typed client against a scripted driver: the bytes that it sends, and what it makes of odd answers.
#include "core/vfio/migration_device.h"

#include <cerrno>
#include <cstring>
#include <deque>
#include <functional>

#include <gtest/gtest.h>

#include "core/uapi/vfio.h"

namespace migscope {
namespace {

/// Answers of a stream, one a call.
struct StreamScript {
    std::deque<Result<std::size_t>> reads;
    std::deque<Result<std::size_t>> writes;
    RawPrecopyInfo info;
    int infoErrno = 0;
    int destroyed = 0;
};

class ScriptedStream final : public DataStream {
public:
    explicit ScriptedStream(StreamScript& script) : script_(script) {}
    ~ScriptedStream() override { ++script_.destroyed; }
    Result<std::size_t> read(std::span<std::byte>) override { return next(script_.reads); }
    Result<std::size_t> write(std::span<const std::byte>) override { return next(script_.writes); }
    Result<RawPrecopyInfo> precopyInfo() override {
        if (script_.infoErrno != 0)
            return failErrno(script_.infoErrno, "info", "");
        return script_.info;
    }
    void interrupt() override {}

private:
    static Result<std::size_t> next(std::deque<Result<std::size_t>>& from) {
        if (from.empty())
            return std::size_t{0};
        auto first = from.front();
        from.pop_front();
        return first;
    }
    StreamScript& script_;
};

/// A driver that does what the test says, and remembers every byte.
class ScriptedDevice final : public DeviceIo {
public:
    struct Script {
        std::vector<std::vector<std::byte>> calls;
        std::uint64_t flags = 7;
        std::uint32_t state = uapi::stateRunning;
        int migrationErrno = 0;
        int getErrno = 0;
        int setErrno = 0;
        std::int32_t fd = 5;
        bool fdOnFailure = false;
        std::uint64_t size = 96;
        int precopyV2Errno = ENOTTY;
        std::vector<RegionInfo> regions;
        int regionsAsked = 0;
        StreamScript stream;
        int interruptedGets = 0;   ///< so many GETs of the state end with EINTR
        int interruptedResets = 0; ///< and so many resets
        bool deviceGone = false;
        int streamsDeadAtDeviceEnd = -1;
    };
    explicit ScriptedDevice(Script& script) : script_(script) {}
    ~ScriptedDevice() override {
        script_.deviceGone = true;
        script_.streamsDeadAtDeviceEnd = script_.stream.destroyed;
    }

    Result<void> feature(std::span<std::byte> bytes) override {
        script_.calls.emplace_back(bytes.begin(), bytes.end());
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes.data()) % 8, 0U) << "payloads have 64-bit members";
        uapi::VfioDeviceFeature header{};
        std::memcpy(&header, bytes.data(), sizeof header);
        EXPECT_EQ(header.argsz, bytes.size());
        const auto index = header.flags & uapi::featureMask;
        if ((header.flags & uapi::featureProbe) != 0)
            return answer(index == uapi::featureMigPrecopyInfoV2 ? script_.precopyV2Errno : ENOTTY);
        if (index == uapi::featureMigPrecopyInfoV2)
            return {};
        if (index == uapi::featureMigration) {
            put(bytes, uapi::VfioDeviceFeatureMigration{script_.flags});
            return answer(script_.migrationErrno);
        }
        if (index == uapi::featureMigDataSize) {
            put(bytes, uapi::VfioDeviceFeatureMigDataSize{script_.size});
            return {};
        }
        if ((header.flags & uapi::featureGet) != 0) {
            put(bytes, uapi::VfioDeviceFeatureMigState{script_.state, -1});
            return answer(script_.interruptedGets-- > 0 ? EINTR : script_.getErrno);
        }
        uapi::VfioDeviceFeatureMigState set{};
        std::memcpy(&set, bytes.data() + sizeof header, sizeof set);
        EXPECT_EQ(set.dataFd, -1) << "-1 stands in the buffer before every SET";
        if (script_.setErrno != 0) {
            if (script_.fdOnFailure)
                put(bytes, uapi::VfioDeviceFeatureMigState{set.deviceState, script_.fd});
            return answer(script_.setErrno);
        }
        script_.state = set.deviceState;
        const bool opens = set.deviceState == uapi::statePreCopy || set.deviceState == uapi::stateResuming ||
                           set.deviceState == uapi::stateStopCopy;
        put(bytes, uapi::VfioDeviceFeatureMigState{set.deviceState, opens ? script_.fd : -1});
        return {};
    }
    Result<std::unique_ptr<DataStream>> takeStream(std::int32_t token) override {
        EXPECT_EQ(token, script_.fd);
        return std::make_unique<ScriptedStream>(script_.stream);
    }
    Result<DeviceInfo> info() override {
        return DeviceInfo{uapi::deviceFlagPci, 9 + static_cast<std::uint32_t>(script_.regions.size()), 5};
    }
    Result<RegionInfo> regionInfo(std::uint32_t index) override {
        ++script_.regionsAsked;
        return script_.regions.at(index - 9);
    }
    Result<void> reset() override {
        if (script_.interruptedResets-- > 0)
            return answer(EINTR);
        script_.state = uapi::stateRunning;
        return {};
    }
    void interrupt() override {}
    std::string access() const override { return "scripted"; }

private:
    static Result<void> answer(int errnoValue) {
        return errnoValue == 0 ? Result<void>{} : failErrno(errnoValue, "VFIO_DEVICE_FEATURE", "scripted");
    }
    template<class Payload>
    static void put(std::span<std::byte> bytes, const Payload& payload) {
        ASSERT_GE(bytes.size(), sizeof(uapi::VfioDeviceFeature) + sizeof payload);
        std::memcpy(bytes.data() + sizeof(uapi::VfioDeviceFeature), &payload, sizeof payload);
    }
    Script& script_;
};

class MigrationDeviceTest : public ::testing::Test {
protected:
    MigrationDevice& device() {
        if (!device_)
            device_ = std::make_unique<MigrationDevice>("0000:01:00.1",
                                                        std::make_unique<ScriptedDevice>(script_), clock_);
        return *device_;
    }
    [[nodiscard]] int sets() const {
        int count = 0;
        for (const auto& call : script_.calls) {
            uapi::VfioDeviceFeature header{};
            std::memcpy(&header, call.data(), sizeof header);
            count += header.flags == (uapi::featureSet | uapi::featureMigDeviceState) ? 1 : 0;
        }
        return count;
    }
    SteadyClock clock_;
    ScriptedDevice::Script script_;
    std::unique_ptr<MigrationDevice> device_;
    std::array<std::byte, 64> buffer_{};
};

TEST_F(MigrationDeviceTest, aSetIsSixteenBytesWithTheFeatureAndTheState) {
    ASSERT_TRUE(device().probe());
    script_.calls.clear();
    ASSERT_TRUE(device().setState(MigState::RunningP2p));
    ASSERT_EQ(script_.calls.size(), 1U);
    ASSERT_EQ(script_.calls[0].size(), 16U);
    std::array<std::uint32_t, 4> words{};
    std::memcpy(words.data(), script_.calls[0].data(), 16);
    EXPECT_EQ(words[0], 16U);
    EXPECT_EQ(words[1], 0x20002U) << "SET of feature 2";
    EXPECT_EQ(words[2], 5U);
    EXPECT_EQ(words[3], 0xffffffffU);
}

TEST_F(MigrationDeviceTest, nothingIsSetBeforeTheDeviceWasLookedAt) {
    EXPECT_FALSE(device().setState(MigState::Stop));
    EXPECT_EQ(sets(), 0);
}

TEST_F(MigrationDeviceTest, dataFdZeroIsAStream) {
    script_.fd = 0;
    ASSERT_TRUE(device().probe());
    const auto outcomes = device().setState(MigState::PreCopy);
    ASSERT_TRUE(outcomes);
    EXPECT_FALSE(outcomes->back().error);
    EXPECT_TRUE(device().hasStream());
}

TEST_F(MigrationDeviceTest, theStreamIsClosedBeforeItsDevice) {
    ASSERT_TRUE(device().probe());
    ASSERT_TRUE(device().setState(MigState::PreCopy));
    device_.reset();
    EXPECT_TRUE(script_.deviceGone);
    EXPECT_EQ(script_.streamsDeadAtDeviceEnd, 1);
}

TEST_F(MigrationDeviceTest, theFdOfAFailedSetIsNeverLookedAt) {
    ASSERT_TRUE(device().probe());
    script_.setErrno = EFAULT;
    script_.fdOnFailure = true;
    const auto outcomes = device().setState(MigState::PreCopy);
    ASSERT_TRUE(outcomes);
    ASSERT_TRUE(outcomes->back().error);
    EXPECT_TRUE(outcomes->back().error->isErrno(EFAULT));
    EXPECT_FALSE(device().hasStream());
    EXPECT_EQ(outcomes->back().stateAfter, MigState::Running) << "as GET says";
}

TEST_F(MigrationDeviceTest, whenGetFailsTooTheStateIsUnknownAndOnlyAResetIsLeft) {
    ASSERT_TRUE(device().probe());
    script_.setErrno = EIO;
    script_.getErrno = EIO;
    const auto outcomes = device().setState(MigState::RunningP2p);
    ASSERT_TRUE(outcomes);
    EXPECT_FALSE(outcomes->back().stateAfter);
    EXPECT_TRUE(device().needsReset());
    script_.setErrno = 0;
    const int before = sets();
    EXPECT_FALSE(device().setState(MigState::RunningP2p));
    EXPECT_EQ(sets(), before);
    script_.getErrno = 0;
    EXPECT_EQ(device().reset().outcome, ResetOutcome::Done);
    EXPECT_FALSE(device().needsReset());
}

TEST_F(MigrationDeviceTest, anInterruptedGetIsAskedAgainAndCostsNoReset) {
    ASSERT_TRUE(device().probe());
    script_.interruptedGets = 3;
    script_.setErrno = EINTR;
    const auto failed = device().setState(MigState::StopCopy);
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->back().stateAfter, MigState::Running);
    EXPECT_FALSE(device().needsReset());
}

TEST_F(MigrationDeviceTest, anInterruptedResetIsMadeAgain) {
    ASSERT_TRUE(device().probe());
    script_.interruptedResets = 2;
    const ResetResult reset = device().reset();
    EXPECT_EQ(reset.outcome, ResetOutcome::Done);
    EXPECT_EQ(reset.attempts, 3);
    EXPECT_FALSE(reset.error);
}

TEST_F(MigrationDeviceTest, aLoadGivenUpHalfWayIsOnlyEndedByReset) {
    ASSERT_TRUE(device().probe());
    ASSERT_TRUE(device().setState(MigState::Resuming));
    device().spoilLoad();
    EXPECT_FALSE(device().hasStream());
    const int before = sets();
    EXPECT_FALSE(device().setState(MigState::Stop));
    EXPECT_EQ(sets(), before);
    EXPECT_EQ(device().reset().outcome, ResetOutcome::Done);
    EXPECT_TRUE(device().setState(MigState::Stop));
}

TEST_F(MigrationDeviceTest, inErrorAndWhenFoundElsewhereNoSetIsMade) {
    for (const std::uint32_t found :
         {uapi::stateError, uapi::stateResuming, uapi::stateStopCopy, uapi::statePreCopy, 99U}) {
        script_ = {};
        script_.state = found;
        device_.reset();
        const auto caps = device().probe();
        ASSERT_TRUE(caps);
        EXPECT_TRUE(caps->needsReset) << found;
        EXPECT_FALSE(device().setState(MigState::Running));
        EXPECT_EQ(sets(), 0) << found;
    }
}

TEST_F(MigrationDeviceTest, anErrnoThatADriverLeaksAsSizeIsUnknown) {
    script_.size = static_cast<std::uint64_t>(-std::int64_t{EIO});
    const auto caps = device().probe();
    ASSERT_TRUE(caps);
    EXPECT_FALSE(caps->stopCopySize.bytes);
    EXPECT_EQ(caps->stopCopySize.errnoValue, EIO);
    EXPECT_FALSE(caps->stopCopySize.whyUnknown.empty());
}

TEST_F(MigrationDeviceTest, precopyInfoV2IsToldFromAnOldKernelAndADeviceWithoutPreCopy) {
    script_.precopyV2Errno = ENOTTY;
    EXPECT_EQ(device().probe()->precopyInfoV2, PrecopyInfoV2::KernelTooOld);
    script_.flags = 3;
    script_.precopyV2Errno = EINVAL;
    EXPECT_EQ(device().probe()->precopyInfoV2, PrecopyInfoV2::DeviceHasNoPreCopy);
    script_.flags = 7;
    script_.precopyV2Errno = 0;
    EXPECT_EQ(device().probe()->precopyInfoV2, PrecopyInfoV2::Available);
}

TEST_F(MigrationDeviceTest, flagsOfThePrecopyInfoAreIgnoredUntilTheyWereAskedFor) {
    script_.stream.info = {10, 20, uapi::precopyInfoReinit};
    ASSERT_TRUE(device().probe());
    ASSERT_TRUE(device().setState(MigState::PreCopy));
    EXPECT_FALSE(device().precopyInfo()->reinit) << "the kernel echoes garbage there";
    ASSERT_TRUE(device().optInPrecopyInfoV2());
    EXPECT_TRUE(device().precopyInfo()->reinit);
}

TEST_F(MigrationDeviceTest, precopyInfoIsOnlyAskedInPreCopy) {
    ASSERT_TRUE(device().probe());
    EXPECT_FALSE(device().precopyInfo());
    ASSERT_TRUE(device().setState(MigState::PreCopy));
    EXPECT_TRUE(device().precopyInfo());
    ASSERT_TRUE(device().setState(MigState::StopCopy));
    EXPECT_FALSE(device().precopyInfo());
}

TEST_F(MigrationDeviceTest, zeroAndEnomsgMeanDrainedInPreCopyAndOnlyZeroEndsStopCopy) {
    script_.stream.reads = {std::size_t{3}, std::size_t{0}, failErrno(ENOMSG, "read", ""), std::size_t{0}};
    ASSERT_TRUE(device().probe());
    ASSERT_TRUE(device().setState(MigState::PreCopy));
    EXPECT_EQ(device().read(buffer_)->meaning, ReadMeaning::Data);
    EXPECT_EQ(device().read(buffer_)->meaning, ReadMeaning::Drained);
    EXPECT_EQ(device().read(buffer_)->meaning, ReadMeaning::Drained);
    script_.fd = -1; // the stream of the session goes on, no new fd comes
    ASSERT_TRUE(device().setState(MigState::StopCopy));
    EXPECT_TRUE(device().hasStream());
    EXPECT_EQ(device().read(buffer_)->meaning, ReadMeaning::EndOfStream);
    script_.stream.reads = {failErrno(ENOMSG, "read", "")};
    const auto bad = device().read(buffer_);
    ASSERT_FALSE(bad);
    EXPECT_TRUE(bad.error().isErrno(ENOMSG));
}

TEST_F(MigrationDeviceTest, aCancelledReadKeepsItsStreamAndAnyOtherErrorEndsIt) {
    script_.stream.reads = {fail(Errc::Cancelled, "read", ""), failErrno(EIO, "read", "")};
    ASSERT_TRUE(device().probe());
    ASSERT_TRUE(device().setState(MigState::PreCopy));
    EXPECT_FALSE(device().read(buffer_));
    EXPECT_TRUE(device().hasStream());
    EXPECT_FALSE(device().read(buffer_));
    EXPECT_FALSE(device().hasStream());
}

TEST_F(MigrationDeviceTest, whicheverCallMeetsADeadSessionSaysSo) {
    script_.stream.reads = {failErrno(ENODEV, "read", "")};
    script_.stream.writes = {failErrno(ENODEV, "write", "")};
    script_.stream.infoErrno = ENODEV;
    ASSERT_TRUE(device().probe());
    ASSERT_TRUE(device().setState(MigState::PreCopy));
    const auto says = [](const Error& error) {
        return error.detail.find("session has ended") != error.detail.npos;
    };
    EXPECT_TRUE(says(device().precopyInfo().error()));
    EXPECT_TRUE(says(device().read(buffer_).error()));
    ASSERT_TRUE(device().setState(MigState::Resuming));
    Ns spent{0};
    EXPECT_TRUE(says(device().writeAll(buffer_, spent).error()));
}

TEST_F(MigrationDeviceTest, writesGoOnAfterShortCountsAndEndAtTheFirstError) {
    script_.stream.writes = {std::size_t{10}, std::size_t{54}, std::size_t{5},
                             failErrno(EINVAL, "write", "")};
    ASSERT_TRUE(device().probe());
    ASSERT_TRUE(device().setState(MigState::Resuming));
    Ns spent{0};
    EXPECT_TRUE(device().writeAll(buffer_, spent));
    const auto bad = device().writeAll(buffer_, spent);
    ASSERT_FALSE(bad);
    EXPECT_TRUE(bad.error().isErrno(EINVAL));
    EXPECT_TRUE(device().needsReset()) << "the driver would accept the garbage as state";
    const int before = sets();
    EXPECT_FALSE(device().writeAll(buffer_, spent));
    EXPECT_FALSE(device().setState(MigState::Stop));
    EXPECT_EQ(sets(), before);
}

TEST_F(MigrationDeviceTest, aWriteThatTakesNothingOrTooMuchDoesNotLoop) {
    for (const std::size_t answer : {std::size_t{0}, std::size_t{65}}) {
        script_ = {};
        device_.reset();
        script_.stream.writes = {answer};
        ASSERT_TRUE(device().probe());
        ASSERT_TRUE(device().setState(MigState::Resuming));
        Ns spent{0};
        const auto bad = device().writeAll(buffer_, spent);
        ASSERT_FALSE(bad);
        EXPECT_TRUE(bad.error().is(Errc::ProtocolViolation));
    }
}

TEST_F(MigrationDeviceTest, protocolV1IsRecognisedByItsRegionAndNeverDriven) {
    script_.migrationErrno = ENOTTY;
    script_.regions = {{9, 3, 4096, 0, 1, 1},
                       {10, 3, 65536, 0, uapi::regionTypeMigrationV1, uapi::regionSubtypeMigrationV1}};
    const auto caps = device().probe();
    ASSERT_TRUE(caps);
    EXPECT_EQ(caps->protocol, Protocol::V1Only);
    EXPECT_FALSE(device().setState(MigState::Stop));
    EXPECT_EQ(sets(), 0);
}

TEST_F(MigrationDeviceTest, aRegionTooSmallOrReadOnlyIsNoV1) {
    script_.migrationErrno = ENOTTY;
    script_.regions = {{9, 3, 31, 0, uapi::regionTypeMigrationV1, uapi::regionSubtypeMigrationV1},
                       {10, 1, 4096, 0, uapi::regionTypeMigrationV1, uapi::regionSubtypeMigrationV1}};
    EXPECT_EQ(device().probe()->protocol, Protocol::None);
}

TEST_F(MigrationDeviceTest, v2WinsOverV1AndAnOldKernelsEinvalMeansNone) {
    script_.regions = {{9, 3, 4096, 0, uapi::regionTypeMigrationV1, uapi::regionSubtypeMigrationV1}};
    EXPECT_EQ(device().probe()->protocol, Protocol::V2);
    EXPECT_EQ(script_.regionsAsked, 0);
    script_ = {};
    script_.migrationErrno = EINVAL;
    device_.reset();
    EXPECT_EQ(device().probe()->protocol, Protocol::None);
    script_.migrationErrno = EIO;
    device_.reset();
    const auto bad = device().probe();
    ASSERT_FALSE(bad) << "a device that cannot wake up is an error, not a device without migration";
    EXPECT_TRUE(bad.error().isErrno(EIO));
}

TEST_F(MigrationDeviceTest, stampsStandAroundTheCall) {
    ASSERT_TRUE(device().probe());
    const Ns before = clock_.now();
    const auto outcomes = device().setState(MigState::StopCopy);
    const Ns after = clock_.now();
    ASSERT_TRUE(outcomes);
    ASSERT_EQ(outcomes->size(), 3U);
    Ns last = before;
    for (const ArcOutcome& outcome : *outcomes) {
        EXPECT_LE(last, outcome.called);
        EXPECT_LE(outcome.called, outcome.returned);
        last = outcome.returned;
    }
    EXPECT_LE(last, after);
}

} // namespace
} // namespace migscope
