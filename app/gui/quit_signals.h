// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// SIGINT and SIGTERM as an ordinary leave: journals are closed, devices released.
#pragma once

#include <QObject>

#include <array>

#include "core/base/unique_fd.h"

namespace migscope {

/// One at a time: signal handlers are the process's. Nobody is asked, as nobody may be there to answer.
class QuitSignals : public QObject {
    Q_OBJECT
public:
    explicit QuitSignals(QObject* parent = nullptr);
    ~QuitSignals() override;

signals:
    void quitAsked();

private:
    void take();
    std::array<UniqueFd, 2> pipe_; ///< read, write
};

} // namespace migscope
