// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a panel asks for a file.
#include "ui/panels/file_chooser.h"

#include <QFileDialog>

namespace migscope {

QString chooseFile(QWidget* parent, FileUse use, const QString& title) {
    const QString kinds = QFileDialog::tr("Saved device state (*.migstate *.state);;All files (*)");
    return use == FileUse::Write ? QFileDialog::getSaveFileName(parent, title, {}, kinds, nullptr,
                                                                QFileDialog::DontConfirmOverwrite)
                                 : QFileDialog::getOpenFileName(parent, title, {}, kinds);
}

QString chooseTarget(QWidget* parent, const TargetQuestion& question) {
    // An object of its own: the static call asks about the name before the suffix is behind it.
    QFileDialog dialog(parent, question.title, {}, question.kinds);
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix(question.suffix);
    dialog.selectFile(question.proposed);
    return dialog.exec() == QDialog::Accepted ? dialog.selectedFiles().value(0) : QString();
}

} // namespace migscope
