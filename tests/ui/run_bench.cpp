// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A run panel on a host session, wired as the window does, without the window.
#include "tests/ui/run_bench.h"

#include <QSettings>
#include <QTest>

#include "app/backends.h"

namespace migscope::testing {

RunBench::RunBench() {
    QSettings().clear();
    panel_ = std::make_unique<RunPanel>([this](QWidget*, FileUse, const QString&) { return answer_; });
}

RunBench::~RunBench() {
    if (sim_) {
        sim_->releaseStuck();
        for (const std::string& violation : sim_->violations())
            ADD_FAILURE() << "real hardware would not have survived: " << violation;
    }
    panel_.reset();
    if (host_) {
        host_->shutdown(std::chrono::seconds(2));
        const auto leftovers = host_->takeLeftovers();
        host_.reset();
    }
    spin(20);
}

void RunBench::lab() {
    host_ = std::make_unique<HostSession>(
        [this](const std::string& spec) -> Result<std::shared_ptr<Backend>> {
            auto made = makeBackend(spec);
            if (!made)
                return std::unexpected(made.error());
            std::shared_ptr<Backend> backend(std::move(*made));
            sim_ = std::dynamic_pointer_cast<SimBackend>(backend);
            return backend;
        },
        temporaryFolder());
    wirePanel();
    ASSERT_TRUE(host_->use("sim:lab"));
    ASSERT_TRUE(waitUntil([this] { return host_->topology() && host_->topology()->enriched; }));
}

void RunBench::machine(const SimProfile& profile) {
    const auto sound = checkSimProfile(profile, "test");
    ASSERT_TRUE(sound) << describe(sound.error());
    clock_ = std::make_shared<VirtualClock>();
    sim_ = std::make_shared<SimBackend>(profile, *clock_);
    host_ = std::make_unique<HostSession>(
        [this](const std::string&) -> Result<std::shared_ptr<Backend>> { return sim_; }, temporaryFolder());
    wirePanel();
    ASSERT_TRUE(host_->use("sim:test"));
    ASSERT_TRUE(waitUntil([this] { return host_->topology() && host_->topology()->enriched; }));
}

void RunBench::wirePanel() {
    HostSession* session = host_.get();
    RunPanel* runs = panel_.get();
    const auto devices = [session, runs] { runs->setDevices(session->runCandidates()); };
    QObject::connect(session, &HostSession::topologyChanged, runs, devices);
    QObject::connect(session, &HostSession::sessionChanged, runs, devices);
    QObject::connect(session, &HostSession::runChanged, runs,
                     [session, runs] { runs->setStatus(session->run(), session->now()); });
    QObject::connect(runs, &RunPanel::startAsked, session,
                     [session](const RunRequest& request) { static_cast<void>(session->startRun(request)); });
    QObject::connect(runs, &RunPanel::cancelAsked, session, &HostSession::cancelRun);
    QObject::connect(runs, &RunPanel::openAsked, session, &HostSession::openDevice);
    QObject::connect(runs, &RunPanel::bringBackAsked, session, &HostSession::bringBack);
    panel_->resize(760, 300);
    panel_->show();
}

void RunBench::press(const char* button) {
    auto* found = part<QPushButton>(button);
    ASSERT_TRUE(found->isVisible() && found->isEnabled()) << button << ": " << said();
    QTest::mouseClick(found, Qt::LeftButton);
}

void RunBench::choose(const char* combo, const QString& text) {
    auto* found = part<QComboBox>(combo);
    for (int at = 0; at < found->count(); ++at) {
        if (found->itemText(at).startsWith(text)) {
            found->setFocus();
            found->setCurrentIndex(at);
            return;
        }
    }
    ADD_FAILURE() << combo << " offers no " << text.toStdString();
}

void RunBench::openEnds() {
    for (int at = 0; at < 2; ++at) {
        const std::string name = "run end " + std::to_string(at);
        auto* button = part<QPushButton>(name.c_str());
        if (button->isVisible() && button->text().startsWith(QLatin1String("Open")))
            QTest::mouseClick(button, Qt::LeftButton);
    }
    ASSERT_TRUE(waitUntil([this] { return part<QPushButton>("run start")->isEnabled(); })) << said();
}

void RunBench::startRun() {
    press("run start");
    ASSERT_TRUE(host_->run()) << said();
}

bool RunBench::waitEnd(int milliseconds) {
    // The figures come when the recording is whole.
    return waitUntil(
        [this] {
            return host_->run() && !status().running && (!status().result || !status().metrics.empty());
        },
        milliseconds);
}

RunOutcome RunBench::outcome() const {
    return status().result ? status().result->outcome : RunOutcome::Failed;
}

std::string RunBench::said() const {
    return (text("run why") + QStringLiteral(" | ") + text("run progress") + QStringLiteral(" | ") +
            text("run outcome"))
        .toStdString();
}

} // namespace migscope::testing
