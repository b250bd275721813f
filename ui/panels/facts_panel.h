// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The facts of the selected device.
#pragma once

#include <QScrollArea>

#include <vector>

#include "ui/facts.h"

class QLabel;
class QVBoxLayout;

namespace migscope {

class FactsPanel : public QScrollArea {
    Q_OBJECT
public:
    explicit FactsPanel(QWidget* parent = nullptr);
    /// Rows of the same names only change their text, so that nothing jumps. `empty` stands when there are
    /// none.
    void setFacts(const std::vector<FactSection>& sections, const QString& empty = {});
    [[nodiscard]] QSize sizeHint() const override { return {268, 320}; }

private:
    void rebuild();
    std::vector<FactSection> sections_;
    std::vector<QLabel*> values_;
    QVBoxLayout* layout_ = nullptr;
};

} // namespace migscope
