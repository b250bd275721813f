// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The real window on a real kernel, driven by clicks: opens a device, walks its states, migrates it, draws
// itself; with --check it asks a device the compliance checks.
#include <QApplication>

#include <cstdio>
#include <string>
#include <string_view>

#include "tests/lab/drive.h"
#include "ui/state_button.h"

namespace migscope {
namespace {

int drive(const std::string& source, const std::string& destination, const QString& folder) {
    Drive driver;
    driver.open(source);
    for (const MigState goal : {MigState::PreCopy, MigState::PreCopyP2p, MigState::StopCopy, MigState::Stop,
                                MigState::RunningP2p, MigState::Running}) {
        driver.step(source, goal);
        std::printf("%s\n", stateName(goal).c_str());
    }
    driver.picture(folder + QStringLiteral("/window-inspect.png"));
    driver.open(destination);
    driver.start(source, destination);
    driver.runEnds();
    const auto result = driver.host().run()->result;
    std::printf("run %s\n", result ? outcomeWord(result->outcome).c_str() : "never began");
    driver.picture(folder + QStringLiteral("/window-migrate.png"));
    // The source stands in STOP: the window asks, and brings it back.
    driver.close();
    const bool left = !driver.host().shutdown(std::chrono::seconds(3));
    std::printf("left behind %s\n", left ? "yes" : "nothing");
    std::fflush(stdout);
    if (left)
        std::_Exit(1);
    return result && result->outcome == RunOutcome::Ok ? 0 : 1;
}

int check(const std::string& device, const std::string& peer, const QString& folder) {
    Drive driver;
    const CheckStatus& status = driver.check(device, peer);
    const CheckReport& report = status.document.report;
    for (const CheckResult& result : report.results)
        std::printf("%s %s\n", std::string(verdictWord(result.outcome.verdict)).c_str(),
                    std::string(result.check->id).c_str());
    for (const CheckEnd& end : report.ends)
        std::printf("end %s\n", end.state ? stateName(*end.state).c_str() : "unknown");
    Drive::settle();
    driver.picture(folder + QStringLiteral("/window-compliance.png"));
    driver.close();
    const bool clean = driver.leave();
    std::printf("left behind %s\n", clean ? "nothing" : "yes");
    std::fflush(stdout);
    if (!clean)
        std::_Exit(1);
    return 0;
}

} // namespace
} // namespace migscope

int main(int argc, char** argv) {
    const bool checks = argc == 5 && std::string_view(argv[1]) == "--check";
    if (argc != 4 && !checks) {
        std::fputs("usage: window_drive [--check] SOURCE DESTINATION FOLDER\n", stderr);
        return 2;
    }
    const QApplication application(argc, argv);
    migscope::prepareWindow();
    try {
        if (checks)
            return migscope::check(argv[2], argv[3], QString::fromLocal8Bit(argv[4]));
        return migscope::drive(argv[1], argv[2], QString::fromLocal8Bit(argv[3]));
    } catch (const migscope::Missed& missed) {
        std::fprintf(stderr, "window_drive: %s\n", missed.what());
        std::fflush(stdout);
        std::_Exit(1);
    }
}
