// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one registry of what a person can do in the window.
#include "ui/actions.h"

#include <QCoreApplication>
#include <QKeySequence>

#include <algorithm>
#include <array>

#include "ui/icons.h"

namespace migscope {
namespace {

struct Spec {
    ActionId id;
    const char* word; ///< also the name of its icon
    const char* text;
    const char* key;
    const char* help;
};

constexpr std::array specs{
    Spec{ActionId::Refresh, "refresh", QT_TRANSLATE_NOOP("actions", "&Refresh"), "F5",
         QT_TRANSLATE_NOOP("actions", "Read the machine again; opens no device.")},
    Spec{
        ActionId::Overview, "overview", QT_TRANSLATE_NOOP("actions", "&Machine"), "Alt+Home",
        QT_TRANSLATE_NOOP("actions", "Show the machine as a whole: what it has, what can migrate, why not.")},
    Spec{ActionId::OpenDevice, "open-device",
         QT_TRANSLATE_NOOP("actions", "&Open device (resets the function)"), "Ctrl+D",
         QT_TRANSLATE_NOOP(
             "actions",
             "Open the selected device and ask what it can. A PCI function is reset by it, and again "
             "when it is released.")},
    Spec{ActionId::ReleaseDevice, "release", QT_TRANSLATE_NOOP("actions", "Re&lease device"), "Ctrl+Shift+D",
         QT_TRANSLATE_NOOP("actions", "Close the selected device; the function is reset by the kernel.")},
    Spec{ActionId::ResetDevice, "reset", QT_TRANSLATE_NOOP("actions", "Re&set device"), "Ctrl+R",
         QT_TRANSLATE_NOOP("actions",
                           "Reset the selected device: its state and any stream are lost. Asks first.")},
    Spec{ActionId::SimulatedLab, "lab", QT_TRANSLATE_NOOP("actions", "Simulated &lab"), "Ctrl+L",
         QT_TRANSLATE_NOOP("actions", "Show a simulated machine with good and faulty devices.")},
    Spec{ActionId::ThisHost, "this-host", QT_TRANSLATE_NOOP("actions", "This &host"), "Ctrl+H",
         QT_TRANSLATE_NOOP("actions", "Show the machine that Migscope runs on.")},
    Spec{ActionId::CopyCommand, "copy-command", QT_TRANSLATE_NOOP("actions", "&Copy as migscope-cli command"),
         "Ctrl+Shift+C",
         QT_TRANSLATE_NOOP("actions",
                           "Copy the command that does what was done here, for a terminal or a script.")},
    Spec{ActionId::CancelRun, "cancel-run", QT_TRANSLATE_NOOP("actions", "Ca&ncel"), "Ctrl+.",
         QT_TRANSLATE_NOOP(
             "actions",
             "Stop what the selected device is at, or the run that is under way, at its next safe point. A "
             "run brings its devices back.")},
    Spec{ActionId::OpenRecording, "open-recording", QT_TRANSLATE_NOOP("actions", "Open &recording…"),
         "Ctrl+O", QT_TRANSLATE_NOOP("actions", "Open a recording (*.migrec).")},
    Spec{ActionId::SaveRecording, "save-recording", QT_TRANSLATE_NOOP("actions", "&Save recording as…"),
         "Ctrl+S", QT_TRANSLATE_NOOP("actions", "Save the recording that is shown into a file.")},
    Spec{ActionId::Export, "export", QT_TRANSLATE_NOOP("actions", "E&xport"), "Ctrl+E",
         QT_TRANSLATE_NOOP("actions",
                           "Take away what the view shows: pictures, values, the recording's data.")},
    Spec{ActionId::CompareImages, "", QT_TRANSLATE_NOOP("actions", "Compare &images…"), "Ctrl+I",
         QT_TRANSLATE_NOOP("actions",
                           "Compare two saved states, byte for byte and by record. Touches no device.")},
    Spec{ActionId::SaveReport, "save-report", QT_TRANSLATE_NOOP("actions", "Save re&port…"), "Ctrl+Shift+S",
         QT_TRANSLATE_NOOP("actions",
                           "Write what is shown as a page for a browser: one recording in Timeline, "
                           "the ticked ones in Compare.")},
    Spec{ActionId::Search, "search", QT_TRANSLATE_NOOP("actions", "&Find a device"), "Ctrl+K",
         QT_TRANSLATE_NOOP("actions", "Go to the filter of the devices.")},
    Spec{ActionId::FilterEvents, "", QT_TRANSLATE_NOOP("actions", "Filter the &events"), "Ctrl+F",
         QT_TRANSLATE_NOOP("actions", "Go to the filter of the event log.")},
    Spec{ActionId::ShowInspect, "", QT_TRANSLATE_NOOP("actions", "&Inspect"), "Ctrl+1",
         QT_TRANSLATE_NOOP("actions", "The states of the selected device.")},
    Spec{ActionId::ShowMigrate, "", QT_TRANSLATE_NOOP("actions", "&Migrate"), "Ctrl+2",
         QT_TRANSLATE_NOOP("actions", "Run a migration and watch it.")},
    Spec{ActionId::ShowTimeline, "", QT_TRANSLATE_NOOP("actions", "&Timeline"), "Ctrl+3",
         QT_TRANSLATE_NOOP("actions", "The selected recording.")},
    Spec{ActionId::ShowCompare, "", QT_TRANSLATE_NOOP("actions", "&Compare"), "Ctrl+4",
         QT_TRANSLATE_NOOP("actions", "The ticked recordings over each other.")},
    Spec{ActionId::ShowDirty, "", QT_TRANSLATE_NOOP("actions", "Dirty &pages"), "Ctrl+5",
         QT_TRANSLATE_NOOP("actions", "Which pages the selected device writes, and what asking costs.")},
    Spec{ActionId::ShowCompliance, "", QT_TRANSLATE_NOOP("actions", "C&ompliance"), "Ctrl+6",
         QT_TRANSLATE_NOOP("actions", "Whether the selected device's driver keeps to the protocol.")},
    Spec{ActionId::AddMark, "add-mark", QT_TRANSLATE_NOOP("actions", "Add a &mark"), "Ctrl+M",
         QT_TRANSLATE_NOOP("actions", "Write a note at the cursor into the recording that is shown.")},
    Spec{ActionId::Quit, "", QT_TRANSLATE_NOOP("actions", "&Quit"), "Ctrl+Q",
         QT_TRANSLATE_NOOP("actions", "Release all devices and leave.")},
    Spec{ActionId::Help, "", QT_TRANSLATE_NOOP("actions", "&Contents"), "F1",
         QT_TRANSLATE_NOOP("actions", "Open the guide at the page of the view that is shown.")},
    Spec{ActionId::About, "", QT_TRANSLATE_NOOP("actions", "&About Migscope"), "",
         QT_TRANSLATE_NOOP("actions", "Version and licence.")},
};

/// On the tool bar, where room is short; null: the text itself.
const char* briefText(ActionId id) {
    switch (id) {
    case ActionId::SimulatedLab:
        return QT_TRANSLATE_NOOP("actions", "Lab");
    case ActionId::ReleaseDevice:
        return QT_TRANSLATE_NOOP("actions", "Release");
    case ActionId::OpenRecording:
        return QT_TRANSLATE_NOOP("actions", "Open…");
    case ActionId::SaveRecording:
        return QT_TRANSLATE_NOOP("actions", "Save as…");
    case ActionId::CopyCommand:
        return QT_TRANSLATE_NOOP("actions", "Copy command");
    case ActionId::Search:
        return QT_TRANSLATE_NOOP("actions", "Find");
    default:
        return nullptr;
    }
}

const Spec& specOf(ActionId id) {
    return *std::find_if(specs.begin(), specs.end(), [id](const Spec& spec) { return spec.id == id; });
}

} // namespace

Actions::Actions(QObject* parent) : QObject(parent) {
    for (const Spec& spec : specs) {
        auto* action = new QAction(QCoreApplication::translate("actions", spec.text), this);
        action->setObjectName(QLatin1String(spec.word));
        if (const char* brief = briefText(spec.id); brief != nullptr)
            action->setIconText(QCoreApplication::translate("actions", brief));
        if (*spec.key != '\0')
            action->setShortcut(QKeySequence(QLatin1String(spec.key)));
        actions_[spec.id] = action;
        describe(spec.id, {});
    }
    actions_.at(ActionId::Quit)->setMenuRole(QAction::QuitRole);
    actions_.at(ActionId::About)->setMenuRole(QAction::AboutRole);
}

std::vector<ActionId> Actions::ids() const {
    std::vector<ActionId> all;
    for (const Spec& spec : specs)
        all.push_back(spec.id);
    return all;
}

QString Actions::word(ActionId id) {
    return QLatin1String(specOf(id).word);
}

QString Actions::plainText(ActionId id) {
    return QCoreApplication::translate("actions", specOf(id).text).remove(QLatin1Char('&'));
}

QString Actions::help(ActionId id) {
    return QCoreApplication::translate("actions", specOf(id).help);
}

void Actions::describe(ActionId id, const QString& why) {
    QAction* action = actions_.at(id);
    const QString words = why.isEmpty() ? help(id) : why;
    action->setStatusTip(words);
    const QString key = action->shortcut().toString(QKeySequence::NativeText);
    action->setToolTip(key.isEmpty() ? words : QStringLiteral("%1 (%2)").arg(words, key));
}

void Actions::enable(ActionId id) {
    describe(id, {});
    actions_.at(id)->setEnabled(true);
}

void Actions::disable(ActionId id, const QString& why) {
    describe(id, why);
    actions_.at(id)->setEnabled(false);
}

void Actions::paintIcons(const QPalette& palette) {
    for (const Spec& spec : specs) {
        if (*spec.word != '\0')
            actions_.at(spec.id)->setIcon(themedIcon(QLatin1String(spec.word), palette));
    }
}

} // namespace migscope
