// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the slices and instants of a trace are called, and what they tell.
#include "core/transfer/trace_words.h"

#include <fmt/format.h>

#include "core/base/error.h"

namespace migscope {
namespace {

void state(JsonWriter& out, std::string_view key, std::optional<MigState> state) {
    out.key(key);
    if (state)
        out.text(stateName(*state));
    else
        out.text("unknown");
}

void errnoArgs(JsonWriter& out, int number) {
    if (number != 0)
        out.key("errno").text(errnoName(number));
}

struct Describe {
    JsonWriter& out;

    template<class Arc>
    void arc(const Arc& body) const {
        state(out, "from", body.from);
        state(out, "to", body.to);
        state(out, "goal", body.goal);
        out.key("combined").boolean(body.combined);
    }
    void operator()(const event::ArcBegin& body) const { arc(body); }
    void operator()(const event::ArcEnd& body) const {
        arc(body);
        errnoArgs(out, body.errnoValue);
        if (!body.error.empty())
            out.key("error").text(body.error);
        if (body.stream)
            out.key("stream").number(*body.stream);
        state(out, "state_after", body.stateAfter);
    }
    void operator()(const event::Reset& body) const {
        out.key("outcome").text(body.outcome);
        out.key("attempts").number(body.attempts);
        errnoArgs(out, body.errnoValue);
        state(out, "state_after", body.stateAfter);
    }
    void operator()(const event::Call& body) const {
        errnoArgs(out, body.errnoValue);
        out.key("in").text(body.in).key("out").text(body.out);
    }
    void operator()(const event::Wait& body) const { out.key("barrier").text(body.barrier); }
    void operator()(const event::Stream& body) const {
        out.key("stream").number(body.stream);
        out.key("direction").text(body.save ? "save" : "load");
        out.key("bytes").number(body.bytes);
        errnoArgs(out, body.errnoValue);
    }
    void operator()(const event::StateMoved& body) const {
        state(out, "believed", body.believed);
        state(out, "found", body.found);
    }
    void operator()(const event::AskedBack& body) const { out.key("by").text(body.by); }
    void operator()(const event::Stuck& body) const {
        out.key("call").text(body.call);
        out.key("since_ns").number(body.since);
        out.key("wchan").text(body.wchan);
    }
    void operator()(const event::Mark& body) const { out.key("text").text(body.text); }
    void operator()(const event::Lost& body) const {
        out.key("count").number(body.count).key("what").text(body.what);
    }
    void operator()(const event::KernelLog& body) const {
        out.key("prio").number(body.priority).key("text").text(body.text);
        out.key("t_printk_us").number(body.printkUs);
    }
    void operator()(const event::DmaLog& body) const {
        out.key("op").text(dmaLogWord(body.op));
        out.key("bytes").number(totalBytes(body.ranges));
        out.key("page_bytes").number(body.pageBytes);
        errnoArgs(out, body.errnoValue);
        if (!body.error.empty())
            out.key("error").text(body.error);
    }
    template<class Other>
    void operator()(const Other& /*drawn otherwise*/) const {}
};

} // namespace

std::string instantName(const Event& event) {
    if (const auto* stream = std::get_if<event::Stream>(&event.body)) {
        switch (stream->what) {
        case event::StreamWhat::Open:
            return fmt::format("stream {} opens", stream->stream);
        case event::StreamWhat::Eof:
            return fmt::format("stream {} ends", stream->stream);
        case event::StreamWhat::Error:
            return fmt::format("stream {} fails", stream->stream);
        case event::StreamWhat::Close:
            return fmt::format("stream {} closes", stream->stream);
        case event::StreamWhat::Empty: // as often as the stream is asked
            return {};
        }
    }
    if (std::holds_alternative<event::StateMoved>(event.body))
        return "moved by itself";
    if (std::holds_alternative<event::AskedBack>(event.body))
        return "asked back";
    if (std::holds_alternative<event::Stuck>(event.body))
        return "stuck";
    if (const auto* mark = std::get_if<event::Mark>(&event.body))
        return mark->text.empty() ? "mark" : mark->text;
    if (std::holds_alternative<event::Lost>(event.body))
        return "lost";
    if (const auto* line = std::get_if<event::KernelLog>(&event.body))
        return line->text.empty() ? "kernel log" : line->text;
    return {};
}

void eventArgs(JsonWriter& out, const Event& event) {
    if (event.run)
        out.key("run").number(*event.run);
    std::visit(Describe{out}, event.body);
}

} // namespace migscope
