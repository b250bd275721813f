// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles are read whole or refused with the place and the reason.
#include "core/sim/sim_profile.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include <fmt/format.h>
#include <set>

#include <gtest/gtest.h>

#include "core/sim/sim_backend.h"

namespace migscope {
namespace {

using namespace std::chrono_literals;

std::string profileWith(const std::string& device) {
    return fmt::format(R"({{"schema": "migscope.sim-profile/1", "devices": [{}]}})", device);
}
std::string mlx5With(const std::string& keys) {
    return profileWith(fmt::format(R"({{"address": "0000:01:00.0", "family": "mlx5", {}}})", keys));
}

TEST(SimProfile, ReadsMisbehavioursByTheirNames) {
    const auto profile = parseSimProfile(mlx5With(R"("misbehaviours": ["stray-fd", "junk-accepted"])"), "p");
    ASSERT_TRUE(profile) << describe(profile.error());
    EXPECT_EQ(profile->devices.at(0).misbehaviours,
              (std::set{SimMisbehaviour::StrayFd, SimMisbehaviour::JunkAccepted}));
    for (const char* wrong : {R"("misbehaviours": ["sings"])", R"("misbehaviours": ["stray-fd", "stray-fd"])",
                              R"("misbehaviours": "stray-fd")", R"("misbehaviours": [1])"}) {
        const auto bad = parseSimProfile(mlx5With(wrong), "p");
        ASSERT_FALSE(bad) << wrong;
        EXPECT_NE(describe(bad.error()).find("misbehaviours"), std::string::npos);
    }
}

TEST(SimProfile, ReadsTheKeysOfDmaLogging) {
    const auto profile = parseSimProfile(
        mlx5With(R"("dma_log_start_ns_per_gib": 5, "dma_log_report_ns_per_gib": 7, "dma_pattern": "spread",
                    "faults": [{"kind": "dma-start-fails"}, {"kind": "dma-report-fails", "errno": "EBUSY"}])"),
        "p");
    ASSERT_TRUE(profile) << describe(profile.error());
    const auto& device = profile->devices.at(0);
    EXPECT_EQ(device.dmaLogStartPerGib, Ns{5});
    EXPECT_EQ(device.dmaLogReportPerGib, Ns{7});
    EXPECT_EQ(device.dmaPattern, SimDmaPattern::Spread);
    ASSERT_EQ(device.faults.size(), 2U);
    EXPECT_EQ(device.faults[0].errnoValue, ENOMEM);
    EXPECT_EQ(device.faults[1].errnoValue, EBUSY);
    const auto bad = parseSimProfile(mlx5With(R"("dma_pattern": "zigzag")"), "p");
    ASSERT_FALSE(bad);
    EXPECT_NE(describe(bad.error()).find("dma_pattern"), std::string::npos);
}

TEST(SimProfileText, KeysOverrideTheFamily) {
    const auto profile = parseSimProfile(
        mlx5With(R"("flags": 3, "state_bytes": 4096, "arc_ns": 1000, "arcs_ns": {"STOP->STOP_COPY": 77},
            "load_in": "set", "drained": "0", "label": "mine", "vendor_id": "0x1234", "group": 9,
            "faults": [{"kind": "fail-set", "arc": "STOP->STOP_COPY", "errno": "EBUSY", "leaves": "ERROR",
                        "times": 2}])"),
        "p");
    ASSERT_TRUE(profile) << describe(profile.error());
    ASSERT_EQ(profile->devices.size(), 1U);
    const auto& device = profile->devices[0];
    EXPECT_EQ(device.flags.raw(), 3U);
    EXPECT_EQ(device.stateBytes, 4096U);
    EXPECT_EQ(device.timeOf(MigState::Stop, MigState::StopCopy), 77ns);
    EXPECT_EQ(device.timeOf(MigState::Stop, MigState::Resuming), 1000ns);
    EXPECT_EQ(device.loadIn, SimWork::Set);
    EXPECT_EQ(device.drainedErrno, 0);
    EXPECT_EQ(device.label, "mine");
    EXPECT_EQ(device.vendorId, 0x1234);
    EXPECT_EQ(device.group, 9);
    ASSERT_EQ(device.faults.size(), 1U);
    EXPECT_EQ(device.faults[0].errnoValue, EBUSY);
    EXPECT_EQ(device.faults[0].leaves, MigState::Error);
    EXPECT_EQ(device.faults[0].times, 2U);
    EXPECT_EQ(device.driver, "mlx5_vfio_pci") << "what is not said stays the family's";
}

struct BadProfile {
    std::string text;
    std::string where;
    std::string says;
};

TEST(SimProfileText, ErrorsNameThePlaceAndTheReason) {
    const std::vector<BadProfile> cases{
        {"nonsense", "p", "not JSON"},
        {"[]", "p:", "object"},
        {R"({"devices": []})", "p:", "\"schema\" is missing"},
        {R"({"schema": "other/1", "devices": []})", "p:/schema", "migscope.sim-profile/1"},
        {R"({"schema": "migscope.sim-profile/1"})", "p:", "\"devices\" is missing"},
        {R"({"schema": "migscope.sim-profile/1", "devices": {}})", "p:/devices", "list"},
        {R"({"schema": "migscope.sim-profile/1", "devices": [], "extra": 1})", "p:/extra", "unknown key"},
        {R"({"schema": "migscope.sim-profile/1", "devices": [], "host": {"os": 1}})", "p:/host/os",
         "unknown key"},
        {R"({"schema": "migscope.sim-profile/1", "devices": [], "host": {"config": {"CONFIG_VFIO": "x"}}})",
         "p:/host/config/CONFIG_VFIO", "\"y\""},
        {profileWith("7"), "p:/devices/0", "object"},
        {profileWith(R"({"family": "mlx5"})"), "p:/devices/0", "\"address\" is missing"},
        {profileWith(R"({"address": "0000:01:00.0", "family": "mlx6"})"), "p:/devices/0/family", "hisi_acc"},
        {profileWith(R"({"address": "1:00.0", "family": "mlx5"})"), "p:/devices/0/address", "PCI address"},
        {profileWith(R"({"address": "0000:01:00.0", "family": "mtty"})"), "p:/devices/0/address", "UUID"},
        {mlx5With(R"("colour": "red")"), "p:/devices/0/colour", "unknown key"},
        {mlx5With(R"("flags": 9)"), "p:/devices/0/flags", "1, 3, 5 or 7"},
        {mlx5With(R"("flags": "7")"), "p:/devices/0/flags", "whole number"},
        {mlx5With(R"("state_bytes": -1)"), "p:/devices/0/state_bytes", "whole number"},
        {mlx5With(R"("state_bytes": 57)"), "p:/devices/0/state_bytes", "multiple of 8"},
        {mlx5With(R"("arc_ns": 1e30)"), "p:/devices/0/arc_ns", "whole number"},
        {mlx5With(R"("arcs_ns": {"STOP": 1})"), "p:/devices/0/arcs_ns/STOP", "arc is expected"},
        {mlx5With(R"("arcs_ns": {"STOP->RUNNING": 1})"), "p:/devices/0/arcs_ns/STOP->RUNNING", "flags"},
        {mlx5With(R"("vendor_id": "15b3")"), "p:/devices/0/vendor_id", "hexadecimal"},
        {mlx5With(R"("vendor_id": "0x15b3f")"), "p:/devices/0/vendor_id", "hexadecimal"},
        {mlx5With(R"("drained": "EIO")"), "p:/devices/0/drained", "\"ENOMSG\""},
        {mlx5With(R"("interruptible": 1)"), "p:/devices/0/interruptible", "true or false"},
        {mlx5With(R"("found_state": "STOP")"), "p:/devices/0/found_state", "keeps its state"},
        {mlx5With(R"("save_bytes_per_second": 99999999999)"), "p:/devices/0/save_bytes_per_second",
         "10000000000"},
        {mlx5With(R"("holders": [{"command": "x"}])"), "p:/devices/0/holders/0", "\"pid\" is missing"},
        {mlx5With(R"("faults": [{"kind": "explode"}])"), "p:/devices/0/faults/0/kind", "\"fail-set\""},
        {mlx5With(R"("faults": [{"kind": "fail-set"}])"), "p:/devices/0/faults/0", "\"errno\" is missing"},
        {mlx5With(R"("faults": [{"kind": "fail-set", "errno": "EWHAT"}])"), "p:/devices/0/faults/0/errno",
         "errno"},
        {mlx5With(R"("faults": [{"kind": "stall-read", "offset": 1, "arc": "STOP->STOP_COPY"}])"),
         "p:/devices/0/faults/0/arc", "unknown key"},
        {mlx5With(R"("flags": 3, "faults": [{"kind": "stuck-set", "arc": "RUNNING->PRE_COPY"}])"),
         "p:/devices/0/faults/0/arc", "flags"},
        {mlx5With(R"("label": "a"}, {"address": "0000:01:00.0", "family": "qat")"), "p:/devices/1/address",
         "twice"},
    };
    for (const auto& bad : cases) {
        const auto profile = parseSimProfile(bad.text, "p");
        ASSERT_FALSE(profile) << bad.text;
        EXPECT_TRUE(profile.error().is(Errc::InvalidArgument));
        EXPECT_EQ(profile.error().where, bad.where) << bad.text;
        EXPECT_NE(profile.error().detail.find(bad.says), std::string::npos) << bad.text << "\n"
                                                                            << profile.error().detail;
    }
}

TEST(SimProfileText, EveryFamilyIsAProfileOfItsOwn) {
    for (const auto& family : simFamilies()) {
        const std::string address =
            family == "mtty" ? "5196c0de-0000-4000-8000-000000000001" : "0000:01:00.0";
        const auto profile = parseSimProfile(
            profileWith(fmt::format(R"({{"address": "{}", "family": "{}"}})", address, family)), "p");
        EXPECT_TRUE(profile) << describe(profile.error());
    }
}

TEST(SimProfileFile, IsReadByItsPathAndNamesTheBackend) {
    const std::string path = fmt::format("{}/migscope-profile-{}.json", ::testing::TempDir(), ::getpid());
    std::FILE* file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fputs(mlx5With(R"("label": "mine")").c_str(), file);
    std::fclose(file);
    SteadyClock clock;
    const auto backend = makeSimBackend(path, clock);
    std::remove(path.c_str());
    ASSERT_TRUE(backend) << describe(backend.error());
    EXPECT_EQ((*backend)->name(), "sim:" + path);
    EXPECT_EQ((*backend)->profile().devices[0].label, "mine");
}

TEST(SimProfileFile, ThatIsNotThereSaysSo) {
    VirtualClock clock;
    const auto file = makeSimBackend("/nonexistent/profile.json", clock);
    ASSERT_FALSE(file);
    EXPECT_TRUE(file.error().isErrno(ENOENT));
    EXPECT_EQ(file.error().where, "/nonexistent/profile.json");
    const auto name = makeSimBackend("lap", clock);
    ASSERT_FALSE(name);
    EXPECT_TRUE(name.error().is(Errc::NotFound));
    EXPECT_NE(name.error().detail.find("lab"), std::string::npos);
}

} // namespace
} // namespace migscope
