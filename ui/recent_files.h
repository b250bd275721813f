// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The files that were opened or saved last, remembered over starts.
#pragma once

#include <QObject>
#include <QStringList>

#include "ui/background.h"

namespace migscope {

/// Absolute paths, newest first, at most ten. Lives in the GUI thread; whether they are still there is looked
/// up in another, because a path may lie on a disk that does not answer.
class RecentFiles : public QObject {
    Q_OBJECT
public:
    static constexpr int most = 10;
    /// `key` of QSettings.
    explicit RecentFiles(QString key, QObject* parent = nullptr);
    ~RecentFiles() override;
    [[nodiscard]] const QStringList& paths() const { return paths_; }
    void remember(const QString& path);
    void forget(const QStringList& paths);
    void clear();

signals:
    void changed();

private:
    void store();

    Background background_;
    Postbox postbox_;
    QString key_;
    QStringList paths_;
};

} // namespace migscope
