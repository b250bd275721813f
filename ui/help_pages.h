// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of the guide: their order, their text, and what of it is only known at run time.
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace migscope {

class Actions;

struct HelpPage {
    QString name;     ///< of its file, without ".md"
    QString title;    ///< its first heading
    QString markdown; ///< as QTextDocument reads it
};

/// In the order of the contents, the start page first.
[[nodiscard]] const QStringList& helpPageNames();
/// Reads them from the program's resources. The page of the keys gets the table of the actions.
[[nodiscard]] std::vector<HelpPage> helpPages(const Actions& actions);
/// One row for each action that has a key: key, text, what it does.
[[nodiscard]] QString actionTable(const Actions& actions);

} // namespace migscope
