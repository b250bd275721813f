// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bounded queue between workers and the recorder.
#include "core/transfer/event_queue.h"

#include <algorithm>
#include <iterator>
#include <ranges>

namespace migscope {
namespace {

template<class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};
template<class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

void makeRelative(Event& event, Ns t0) {
    event.time -= t0;
    const auto callTimes = [t0](auto& body) {
        body.called -= t0;
        body.returned -= t0;
    };
    std::visit(Overloaded{[&](event::ArcEnd& body) { callTimes(body); },
                          [&](event::Reset& body) { callTimes(body); },
                          [&](event::Call& body) { callTimes(body); },
                          [&](event::DmaLog& body) { callTimes(body); },
                          [&](event::Samples& body) {
                              for (Ns& time : body.time)
                                  time -= t0;
                          },
                          [&](event::Wait& body) {
                              body.from -= t0;
                              body.to -= t0;
                          },
                          [&](event::Stuck& body) { body.since -= t0; }, [](auto&) {}},
               event.body);
}

std::size_t weightOf(const Event& event) {
    const auto* samples = std::get_if<event::Samples>(&event.body);
    return samples ? std::max<std::size_t>(samples->time.size(), 1) : 1;
}

} // namespace

EventQueue::EventQueue(Clock& clock, Ns t0, std::size_t capacity)
    : clock_(clock), t0_(t0), capacity_(capacity), condition_(clock.makeCondition()) {}

void EventQueue::push(Event event) {
    if (event.time == Ns{0})
        event.time = clock_.now();
    makeRelative(event, t0_);
    if (auto* samples = std::get_if<event::Samples>(&event.body)) {
        if (samples->time.empty())
            return;
        event.time = samples->time.back();
    }
    {
        const std::lock_guard lock(mutex_);
        if (closed_)
            return;
        const std::size_t weight = weightOf(event);
        if (weight_ + weight > capacity_ && mergeSample(event))
            return; // the reader has not yet taken what is there: it needs no second call
        weight_ += weight;
        events_.push_back(std::move(event));
    }
    condition_->notifyAll();
}

bool EventQueue::mergeSample(const Event& event) {
    const auto* fresh = std::get_if<event::Samples>(&event.body);
    if (!fresh)
        return false;
    // Not past another event: an arc is the boundary of a phase, and bytes must stay on their side of it.
    for (Event& held : std::views::reverse(events_)) {
        auto* samples = std::get_if<event::Samples>(&held.body);
        if (!samples)
            return false;
        if (samples->stream != fresh->stream || held.device != event.device || held.run != event.run ||
            held.source != event.source || held.host != event.host)
            continue;
        for (std::size_t i = 0; i < fresh->time.size(); ++i) {
            samples->bytes.back() += fresh->bytes[i];
            samples->source.back() += fresh->source[i];
            samples->destination.back() += fresh->destination[i];
        }
        samples->time.back() = fresh->time.back();
        held.time = fresh->time.back();
        lostSamples_ += fresh->time.size();
        lostAt_ = held.time;
        return true;
    }
    return false;
}

std::vector<Event> EventQueue::take(std::optional<Ns> deadline) {
    std::unique_lock lock(mutex_);
    condition_->waitFor(lock, deadline, [this] { return closed_ || !events_.empty(); });
    std::vector<Event> taken(std::make_move_iterator(events_.begin()),
                             std::make_move_iterator(events_.end()));
    events_.clear();
    weight_ = 0;
    if (lostSamples_ > 0) {
        Event lost;
        lost.time = lostAt_;
        lost.body = event::Lost{lostSamples_, "samples merged"};
        taken.push_back(std::move(lost));
        lostSamples_ = 0;
    }
    return taken;
}

void EventQueue::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    condition_->notifyAll();
}

bool EventQueue::closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
}

} // namespace migscope
