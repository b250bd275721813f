// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The misbehaviours of the lab's driver, each as a person meets it in the window.
#include "tests/lab/faults/fault_cases.h"

#include <QLineEdit>
#include <QSpinBox>

#include "tests/lab/faults/fault_bench.h"
#include "ui/panels/dirty_page.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/migrate_page.h"
#include "ui/panels/run_panel.h"
#include "ui/panels/stream_panel.h"

namespace migscope {
namespace {

const std::string& a = labSource;
const std::string& b = labDestination;

/// Opens the device, turns the knob, asks for a state and waits until that is over, well or not.
void asks(FaultBench& bench, const char* knob, const char* value, MigState goal, bool combined = false) {
    bench.open(a);
    bench.turn(a, knob, QLatin1String(value));
    bench.drive().ask(goal, combined);
    bench.drive().idle(a);
}

void walk(FaultBench& bench, const std::string& device, std::initializer_list<MigState> states) {
    bench.open(device);
    bench.about(device);
    for (const MigState state : states)
        bench.drive().step(device, state);
}

void stuck(FaultBench& bench, const std::string& device) {
    bench.hangs();
    Drive::until("the window says stuck",
                 [&] { return bench.drive().session(device).phase == SessionPhase::Stuck; });
}

QWidget* stream(FaultBench& bench) {
    return bench.drive().parts().inspect->stream();
}

/// A stream of the device, saved into a new file by the button for it.
void saves(FaultBench& bench, const char* name) {
    walk(bench, a, {MigState::RunningP2p, MigState::Stop, MigState::StopCopy});
    bench.choose(name);
    bench.drive().click(stream(bench), "stream save");
    bench.drive().idle(a);
}

/// That file into the destination, up to the end of the writing.
void loads(FaultBench& bench, const char* name) {
    walk(bench, b, {MigState::RunningP2p, MigState::Stop, MigState::Resuming});
    bench.choose(name);
    bench.drive().click(stream(bench), "stream load");
}

void arcs(FaultBench& bench) {
    for (const auto& [name, value] :
         {std::pair("fail-stay", "1 5 stay"), std::pair("fail-moved", "1 5 moved")})
        bench.run(name, [value = value](FaultBench& on) {
            asks(on, "fail_set", value, MigState::PreCopy);
            on.say("refused");
        });
    bench.run("fail-midway", [](FaultBench& on) {
        asks(on, "fail_set", "1 5 midway", MigState::StopCopy, true);
        on.say("refused");
    });
    bench.run("fail-error", [](FaultBench& on) {
        asks(on, "fail_set", "1 5 error", MigState::PreCopy);
        on.say("refused");
        on.drive().ask(MigState::Stop);
        on.say("asked again");
        on.drive().reset(a);
        on.say("reset");
    });
    bench.run("drift", [](FaultBench& on) {
        asks(on, "drift", "1 RUNNING_P2P", MigState::PreCopy);
        on.drive().ask(MigState::PreCopyP2p);
        on.drive().idle(a);
        on.say("found");
    });
    bench.run("drift-error", [](FaultBench& on) {
        asks(on, "drift", "1 ERROR", MigState::PreCopy);
        on.drive().ask(MigState::PreCopyP2p);
        on.drive().idle(a);
        on.say("found");
        on.drive().reset(a);
        on.say("reset");
    });
    bench.run("no-fd", [](FaultBench& on) {
        asks(on, "no_fd", "1", MigState::PreCopy);
        on.say("refused");
    });
    bench.run("no-fd-resuming", [](FaultBench& on) {
        walk(on, b, {MigState::RunningP2p, MigState::Stop});
        on.turn(b, "no_fd", QStringLiteral("1"));
        on.drive().ask(MigState::Resuming);
        on.drive().idle(b);
        on.say("refused");
    });
    bench.run("extra-fd", [](FaultBench& on) {
        asks(on, "extra_fd", "1", MigState::RunningP2p);
        on.say("refused");
    });
    bench.run("sleep-soft", [](FaultBench& on) {
        on.open(a);
        on.turn(a, "sleep_set", QStringLiteral("1 30000 soft"));
        on.drive().ask(MigState::PreCopy);
        stuck(on, a);
        on.say("stuck");
        on.drive().act(ActionId::CancelRun);
        on.drive().idle(a);
        on.say("cancelled");
    });
}

void resets(FaultBench& bench) {
    const std::tuple<const char*, const char*> cases[] = {
        {"reset-again", "11 2"}, {"reset-busy", "16 1000"}, {"reset-eio", "5 1"}};
    for (const auto& [name, value] : cases)
        bench.run(name, [value = value](FaultBench& on) {
            on.open(a);
            on.turn(a, "reset_fault", QLatin1String(value));
            on.drive().reset(a);
            on.say("reset");
        });
    const std::tuple<const char*, const char*, MigState> kept[] = {
        {"kept-stop-copy", "STOP_COPY", MigState::Stop},
        {"kept-resuming", "RESUMING", MigState::Stop},
        {"kept-error", "ERROR", MigState::Running}};
    for (const auto& [name, state, goal] : kept)
        bench.run(name, [state = state, goal = goal](FaultBench& on) {
            on.closed(a);
            on.turn(a, "keep_state", QStringLiteral("1"));
            on.turn(a, "state", QLatin1String(state));
            on.open(a);
            on.say("found");
            on.drive().ask(goal);
            on.say("asked");
            on.drive().reset(a);
            on.say("reset");
        });
}

void streams(FaultBench& bench) {
    bench.run("save", [](FaultBench& on) {
        saves(on, "whole.state");
        on.say("saved");
    });
    bench.run("read-eio", [](FaultBench& on) {
        walk(on, a, {MigState::RunningP2p, MigState::Stop, MigState::StopCopy});
        on.turn(a, "read_fault", QStringLiteral("300000 5"));
        on.drive().click(stream(on), "stream drain");
        on.drive().idle(a);
        on.say("failed");
    });
    bench.run("write-enomem", [](FaultBench& on) {
        on.turn(b, "write_fault", QStringLiteral("300000 12"));
        loads(on, "whole.state");
        on.drive().idle(b);
        on.say("failed");
        on.drive().reset(b);
        on.say("reset");
    });
    bench.run("endless", [](FaultBench& on) {
        walk(on, a, {MigState::RunningP2p, MigState::Stop});
        on.turn(a, "endless", QStringLiteral("1"));
        on.turn(a, "read_bps", QStringLiteral("4000000"));
        on.drive().step(a, MigState::StopCopy);
        on.choose("endless.state");
        on.drive().click(stream(on), "stream save");
        Drive::until("more than the state has come", [&] {
            return on.drive().session(a).stream && on.drive().session(a).stream->bytes > 2'000'000;
        });
        on.say("saving");
        on.drive().click(stream(on), "stream cancel");
        on.drive().idle(a);
        on.say("cancelled");
    });
    bench.run("stall-read", [](FaultBench& on) {
        walk(on, a, {MigState::RunningP2p, MigState::Stop, MigState::StopCopy});
        on.turn(a, "stall_read", QStringLiteral("300000"));
        on.drive().click(stream(on), "stream drain");
        stuck(on, a);
        on.say("stuck");
        on.drive().click(stream(on), "stream cancel");
        on.drive().idle(a);
        on.say("cancelled");
    });
    bench.run("stall-write", [](FaultBench& on) {
        on.turn(b, "stall_write", QStringLiteral("300000"));
        loads(on, "whole.state");
        stuck(on, b);
        on.say("stuck");
        on.drive().click(stream(on), "stream cancel");
        on.drive().idle(b);
        on.say("cancelled");
        on.drive().reset(b);
        on.say("reset");
    });
    bench.run("eof-at", [](FaultBench& on) {
        on.turn(a, "eof_at", QStringLiteral("500000"));
        saves(on, "cut.state");
        on.say("saved");
    });
    bench.run("cut-load", [](FaultBench& on) {
        loads(on, "cut.state");
        on.drive().idle(b);
        on.say("written");
        on.drive().ask(MigState::Stop);
        on.drive().idle(b);
        on.say("judged");
        on.drive().reset(b);
        on.say("reset");
    });
    bench.run("cut-taken", [](FaultBench& on) {
        on.turn(b, "accept_cut", QStringLiteral("1"));
        loads(on, "cut.state");
        on.drive().idle(b);
        on.drive().step(b, MigState::Stop);
        on.say("judged");
    });
    bench.run("corrupt", [](FaultBench& on) {
        on.turn(a, "corrupt_at", QStringLiteral("700000"));
        saves(on, "corrupt.state");
        loads(on, "corrupt.state");
        on.drive().idle(b);
        on.say("failed");
    });
}

struct RunFault {
    const char* name;
    const std::string& device;
    const char* knob;
    const char* value;
    int runs = 1;
};

/// Opens both ends and starts a run between them.
void starts(FaultBench& bench, int runs = 1) {
    bench.open(a);
    bench.open(b);
    bench.drive().start(a, b, runs);
}

void runStuck(FaultBench& bench) {
    bench.hangs();
    Drive::until("the run is said to be stuck", [&] { return bench.drive().host().runStuck(); });
}

} // namespace

void handCases(FaultBench& bench) {
    arcs(bench);
    resets(bench);
    streams(bench);
}

void runCases(FaultBench& bench) {
    const RunFault faults[] = {
        {"run-fail-stay", a, "fail_set", "3 5 stay"},
        {"run-fail-moved", a, "fail_set", "3 5 moved"},
        {"run-fail-error", a, "fail_set", "3 5 error"},
        {"run-resuming-refused", b, "fail_set", "3 22 stay"},
        {"run-load-refused", b, "fail_set", "4 22 stay"},
        {"run-load-error", b, "fail_set", "4 5 error"},
        {"run-start-refused", b, "fail_set", "6 5 stay"},
        {"run-no-fd-source", a, "no_fd", "1"},
        {"run-no-fd-destination", b, "no_fd", "1"},
        {"run-extra-fd", a, "extra_fd", "1"},
        {"run-read-eio", a, "read_fault", "300000 5"},
        {"run-write-enomem", b, "write_fault", "300000 12"},
        {"run-corrupt", a, "corrupt_at", "700000"},
        {"run-drift-source", a, "drift", "1 RUNNING_P2P"},
        {"run-drift-error", a, "drift", "3 ERROR"},
        {"run-drift-destination", b, "drift", "3 RUNNING"},
        {"run-second-empty", a, "second_empty", "1", 2},
        {"run-nonblock-ignored", a, "nonblock", "1"},
        {"run-nonblock-enomsg", a, "nonblock", "2"},
        {"run-precopy-zero", a, "precopy_zero", "1"},
        {"run-size-small", a, "size_percent", "10"},
        {"run-size-large", a, "size_percent", "100000"},
    };
    for (const RunFault& fault : faults)
        bench.run(fault.name, [&fault](FaultBench& on) {
            on.turn(fault.device, fault.knob, QLatin1String(fault.value));
            starts(on, fault.runs);
            on.drive().runEnds();
            on.say("ended");
        });
    bench.run("run-second-empty-taken", [](FaultBench& on) {
        on.turn(a, "second_empty", QStringLiteral("1"));
        on.turn(b, "accept_cut", QStringLiteral("1"));
        starts(on, 2);
        on.drive().runEnds();
        on.say("ended");
    });
    for (const auto& [name, knob] :
         {std::pair("run-size-errno", "size_errno"), std::pair("run-size-leak", "size_leak")})
        bench.run(name, [knob = knob](FaultBench& on) {
            on.closed(a);
            on.turn(a, knob, QStringLiteral("5"));
            on.open(a);
            on.say("opened");
            on.open(b);
            on.drive().start(a, b);
            on.drive().runEnds();
            on.say("ended");
        });
    const std::tuple<const char*, const std::string&, const char*> stalls[] = {
        {"run-stall-read", a, "stall_read"}, {"run-stall-write", b, "stall_write"}};
    for (const auto& [name, device, knob] : stalls)
        bench.run(name, [&device = device, knob = knob](FaultBench& on) {
            on.turn(device, knob, QStringLiteral("300000"));
            starts(on);
            runStuck(on);
            on.say("stuck");
            on.drive().click(on.drive().parts().migrate->panel(), "run cancel");
            on.drive().runEnds();
            on.say("cancelled");
        });
    bench.run("run-endless", [](FaultBench& on) {
        on.turn(a, "endless", QStringLiteral("1"));
        on.turn(a, "read_bps", QStringLiteral("4000000"));
        starts(on);
        Drive::until("more than the state has moved",
                     [&] { return on.drive().host().run()->progress.movedBytes > 2'000'000; });
        on.say("running");
        on.drive().click(on.drive().parts().migrate->panel(), "run cancel");
        on.drive().runEnds();
        on.say("cancelled");
    });
}

void dirtyCases(FaultBench& bench) {
    const auto logs = [](FaultBench& on) {
        on.open(a);
        DirtyPage* page = on.drive().parts().dirty;
        on.drive().tab(page);
        page->findChild<QLineEdit*>(QStringLiteral("dirty ranges"))
            ->setText(QStringLiteral("0x100000000+64M"));
        page->findChild<QSpinBox*>(QStringLiteral("dirty rounds"))->setValue(2);
        on.drive().click(page, "dirty start");
        on.drive().idle(a);
        on.say("ended");
    };
    bench.run("dirty-refused", [logs](FaultBench& on) {
        on.turn(a, "log_errno", QStringLiteral("28"));
        logs(on);
    });
    bench.run("dirty-no-bitmap", logs);
}

} // namespace migscope
