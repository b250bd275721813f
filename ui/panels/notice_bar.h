// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A bar at the top of the window: says what must be said, asks what must be asked. Never a dialog.
#pragma once

#include <QFrame>
#include <QStringList>

class QHBoxLayout;
class QLabel;

namespace migscope {

class NoticeBar : public QFrame {
    Q_OBJECT
public:
    explicit NoticeBar(QWidget* parent = nullptr);
    /// Stays until dismissed or replaced. A question that waits for its answer is not replaced.
    void say(const QString& text, bool bad);
    /// answered() tells which of the words was pressed. The first is the one for Enter.
    void ask(const QString& text, const QStringList& answers);
    [[nodiscard]] bool asking() const { return asking_; }
    [[nodiscard]] QString text() const;
    void dismiss();

signals:
    void answered(int which);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void setButtons(const QStringList& words);
    QLabel* text_ = nullptr;
    QHBoxLayout* buttons_ = nullptr;
    bool bad_ = false;
    bool asking_ = false;
};

} // namespace migscope
