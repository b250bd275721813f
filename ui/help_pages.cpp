// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of the guide.
#include "ui/help_pages.h"

#include <QCoreApplication>
#include <QFile>

#include "ui/actions.h"

static void loadResources() {
    Q_INIT_RESOURCE(help);
} // from a static library they do not come by themselves

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("help", text);
}

/// Where the table of the actions comes in.
const QLatin1String actionsMark("<!-- actions -->");

QString titleOf(const QString& markdown) {
    const QString first = markdown.section(QLatin1Char('\n'), 0, 0);
    return first.startsWith(QLatin1String("# ")) ? first.mid(2).trimmed() : QString();
}

/// Text of ours within a cell of a table.
QString cell(QString text) {
    return text.replace(QLatin1Char('|'), QLatin1String("\\|"))
        .replace(QLatin1Char('*'), QLatin1String("\\*"));
}

} // namespace

const QStringList& helpPageNames() {
    static const QStringList names{
        QStringLiteral("index"),          QStringLiteral("first-minutes"), QStringLiteral("machines"),
        QStringLiteral("inspect"),        QStringLiteral("migrate"),       QStringLiteral("charts"),
        QStringLiteral("timeline"),       QStringLiteral("runs"),          QStringLiteral("event-log"),
        QStringLiteral("downtime"),       QStringLiteral("compare"),       QStringLiteral("what-if"),
        QStringLiteral("dirty"),          QStringLiteral("diff"),          QStringLiteral("check"),
        QStringLiteral("check-verdicts"), QStringLiteral("kernel-bugs"),   QStringLiteral("export"),
        QStringLiteral("simulated"),      QStringLiteral("keyboard"),      QStringLiteral("states")};
    return names;
}

QString actionTable(const Actions& actions) {
    QStringList lines{tr("| Key | Act | What it does |"), QStringLiteral("|---|---|---|")};
    for (const ActionId id : actions.ids()) {
        const QAction* action = actions[id];
        if (action->shortcut().isEmpty())
            continue;
        lines << QStringLiteral("| `%1` | %2 | %3 |")
                     .arg(action->shortcut().toString(QKeySequence::NativeText), cell(Actions::plainText(id)),
                          cell(Actions::help(id)));
    }
    return lines.join(QLatin1Char('\n'));
}

std::vector<HelpPage> helpPages(const Actions& actions) {
    loadResources();
    std::vector<HelpPage> pages;
    for (const QString& name : helpPageNames()) {
        QFile file(QStringLiteral(":/help/%1.md").arg(name));
        if (!file.open(QIODevice::ReadOnly))
            continue; // a page that is not in the program is not offered
        QString text = QString::fromUtf8(file.readAll());
        text.replace(actionsMark, actionTable(actions));
        pages.push_back({name, titleOf(text), text});
    }
    return pages;
}

} // namespace migscope
