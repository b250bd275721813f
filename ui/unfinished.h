// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Journals that ended without their summary: what was under way when their recorder died.
#pragma once

#include <QDateTime>
#include <QList>
#include <QObject>
#include <QString>

#include <optional>

#include "ui/background.h"

namespace migscope {

struct Unfinished {
    QString path;
    QString words;  ///< "20 Nov 14:02, 3b:00.2: SET STOP_COPY had not returned when it ended"
    QDateTime when; ///< of its last write
};

/// None: it has its summary, a living recorder still writes it, it holds no event, or it is no recording.
/// Reads the file: of one above 256 MiB only the head and the tail. *Reentrant.*
[[nodiscard]] std::optional<Unfinished> unfinishedJournal(const QString& path);

/// Lives in the GUI thread; reads in another.
class UnfinishedJournals : public QObject {
    Q_OBJECT
public:
    explicit UnfinishedJournals(QObject* parent = nullptr);
    ~UnfinishedJournals() override;
    /// Looks through the journals (*.migrec) of a folder; ends in found().
    void scan(const QString& folder);
    /// Is not offered again. Remembered over starts.
    void dismiss(const QString& path);

signals:
    /// Once a scan, newest first; without the dismissed ones. May be empty.
    void found(const QList<migscope::Unfinished>& journals);

private:
    Background background_;
    Postbox postbox_;
};

} // namespace migscope
