// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's log lines as events.
#include <cerrno>

#include "core/transfer/kernel_log_feed.h"
#include "tests/core/transfer/engine_fixture.h"

namespace migscope::test {
namespace {

using namespace std::chrono_literals;

/// A backend of no devices and no log.
class MuteBackend : public Backend {
public:
    explicit MuteBackend(Clock& clock) : clock_(clock) {}
    [[nodiscard]] std::string name() const override { return "mute"; }
    [[nodiscard]] bool simulated() const override { return false; }
    [[nodiscard]] bool canOpen() const override { return false; }
    [[nodiscard]] Clock& clock() const override { return clock_; }
    [[nodiscard]] Result<Topology> scan() override { return Topology(); }
    void enrich(Topology& /*topology*/) override {}
    [[nodiscard]] Result<std::unique_ptr<DeviceIo>> open(const std::string& device) override {
        return fail(Errc::Unsupported, "open", device);
    }
    void listen(Listener /*listener*/) override {}

private:
    Clock& clock_;
};

/// The same with a log that the test writes, or that cannot be read.
class LogBackend final : public MuteBackend {
public:
    using MuteBackend::MuteBackend;
    [[nodiscard]] Result<std::unique_ptr<KernelLogWatch>> watchLog(const std::vector<LogSubject>& subjects,
                                                                   const KernelLogSink& sink) override {
        if (refused)
            return failErrno(EPERM, "read the kernel's log", "/dev/kmsg");
        asked = subjects;
        log = sink;
        return std::make_unique<KernelLogWatch>();
    }
    bool refused = false;
    std::vector<LogSubject> asked;
    KernelLogSink log;
};

TEST(KernelLogFeed, MakesEventsOfLinesAndOfTheirLoss) {
    VirtualClock clock(10s);
    LogBackend backend(clock);
    Listener heard(clock);
    Device device;
    device.name = "0000:01:00.1";
    device.driver = "mlx5_vfio_pci";
    device.vfioDev = "vfio3";
    const auto watch = feedKernelLog(backend, {{}, logSubject(device)}, heard);
    ASSERT_TRUE(watch && *watch);
    ASSERT_EQ(backend.asked.size(), 2U);
    EXPECT_EQ(backend.asked[1].device, "0000:01:00.1");
    EXPECT_EQ(backend.asked[1].driver, "mlx5_vfio_pci");
    EXPECT_EQ(backend.asked[1].vfioDev, "vfio3");
    backend.log(KernelLogLine{11s, 4711, 3, 12, "mlx5_vfio_pci 0000:01:00.1: x", 1});
    backend.log(KernelLogLine{12s, 4712, 6, 13, "mlx5_vfio_pci: y", std::nullopt});
    backend.log(KernelLogLoss{13s, 22});
    const auto events = heard.events();
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0].time, 1s);
    EXPECT_EQ(events[0].source, "kernel");
    EXPECT_EQ(events[0].device, 1);
    const auto& line = std::get<event::KernelLog>(events[0].body);
    EXPECT_EQ(line.priority, 3U);
    EXPECT_EQ(line.sequence, 12U);
    EXPECT_EQ(line.text, "mlx5_vfio_pci 0000:01:00.1: x");
    EXPECT_EQ(line.printkUs, 4711);
    EXPECT_FALSE(events[1].device);
    EXPECT_EQ(std::get<event::Lost>(events[2].body).count, 22U);
    EXPECT_EQ(events[2].source, "kernel");
}

TEST(KernelLogFeed, IsNothingWhereThereIsNoLog) {
    VirtualClock clock;
    MuteBackend backend(clock);
    Listener heard(clock);
    const auto watch = feedKernelLog(backend, {{"0000:01:00.1", "x", ""}}, heard);
    ASSERT_TRUE(watch);
    EXPECT_EQ(*watch, nullptr);
}

TEST(KernelLogFeed, SaysInTheRecordingWhyThereAreNoLines) {
    VirtualClock clock;
    LogBackend backend(clock);
    backend.refused = true;
    Listener heard(clock);
    const auto watch = feedKernelLog(backend, {}, heard);
    ASSERT_FALSE(watch);
    EXPECT_TRUE(heard.events().empty()) << "that is the caller's to say";
    const Event event = kernelLogMissing(3s, watch.error());
    EXPECT_EQ(event.time, 3s);
    EXPECT_EQ(event.source, "kernel");
    EXPECT_FALSE(event.device);
    const auto& text = std::get<event::Mark>(event.body).text;
    EXPECT_NE(text.find("/dev/kmsg"), std::string::npos) << text;
    EXPECT_NE(text.find("EPERM"), std::string::npos) << text;
}

} // namespace
} // namespace migscope::test
