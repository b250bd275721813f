// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The selected device's name and the one line in words: its verdict.
#pragma once

#include <QFrame>

class QLabel;

namespace migscope {

class DeviceHeader : public QFrame {
    Q_OBJECT
public:
    explicit DeviceHeader(QWidget* parent = nullptr);
    void show(const QString& name, const QString& label, const QString& about, const QString& mark,
              const QString& verdict);
    [[nodiscard]] QLabel* verdictLabel() const { return verdict_; }

private:
    QLabel* name_ = nullptr;
    QLabel* about_ = nullptr;
    QLabel* mark_ = nullptr;
    QLabel* verdict_ = nullptr;
};

} // namespace migscope
