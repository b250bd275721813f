// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What every test of the window needs: an event loop to wait in, the simulated lab, temporary folders.
#pragma once

#include <gtest/gtest.h>

#include <QString>

#include <memory>

#include "core/sim/sim_backend.h"
#include "ui/event_wait.h"
#include "ui/host_session.h"
#include "ui/main_window.h"

namespace migscope::testing {

/// A folder for journals, settings and caches; gone with the test program.
[[nodiscard]] QString temporaryFolder();

/// Built-in lab devices by what is wrong with them.
inline constexpr const char* mlx5A = "0000:3b:00.2";
inline constexpr const char* mlx5B = "0000:3b:00.3";
inline constexpr const char* hisiA = "0000:3c:00.1";
inline constexpr const char* virtioA = "0000:3f:00.1";
inline constexpr const char* virtioB = "0000:3f:00.2";
inline constexpr const char* failing = "0000:85:00.2";
inline constexpr const char* stuckOne = "0000:88:00.2";
inline constexpr const char* slowOne = "0000:87:00.2";
inline constexpr const char* foundResuming = "5196c0de-0000-4000-8000-000000000001";

/// A window on a machine. Stuck calls return at the end, so that no thread outlives the test.
class WindowTest : public ::testing::Test {
public:
    ~WindowTest() override;

protected:
    WindowTest();
    /// "sim:lab" or "capture:DIR"; waits for both stages of discovery.
    void machine(const std::string& spec);
    void select(const std::string& device);
    /// Presses the button of the page; waits until it is open.
    void open(const std::string& device);
    [[nodiscard]] bool waitIdle(const std::string& device);
    [[nodiscard]] const SessionState& state(const std::string& device) const { return *host_->state(device); }
    [[nodiscard]] const WindowParts& parts() const { return window_->parts(); }

    std::shared_ptr<SimBackend> sim_; ///< of the machine, when it is simulated
    std::unique_ptr<HostSession> host_;
    std::unique_ptr<MainWindow> window_;
};

} // namespace migscope::testing
