// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Compliance tab: does the selected device's driver keep to the protocol?
#pragma once

#include <QWidget>

#include <optional>
#include <string>

#include "ui/check_status.h"
#include "ui/check_words.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QTableView;
class QToolButton;

namespace migscope {

class CheckEvidence;
class CheckForm;
class CheckListFilter;
class CheckListModel;
class StatePairModel;
class StatePairView;

/// Formats of a report; they are those of `migscope-cli check`.
enum class CheckFileKind { Text, Json, Ktap, Junit };

/// Its widgets are made when it is first shown.
class CompliancePage : public QWidget {
    Q_OBJECT
public:
    explicit CompliancePage(QWidget* parent = nullptr);
    void setForm(const CheckFormView& view);
    /// Of the selected device; null: it was not checked yet.
    void setStatus(const CheckStatus* status, Ns now);
    /// Clocks move on.
    void setNow(Ns now);
    [[nodiscard]] CheckForm* form() { return made().form_; }
    [[nodiscard]] CheckListModel* checks() { return made().checks_; }
    [[nodiscard]] QTableView* list() { return made().list_; }
    [[nodiscard]] StatePairView* pairs() { return made().pairs_; }
    [[nodiscard]] CheckEvidence* evidence() { return made().evidence_; }
    /// Puts it into the evidence and marks its row. Nothing for one that was not asked.
    void showCheck(std::string_view id);
    void showPair(MigState from, MigState to);

signals:
    void startAsked();
    void cancelAsked();
    void releaseAsked(const QStringList& devices);
    void copyAsked();
    void saveAsked(migscope::CheckFileKind kind);
    /// The report as text, to the clipboard.
    void copyReportAsked();
    void becameVisible();

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    CompliancePage& made();
    void makeBody();
    [[nodiscard]] QWidget* makeList();
    [[nodiscard]] QWidget* makeMatrix();
    [[nodiscard]] QToolButton* makeReportButton();
    void showStatus();
    void showPicked();
    void pickRow();

    CheckFormView view_;
    std::optional<CheckStatus> status_;
    Ns now_{0};
    /// What the evidence is about; of neither: the first failure, once there is one.
    std::optional<std::string> pickedCheck_;
    std::optional<std::pair<MigState, MigState>> pickedPair_;
    QWidget* body_ = nullptr; ///< with it all that follow
    CheckForm* form_ = nullptr;
    QLabel* summary_ = nullptr;
    QLabel* failure_ = nullptr;
    QProgressBar* progress_ = nullptr;
    QToolButton* report_ = nullptr;
    StatePairModel* pairModel_ = nullptr;
    StatePairView* pairs_ = nullptr;
    CheckListModel* checks_ = nullptr;
    CheckListFilter* filter_ = nullptr;
    QTableView* list_ = nullptr;
    QComboBox* verdict_ = nullptr;
    QLineEdit* words_ = nullptr;
    CheckEvidence* evidence_ = nullptr;
};

} // namespace migscope
