// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says at this moment.
#include "tests/lab/faults/window_said.h"

#include <QJsonArray>
#include <QLabel>
#include <QPushButton>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeView>

#include "tests/lab/drive.h"
#include "ui/panels/device_header.h"
#include "ui/panels/event_log_panel.h"
#include "ui/panels/facts_panel.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/machines_panel.h"
#include "ui/panels/notice_bar.h"
#include "ui/state_button.h"
#include "ui/state_grid.h"

namespace migscope {
namespace {

/// Name -> text of the labels of a page that have a name of their own.
void addLabels(QJsonObject& said, const QWidget& page) {
    for (const QLabel* label : page.findChildren<QLabel*>()) {
        if (label->isVisible() && !label->objectName().isEmpty() && !label->text().isEmpty())
            said[label->objectName()] = label->text();
    }
}

QJsonObject gridSaid(const StateGrid& grid) {
    QJsonObject notes;
    QJsonArray offered;
    QJsonObject said;
    for (const MigState state : allMigStates) {
        const StateButton::Face& face = grid.button(state)->face();
        const QString name = QString::fromStdString(stateName(state));
        if (!face.note.text.isEmpty())
            notes[name] = face.note.text;
        if (face.usable)
            offered << name;
        if (face.current)
            said[QStringLiteral("state")] = name;
    }
    said[QStringLiteral("notes")] = notes;
    said[QStringLiteral("offered")] = offered;
    said[QStringLiteral("reset")] = grid.resetButton()->isEnabled();
    return said;
}

/// What can be pressed on the page that is shown, and the tool bar's acts.
QJsonArray pressable(const Drive& drive) {
    QJsonArray words;
    for (const auto* button : drive.parts().tabs->currentWidget()->findChildren<QPushButton*>()) {
        if (button->isVisible() && button->isEnabled())
            words << (button->objectName().isEmpty() ? button->text() : button->objectName());
    }
    if ((*drive.parts().actions)[ActionId::CancelRun]->isEnabled())
        words << QStringLiteral("cancel");
    return words;
}

/// The list's word for the device.
QString rowWord(const Drive& drive, const std::string& device) {
    const QAbstractItemModel* model = drive.parts().machines->tree()->model();
    for (int group = 0; group < model->rowCount(); ++group) {
        const QModelIndex parent = model->index(group, MachineModel::Name);
        for (int row = 0; row < model->rowCount(parent); ++row) {
            const QModelIndex at = model->index(row, MachineModel::Name, parent);
            if (at.data(MachineModel::DeviceRole).toString().toStdString() == device)
                return at.siblingAtColumn(MachineModel::VerdictWord).data().toString();
        }
    }
    return {};
}

QJsonArray logRows(const EventLogModel& log, int first) {
    QJsonArray rows;
    for (int row = first; row < log.rowCount(); ++row) {
        if (!log.row(row).isCall)
            rows << QStringLiteral("%1 %2").arg(log.index(row, EventLogModel::Kind).data().toString(),
                                                log.index(row, EventLogModel::Text).data().toString());
    }
    return rows;
}

/// "size 1.00 MiB" and so on: the rows of Facts, in order.
QJsonArray factRows(const FactsPanel& facts) {
    QJsonArray rows;
    for (const QLabel* label : facts.findChildren<QLabel*>()) {
        if (label->isVisible())
            rows << label->text();
    }
    return rows;
}

} // namespace

QJsonObject windowSaid(Drive& drive, const std::string& device, int firstRow) {
    const WindowParts& parts = drive.parts();
    QJsonObject said;
    if (parts.notice->isVisible())
        said[QStringLiteral("notice")] = parts.notice->text();
    said[QStringLiteral("page")] = parts.tabs->currentWidget()->windowTitle();
    said[QStringLiteral("device")] = drive.window().presenter().device();
    addLabels(said, *parts.header);
    addLabels(said, *parts.tabs->currentWidget());
    said[QStringLiteral("grid")] = gridSaid(*parts.inspect->grid());
    said[QStringLiteral("pressable")] = pressable(drive);
    said[QStringLiteral("list")] = rowWord(drive, device);
    said[QStringLiteral("status bar")] = parts.status->text();
    said[QStringLiteral("facts")] = factRows(*parts.facts);
    said[QStringLiteral("log")] = logRows(parts.log->model(), firstRow);
    return said;
}

} // namespace migscope
