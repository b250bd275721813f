// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Makes reports of the window's recordings and writes them.
#pragma once

#include <QObject>
#include <QSet>
#include <QString>

#include <vector>

#include "core/base/error.h"
#include "ui/background.h"
#include "ui/report/report_content.h"

namespace migscope {

/// Lives in the GUI thread. Recordings are folded and files written in threads of their own, which nobody
/// waits for; only the drawing, whose cost is bounded by its width, is done here.
class ReportSaver : public QObject {
    Q_OBJECT
public:
    explicit ReportSaver(QObject* parent = nullptr);
    ~ReportSaver() override;

    /// Of one recording, or of several compared. Ends in saved() or failed(); what stands at `path` is
    /// replaced, whole or not at all. Errc::JobRunning while a report is being written there.
    void save(const std::vector<RunSourcePtr>& sources, const ReportOptions& options, const QString& path);

signals:
    void saved(const QString& path);
    void failed(const QString& path, const migscope::Error& error);

private:
    void draw(const ReportContent& content, const ReportOptions& options, const QString& path);
    void onWritten(const QString& path, const Result<void>& written);

    Background background_;
    Postbox postbox_;
    QSet<QString> underWay_;
};

} // namespace migscope
