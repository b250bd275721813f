// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Raw feature calls for the simulator's tests.
#include "tests/core/sim/sim_test_device.h"

#include <cstring>

namespace migscope {
namespace {

int numberOf(const Error& error) {
    return error.is(Errc::Cancelled) ? cancelled : error.errnoValue();
}

} // namespace

Opened::Opened(SimBackend& backend, const std::string& address) : backend_(backend) {
    auto io = backend.open(address);
    EXPECT_TRUE(io) << describe(io.error());
    if (io)
        io_ = std::move(*io);
}

MigState Opened::state() {
    std::vector<std::uint64_t> words(1, 0);
    EXPECT_EQ(feature(uapi::featureMigDeviceState | uapi::featureGet, words), 0);
    uapi::VfioDeviceFeatureMigState answer{};
    std::memcpy(&answer, words.data(), sizeof answer);
    EXPECT_EQ(answer.dataFd, -1);
    return static_cast<MigState>(answer.deviceState);
}

SetAnswer Opened::set(MigState state, std::int32_t fdBefore) {
    return setRaw(static_cast<std::uint32_t>(state), fdBefore);
}

SetAnswer Opened::setRaw(std::uint32_t state, std::int32_t fdBefore) {
    std::vector<std::uint64_t> words(1, 0);
    uapi::VfioDeviceFeatureMigState payload{state, fdBefore};
    std::memcpy(words.data(), &payload, sizeof payload);
    const Ns before = backend_.clock().now();
    SetAnswer answer;
    answer.error = feature(uapi::featureMigDeviceState | uapi::featureSet, words);
    answer.took = backend_.clock().now() - before;
    std::memcpy(&payload, words.data(), sizeof payload);
    EXPECT_EQ(payload.deviceState, state);
    answer.fd = payload.dataFd;
    if (answer.error == 0 && answer.fd >= 0) {
        auto stream = io_->takeStream(answer.fd);
        EXPECT_TRUE(stream) << describe(stream.error());
        if (stream)
            stream_ = std::move(*stream);
    }
    return answer;
}

int Opened::feature(std::uint32_t flags, std::vector<std::uint64_t>& words, std::uint32_t argsz) {
    std::vector<std::uint64_t> buffer(words.size() + 1, 0);
    const uapi::VfioDeviceFeature head{
        argsz != 0 ? argsz : static_cast<std::uint32_t>(buffer.size() * sizeof(std::uint64_t)), flags};
    std::memcpy(buffer.data(), &head, sizeof head);
    std::copy(words.begin(), words.end(), buffer.begin() + 1);
    const auto done = io_->feature(std::as_writable_bytes(std::span(buffer)));
    std::copy(buffer.begin() + 1, buffer.end(), words.begin());
    return done ? 0 : numberOf(done.error());
}

int Opened::feature(std::uint32_t flags) {
    std::vector<std::uint64_t> none;
    return feature(flags, none);
}

int Opened::reset() {
    const auto done = io_->reset();
    return done ? 0 : numberOf(done.error());
}

std::uint64_t Opened::dataSize() {
    std::vector<std::uint64_t> words(1, 0);
    EXPECT_EQ(feature(uapi::featureMigDataSize | uapi::featureGet, words), 0);
    return words[0];
}

StreamAnswer Opened::read(std::span<std::byte> into) {
    const Ns before = backend_.clock().now();
    const auto got = stream_->read(into);
    const Ns took = backend_.clock().now() - before;
    return got ? StreamAnswer{*got, 0, took} : StreamAnswer{0, numberOf(got.error()), took};
}

StreamAnswer Opened::write(std::span<const std::byte> from) {
    const Ns before = backend_.clock().now();
    const auto got = stream_->write(from);
    const Ns took = backend_.clock().now() - before;
    return got ? StreamAnswer{*got, 0, took} : StreamAnswer{0, numberOf(got.error()), took};
}

StreamAnswer Opened::drain(std::vector<std::byte>& out, std::size_t chunk) {
    StreamAnswer whole;
    std::vector<std::byte> buffer(chunk);
    while (true) {
        const auto answer = read(buffer);
        whole.took += answer.took;
        whole.error = answer.error;
        if (answer.error != 0 || answer.count == 0)
            return whole;
        whole.count += answer.count;
        out.insert(out.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(answer.count));
    }
}

RawPrecopyInfo Opened::precopyInfo() {
    const auto info = stream_->precopyInfo();
    EXPECT_TRUE(info) << describe(info.error());
    return info ? *info : RawPrecopyInfo{};
}

SimDeviceProfile& SimTest::add(const std::string& family, const std::string& address) {
    auto device = simFamily(family, address);
    EXPECT_TRUE(device) << describe(device.error());
    return profile_.devices.emplace_back(std::move(*device));
}

SimBackend& SimTest::backend() {
    if (!backend_) {
        const auto checked = checkSimProfile(profile_, "test");
        EXPECT_TRUE(checked) << describe(checked.error());
        backend_ = std::make_unique<SimBackend>(profile_, clock_);
    }
    return *backend_;
}

} // namespace migscope
