// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The compliance checks in the window: puts them into their page, and does what the page asks for.
#pragma once

#include <QObject>
#include <QString>

#include <optional>
#include <string>

#include "ui/check_words.h"
#include "ui/panels/compliance_page.h"
#include "ui/panels/file_chooser.h"
#include "ui/presenter.h"

namespace migscope {

class Exports;

class CheckPresenter : public QObject {
    Q_OBJECT
public:
    explicit CheckPresenter(const WindowParts& parts, QObject* parent = nullptr);
    /// How a person is asked for a file; tests answer instead.
    void setChooser(TargetChooser chooser) { chooser_ = std::move(chooser); }
    /// As the form stands.
    [[nodiscard]] std::optional<CheckRequest> request() const;
    [[nodiscard]] QString command() const;

public slots:
    /// The device, the machine or what is open has changed.
    void show();
    void onCheckChanged(const std::string& device);
    void onTick();
    void start();
    void release(const QStringList& devices);
    void copyCommand();
    void copyReport();
    void saveReport(migscope::CheckFileKind kind);

signals:
    /// A check of the device began or ended: it can be opened now, or no more.
    void takenOrGiven(const std::string& device);
    void briefMessage(const QString& text);

private:
    [[nodiscard]] CheckFormView formView() const;
    [[nodiscard]] CheckCandidate candidate(const Device& device) const;
    void showStatus();

    WindowParts parts_;
    TargetChooser chooser_ = chooseTarget;
    std::string checked_; ///< under way when it was last looked at
    QString folder_;      ///< where the last file went
};

} // namespace migscope
