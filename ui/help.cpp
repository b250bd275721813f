// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Help of the window: which page belongs to what is shown.
#include "ui/help.h"

#include <QStackedWidget>
#include <QTabWidget>

#include "ui/help_pages.h"
#include "ui/images.h"
#include "ui/panels/compare_page.h"
#include "ui/panels/compliance_page.h"
#include "ui/panels/dirty_page.h"
#include "ui/panels/event_log_panel.h"
#include "ui/panels/facts_panel.h"
#include "ui/panels/help_window.h"
#include "ui/panels/host_page.h"
#include "ui/panels/images_window.h"
#include "ui/panels/migrate_page.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/panels/why_panel.h"

namespace migscope {

Help::Help(QWidget& window, const WindowParts& parts) : QObject(&window), window_(window), parts_(parts) {}

QString Help::pageOfView() const {
    if (const ImagesWindow* images = parts_.images->made(); images != nullptr && images->isActiveWindow())
        return QStringLiteral("diff");
    // Of the window, not of the application: an open menu has taken the latter.
    const QWidget* focus = window_.focusWidget();
    const auto within = [focus](const QWidget* part) {
        return focus != nullptr && (part == focus || part->isAncestorOf(focus));
    };
    if (within(parts_.log))
        return QStringLiteral("event-log");
    if (within(parts_.runs))
        return QStringLiteral("runs");
    // The list of devices has the focus most of the time: what it shows in the centre is meant.
    if (parts_.centre->currentWidget() == parts_.hostPage || within(parts_.facts) || within(parts_.why))
        return QStringLiteral("machines");
    if (parts_.tabs->currentWidget() == parts_.migrate)
        return QStringLiteral("migrate");
    if (parts_.tabs->currentWidget() == parts_.timeline)
        return QStringLiteral("timeline");
    if (parts_.tabs->currentWidget() == parts_.compare)
        return QStringLiteral("compare");
    if (parts_.tabs->currentWidget() == parts_.dirty)
        return QStringLiteral("dirty");
    if (parts_.tabs->currentWidget() == parts_.compliance)
        return QStringLiteral("check");
    return QStringLiteral("inspect");
}

void Help::showView() {
    showPage(pageOfView());
}

void Help::showPage(const QString& name) {
    if (guide_ == nullptr)
        guide_ = new HelpWindow(helpPages(*parts_.actions), &window_);
    guide_->showPage(name);
    guide_->setWindowState(guide_->windowState() & ~Qt::WindowMinimized);
    guide_->show();
    guide_->activateWindow(); // in front too, where it was open behind the window
}

} // namespace migscope
