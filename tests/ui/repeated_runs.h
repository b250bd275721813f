// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings of repeated runs.
#pragma once

#include <memory>

#include "core/transfer/recording.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::testing {

/// `count` runs behind each other; run n is n · `step` longer in its loading than the one of run_builder.h.
inline std::shared_ptr<Recording> repeatedRuns(int count, Ns step, Ns more) {
    RecordingHeader header;
    header.simulated = true;
    header.devices = {{"0000:01:00.1", "", "", {}, "", 7}, {"0000:01:00.2", "", "", {}, "", 7}};
    auto recording = std::make_shared<Recording>(header);
    Ns at{0};
    for (int run = 1; run <= count; ++run) {
        const Ns longer = more + step * (run % 5);
        for (Event event : test::migration(0, 1, static_cast<std::uint32_t>(2 * run - 1)).events) {
            const auto move = [&](Ns& time) {
                if (time > test::ms(160))
                    time += longer;
                time += at;
            };
            move(event.time);
            event.run = run;
            if (auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
                move(arc->called);
                move(arc->returned);
            } else if (auto* samples = std::get_if<event::Samples>(&event.body)) {
                for (Ns& time : samples->time)
                    move(time);
            }
            recording->apply(event);
        }
        at += test::ms(400);
    }
    recording->complete = true;
    return recording;
}

} // namespace migscope::testing
