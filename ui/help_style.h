// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a page of the guide looks: Qt's reader of Markdown gives structure, and hardly a look.
#pragma once

#include <QPalette>

class QTextDocument;

namespace migscope {

/// Spacing, tables, code and links in the palette's colours. Again after the palette changed: it sets all of
/// them anew.
void styleHelp(QTextDocument& document, const QPalette& palette);

} // namespace migscope
