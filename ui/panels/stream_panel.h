// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The stream that a click opened: what moved so far, drain, save to a file, load from one.
#pragma once

#include <QFrame>

#include <string>

#include "core/transfer/device_session.h"
#include "ui/panels/file_chooser.h"

class QCheckBox;
class QLabel;
class QPushButton;

namespace migscope {

class StreamPanel : public QFrame {
    Q_OBJECT
public:
    explicit StreamPanel(FileChooser chooser = chooseFile, QWidget* parent = nullptr);
    /// Shown while there is a stream, and as long as what was last done with one failed.
    void setState(const SessionState& state, Ns now);
    void setChooser(FileChooser chooser) { chooser_ = std::move(chooser); }

signals:
    void drainAsked();
    void saveAsked(const std::string& path, bool raw);
    void loadAsked(const std::string& path);
    void cancelAsked();

protected:
    void changeEvent(QEvent* event) override;

private:
    void showError(const SessionState& state);
    void paintError();
    FileChooser chooser_;
    QLabel* words_ = nullptr;
    QLabel* why_ = nullptr;
    QLabel* error_ = nullptr;
    QPushButton* drain_ = nullptr;
    QPushButton* save_ = nullptr;
    QCheckBox* raw_ = nullptr;
    QPushButton* load_ = nullptr;
    QPushButton* cancel_ = nullptr;
};

/// "Saving stream · 12.0 MiB so far · drained for now". *Reentrant.*
[[nodiscard]] QString streamWords(const HandStream& stream);

} // namespace migscope
