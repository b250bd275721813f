// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Closing the window: a device that is not RUNNING is asked about once, in the window, and brought back.
#pragma once

#include <QObject>

#include <string>

namespace migscope {

class HostSession;
class NoticeBar;

class Leaving : public QObject {
    Q_OBJECT
public:
    Leaving(HostSession& host, NoticeBar& notice, QObject* parent = nullptr);
    /// True when the window may close now; else it asks, and leaveNow() comes when all is done. A second try
    /// while the question stands closes without bringing back. "Bring back" cancels a run or a check
    /// first. A stuck device, or a run or a check with one, holds nobody up.
    [[nodiscard]] bool mayLeave();

public slots:
    void onAnswer(int which);
    /// Also for HostSession::runChanged and checkChanged.
    void onSessionChanged();

signals:
    void leaveNow();

private:
    [[nodiscard]] QStringList atWork() const;
    [[nodiscard]] bool runToWaitFor() const;
    [[nodiscard]] bool checkToWaitFor() const;
    enum class Stage { Here, Asked, BringingBack, Gone };
    Stage stage_ = Stage::Here;
    std::string checked_; ///< its check was cancelled by the answer
    HostSession& host_;
    NoticeBar& notice_;
};

} // namespace migscope
