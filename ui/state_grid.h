// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The state machine drawn as the grid that it is: buttons on a canvas of arcs.
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include <map>
#include <optional>
#include <utility>

#include "ui/grid_rules.h"
#include "ui/theme.h"

class QPushButton;

namespace migscope {

class StateButton;

/// Shows a GridView and says what the person asks for. Knows no session: stepAsked() is all it does.
class StateGrid : public QWidget {
    Q_OBJECT
public:
    explicit StateGrid(QWidget* parent = nullptr);

    void setView(const GridView& view);
    [[nodiscard]] const GridView& view() const { return view_; }
    [[nodiscard]] StateButton* button(MigState state) const { return buttons_.at(state); }
    [[nodiscard]] QPushButton* resetButton() const { return reset_; }
    /// The state that hover or focus points at.
    [[nodiscard]] std::optional<MigState> pointed() const;
    /// The arc of the selected event of this device; shown as the selection.
    void setPicked(const std::optional<std::pair<MigState, MigState>>& arc);
    [[nodiscard]] const std::optional<std::pair<MigState, MigState>>& picked() const { return picked_; }
    /// A point on the line of an arc, for tests.
    [[nodiscard]] QPointF pointOn(MigState from, MigState to) const;
    /// How long the first press of an act with a price waits for the second.
    void setAskTime(int milliseconds) { askTimer_.setInterval(milliseconds); }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

public slots:
    /// As a press on the reset button: asks in place first.
    void askReset();

signals:
    void stepAsked(migscope::MigState goal, bool combined);
    void resetAsked();
    /// A press on the line of an arc that was made before.
    void arcPicked(migscope::MigState from, migscope::MigState to);
    /// The price of what is pointed at, or of the act that waits for a second press; empty when neither.
    void wordsChanged(const QString& words);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void press(StateButton* button);
    void point(MigState state, bool on, bool byHover);
    void moveFocus(MigState from, int columns, int rows);
    void disarm();
    void refresh();
    void layoutButtons();
    [[nodiscard]] QString describe(MigState state, const Offer& offer) const;
    [[nodiscard]] std::vector<Arc> litPath() const;
    [[nodiscard]] QRectF cell(GridPlace place) const;
    void paintHeads(QPainter& painter, const Theme& theme) const;
    void paintResetLine(QPainter& painter, const Theme& theme) const;

    GridView view_;
    std::map<MigState, StateButton*> buttons_;
    QPushButton* reset_ = nullptr;
    std::optional<MigState> hovered_;
    std::optional<MigState> focused_;
    std::optional<MigState> armed_;
    std::optional<std::pair<MigState, MigState>> picked_;
    bool resetArmed_ = false;
    QTimer askTimer_;
    QTimer pulseTimer_;
    QElapsedTimer pulse_;
};

} // namespace migscope
