// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Events and sources as the tests of the event log want them.
#pragma once

#include <QAbstractItemModel>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "ui/run_source.h"

namespace migscope::testing {

inline Event at(Ns time, event::Body body, int device = 0) {
    Event event;
    event.time = time;
    event.device = device;
    event.body = std::move(body);
    return event;
}

inline Event arcBegin(Ns time, MigState from, MigState to, int device = 0) {
    return at(time, event::ArcBegin{from, to, to, false, 1}, device);
}

inline Event arcEnd(Ns time, MigState from, MigState to, int error = 0, int device = 0) {
    event::ArcEnd end;
    end.from = from;
    end.to = to;
    end.goal = to;
    end.called = time - std::chrono::milliseconds(2);
    end.returned = time;
    end.errnoValue = error;
    end.stateAfter = error == 0 ? to : MigState::Error;
    return at(time, end, device);
}

/// What a SET to `state` looks like: argsz 16, SET | MIG_DEVICE_STATE, the state, data_fd.
inline event::Call setCall(Ns called, Ns returned, std::uint8_t state, const std::string& fd, int error = 0) {
    const std::string head = "1000000002000200";
    const std::string number = std::string("0") + static_cast<char>('0' + state) + "000000";
    return {"SET MIG_DEVICE_STATE", head + number + "ffffffff", head + number + fd, error, called, returned};
}

struct Source {
    std::shared_ptr<Recording> recording;
    RunSourcePtr source;
    explicit Source(std::vector<Event> events = {}, Ns t0 = std::chrono::seconds(5), bool growing = false) {
        RecordingHeader header;
        header.t0 = t0;
        header.realtime = std::chrono::seconds(1'700'000'000);
        header.devices.resize(2);
        header.devices[0].name = "0000:3b:00.2";
        header.devices[1].name = "0000:3b:00.3";
        recording = std::make_shared<Recording>(std::move(header));
        for (Event& event : events)
            recording->apply(std::move(event));
        source = std::make_shared<RunSource>(
            QStringLiteral("a"), QString(), [whole = recording](const auto& see) { see(*whole); }, growing);
    }
    void add(Event event) { recording->apply(std::move(event)); }
};

inline QString cell(const QAbstractItemModel& model, int row, int column) {
    return model.index(row, column).data().toString();
}

} // namespace migscope::testing
