// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Events on their way from sessions to a recording.
#include "app/cli/event_tap.h"

#include <utility>

namespace migscope::cli {

void EventTap::push(Event event) {
    const std::scoped_lock lock(mutex_);
    if (closed_)
        return;
    if (std::holds_alternative<event::ArcEnd>(event.body) || std::holds_alternative<event::Reset>(event.body))
        arcs_.push_back(event);
    if (keepsDmaLog_ && (std::holds_alternative<event::Dirty>(event.body) ||
                         std::holds_alternative<event::DmaLog>(event.body)))
        dmaLog_.push_back(event);
    if (target_ != nullptr)
        target_->push(std::move(event));
    else
        held_.push_back(std::move(event));
}

std::uint32_t EventTap::nextStream() {
    const std::scoped_lock lock(mutex_);
    return target_ != nullptr ? target_->nextStream() : ++streams_;
}

void EventTap::forwardTo(EventSink& target) {
    const std::scoped_lock lock(mutex_);
    target_ = &target;
    for (Event& event : held_)
        target_->push(std::move(event));
    held_.clear();
}

void EventTap::close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    target_ = nullptr;
    held_.clear();
}

void EventTap::keepDmaLog() {
    const std::scoped_lock lock(mutex_);
    keepsDmaLog_ = true;
}

std::vector<Event> EventTap::takeDmaLog() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(dmaLog_, {});
}

std::vector<Event> EventTap::takeArcs() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(arcs_, {});
}

} // namespace migscope::cli
