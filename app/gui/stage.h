// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A window that pictures are taken of: what a person would do in it, scene by scene.
#pragma once

#include <QSize>
#include <QString>
#include <QTemporaryDir>

#include <memory>
#include <string>

#include "core/transfer/run_metrics.h"
#include "ui/host_session.h"
#include "ui/main_window.h"

namespace migscope {

/// One window on one machine, in the sequence of a scene.
class Stage {
public:
    Stage(const MainWindow::About& about, const QString& state, const QSize& size);
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    ~Stage();

    // What follows is true when it came about.

    bool machine(const QString& spec, const QString& device = {});
    bool open(const std::string& device);
    bool step(const std::string& device, MigState goal);
    bool idle(const std::string& device);
    bool stuck(const std::string& device, MigState goal);
    bool recording(const QString& path);
    /// Opens both and starts a migration between them; true when it is under way.
    bool run(const std::string& source, const std::string& destination);
    bool runEnded();
    /// Waits until that share of about all has moved.
    bool moved(double share);
    /// Selects a phase of the last run, as a click on the bar does.
    void pickPhase(PhaseName phase);
    /// The last run in the Timeline, the dark time of it selected, the cursor in the middle of that.
    bool timeline();
    bool whatIf();
    /// Sixteen runs of a pair whose times are `slower` times as long, each at a pace of its own.
    bool repeated(const QString& folder, const char* name, double slower, int seed);
    /// Ticks the recordings whose names have the word.
    void tick(const char* word);
    bool compare();
    /// DMA logging over two ranges for a while, then its cost.
    bool dirty(const std::string& device);
    /// The catalogue of checks on a pair, hostile ones too.
    bool check(const std::string& device, const std::string& peer);
    void pickPair(MigState from, MigState to);
    /// Two devices are saved, and their states compared.
    bool images();
    /// Frames of a whole migration, for a short film.
    bool film(const QString& folder);
    void point(MigState state);
    bool picture(const QString& file, int settle = 600);
    [[nodiscard]] HostSession& host() { return *host_; }
    [[nodiscard]] Presenter& presenter() { return window_->presenter(); }

private:
    QSize size_; ///< asked for
    std::unique_ptr<HostSession> host_;
    std::unique_ptr<MainWindow> window_;
    QTemporaryDir folder_;
    QWidget* front_ = nullptr; ///< the window that the picture is of, when it is another one
};

} // namespace migscope
