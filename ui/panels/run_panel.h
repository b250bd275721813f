// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The run panel: what a run is to do, start and cancel, how far it is, how it ended.
#pragma once

#include <QList>
#include <QWidget>

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ui/panels/file_chooser.h"
#include "ui/run_request.h"

class QHBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;

namespace migscope {

class RunForm;

/// Knows no session: takes values, says what was asked. A run opens nothing by itself: each end that is not
/// open has a button of its own that does.
class RunPanel : public QWidget {
    Q_OBJECT
public:
    explicit RunPanel(FileChooser chooser = chooseFile, QWidget* parent = nullptr);

    void setDevices(const std::vector<RunCandidate>& devices);
    /// `now` is of the clock of RunStatus::since.
    void setStatus(const std::optional<RunStatus>& status, Ns now);
    /// The device becomes the source.
    void select(const std::string& device);
    /// As the controls stand, whether it can start or not.
    [[nodiscard]] RunRequest request() const;
    [[nodiscard]] RunForm* form() const { return form_; }

signals:
    void startAsked(const migscope::RunRequest& request);
    void cancelAsked();
    void openAsked(const std::string& device);
    /// To RUNNING: a reset where only that is left.
    void bringBackAsked(const std::string& device);
    /// The request as a command for a terminal.
    void copyAsked(const migscope::RunRequest& request);

protected:
    void changeEvent(QEvent* event) override;

private:
    void showActs();
    void showEndActs();
    void showProgress(Ns now);
    void showOutcome();
    [[nodiscard]] QString rate(const RunProgress& progress);
    [[nodiscard]] bool running() const { return status_ && status_->running; }
    void paint(QLabel& label, bool bad);

    RunForm* form_ = nullptr;
    QPushButton* start_ = nullptr;
    QPushButton* cancel_ = nullptr;
    QPushButton* copy_ = nullptr;
    QHBoxLayout* endActs_ = nullptr;
    QList<QPushButton*> endButtons_; ///< of the ends that need an act first, at most two; reused
    QLabel* why_ = nullptr;
    QProgressBar* bar_ = nullptr;
    QLabel* progress_ = nullptr;
    QLabel* outcome_ = nullptr;
    std::vector<RunCandidate> devices_;
    std::optional<RunStatus> status_;
    std::deque<std::pair<Ns, std::uint64_t>> moved_; ///< of the last half second
};

} // namespace migscope
