// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Menus and tool bar of the window.
#include "ui/window_menus.h"

#include <QDockWidget>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QToolBar>

#include "ui/actions.h"
#include "ui/examples.h"
#include "ui/main_window.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return MainWindow::tr(text);
}

} // namespace

void makeToolBar(QMainWindow& window, const Actions& actions) {
    QToolBar* bar = window.addToolBar(tr("Tools"));
    bar->setObjectName(QStringLiteral("tools"));
    bar->setMovable(false);
    bar->setIconSize({18, 18});
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->addActions({actions[ActionId::Overview], actions[ActionId::Refresh]});
    bar->addSeparator();
    bar->addActions({actions[ActionId::ThisHost], actions[ActionId::SimulatedLab]});
    bar->addSeparator();
    bar->addActions({actions[ActionId::ReleaseDevice], actions[ActionId::CancelRun]});
    bar->addSeparator();
    bar->addActions({actions[ActionId::OpenRecording], actions[ActionId::SaveRecording],
                     actions[ActionId::Export], actions[ActionId::CopyCommand]});
    bar->addSeparator();
    bar->addAction(actions[ActionId::Search]);
    for (QAction* action : bar->actions()) {
        if (QWidget* button = bar->widgetForAction(action); button != nullptr && !action->isSeparator())
            button->setFocusPolicy(Qt::TabFocus);
    }
}

void makeMenus(QMainWindow& window, WindowParts& parts, const QList<QDockWidget*>& docks) {
    const Actions& actions = *parts.actions;
    QMenu* file = window.menuBar()->addMenu(tr("&File"));
    file->addActions({actions[ActionId::ThisHost], actions[ActionId::SimulatedLab]});
    file->addSeparator();
    file->addAction(actions[ActionId::OpenRecording]);
    parts.recent = file->addMenu(tr("Open r&ecent"));
    parts.examples = file->addMenu(tr("Open exa&mple"));
    for (const Example& example : examples()) {
        QAction* act = parts.examples->addAction(example.words);
        act->setData(example.name);
        act->setStatusTip(tr("A recording of the lab's own driver on a real kernel in an emulated machine"));
    }
    file->addActions({actions[ActionId::SaveRecording], actions[ActionId::SaveReport],
                      actions[ActionId::Export], actions[ActionId::CompareImages]});
    file->addSeparator();
    file->addAction(actions[ActionId::Quit]);
    QMenu* device = window.menuBar()->addMenu(tr("&Device"));
    device->addActions(
        {actions[ActionId::OpenDevice], actions[ActionId::ReleaseDevice], actions[ActionId::ResetDevice]});
    device->addSeparator();
    device->addAction(actions[ActionId::CancelRun]);
    device->addSeparator();
    device->addAction(actions[ActionId::CopyCommand]);
    QMenu* view = window.menuBar()->addMenu(tr("&View"));
    view->addActions({actions[ActionId::Overview], actions[ActionId::Refresh]});
    view->addSeparator();
    view->addActions({actions[ActionId::ShowInspect], actions[ActionId::ShowMigrate],
                      actions[ActionId::ShowTimeline], actions[ActionId::ShowCompare],
                      actions[ActionId::ShowDirty], actions[ActionId::ShowCompliance],
                      actions[ActionId::AddMark]});
    view->addSeparator();
    view->addActions({actions[ActionId::Search], actions[ActionId::FilterEvents]});
    view->addSeparator();
    for (QDockWidget* made : docks)
        view->addAction(made->toggleViewAction());
    QMenu* help = window.menuBar()->addMenu(tr("&Help"));
    help->addActions({actions[ActionId::Help], actions[ActionId::About]});
}

} // namespace migscope
