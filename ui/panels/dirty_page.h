// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Dirty pages tab: which pages the selected device writes, and what asking costs.
#pragma once

#include <QWidget>

#include <string>

#include "core/transfer/device_session.h"
#include "ui/run_source.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace migscope {

class DirtyView;
struct GridView;

/// Its widgets are made when it is first shown.
class DirtyPage : public QWidget {
    Q_OBJECT
public:
    explicit DirtyPage(QWidget* parent = nullptr);
    /// Of the selected device.
    void setView(const GridView& view);
    /// Its recording by hand; null when it is not open. The last one stays until another device is shown.
    void setSource(const std::string& device, const RunSourcePtr& source);
    /// The source grew.
    void refresh(SourceId source);
    [[nodiscard]] DirtyView* view() { return made().view_; }
    /// As the fields stand; InvalidArgument tells what is wrong with them.
    [[nodiscard]] Result<job::DmaLog> asked() const;

signals:
    void startAsked(const migscope::job::DmaLog& job);
    void costAsked(const migscope::job::DmaCost& job);
    void stopAsked();
    void copyAsked(const migscope::job::DmaLog& job);

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    DirtyPage& made();
    void makeBody();
    void showActs();
    [[nodiscard]] QString whyNot() const;
    void say(const QString& text, bool bad);

    SessionState session_;
    bool open_ = false;
    QString whyClosed_;
    Ns now_{0};
    std::string device_;
    RunSourcePtr source_;
    QWidget* body_ = nullptr; ///< with it all that follow
    QLineEdit* ranges_ = nullptr;
    QComboBox* page_ = nullptr;
    QSpinBox* interval_ = nullptr;
    QSpinBox* rounds_ = nullptr;
    QPushButton* start_ = nullptr;
    QPushButton* stop_ = nullptr;
    QPushButton* cost_ = nullptr;
    QToolButton* copy_ = nullptr;
    QLabel* words_ = nullptr;
    DirtyView* view_ = nullptr;
    bool bad_ = false;
};

} // namespace migscope
