// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The migration state of a device that another process drives, as the kernel tells it from outside.
#include "ui/outside_watch.h"

#include <cerrno>
#include <chrono>
#include <utility>

namespace migscope {
namespace {

constexpr std::chrono::seconds between{1};
constexpr Ns patience = std::chrono::seconds(1);

bool same(const std::optional<Result<MigState>>& one, const Result<MigState>& other) {
    if (!one || one->has_value() != other.has_value())
        return false;
    return other ? **one == *other : one->error().code == other.error().code;
}

} // namespace

OutsideWatch::OutsideWatch(Background& background, QObject* parent)
    : QObject(parent), background_(background), postbox_(this) {
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &OutsideWatch::ask);
}

OutsideWatch::~OutsideWatch() {
    postbox_.close();
}

void OutsideWatch::watch(std::shared_ptr<Backend> backend, const std::string& device) {
    if (backend == backend_ && device == device_) // also none and none
        return;
    ++number_;
    timer_.stop();
    last_.reset();
    backend_ = std::move(backend);
    device_ = device;
    if (backend_)
        ask();
}

void OutsideWatch::ask() {
    background_.run([this, number = number_, backend = backend_, device = device_, postbox = postbox_] {
        // `this` is only used inside the posted function, which runs only while it lives.
        postbox.post(
            [this, number, state = backend->stateFromOutside(device, patience)] { take(number, state); });
    });
}

void OutsideWatch::take(std::uint64_t number, const Result<MigState>& state) {
    if (number != number_)
        return;
    // Where the kernel does not tell at all it will not tell later.
    if (state || state.error().isErrno(ETIMEDOUT))
        timer_.start(between);
    if (same(last_, state))
        return;
    last_ = state;
    emit changed();
}

} // namespace migscope
