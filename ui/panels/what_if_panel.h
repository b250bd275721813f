// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What if the link, the size, the dirty rate or the limit were another: where would the downtime land?
#pragma once

#include <QScrollArea>

#include <optional>

#include "core/transfer/what_if.h"
#include "ui/charts/chart_take.h"
#include "ui/charts/downtime_bar.h"

class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSlider;
class QVBoxLayout;

namespace migscope {

class FactsPanel;

/// Takes measured inputs, says what the model makes of the controls. Its labels say that it is a prediction.
class WhatIfPanel : public QScrollArea {
    Q_OBJECT
public:
    explicit WhatIfPanel(QWidget* parent = nullptr);
    /// The same run again keeps the controls. `simulated`: so are the predictions.
    void setInputs(const QString& what, const WhatIfInputs& inputs, bool simulated);
    [[nodiscard]] const WhatIfAnswer& answer() const { return answer_; }
    /// As the controls stand.
    [[nodiscard]] WhatIfChange change() const;
    /// The predicted phases as a chart.
    [[nodiscard]] QWidget* bar() const;
    [[nodiscard]] std::optional<ChartTake> take() const;

public slots:
    void reset();

private:
    class Bar;
    struct Control {
        QDoubleSpinBox* box = nullptr;
        QSlider* slider = nullptr; ///< logarithmic, about the measured value
        double measured = 0;       ///< in the box's unit
    };
    [[nodiscard]] Control makeControl(const QString& name, const QString& suffix, const QString& help);
    void setControl(Control& control, const std::optional<double>& measured, const QString& whyNot);
    void showAnswer();

    QWidget* inside_;
    QVBoxLayout* layout_ = nullptr;
    QLabel* title_ = nullptr;
    QLabel* sentence_ = nullptr;
    QLabel* assumptions_ = nullptr;
    FactsPanel* measured_ = nullptr;
    Bar* bar_ = nullptr;
    QPushButton* reset_ = nullptr;
    Control bandwidth_;
    Control size_;
    Control dirty_;
    Control limit_;
    QString what_;
    bool simulated_ = false;
    WhatIfInputs inputs_;
    WhatIfAnswer answer_;
};

} // namespace migscope
