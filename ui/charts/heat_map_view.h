// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which pages a device wrote when: address upwards, time to the right.
#pragma once

#include <QWidget>

#include <memory>
#include <optional>

#include "core/transfer/dirty_fold.h"

namespace migscope {

/// Arrow keys and the mouse point at a cell; its address, time and share are told by readoutChanged().
class HeatMapView : public QWidget {
    Q_OBJECT
public:
    explicit HeatMapView(QWidget* parent = nullptr);
    ~HeatMapView() override;
    /// Times of the map are those of its recording.
    void setMap(HeatMap map);
    [[nodiscard]] const HeatMap& map() const { return map_; }
    /// So many cells have room, for heatMap().
    [[nodiscard]] std::size_t columns() const;
    [[nodiscard]] std::size_t rows() const;
    struct Cell {
        std::size_t column = 0;
        std::size_t row = 0;
        friend bool operator==(const Cell&, const Cell&) = default;
    };
    [[nodiscard]] std::optional<Cell> pointed() const { return pointed_; }
    /// The middle of the cell in pixels of this widget.
    [[nodiscard]] QPointF cellCentre(const Cell& cell) const;
    [[nodiscard]] QSize sizeHint() const override { return {640, 260}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {300, 120}; }

signals:
    /// Empty: nothing is pointed at.
    void readoutChanged(const QString& words);
    /// Another number of cells has room.
    void resized();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    class Frame;
    struct Plot;
    void applyTheme();
    void point(std::optional<Cell> cell);
    [[nodiscard]] QString cellWords(const Cell& cell) const;
    [[nodiscard]] std::optional<Cell> cellAt(const QPointF& at) const;

    std::unique_ptr<Plot> plot_;
    HeatMap map_;
    std::optional<Cell> pointed_;
};

} // namespace migscope
