// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is to be checked and how: peer, classes, the word for hostile checks.
#pragma once

#include <QWidget>

#include <map>
#include <optional>

#include "ui/check_words.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace migscope {

/// As the person chose.
struct CheckChoice {
    std::string peer; ///< empty: none
    std::vector<CheckClass> classes;
    bool force = false;
    bool hostileDevice = false; ///< junk may be written into it
    bool hostilePeer = false;
};

class CheckForm : public QWidget {
    Q_OBJECT
public:
    explicit CheckForm(QWidget* parent = nullptr);
    /// Another device takes away what was said about the one before.
    void setView(const CheckFormView& view);
    [[nodiscard]] CheckChoice choice() const;
    /// Why it cannot start as it stands; empty when it can.
    [[nodiscard]] QString whyNot() const;

signals:
    void startAsked();
    void cancelAsked();
    /// The device, and the peer that is chosen, where they are open here.
    void releaseAsked(const QStringList& devices);
    void copyAsked();
    void changed();

private:
    void makeRows();
    void refresh();
    void fillPeers();
    [[nodiscard]] const CheckCandidate* peer() const;
    [[nodiscard]] QStringList openOnes() const;
    [[nodiscard]] bool named(const CheckCandidate& device) const;
    [[nodiscard]] bool wants(CheckClass kind) const;

    CheckFormView view_;
    QComboBox* peers_ = nullptr;
    std::map<CheckClass, QCheckBox*> classes_;
    QCheckBox* force_ = nullptr;
    QLineEdit* hostile_ = nullptr;
    QPushButton* start_ = nullptr;
    QPushButton* cancel_ = nullptr;
    QPushButton* release_ = nullptr;
    QToolButton* copy_ = nullptr;
    QLabel* why_ = nullptr;
};

} // namespace migscope
