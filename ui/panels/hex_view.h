// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of two saved states side by side, of which only the ones that are shown are read.
#pragma once

#include <QAbstractScrollArea>
#include <QString>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "core/transfer/image_bytes.h"
#include "ui/background.h"

namespace migscope {

/// Positions are offsets in the first state; the second one stands `shift` further on, so that records which
/// begin at different offsets can be laid beside each other. Arrows move the cursor, PageUp, PageDown, Home
/// and End as well; Ctrl+C copies the rows that are seen, with a * before what differs. Bytes are read in a
/// thread of their own: a slow disk shows "…" for a while.
class HexView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit HexView(QWidget* parent = nullptr);
    ~HexView() override;

    /// Null: nothing.
    void setImages(std::shared_ptr<const ImageBytes> a, std::shared_ptr<const ImageBytes> b);
    /// Puts the cursor there, in view.
    void showAt(qint64 position, qint64 shift);
    [[nodiscard]] qint64 cursor() const { return cursor_; }
    [[nodiscard]] qint64 shift() const { return shift_; }
    /// 16, or 8 where that is too wide.
    [[nodiscard]] int bytesARow() const { return bytesARow_; }
    /// All that is seen has been read.
    [[nodiscard]] bool loaded() const;
    /// The row at `position`, as Ctrl+C copies it: "00000010 *12 34 … |.4…|   00000010 *13 34 … |.4…|".
    [[nodiscard]] QString rowText(qint64 position) const;
    [[nodiscard]] QString seenText() const;
    /// What the cursor stands on, on both sides, in words.
    [[nodiscard]] QString readout() const;
    [[nodiscard]] QSize sizeHint() const override { return {900, 260}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {300, 90}; }

signals:
    void readoutChanged(const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    bool event(QEvent* event) override;

private:
    struct Block; ///< what was read
    struct Byte {
        enum class What { Read, Outside, Unread } what = What::Unread;
        std::byte value{};
        friend bool operator==(const Byte&, const Byte&) = default;
    };
    struct Pair {
        Byte a;
        Byte b;
        [[nodiscard]] bool differs() const;
    };
    [[nodiscard]] Pair at(qint64 position) const;
    [[nodiscard]] qint64 begin() const; ///< the first position, at a row's begin
    [[nodiscard]] qint64 end() const;
    [[nodiscard]] qint64 rowOf(qint64 position) const { return (position - begin()) / bytesARow_; }
    [[nodiscard]] qint64 firstRow() const;
    [[nodiscard]] int rowsSeen() const;
    [[nodiscard]] QString sideText(qint64 position, bool second) const;
    [[nodiscard]] QString offsetText(qint64 offset) const;
    void layoutRows();
    void setFirstRow(qint64 row);
    void moveCursor(qint64 to);
    void fetch();
    void drawSide(QPainter& painter, qint64 position, int y, bool second);
    void tell();

    std::shared_ptr<const ImageBytes> a_;
    std::shared_ptr<const ImageBytes> b_;
    qint64 shift_ = 0;
    qint64 cursor_ = 0;
    int bytesARow_ = 16;
    qint64 rowsAStep_ = 1; ///< of the scroll bar, which counts in int
    int digits_ = 8;
    std::shared_ptr<const Block> block_;
    bool reading_ = false;
    int generation_ = 0; ///< of what is shown: an answer to an older question is dropped
    Background background_;
    Postbox postbox_;
};

} // namespace migscope
