// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// "Why not?" and the next step, for the selected device.
#pragma once

#include <QScrollArea>

#include <vector>

#include "core/device/reasons.h"

class QVBoxLayout;

namespace migscope {

class WhyPanel : public QScrollArea {
    Q_OBJECT
public:
    explicit WhyPanel(QWidget* parent = nullptr);
    /// `allWell` stands when there is no reason.
    void setReasons(const std::vector<Reason>& reasons, const QString& allWell);
    [[nodiscard]] QSize sizeHint() const override { return {268, 220}; }

private:
    std::vector<Reason> reasons_;
    QString allWell_;
    bool filled_ = false;
    QVBoxLayout* layout_ = nullptr;
};

} // namespace migscope
