// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Runs from the first click to the result, on the simulated lab and in virtual time.
#include <QAccessible>
#include <QApplication>
#include <QCheckBox>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QProgressBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

#include <map>
#include <set>

#include "core/base/byte_size.h"
#include "tests/ui/run_bench.h"
#include "ui/panels/notice_bar.h"
#include "ui/run_words.h"

namespace migscope::testing {
namespace {

using namespace std::chrono_literals;

constexpr const char* refuses = "0000:86:00.2";
constexpr const char* hisiB = "0000:3c:00.2";

class Runs : public RunBench {
protected:
    void ends(const char* from, const char* to) {
        choose("run source", QString::fromUtf8(from));
        choose("run destination", QString::fromUtf8(to));
    }
    [[nodiscard]] std::shared_ptr<Recording> recorded() const {
        auto loaded = loadRecording(status().source->path().toStdString());
        EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : describe(loaded.error()));
        return loaded ? *loaded : nullptr;
    }
    /// The file is whole.
    [[nodiscard]] bool waitWhole() {
        return waitUntil([this] { return !status().source->growing(); });
    }
};

TEST_F(Runs, aMigrationWithPreCopyFromTheFirstClickToTheResult) {
    lab();
    ends("3b:00.2", "3b:00.3");
    EXPECT_FALSE(part<QPushButton>("run start")->isEnabled());
    EXPECT_TRUE(text("run why").contains(QLatin1String("3b:00.2 is not open: open it first")))
        << text("run why").toStdString();
    EXPECT_EQ(part<QPushButton>("run end 0")->text(), QLatin1String("Open 3b:00.2 (resets the function)"));
    EXPECT_EQ(part<QPushButton>("run end 1")->text(), QLatin1String("Open 3b:00.3 (resets the function)"));
    EXPECT_FALSE(sim_->isOpen(mlx5A)) << "a run opens nothing by itself";
    openEnds();
    choose("run mode", QStringLiteral("pre-copy"));
    part<QLineEdit>("run workload")->setText(QStringLiteral("iperf3"));
    startRun();
    EXPECT_TRUE(status().running);
    EXPECT_FALSE(part<QPushButton>("run start")->isEnabled());
    EXPECT_TRUE(part<QPushButton>("run cancel")->isEnabled());
    EXPECT_TRUE(text("run why").contains(QLatin1String("A run is under way: migrate 3b:00.2 to 3b:00.3")));
    ASSERT_TRUE(waitUntil([this] {
        return text("run progress").contains(QLatin1String(" of about ")) &&
               text("run progress").contains(QLatin1String("iB/s")) &&
               part<QProgressBar>("run bar")->maximum() > 0;
    })) << said();
    EXPECT_TRUE(part<QProgressBar>("run bar")->isVisible());
    ASSERT_TRUE(waitEnd()) << said();
    EXPECT_EQ(outcome(), RunOutcome::Ok) << said();
    EXPECT_FALSE(part<QProgressBar>("run bar")->isVisible());
    ASSERT_TRUE(waitWhole());
    const auto file = recorded();
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->complete);
    const RunMetrics& measured = file->metrics().runs().front();
    ASSERT_TRUE(measured.downtime);
    EXPECT_GT(*measured.downtime, 1ms);
    EXPECT_EQ(status().metrics.front().downtime, measured.downtime) << "shown is what was recorded";
    EXPECT_TRUE(
        text("run outcome")
            .contains(QString::fromStdString(formatDuration(*measured.downtime, measured.downtimeError))))
        << said();
    EXPECT_TRUE(text("run outcome").contains(QLatin1String("Workload: iperf3")));
    EXPECT_GT(measured.pairs.front().precopyBytes, 0U);
    const RecordingHeader& header = file->header();
    ASSERT_EQ(header.devices.size(), 2U);
    EXPECT_EQ(header.devices[0].name, mlx5A);
    EXPECT_EQ(header.devices[0].access, "simulated");
    EXPECT_EQ(header.devices[0].flags, 7U);
    EXPECT_EQ(header.devices[0].workload, "iperf3");
    ASSERT_TRUE(header.plan);
    EXPECT_EQ(header.plan->mode, CopyMode::PreCopy);
    EXPECT_EQ(header.detail, "arcs");
    EXPECT_TRUE(status().source->path().contains(QLatin1String("-run-")));
    EXPECT_TRUE(sim_->lastLoad(mlx5B).accepted);
    EXPECT_EQ(sim_->stateOf(mlx5A), MigState::Stop);
    EXPECT_EQ(sim_->stateOf(mlx5B), MigState::Running);
    // The state lives at the destination now: only a reset makes the source usable again, and it is offered.
    EXPECT_TRUE(text("run why").contains(QLatin1String("3b:00.2 stands in STOP: bring it back")));
    EXPECT_EQ(part<QPushButton>("run end 0")->text(),
              QLatin1String("Bring 3b:00.2 back (resets the function)"));
    press("run end 0");
    ASSERT_TRUE(waitUntil([this] { return part<QPushButton>("run start")->isEnabled(); })) << said();
    EXPECT_EQ(sim_->stateOf(mlx5A), MigState::Running);
}

TEST_F(Runs, cancelBringsBothDevicesBack) {
    lab();
    ends("3b:00.2", "3b:00.3");
    openEnds();
    startRun();
    ASSERT_TRUE(waitUntil([this] { return status().progress.movedBytes > 0; })) << said();
    press("run cancel");
    EXPECT_TRUE(status().cancelling || !status().running);
    ASSERT_TRUE(waitEnd()) << said();
    EXPECT_EQ(outcome(), RunOutcome::Cancelled) << said();
    EXPECT_TRUE(text("run outcome").startsWith(QLatin1String("Cancelled (migrate 3b:00.2 to 3b:00.3).")));
    EXPECT_TRUE(text("run outcome").contains(QLatin1String("3b:00.2 stands in RUNNING")));
    EXPECT_TRUE(text("run outcome").contains(QLatin1String("3b:00.3 stands in RUNNING")));
    EXPECT_EQ(sim_->stateOf(mlx5A), MigState::Running);
    EXPECT_EQ(sim_->stateOf(mlx5B), MigState::Running);
    EXPECT_TRUE(part<QPushButton>("run start")->isEnabled()) << said();
}

TEST_F(Runs, aLoopbackNeedsOneDeviceAndSeveralRunsGiveADistribution) {
    lab();
    ends("3c:00.1", "same device");
    openEnds();
    part<QSpinBox>("run count")->setValue(3);
    startRun();
    ASSERT_TRUE(waitEnd()) << said();
    EXPECT_EQ(outcome(), RunOutcome::Ok) << said();
    EXPECT_EQ(status().metrics.size(), 3U);
    EXPECT_TRUE(text("run outcome").contains(QLatin1String("over 3 runs"))) << said();
    EXPECT_TRUE(text("run outcome").contains(QLatin1String("idle function")));
    EXPECT_TRUE(sim_->lastLoad(hisiA).accepted);
    EXPECT_EQ(sim_->stateOf(hisiA), MigState::Running);
}

TEST_F(Runs, discardMeasuresTheBlackoutAndKeepsNothing) {
    lab();
    ends("3c:00.1", "discard");
    openEnds();
    startRun();
    ASSERT_TRUE(waitEnd()) << said();
    EXPECT_EQ(outcome(), RunOutcome::Ok) << said();
    ASSERT_TRUE(status().metrics.front().blackout);
    EXPECT_FALSE(status().metrics.front().downtime);
    EXPECT_TRUE(text("run outcome")
                    .contains(QLatin1String("Blackout: ") +
                              QString::fromStdString(formatDuration(*status().metrics.front().blackout))))
        << said();
    EXPECT_TRUE(text("run outcome").contains(QLatin1String("State size: 176 B")));
}

TEST_F(Runs, savesToAFileAndLoadsItIntoAnother) {
    lab();
    ends("3c:00.1", "file …");
    EXPECT_TRUE(part<QLineEdit>("run file")->isVisible());
    answer_ = temporaryFolder() + QStringLiteral("/saved by a run.migstate");
    QFile::remove(answer_); // of an earlier repetition
    press("run browse");
    EXPECT_EQ(part<QLineEdit>("run file")->text(), answer_);
    openEnds();
    startRun();
    ASSERT_TRUE(waitEnd()) << said();
    ASSERT_EQ(outcome(), RunOutcome::Ok) << said();
    EXPECT_TRUE(QFile::exists(answer_));
    // The same name again is refused before anything is asked of the device, in place, with what helps.
    const std::size_t arcs = sim_->arcs(hisiA).size();
    startRun();
    ASSERT_TRUE(waitEnd()) << said();
    EXPECT_TRUE(text("run outcome").contains(QLatin1String("EEXIST"))) << said();
    EXPECT_TRUE(text("run outcome").contains(QLatin1String("Next: name another file"))) << said();
    EXPECT_EQ(sim_->arcs(hisiA).size(), arcs);
    part<QCheckBox>("run overwrite")->setChecked(true);
    startRun();
    ASSERT_TRUE(waitEnd()) << said();
    EXPECT_EQ(outcome(), RunOutcome::Ok) << said();

    ends("file …", "3c:00.2");
    EXPECT_FALSE(part<QSpinBox>("run count")->isEnabled());
    EXPECT_FALSE(part<QCheckBox>("run raw")->isVisible());
    openEnds();
    startRun();
    ASSERT_TRUE(waitEnd()) << said();
    EXPECT_EQ(outcome(), RunOutcome::Ok) << said();
    EXPECT_TRUE(text("run outcome").contains(QLatin1String("The device took 176 B."))) << said();
    EXPECT_TRUE(sim_->lastLoad(hisiB).accepted);
    EXPECT_EQ(sim_->lastLoad(hisiB).seed, sim_->savedSeed(hisiA));
    EXPECT_EQ(sim_->stateOf(hisiB), MigState::Running);
}

TEST_F(Runs, aDestinationThatRefusesIsToldWithBothDevicesAndWhatHelps) {
    lab();
    ends("3b:00.2", "86:00.2");
    openEnds();
    choose("run mode", QStringLiteral("stop-copy"));
    startRun();
    ASSERT_TRUE(waitEnd()) << said();
    EXPECT_EQ(outcome(), RunOutcome::Failed);
    for (const char* words : {"Failed (migrate 3b:00.2 to 86:00.2)", "EINVAL",
                              "the destination rejects the image", "3b:00.2 stands in RUNNING: taken back",
                              "86:00.2 stands in RUNNING: reset", "Next: compare driver"})
        EXPECT_TRUE(text("run outcome").contains(QLatin1String(words))) << words << " | " << said();
    EXPECT_EQ(sim_->stateOf(mlx5A), MigState::Running);
    EXPECT_EQ(sim_->stateOf(refuses), MigState::Running);
    // What the machine's kernel said of it stands in the journal of the run.
    ASSERT_TRUE(waitWhole());
    const auto file = recorded();
    ASSERT_TRUE(file);
    std::vector<std::optional<int>> logged;
    for (const Event& event : file->events()) {
        if (std::holds_alternative<event::KernelLog>(event.body))
            logged.push_back(event.device);
    }
    EXPECT_EQ(logged, std::vector<std::optional<int>>{1}) << "of the destination, once";
}

TEST_F(Runs, aPartnerThatIsStuckIsToldAndHoldsNobodyUp) {
    lab();
    ends("3b:00.2", "88:00.2");
    openEnds();
    QElapsedTimer timer;
    timer.start();
    startRun();
    ASSERT_TRUE(waitUntil([this] { return host_->runStuck(); }, 5000)) << said();
    EXPECT_LT(timer.elapsed(), 2600);
    EXPECT_TRUE(text("run progress").contains(QLatin1String("88:00.2 is stuck in SET"))) << said();
    EXPECT_TRUE(status().running);
    // A third device is driven meanwhile.
    host_->openDevice(hisiA);
    ASSERT_TRUE(waitUntil([this] {
        return host_->state(hisiA) != nullptr && host_->state(hisiA)->phase == SessionPhase::Idle;
    }));
    host_->step(hisiA, MigState::Stop, false);
    ASSERT_TRUE(waitUntil([this] { return sim_->stateOf(hisiA) == MigState::Stop; }));
    press("run cancel");
    timer.start();
    EXPECT_FALSE(host_->shutdown(1500ms));
    EXPECT_LT(timer.elapsed(), 2500);
    EXPECT_FALSE(host_->runActive());
    EXPECT_EQ(sim_->stateOf(mlx5A), MigState::Running) << "nothing was asked of the source yet";
}

TEST_F(Runs, aDeviceThatIsAskedBackEndsTheRun) {
    lab();
    ends("3b:00.2", "3b:00.3");
    openEnds();
    startRun();
    ASSERT_TRUE(waitUntil([this] { return status().progress.movedBytes > 0; }));
    sim_->askBack(mlx5B);
    ASSERT_TRUE(waitEnd()) << said();
    EXPECT_EQ(outcome(), RunOutcome::Cancelled) << said();
    ASSERT_TRUE(waitUntil([this] { return !host_->isOpen(mlx5B); }));
    EXPECT_EQ(sim_->stateOf(mlx5A), MigState::Running);
}

TEST_F(Runs, oneRunAtATimeAndWhatCannotBeginStandsInPlace) {
    lab();
    RunRequest request;
    request.source = mlx5A;
    request.destination = mlx5B;
    const auto closed = host_->startRun(request);
    ASSERT_FALSE(closed);
    EXPECT_TRUE(closed.error().is(Errc::Refused));
    EXPECT_FALSE(host_->runActive());
    EXPECT_TRUE(text("run outcome").startsWith(QLatin1String("Did not begin (migrate 3b:00.2 to 3b:00.3)")))
        << said();
    ends("3b:00.2", "3b:00.3");
    openEnds();
    startRun();
    const auto second = host_->startRun(request);
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().is(Errc::JobRunning));
    EXPECT_TRUE(host_->runActive()) << "the one under way goes on";
    host_->cancelRun();
    ASSERT_TRUE(waitEnd());
}

TEST_F(Runs, everyCallIsRecordedOnlyWhenAsked) {
    lab();
    ends("3c:00.1", "discard");
    openEnds();
    const auto calls = [this] {
        std::size_t count = 0;
        const auto file = recorded();
        for (const Event& event : file->events())
            count += std::holds_alternative<event::Call>(event.body) ? 1 : 0;
        return count;
    };
    startRun();
    ASSERT_TRUE(waitEnd() && waitWhole());
    EXPECT_EQ(calls(), 0U) << "recording calls would stand in the downtime";
    part<QToolButton>("run limits")->setChecked(true);
    part<QCheckBox>("run calls")->setChecked(true);
    startRun();
    ASSERT_TRUE(waitEnd() && waitWhole());
    EXPECT_GT(calls(), 3U);
    EXPECT_EQ(recorded()->header().detail, "calls");
}

TEST_F(Runs, sourcesTellEverythingOnceAndInOrder) {
    lab();
    std::map<SourceId, std::size_t> seen;
    std::map<SourceId, int> grown;
    std::set<SourceId> ended;
    std::vector<RunSourcePtr> added;
    QObject::connect(host_.get(), &HostSession::sourceAdded, panel_.get(),
                     [&](const RunSourcePtr& source) { added.push_back(source); });
    QObject::connect(host_.get(), &HostSession::sourceGrew, panel_.get(), [&](SourceId id) { ++grown[id]; });
    QObject::connect(host_.get(), &HostSession::sourceEnded, panel_.get(),
                     [&](SourceId id) { ended.insert(id); });
    QObject::connect(host_.get(), &HostSession::eventsArrived, panel_.get(),
                     [&](SourceId id, std::size_t first, const std::vector<Event>& events) {
                         EXPECT_EQ(first, seen[id]) << "none twice, none lost";
                         seen[id] += events.size();
                     });
    ends("3b:00.2", "3b:00.3");
    openEnds();
    ASSERT_EQ(added.size(), 2U);
    EXPECT_EQ(added[0],
              host_->source(mlx5A)
                  ? host_->source(added[0]->name().startsWith(QLatin1String("3b:00.2")) ? mlx5A : mlx5B)
                  : nullptr);
    startRun();
    ASSERT_EQ(added.size(), 2U) << "a run is told when it is looked at first";
    ASSERT_TRUE(waitEnd() && waitWhole());
    ASSERT_EQ(added.size(), 3U);
    const RunSourcePtr run = added[2];
    EXPECT_EQ(run, status().source);
    ASSERT_TRUE(waitUntil([&] { return ended.contains(run->id()); }));
    EXPECT_FALSE(run->growing());
    EXPECT_EQ(host_->growingSource(run->id()), nullptr);
    std::size_t whole = 0;
    std::size_t samples = 0;
    run->look([&](const Recording& recording) {
        whole = recording.events().size();
        for (const auto& [stream, columns] : recording.samples())
            samples += columns.size();
    });
    EXPECT_EQ(seen[run->id()], whole);
    EXPECT_GT(samples, 0U);
    EXPECT_GT(grown[run->id()], 3);
    EXPECT_TRUE(host_->source(mlx5A)->growing());
    host_->source(mlx5A)->look(
        [&](const Recording& recording) { EXPECT_EQ(recording.header().detail, "calls"); });
}

TEST_F(Runs, theFormRemembersItselfButNotTheWorkload) {
    lab();
    choose("run mode", QStringLiteral("stop-copy"));
    part<QToolButton>("run limits")->setChecked(true);
    part<QSpinBox>("run downtime limit")->setValue(77);
    part<QSpinBox>("run rounds")->setValue(5);
    part<QSpinBox>("run seconds")->setValue(9);
    choose("run convergence", QStringLiteral("give up"));
    part<QSpinBox>("run count")->setValue(4);
    part<QLineEdit>("run workload")->setText(QStringLiteral("fio"));
    RunPanel again;
    again.setDevices(host_->runCandidates());
    again.select(hisiA);
    const RunRequest request = again.request();
    EXPECT_EQ(request.mode, CopyMode::StopCopy);
    EXPECT_EQ(request.limits.downtimeLimit, 77ms);
    EXPECT_EQ(request.limits.maxRounds, 5U);
    EXPECT_EQ(request.limits.maxTime, 9s);
    EXPECT_EQ(request.limits.onNoConvergence, OnNoConvergence::GiveUp);
    EXPECT_EQ(request.runs, 4U);
    EXPECT_EQ(again.findChild<QSpinBox*>(QStringLiteral("run count"))->value(), 4);
    EXPECT_EQ(request.workload, "none") << "a stale name would stand under wrong figures";
}

TEST_F(Runs, devicesThatFitStandFirstAndTheChoiceStays) {
    lab();
    panel_->select(hisiA);
    auto* destination = part<QComboBox>("run destination");
    EXPECT_TRUE(destination->itemText(0).startsWith(QLatin1String("3c:00.2")));
    EXPECT_TRUE(destination->itemText(1).startsWith(QLatin1String("same device")));
    EXPECT_TRUE(destination->itemText(destination->count() - 1).endsWith(QLatin1String("other kind")));
    for (int at = 0; at < destination->count(); ++at) {
        EXPECT_FALSE(destination->itemText(at).startsWith(QLatin1String("3c:00.1"))) << "not onto itself";
        EXPECT_FALSE(destination->itemText(at).startsWith(QLatin1String("80:00.2"))) << "it cannot migrate";
    }
    choose("run destination", QStringLiteral("discard"));
    host_->openDevice(hisiB);
    ASSERT_TRUE(waitUntil([this] {
        return part<QComboBox>("run destination")->itemText(0).endsWith(QLatin1String("hisi_acc B"));
    })) << destination->itemText(0).toStdString();
    EXPECT_TRUE(destination->currentText().startsWith(QLatin1String("discard")));
    EXPECT_EQ(panel_->request().kind, PlanKind::Discard);
    choose("run mode", QStringLiteral("pre-copy"));
    EXPECT_EQ(panel_->request().devices(), std::vector<std::string>{hisiA});
}

TEST_F(Runs, thePanelIsNamedReachedByTabAndFitsASmallPlace) {
    lab();
    ends("3b:00.2", "file …");
    part<QToolButton>("run limits")->setChecked(true);
    spin(30);
    std::set<QWidget*> wanted;
    for (auto* widget : panel_->findChildren<QWidget*>()) {
        if (!widget->isVisible() || !widget->isEnabled() || (widget->focusPolicy() & Qt::TabFocus) == 0 ||
            widget->focusProxy() != nullptr || widget->objectName().startsWith(QLatin1String("qt_")))
            continue;
        wanted.insert(widget);
        QAccessibleInterface* face = QAccessible::queryAccessibleInterface(widget);
        ASSERT_NE(face, nullptr);
        EXPECT_FALSE(face->text(QAccessible::Name).isEmpty())
            << widget->metaObject()->className() << " " << widget->objectName().toStdString();
    }
    EXPECT_GT(wanted.size(), 14U);
    QApplication::setActiveWindow(panel_.get());
    part<QComboBox>("run source")->setFocus();
    std::vector<QString> order;
    for (int press = 0; press < 40; ++press) {
        wanted.erase(QApplication::focusWidget());
        order.push_back(QApplication::focusWidget()->objectName());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    }
    for (QWidget* missed : wanted)
        ADD_FAILURE() << "Tab does not reach " << missed->objectName().toStdString();
    EXPECT_EQ(order[1], QLatin1String("run destination"));
    EXPECT_EQ(order[2], QLatin1String("run file"));
    part<QToolButton>("run limits")->setChecked(false);
    choose("run destination", QStringLiteral("3b:00.3"));
    spin(30);
    EXPECT_LE(panel_->minimumSizeHint().width(), 560);
    panel_->resize(560, 200);
    spin(30);
    EXPECT_LE(panel_->minimumSizeHint().height(), 210);
}

/// Every time but the arcs' own is nothing, so that what is measured is known beforehand.
SimProfile exactPair() {
    SimProfile profile;
    profile.name = "test";
    for (const char* address : {"0000:01:00.1", "0000:02:00.1"}) {
        auto device = simFamily("qat", address);
        device->openTime = device->resetTime = device->getTime = device->streamCallTime = Ns{0};
        device->saveBytesPerSecond = device->loadBytesPerSecond = 0;
        device->arcTimes.clear();
        device->arcTime = 1ms;
        profile.devices.push_back(*device);
    }
    return profile;
}

TEST_F(Runs, inVirtualTimeTheDowntimeIsExact) {
    machine(exactPair());
    ends("01:00.1", "02:00.1");
    openEnds();
    choose("run mode", QStringLiteral("stop-copy"));
    startRun();
    ASSERT_TRUE(waitEnd()) << said();
    ASSERT_EQ(outcome(), RunOutcome::Ok) << said();
    // P2P, STOP, STOP_COPY of the source; STOP, P2P, RUNNING of the destination.
    EXPECT_EQ(status().metrics.front().downtime, 6ms);
    EXPECT_EQ(status().metrics.front().downtimeError, 1ms);
    EXPECT_TRUE(text("run outcome")
                    .contains(QString::fromUtf8("Downtime: 6.00 ms ± 1.0 (stop 2.00 ms, save 1.00 ms, load "
                                                "1.00 ms, resume 2.00 ms)")))
        << said();
}

TEST_F(Runs, anIdleDeviceIsReleasedAfterTheTimeAndNoOther) {
    machine(exactPair());
    QSignalSpy released(host_.get(), &HostSession::idleReleased);
    host_->openDevice("0000:01:00.1");
    host_->openDevice("0000:02:00.1");
    const auto idle = [this](const char* device) {
        return host_->state(device)->phase == SessionPhase::Idle;
    };
    ASSERT_TRUE(waitUntil([&] { return idle("0000:01:00.1") && idle("0000:02:00.1"); }));
    host_->step("0000:02:00.1", MigState::Stop, false);
    ASSERT_TRUE(
        waitUntil([&] { return idle("0000:02:00.1") && sim_->stateOf("0000:02:00.1") == MigState::Stop; }));
    static_cast<VirtualClock&>(*clock_).advance(60min);
    spin(1200);
    EXPECT_EQ(released.count(), 0) << "off by default";
    host_->setIdleRelease(10min);
    spin(1200);
    EXPECT_TRUE(host_->isOpen("0000:01:00.1")) << "the time begins when it is seen idle";
    static_cast<VirtualClock&>(*clock_).advance(11min);
    ASSERT_TRUE(waitUntil([&] { return !host_->isOpen("0000:01:00.1"); }));
    EXPECT_EQ(released.count(), 1);
    EXPECT_TRUE(host_->isOpen("0000:02:00.1")) << "it is not RUNNING: somebody's state is in it";
    EXPECT_FALSE(sim_->isOpen("0000:01:00.1"));
}

class Closing : public WindowTest {
protected:
    void answer(const char* words) {
        for (auto* button : parts().notice->findChildren<QPushButton*>()) {
            if (button->isVisible() && button->text() == QLatin1String(words)) {
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        }
        ADD_FAILURE() << "no button " << words << ": " << parts().notice->text().toStdString();
    }
    void begin(const char* from, const char* to) {
        machine("sim:lab");
        open(from);
        open(to);
        RunRequest request;
        request.source = from;
        request.destination = to;
        const auto begun = host_->startRun(request);
        ASSERT_TRUE(begun) << describe(begun.error());
    }
};

TEST_F(Closing, duringARunAsksOnceCancelsBringsBackAndLeaves) {
    begin(mlx5A, mlx5B);
    ASSERT_TRUE(waitUntil([this] { return host_->run()->progress.movedBytes > 0; }));
    window_->close();
    ASSERT_TRUE(window_->isVisible());
    EXPECT_TRUE(parts().notice->text().contains(
        QLatin1String("A run is under way: migrate 3b:00.2 to 3b:00.3. Bring back to RUNNING, then close?")))
        << parts().notice->text().toStdString();
    answer("Bring back and close");
    ASSERT_TRUE(waitUntil([this] { return !window_->isVisible(); }));
    EXPECT_FALSE(host_->runActive());
    EXPECT_EQ(host_->run()->result->outcome, RunOutcome::Cancelled);
    EXPECT_EQ(sim_->stateOf(mlx5A), MigState::Running);
    EXPECT_EQ(sim_->stateOf(mlx5B), MigState::Running);
    EXPECT_TRUE(host_->shutdown(std::chrono::seconds(2)));
    EXPECT_TRUE(sim_->violations().empty());
}

TEST_F(Closing, asItIsCancelsTheRunOnTheWayOut) {
    begin(mlx5A, mlx5B);
    ASSERT_TRUE(waitUntil([this] { return host_->run()->progress.movedBytes > 0; }));
    const QString journal = host_->run()->source->path();
    window_->close();
    answer("Close as it is");
    EXPECT_FALSE(window_->isVisible());
    EXPECT_TRUE(host_->shutdown(std::chrono::seconds(3)));
    EXPECT_FALSE(sim_->isOpen(mlx5A));
    EXPECT_FALSE(sim_->isOpen(mlx5B));
    EXPECT_TRUE(sim_->violations().empty());
    const auto recording = loadRecording(journal.toStdString());
    ASSERT_TRUE(recording);
    EXPECT_TRUE((*recording)->complete);
    EXPECT_EQ((*recording)->metrics().runs().front().outcome, RunOutcome::Cancelled);
}

TEST_F(Closing, aStuckRunHoldsNobodyUp) {
    begin(mlx5A, stuckOne);
    window_->close();
    ASSERT_TRUE(window_->isVisible());
    answer("Bring back and close"); // not stuck yet: it says so within 2 s, and is then waited for no longer
    ASSERT_TRUE(waitUntil([this] { return !window_->isVisible(); }, 4000));
    QElapsedTimer timer;
    timer.start();
    EXPECT_FALSE(host_->shutdown(std::chrono::milliseconds(1500)));
    EXPECT_LT(timer.elapsed(), 2500);
}

TEST_F(Closing, anotherMachineCancelsTheRunFirst) {
    begin(mlx5A, mlx5B);
    ASSERT_TRUE(waitUntil([this] { return host_->run()->progress.movedBytes > 0; }));
    const auto before = sim_;
    const RunSourcePtr source = host_->run()->source;
    machine("sim:lab");
    EXPECT_FALSE(host_->run());
    EXPECT_FALSE(before->isOpen(mlx5A));
    EXPECT_TRUE(before->violations().empty());
    ASSERT_TRUE(waitUntil([&] { return !source->growing(); }));
    source->look([](const Recording& recording) {
        EXPECT_EQ(recording.metrics().runs().front().outcome, RunOutcome::Cancelled);
    });
}

} // namespace
} // namespace migscope::testing
