// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Commands offered to be copied; and a reason with its next step, which has one.
#pragma once

#include <QFrame>
#include <QStringList>

#include <vector>

#include "ui/words.h"

class QBoxLayout;
class QLabel;
class QPlainTextEdit;
class QVBoxLayout;

namespace migscope {

/// Lines in a fixed-pitch font and a button that copies them. Nothing is executed by us.
class CommandBox : public QFrame {
    Q_OBJECT
public:
    explicit CommandBox(const QStringList& commands, QWidget* parent = nullptr);
    [[nodiscard]] QStringList commands() const { return commands_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitHeight();
    QStringList commands_;
    QBoxLayout* layout_ = nullptr;
    QPlainTextEdit* text_ = nullptr;
};

/// "why" in words, "next" in words, commands.
class ReasonCard : public QFrame {
    Q_OBJECT
public:
    explicit ReasonCard(const ShownReason& reason, const QString& about = {}, QWidget* parent = nullptr);
};

/// A label for foreign text: plain, wrapped, selectable with the mouse.
[[nodiscard]] QLabel* plainLabel(const QString& text, QWidget* parent = nullptr);
/// Removes and deletes all items of a layout.
void clearLayout(QVBoxLayout& layout);

} // namespace migscope
