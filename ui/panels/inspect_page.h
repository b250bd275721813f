// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The state grid of the selected device with the acts above it, its stream and the words below.
#pragma once

#include <QWidget>

#include <chrono>

class QAction;
class QLabel;
class QSpinBox;

namespace migscope {

struct GridView;
class StateGrid;
class StreamPanel;

class InspectPage : public QWidget {
    Q_OBJECT
public:
    /// The actions become buttons, in this order.
    InspectPage(const QList<QAction*>& acts, QWidget* parent = nullptr);
    [[nodiscard]] StateGrid* grid() const { return grid_; }
    [[nodiscard]] StreamPanel* stream() const { return stream_; }
    [[nodiscard]] QLabel* status() const { return status_; }
    void setView(const GridView& view);
    /// After how long an idle device is released; 0: never. Remembered in the settings.
    [[nodiscard]] std::chrono::minutes idleRelease() const;

signals:
    void idleReleaseChanged(std::chrono::minutes after);

protected:
    void changeEvent(QEvent* event) override;

private:
    void paintStatus(bool bad);
    [[nodiscard]] QWidget* makeIdleRelease();
    StateGrid* grid_ = nullptr;
    StreamPanel* stream_ = nullptr;
    QSpinBox* idle_ = nullptr;
    QLabel* status_ = nullptr;
    QLabel* words_ = nullptr;
    bool bad_ = false;
};

} // namespace migscope
