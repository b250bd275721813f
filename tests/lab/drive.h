// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Drives the real window by clicks, on the devices of the lab's guest.
#pragma once

#include <QString>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "ui/actions.h"
#include "ui/host_session.h"
#include "ui/main_window.h"

class QAbstractButton;

namespace migscope {

/// What did not come about in time.
class Missed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// One window on this host, and what a person does in it: every act is a press on a button that is there and
/// can be pressed. What does not come about throws Missed. Thread-bound: the thread of the window.
class Drive {
public:
    /// The guest is an emulated machine.
    static constexpr int patienceMs = 20'000;

    /// Shows the window, 1280 x 800; returns when the machine is read.
    explicit Drive(const std::string& spec = "kernel");
    ~Drive();
    Drive(const Drive&) = delete;
    Drive& operator=(const Drive&) = delete;

    [[nodiscard]] HostSession& host() { return *host_; }
    [[nodiscard]] MainWindow& window() { return *window_; }
    [[nodiscard]] const WindowParts& parts() const { return window_->parts(); }
    [[nodiscard]] const SessionState& session(const std::string& device) const;

    static void until(const std::string& what, const std::function<bool()>& ready,
                      int milliseconds = patienceMs);
    /// Waits until it can be pressed.
    static void click(QAbstractButton* button, Qt::KeyboardModifiers held = {});
    /// The button of that name on the page that is shown.
    void click(QWidget* page, const char* name);
    /// The button of an act, wherever the window shows one.
    void act(ActionId id);
    void tab(QWidget* page);
    /// Clicks its row, unless it is selected.
    void select(const std::string& device);
    void open(const std::string& device);
    /// Presses the button; returns when the device is closed.
    void release(const std::string& device);
    void idle(const std::string& device);
    /// Presses the state, twice where the window asks; does not wait.
    void ask(MigState goal, bool combined = false);
    /// ask(), and the device gets there.
    void step(const std::string& device, MigState goal);
    /// Presses Reset twice; returns when that was done, well or not.
    void reset(const std::string& device);
    /// Chooses both ends in the Migrate tab and presses Start; they are open.
    void start(const std::string& source, const std::string& destination, int runs = 1);
    void runEnds();
    /// Chooses the peer in the Compliance tab and presses Check; returns when it has ended. Neither is open.
    [[nodiscard]] const CheckStatus& check(const std::string& device, const std::string& peer);
    /// Lets the window come to rest: the last events, and what they change.
    static void settle(int milliseconds = 800);
    void picture(const QString& file);
    /// Closes the window as a person does, answering "bring back" where it asks.
    void close();
    /// What guiMain() does after the last window. False: a thread is still in the kernel.
    [[nodiscard]] bool leave();

private:
    std::unique_ptr<HostSession> host_;
    std::unique_ptr<MainWindow> window_;
};

/// Names, style and palette of the lab's window, before the first one.
void prepareWindow(bool dark = false);

} // namespace migscope
