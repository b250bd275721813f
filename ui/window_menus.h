// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Menus and tool bar of the window, out of its acts.
#pragma once

#include <QList>

class QDockWidget;
class QMainWindow;

namespace migscope {

class Actions;
struct WindowParts;

/// Once, when all parts are there. GUI thread.
void makeMenus(QMainWindow& window, WindowParts& parts, const QList<QDockWidget*>& docks);
void makeToolBar(QMainWindow& window, const Actions& actions);

} // namespace migscope
