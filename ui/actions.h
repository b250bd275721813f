// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one registry of what a person can do in the window: id, text, key, help, why disabled.
#pragma once

#include <QAction>
#include <QObject>

#include <map>
#include <vector>

namespace migscope {

enum class ActionId {
    Refresh,
    Overview,
    OpenDevice,
    ReleaseDevice,
    ResetDevice,
    SimulatedLab,
    ThisHost,
    CopyCommand,
    CancelRun,
    OpenRecording,
    SaveRecording,
    Export,
    CompareImages,
    SaveReport,
    Search,
    FilterEvents,
    ShowInspect,
    ShowMigrate,
    ShowTimeline,
    ShowCompare,
    ShowDirty,
    ShowCompliance,
    AddMark,
    Quit,
    Help,
    About,
};

class Actions : public QObject {
    Q_OBJECT
public:
    explicit Actions(QObject* parent = nullptr);

    [[nodiscard]] QAction* operator[](ActionId id) const { return actions_.at(id); }
    [[nodiscard]] std::vector<ActionId> ids() const;
    /// The stable word of an action, for settings and help: "open-device".
    [[nodiscard]] static QString word(ActionId id);
    /// What the menu says, without the mark of its key.
    [[nodiscard]] static QString plainText(ActionId id);
    /// What it does, whether it can be done now or not.
    [[nodiscard]] static QString help(ActionId id);
    /// A disabled action says why, in its tool tip and to screen readers.
    void enable(ActionId id);
    void disable(ActionId id, const QString& why);
    /// Draws the icons anew, in the palette's colours.
    void paintIcons(const QPalette& palette);

private:
    void describe(ActionId id, const QString& why);
    std::map<ActionId, QAction*> actions_;
};

} // namespace migscope
