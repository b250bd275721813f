// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A run panel on a host session, wired as the window does, without the window.
#pragma once

#include <gtest/gtest.h>

#include <QComboBox>
#include <QLabel>
#include <QPushButton>

#include <memory>
#include <string>
#include <vector>

#include "core/sim/sim_backend.h"
#include "tests/ui/ui_test.h"
#include "ui/host_session.h"
#include "ui/panels/run_panel.h"

namespace migscope::testing {

class RunBench : public ::testing::Test {
public:
    ~RunBench() override;

protected:
    RunBench();
    /// "sim:lab"; waits for discovery.
    void lab();
    /// A machine of the test's own, in virtual time.
    void machine(const SimProfile& profile);
    void wirePanel();

    template<class Widget>
    [[nodiscard]] Widget* part(const char* name) const {
        auto* found = panel_->findChild<Widget*>(QLatin1String(name));
        EXPECT_NE(found, nullptr) << name;
        return found;
    }
    [[nodiscard]] QString text(const char* label) const { return part<QLabel>(label)->text(); }
    void press(const char* button);
    /// By the beginning of its text.
    void choose(const char* combo, const QString& text);
    /// Presses the panel's own buttons for ends that are not open, until Start can be pressed.
    void openEnds();
    void startRun();
    [[nodiscard]] bool waitEnd(int milliseconds = 30'000);
    [[nodiscard]] RunOutcome outcome() const;
    [[nodiscard]] std::string said() const;
    [[nodiscard]] const RunStatus& status() const { return *host_->run(); }

    std::shared_ptr<Clock> clock_; ///< before what uses it
    std::shared_ptr<SimBackend> sim_;
    std::unique_ptr<HostSession> host_;
    std::unique_ptr<RunPanel> panel_;
    QString answer_; ///< of the next question for a file
};

} // namespace migscope::testing
