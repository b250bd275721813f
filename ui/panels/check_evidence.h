// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a check saw, or what was seen of a state pair: in words, and the calls that were made.
#pragma once

#include <QWidget>

#include "ui/models/check_models.h"

class QLabel;
class QScrollArea;
class QTableView;

namespace migscope {

class CheckEvidence : public QWidget {
    Q_OBJECT
public:
    explicit CheckEvidence(QWidget* parent = nullptr);
    void showCheck(const CheckResult& result, const QString& peer);
    /// `begun`: of the run.
    void showPair(const StatePair& pair, const std::vector<PairSet>& sets, Ns begun);
    void showNothing(const QString& words);
    [[nodiscard]] QString words() const;
    [[nodiscard]] const CheckCallModel& calls() const { return calls_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void show(const QString& title, const QString& words);
    void fitWords();
    CheckCallModel calls_;
    QLabel* title_ = nullptr;
    QLabel* words_ = nullptr;
    QScrollArea* column_ = nullptr; ///< of both
    QTableView* table_ = nullptr;
};

} // namespace migscope
