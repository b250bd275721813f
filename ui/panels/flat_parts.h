// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What tables and small buttons of the panels have in common.
#pragma once

#include <QString>

class QAbstractItemModel;
class QTableView;
class QToolButton;
class QWidget;

namespace migscope {

/// Rows as wholes, low, in alternating colours, without a grid; Tab leaves the table.
[[nodiscard]] QTableView* plainTable(QAbstractItemModel& model, const QString& name, QWidget* parent);
/// A flat button that Tab reaches.
[[nodiscard]] QToolButton* flatButton(const QString& text, const QString& name, const QString& help,
                                      QWidget* parent);

} // namespace migscope
