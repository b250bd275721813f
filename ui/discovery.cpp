// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a machine in a thread of its own, in two stages, and hands over whole immutable results.
#include "ui/discovery.h"

#include <utility>

namespace migscope {

Discovery::Discovery(Background& background, QObject* parent)
    : QObject(parent), background_(background), postbox_(this) {}

Discovery::~Discovery() {
    postbox_.close();
}

void Discovery::start(std::shared_ptr<Backend> backend) {
    if (running_) {
        again_ = std::move(backend);
        return;
    }
    running_ = true;
    const std::uint64_t number = ++number_;
    background_.run([this, number, backend = std::move(backend), postbox = postbox_] {
        // `this` is only used inside posted functions, which run only while it lives.
        Result<Topology> rows = backend->scan();
        if (!rows) {
            postbox.post([this, number, error = rows.error()] { takeError(number, error); });
            return;
        }
        auto first = std::make_shared<const Topology>(*rows);
        postbox.post([this, number, first] { take(number, first, false); });
        backend->enrich(*rows);
        auto whole = std::make_shared<const Topology>(std::move(*rows));
        postbox.post([this, number, whole] { take(number, whole, true); });
    });
    emit begun();
}

void Discovery::forget() {
    ++number_;
    running_ = false;
    again_.reset();
}

void Discovery::take(std::uint64_t number, std::shared_ptr<const Topology> topology, bool last) {
    if (number != number_)
        return;
    emit found(std::move(topology));
    if (last)
        finish();
}

void Discovery::takeError(std::uint64_t number, const Error& error) {
    if (number != number_)
        return;
    emit failed(error);
    finish();
}

void Discovery::finish() {
    running_ = false;
    emit ended();
    if (again_)
        start(std::exchange(again_, nullptr));
}

} // namespace migscope
