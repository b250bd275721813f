// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The centre while no device is selected: what this host has, what can migrate, why the rest cannot, what
// next.
#pragma once

#include <QScrollArea>

#include <functional>
#include <memory>

#include "core/device/topology.h"
#include "core/device/verdict.h"
#include "ui/models/machine_model.h"

class QAction;
class QVBoxLayout;

namespace migscope {

class HostPage : public QScrollArea {
    Q_OBJECT
public:
    /// `lab` and `host` become buttons: the way into the simulated machine, and back.
    HostPage(QAction* lab, QAction* host, QWidget* parent = nullptr);
    void showMachine(const std::shared_ptr<const Topology>& topology, const VerdictOf& verdict);
    /// Nothing could be read, or nothing was read yet.
    void showWords(const QString& head, const QString& words);

signals:
    void deviceChosen(const QString& device);

private:
    void addHead(const QString& head, const QString& words);
    void addChoices(const Topology& topology, const VerdictOf& verdict);
    void addReadiness(const Topology& topology);
    void addHostReasons(const Topology& topology);
    void addDeviceReasons(const Topology& topology, const VerdictOf& verdict);
    void addWayOn(bool simulated, bool prominent);
    QVBoxLayout* addCard(const QString& title);

    QAction* lab_;
    QAction* host_;
    QVBoxLayout* layout_ = nullptr;
    std::shared_ptr<const Topology> shown_;
};

} // namespace migscope
