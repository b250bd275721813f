// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of two saved states side by side.
#include "ui/panels/hex_view.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <limits>
#include <utility>

#include "ui/theme.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr int leftMargin = 6;
constexpr int gap = 3;                ///< characters between the two sides
constexpr qint64 readAround = 4096;   ///< bytes before and behind what is seen: scrolling reads seldom
constexpr qint64 mostSteps = 1 << 30; ///< of the scroll bar

/// Characters of one side: offset, bytes, text between bars.
int charactersOf(int digits, int bytes) {
    return digits + 2 + 3 * bytes + 1 + bytes + 1;
}

char shownCharacter(std::byte byte) {
    const auto value = std::to_integer<unsigned char>(byte);
    return value >= 0x20 && value < 0x7f ? static_cast<char>(value) : '.';
}

QString hexOf(std::byte byte) {
    return QStringLiteral("%1").arg(std::to_integer<unsigned>(byte), 2, 16, QLatin1Char('0'));
}

} // namespace

struct HexView::Block {
    qint64 from = 0; ///< positions [from, to) were asked for
    qint64 to = 0;
    qint64 aFrom = 0; ///< offset of the first byte
    qint64 bFrom = 0;
    std::vector<std::byte> a;
    std::vector<std::byte> b;
    std::optional<Error> error;
};

HexView::HexView(QWidget* parent) : QAbstractScrollArea(parent), postbox_(this) {
    setAccessibleName(tr("Bytes of both states"));
    setFocusPolicy(Qt::StrongFocus);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setBackgroundRole(QPalette::Base);
}

HexView::~HexView() {
    postbox_.close();
}

void HexView::setImages(std::shared_ptr<const ImageBytes> a, std::shared_ptr<const ImageBytes> b) {
    a_ = std::move(a);
    b_ = std::move(b);
    shift_ = cursor_ = 0;
    block_.reset();
    ++generation_;
    layoutRows();
    setFirstRow(0);
    tell();
}

void HexView::showAt(qint64 position, qint64 shift) {
    if (shift != shift_) {
        block_.reset();
        ++generation_;
    }
    shift_ = shift;
    layoutRows();
    cursor_ = std::clamp(position, begin(), std::max(begin(), end() - 1));
    // A few rows of what stands before it.
    setFirstRow(std::max<qint64>(0, rowOf(cursor_) - rowsSeen() / 3));
    tell();
}

qint64 HexView::begin() const {
    const qint64 least = std::min<qint64>(0, -shift_);
    const qint64 rows = (-least + bytesARow_ - 1) / bytesARow_;
    return -rows * bytesARow_;
}

qint64 HexView::end() const {
    const auto sizeOf = [](const auto& image) { return image ? static_cast<qint64>(image->size()) : 0; };
    return std::max(sizeOf(a_), sizeOf(b_) - shift_);
}

int HexView::rowsSeen() const {
    return std::max(1, viewport()->height() / fontMetrics().height());
}

qint64 HexView::firstRow() const {
    return std::clamp<qint64>(verticalScrollBar()->value() * rowsAStep_, 0,
                              std::max<qint64>(0, rowOf(end() - 1)));
}

void HexView::layoutRows() {
    const qint64 largest = std::max(end(), end() + shift_);
    digits_ = std::max<int>(8, static_cast<int>(QString::number(std::max<qint64>(largest, 0), 16).size()));
    const int wide = fontMetrics().horizontalAdvance(QLatin1Char('0'));
    const int needs = leftMargin + (2 * charactersOf(digits_, 16) + gap) * wide;
    bytesARow_ = viewport()->width() >= needs ? 16 : 8;
    const qint64 rows = end() > begin() ? rowOf(end() - 1) + 1 : 0;
    rowsAStep_ = rows / mostSteps + 1;
    verticalScrollBar()->setRange(
        0, static_cast<int>(std::max<qint64>(0, (rows - rowsSeen() + rowsAStep_ - 1) / rowsAStep_)));
    verticalScrollBar()->setPageStep(std::max(1, static_cast<int>(rowsSeen() / rowsAStep_)));
}

void HexView::setFirstRow(qint64 row) {
    verticalScrollBar()->setValue(static_cast<int>(row / rowsAStep_));
    fetch();
    viewport()->update();
}

HexView::Pair HexView::at(qint64 position) const {
    const auto one = [&](const std::shared_ptr<const ImageBytes>& image, qint64 offset, qint64 from,
                         const std::vector<std::byte>* read) -> Byte {
        if (!image || offset < 0 || offset >= static_cast<qint64>(image->size()))
            return {Byte::What::Outside, {}};
        if (read == nullptr || offset < from || offset - from >= static_cast<qint64>(read->size()))
            return {};
        return {Byte::What::Read, (*read)[static_cast<std::size_t>(offset - from)]};
    };
    const bool inBlock = block_ && position >= block_->from && position < block_->to;
    return {one(a_, position, inBlock ? block_->aFrom : 0, inBlock ? &block_->a : nullptr),
            one(b_, position + shift_, inBlock ? block_->bFrom : 0, inBlock ? &block_->b : nullptr)};
}

bool HexView::Pair::differs() const {
    const bool isKnown = a.what != Byte::What::Unread && b.what != Byte::What::Unread;
    return isKnown && a != b;
}

bool HexView::loaded() const {
    if (!a_ && !b_)
        return true;
    const qint64 from = begin() + firstRow() * bytesARow_;
    const qint64 to = std::min(end(), from + rowsSeen() * bytesARow_);
    return block_ && !block_->error && block_->from <= from && block_->to >= to;
}

void HexView::fetch() {
    if (reading_ || (!a_ && !b_) || loaded() || (block_ && block_->error))
        return;
    reading_ = true;
    auto block = std::make_shared<Block>();
    const qint64 seen = begin() + firstRow() * bytesARow_;
    block->from = std::max(begin(), seen - readAround);
    block->to = std::min(end(), seen + (rowsSeen() + 1) * qint64{bytesARow_} + readAround);
    background_.run([this, postbox = postbox_, block, a = a_, b = b_, shift = shift_,
                     generation = generation_] {
        const auto read = [&](const std::shared_ptr<const ImageBytes>& image, qint64 from, qint64 to,
                              qint64& begin, std::vector<std::byte>& into) {
            begin = std::max<qint64>(0, from);
            if (!image || to <= begin)
                return;
            auto got = image->read(static_cast<std::uint64_t>(begin), static_cast<std::size_t>(to - begin));
            if (got)
                into = std::move(*got);
            else
                block->error = std::move(got.error());
        };
        read(a, block->from, block->to, block->aFrom, block->a);
        read(b, block->from + shift, block->to + shift, block->bFrom, block->b);
        postbox.post([this, block, generation] {
            reading_ = false;
            if (generation == generation_) {
                block_ = block;
                viewport()->update();
                tell();
            }
            fetch(); // it may have been scrolled on meanwhile
        });
    });
}

QString HexView::offsetText(qint64 offset) const {
    return QStringLiteral("%1").arg(offset, digits_, 16, QLatin1Char('0'));
}

QString HexView::sideText(qint64 position, bool second) const {
    const qint64 offset = position + (second ? shift_ : 0);
    QString text = (offset >= 0 ? offsetText(offset) : QString(digits_, QLatin1Char(' '))) + QLatin1Char(' ');
    QString characters;
    for (int i = 0; i < bytesARow_; ++i) {
        const Pair pair = at(position + i);
        const Byte& byte = second ? pair.b : pair.a;
        text += pair.differs() ? QLatin1Char('*') : QLatin1Char(' ');
        text += byte.what == Byte::What::Read      ? hexOf(byte.value)
                : byte.what == Byte::What::Outside ? QStringLiteral("  ")
                                                   : QStringLiteral("··");
        characters +=
            byte.what == Byte::What::Read ? QLatin1Char(shownCharacter(byte.value)) : QLatin1Char(' ');
    }
    return text + QStringLiteral(" |") + characters + QLatin1Char('|');
}

QString HexView::rowText(qint64 position) const {
    const qint64 from = begin() + rowOf(position) * bytesARow_;
    return sideText(from, false) + QString(gap, QLatin1Char(' ')) + sideText(from, true);
}

QString HexView::seenText() const {
    QString text;
    for (int row = 0; row < rowsSeen(); ++row) {
        const qint64 position = begin() + (firstRow() + row) * bytesARow_;
        if (position < end())
            text += rowText(position) + QLatin1Char('\n');
    }
    return text;
}

QString HexView::readout() const {
    if (!a_ || !b_)
        return {};
    if (block_ && block_->error)
        return errorSentence(*block_->error);
    const Pair pair = at(cursor_);
    const auto words = [&](const Byte& byte, qint64 offset) {
        if (byte.what == Byte::What::Outside)
            return offset < 0 ? tr("not begun") : tr("ended");
        const QString where = QStringLiteral("0x%1").arg(offset, 0, 16);
        return byte.what == Byte::What::Read
                   ? QStringLiteral("%1: %2 “%3”")
                         .arg(where, hexOf(byte.value), QString(QLatin1Char(shownCharacter(byte.value))))
                   : where;
    };
    return tr("A %1 · B %2 · %3")
        .arg(words(pair.a, cursor_), words(pair.b, cursor_ + shift_),
             pair.differs() ? tr("differs") : tr("the same"));
}

void HexView::tell() {
    const QString text = readout();
    setAccessibleDescription(text);
    emit readoutChanged(text);
}

void HexView::moveCursor(qint64 to) {
    if (end() <= begin())
        return;
    cursor_ = std::clamp(to, begin(), end() - 1);
    const qint64 row = rowOf(cursor_);
    if (row < firstRow())
        setFirstRow(row);
    else if (row >= firstRow() + rowsSeen())
        setFirstRow(row - rowsSeen() + 1);
    viewport()->update();
    tell();
}

void HexView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(seenText());
        return;
    }
    const qint64 page = qint64{rowsSeen()} * bytesARow_;
    const bool plain = (event->modifiers() & (Qt::AltModifier | Qt::MetaModifier)) == 0;
    const bool control = (event->modifiers() & Qt::ControlModifier) != 0;
    const qint64 inRow = cursor_ - begin() - rowOf(cursor_) * bytesARow_;
    const std::pair<int, qint64> moves[] = {
        {Qt::Key_Left, cursor_ - 1},
        {Qt::Key_Right, cursor_ + 1},
        {Qt::Key_Up, cursor_ - bytesARow_},
        {Qt::Key_Down, cursor_ + bytesARow_},
        {Qt::Key_PageUp, cursor_ - page},
        {Qt::Key_PageDown, cursor_ + page},
        {Qt::Key_Home, control ? begin() : cursor_ - inRow},
        {Qt::Key_End, control ? end() - 1 : cursor_ - inRow + bytesARow_ - 1},
    };
    for (const auto& [key, to] : moves) {
        if (plain && event->key() == key) {
            moveCursor(to);
            return;
        }
    }
    QWidget::keyPressEvent(event); // Tab and the window's keys
}

void HexView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || end() <= begin())
        return;
    const QPointF at = event->position();
    const int wide = fontMetrics().horizontalAdvance(QLatin1Char('0'));
    const qint64 row = firstRow() + static_cast<qint64>(at.y()) / fontMetrics().height();
    const int side = charactersOf(digits_, bytesARow_) + gap;
    const int character = (static_cast<int>(at.x()) - leftMargin) / wide % side;
    const int inBytes = (character - digits_ - 1) / 3;
    const int inText = character - digits_ - 3 * bytesARow_ - 3;
    const int byte = inText >= 0 ? inText : inBytes;
    moveCursor(begin() + row * bytesARow_ + std::clamp(byte, 0, bytesARow_ - 1));
}

void HexView::drawSide(QPainter& painter, qint64 position, int y, bool second) {
    const Theme theme = Theme::of(palette());
    const QFontMetrics metrics = fontMetrics();
    const int wide = metrics.horizontalAdvance(QLatin1Char('0'));
    const int height = metrics.height();
    const int base = y + metrics.ascent();
    int x = leftMargin + (second ? (charactersOf(digits_, bytesARow_) + gap) * wide : 0);
    const qint64 offset = position + (second ? shift_ : 0);
    painter.setPen(theme.quiet());
    if (offset >= 0)
        painter.drawText(x, base, offsetText(offset));
    x += (digits_ + 2) * wide;
    const int text = x + (3 * bytesARow_ + 1) * wide;
    QFont bold = font();
    bold.setBold(true);
    const QColor mark = mix(theme.bad(), theme.card(), theme.dark() ? 0.42 : 0.24);
    for (int i = 0; i < bytesARow_ && position + i < end(); ++i) {
        const Pair pair = at(position + i);
        const Byte& byte = second ? pair.b : pair.a;
        const QRect box(x + 3 * i * wide - wide / 2, y, 3 * wide, height);
        const QRect letter(text + i * wide, y, wide, height);
        const bool isOutside = byte.what == Byte::What::Outside;
        if (pair.differs()) {
            // What the other side does not have at all is hatched: the colour is not the only sign.
            const QBrush brush = isOutside ? QBrush(theme.line(), Qt::BDiagPattern) : QBrush(mark);
            painter.fillRect(box, brush);
            painter.fillRect(letter, brush);
        }
        painter.setPen(byte.what == Byte::What::Unread ? theme.quiet() : theme.text());
        painter.setFont(pair.differs() ? bold : font());
        if (byte.what == Byte::What::Read) {
            painter.drawText(x + 3 * i * wide, base, hexOf(byte.value));
            painter.drawText(letter.left(), base, QString(QLatin1Char(shownCharacter(byte.value))));
        } else if (!isOutside) {
            painter.drawText(x + 3 * i * wide, base, QStringLiteral("··"));
        }
        if (position + i == cursor_) {
            painter.setPen(QPen(theme.highlight(), hasFocus() ? 2 : 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(box.adjusted(0, 0, -1, -1));
            painter.drawRect(letter.adjusted(0, 0, -1, -1));
        }
    }
    painter.setFont(font());
}

void HexView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.setFont(font());
    if (!a_ || !b_)
        return;
    if (block_ && block_->error) {
        painter.setPen(Theme::of(palette()).bad());
        painter.drawText(viewport()->rect().adjusted(leftMargin, 4, -4, -4),
                         Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap, errorSentence(*block_->error));
        return;
    }
    const int height = fontMetrics().height();
    for (int row = 0; row <= rowsSeen(); ++row) {
        const qint64 position = begin() + (firstRow() + row) * bytesARow_;
        if (position >= end())
            break;
        drawSide(painter, position, row * height, false);
        drawSide(painter, position, row * height, true);
    }
}

void HexView::scrollContentsBy(int /*dx*/, int /*dy*/) {
    fetch();
    viewport()->update();
}

void HexView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    const qint64 seen = begin() + firstRow() * bytesARow_;
    layoutRows();
    setFirstRow(rowOf(std::max(seen, begin())));
}

void HexView::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        layoutRows();
    viewport()->update();
}

bool HexView::event(QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        viewport()->update(); // the cursor's frame
    return QAbstractScrollArea::event(event);
}

} // namespace migscope
