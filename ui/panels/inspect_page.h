// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The state grid of the selected device with the acts above it and the words below.
#pragma once

#include <QWidget>

class QAction;
class QLabel;

namespace migscope {

struct GridView;
class StateGrid;

class InspectPage : public QWidget {
    Q_OBJECT
public:
    /// The actions become buttons, in this order.
    InspectPage(const QList<QAction*>& acts, QWidget* parent = nullptr);
    [[nodiscard]] StateGrid* grid() const { return grid_; }
    [[nodiscard]] QLabel* status() const { return status_; }
    void setView(const GridView& view);

protected:
    void changeEvent(QEvent* event) override;

private:
    void paintStatus(bool bad);
    StateGrid* grid_ = nullptr;
    QLabel* status_ = nullptr;
    QLabel* words_ = nullptr;
    bool bad_ = false;
};

} // namespace migscope
