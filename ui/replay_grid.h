// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where the devices of a recording stood at the cursor, on a small state grid that asks for nothing.
#pragma once

#include <QString>
#include <QWidget>

#include <optional>
#include <vector>

#include "core/device/migration_state.h"

namespace migscope {

/// A device at one moment.
struct ReplayedDevice {
    QString name;
    QString letter;                ///< "S", "D", or a number: what stands in the small grid
    std::optional<MigState> state; ///< absent: inside a call, or unknown
    std::optional<MigState> asked; ///< inside a SET to this
    friend bool operator==(const ReplayedDevice&, const ReplayedDevice&) = default;
};

class ReplayGrid : public QWidget {
    Q_OBJECT
public:
    explicit ReplayGrid(QWidget* parent = nullptr);
    /// `when` is the cursor's time in words; empty: there is no cursor.
    void setDevices(const QString& when, std::vector<ReplayedDevice> devices);
    [[nodiscard]] const std::vector<ReplayedDevice>& devices() const { return devices_; }
    [[nodiscard]] QSize sizeHint() const override { return {276, 96}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 62}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    [[nodiscard]] QRectF cell(MigState state) const;
    [[nodiscard]] QString sentence() const;
    QString when_;
    std::vector<ReplayedDevice> devices_;
};

} // namespace migscope
