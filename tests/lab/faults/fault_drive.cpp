// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The window on the lab's own driver, driven by clicks: its misbehaviours, its unkillable calls, its
// pictures.
#include <QApplication>
#include <QTabWidget>

#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "tests/lab/faults/fault_bench.h"
#include "tests/lab/faults/fault_cases.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/timeline_page.h"
#include "ui/run_presenter.h"

namespace migscope {
namespace {

long long monotonic() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

int faults(const QString& folder) {
    FaultBench bench(folder);
    bench.calm();
    handCases(bench);
    runCases(bench);
    dirtyCases(bench);
    for (const std::string& device : bench.drive().host().openDevices())
        bench.drive().release(device);
    const bool clean = bench.drive().leave();
    std::printf("missed %d, left behind %s\n", bench.missed(), clean ? "nothing" : "a thread");
    return bench.missed() == 0 && clean ? 0 : 1;
}

/// A SET that nothing wakes: it is told, another device goes on, and the window can be closed. Leaves as the
/// program does.
int closing(const QString& folder, const std::string& how) {
    FaultBench bench(folder);
    Drive& drive = bench.drive();
    bench.calm();
    drive.open(labDestination);
    drive.open(labSource);
    bench.turn(labSource, "sleep_set",
               QStringLiteral("1 %1 %2").arg(how == "hard" ? 14'000 : 60'000).arg(how.c_str()));
    drive.ask(MigState::PreCopy);
    bench.hangs();
    const Ns asked = drive.host().now();
    Drive::until("the window has said stuck for a while", [&] {
        return drive.session(labSource).phase == SessionPhase::Stuck &&
               drive.host().now() - asked > std::chrono::seconds(3);
    });
    bench.say("stuck");
    drive.select(labDestination);
    bench.about(labDestination);
    for (const MigState goal : {MigState::PreCopy, MigState::Running})
        drive.step(labDestination, goal);
    bench.say("another");
    bench.write(("close-" + how).c_str());
    std::printf("closing %lld\n", monotonic());
    std::fflush(stdout);
    drive.close();
    const bool clean = drive.leave();
    std::printf("left %lld, behind %s\n", monotonic(), clean ? "nothing" : "a thread");
    std::fflush(stdout);
    ::_exit(clean ? 1 : 0); // with that call under way nothing can be clean
}

/// A migration of hundreds of MiB with pre-copy, and a device that went wrong.
int pictures(const QString& folder, const char* theme) {
    FaultBench bench(folder);
    Drive& drive = bench.drive();
    const auto file = [&](const char* what) {
        return bench.file(
            QStringLiteral("miglab-%1-%2.png").arg(QLatin1String(what), QLatin1String(theme)).toUtf8());
    };
    bench.calm();
    bench.turn(labSource, "state_bytes", QString::number(300 << 20));
    bench.turn(labSource, "initial_bytes", QString::number(160 << 20));
    bench.turn(labSource, "dirty_bps", QStringLiteral("40000000"));
    bench.turn(labSource, "arc_us", QStringLiteral("* * 8000"));
    bench.turn(labDestination, "arc_us", QStringLiteral("* * 8000"));
    bench.turn(labDestination, "arc_us", QStringLiteral("RESUMING STOP 180000"));
    drive.open(labSource);
    drive.open(labDestination);
    drive.start(labSource, labDestination);
    drive.runEnds();
    Drive::until("the figures are there", [&] { return !drive.host().run()->metrics.empty(); });
    drive.parts().runPresenter->showRun(drive.host().run()->source);
    Drive::settle();
    drive.picture(file("timeline"));
    bench.calm();
    drive.release(labDestination);
    drive.release(labSource);
    bench.turn(labSource, "arc_us", QStringLiteral("* * 8000"));
    drive.open(labSource);
    for (const MigState goal : {MigState::PreCopy, MigState::PreCopyP2p})
        drive.step(labSource, goal);
    bench.turn(labSource, "fail_set", QStringLiteral("1 5 error"));
    drive.ask(MigState::StopCopy);
    drive.idle(labSource);
    Drive::settle();
    drive.picture(file("fault"));
    bench.calm();
    drive.reset(labSource);
    drive.release(labSource);
    return drive.leave() ? 0 : 1;
}

} // namespace
} // namespace migscope

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    const bool two = what == "close" || what == "pictures";
    if (argc != (two ? 4 : 3) || (!two && what != "faults")) {
        std::fputs("usage: fault_drive faults|close HOW|pictures THEME FOLDER\n", stderr);
        return 2;
    }
    const QApplication application(argc, argv);
    migscope::prepareWindow(two && std::strcmp(argv[2], "dark") == 0);
    try {
        const QString folder = QString::fromLocal8Bit(argv[argc - 1]);
        return what == "faults"  ? migscope::faults(folder)
               : what == "close" ? migscope::closing(folder, argv[2])
                                 : migscope::pictures(folder, argv[2]);
    } catch (const migscope::Missed& missed) {
        std::fprintf(stderr, "fault_drive: %s\n", missed.what());
        std::fflush(stdout);
        ::_exit(1);
    }
}
