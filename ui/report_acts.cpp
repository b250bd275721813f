// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The window's acts about reports.
#include "ui/report_acts.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QStackedWidget>
#include <QTabWidget>

#include "ui/panels/compare_page.h"
#include "ui/panels/timeline_page.h"

namespace migscope {

ReportActs::ReportActs(const WindowParts& parts, QObject* parent)
    : QObject(parent), parts_(parts), saver_(new ReportSaver(this)) {}

void ReportActs::saveShown() {
    const bool comparing = parts_.tabs->currentWidget() == parts_.compare || !parts_.timeline->source();
    if (comparing && !parts_.compare->sources().empty())
        saveCompared();
    else
        saveOne(parts_.timeline->source());
}

void ReportActs::saveOne(const RunSourcePtr& source) {
    if (source)
        ask({source}, {});
}

void ReportActs::saveCompared() {
    ReportOptions options;
    options.base = parts_.compare->baseIndex();
    options.withoutFirst = parts_.compare->withoutFirst();
    if (!parts_.compare->sources().empty())
        ask(parts_.compare->sources(), options);
}

void ReportActs::ask(const std::vector<RunSourcePtr>& sources, const ReportOptions& options) {
    const QString name = sources.size() > 1 ? QStringLiteral("comparison")
                                            : QFileInfo(sources.front()->name()).completeBaseName();
    // The dialog asks before it lets an existing file be chosen.
    const QString path =
        QFileDialog::getSaveFileName(parts_.centre->window(), tr("Save the report"),
                                     name + QStringLiteral(".html"), tr("Pages for a browser (*.html)"));
    if (!path.isEmpty())
        saver_->save(sources, options, path);
}

} // namespace migscope
