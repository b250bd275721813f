// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One state of the grid as a real button.
#pragma once

#include <QAbstractButton>

#include "core/device/migration_state.h"
#include "ui/grid_rules.h"
#include "ui/theme.h"

namespace migscope {

class StateButton : public QAbstractButton {
    Q_OBJECT
public:
    struct Face {
        bool present = true; ///< the device has this state
        bool current = false;
        bool onPath = false; ///< a step of the path that is pointed at or walked
        bool asking = false; ///< a second press does it
        bool usable = true;  ///< drawn as something that can be pressed
        StateNote note;
        friend bool operator==(const Face& a, const Face& b) {
            return a.present == b.present && a.current == b.current && a.onPath == b.onPath &&
                   a.asking == b.asking && a.usable == b.usable && a.note.text == b.note.text &&
                   a.note.bad == b.note.bad;
        }
    };
    StateButton(MigState state, QWidget* parent);
    [[nodiscard]] MigState state() const { return state_; }
    [[nodiscard]] const Face& face() const { return face_; }
    void setFace(const Face& face);
    /// The last press held Ctrl: one SET for the whole way.
    [[nodiscard]] bool combined() const { return combined_; }
    [[nodiscard]] QSize sizeHint() const override;

signals:
    void pointedAt(bool on); ///< by hover or focus
    void moveAsked(int columns, int rows);
    void resetFocusAsked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void paintBody(QPainter& painter, const Theme& theme, const QRectF& body) const;
    void paintWords(QPainter& painter, const Theme& theme, const QRectF& body) const;
    MigState state_;
    Face face_;
    bool combined_ = false;
};

} // namespace migscope
