// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One row for each file that is being read or written: how far it is, and a way to stop it.
#pragma once

#include <QWidget>

#include <map>

class QLabel;
class QProgressBar;
class QVBoxLayout;

namespace migscope {

/// Takes no room while there is nothing to show.
class LoadingRows : public QWidget {
    Q_OBJECT
public:
    explicit LoadingRows(QWidget* parent = nullptr);
    /// Bytes; total 0: unknown.
    void showReading(const QString& path, quint64 read, quint64 total);
    /// Parts of the whole.
    void showWriting(const QString& path, quint64 done, quint64 total);
    void end(const QString& path);
    [[nodiscard]] int count() const { return static_cast<int>(rows_.size()); }
    /// What the row says; empty when there is none.
    [[nodiscard]] QString text(const QString& path) const;

signals:
    void cancelAsked(const QString& path);

private:
    struct Row {
        QWidget* widget = nullptr;
        QLabel* text = nullptr;
        QProgressBar* bar = nullptr;
    };
    Row& row(const QString& path);
    void showRow(const QString& path, const QString& text, quint64 done, quint64 total);

    std::map<QString, Row> rows_;
    QVBoxLayout* layout_ = nullptr;
};

} // namespace migscope
