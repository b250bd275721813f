// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The window's acts about reports: asks where to, and has it written.
#pragma once

#include "ui/presenter.h"
#include "ui/report/report_saver.h"

namespace migscope {

class ReportActs : public QObject {
    Q_OBJECT
public:
    explicit ReportActs(const WindowParts& parts, QObject* parent = nullptr);
    [[nodiscard]] ReportSaver& saver() { return *saver_; }

public slots:
    /// Of what is looked at: the ticked ones in Compare, else the one in Timeline, else the ticked ones.
    void saveShown();
    void saveOne(const migscope::RunSourcePtr& source);
    /// The ticked ones, as the Compare tab compares them.
    void saveCompared();

private:
    void ask(const std::vector<RunSourcePtr>& sources, const ReportOptions& options);
    WindowParts parts_;
    ReportSaver* saver_;
};

} // namespace migscope
