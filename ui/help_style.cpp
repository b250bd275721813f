// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a page of the guide looks.
#include "ui/help_style.h"

#include <QFontDatabase>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextFrame>
#include <QTextList>
#include <QTextTable>

#include "ui/theme.h"

namespace migscope {
namespace {

/// The window's highlight is a colour of areas; as letters it must stand out from the page.
QColor linkColour(const Theme& theme) {
    return theme.state(MigState::PreCopy).fill;
}

QColor codeGround(const Theme& theme) {
    return mix(theme.text(), theme.card(), theme.dark() ? 0.10 : 0.07);
}

void styleText(const QTextBlock& block, QTextCursor cursor, const Theme& theme, const QFont& code) {
    for (auto part = block.begin(); !part.atEnd(); ++part) {
        const QTextFragment fragment = part.fragment();
        const QTextCharFormat now = fragment.charFormat();
        QTextCharFormat look;
        if (now.fontFixedPitch()) {
            look.setFontFamilies(code.families());
            if (!block.blockFormat().hasProperty(QTextFormat::BlockCodeFence))
                look.setBackground(codeGround(theme));
        }
        if (now.isAnchor()) {
            look.setForeground(linkColour(theme));
            look.setFontUnderline(true);
        } else {
            look.setForeground(theme.text());
        }
        cursor.setPosition(fragment.position());
        cursor.setPosition(fragment.position() + fragment.length(), QTextCursor::KeepAnchor);
        cursor.mergeCharFormat(look);
    }
}

void styleBlock(const QTextBlock& block, QTextCursor cursor, const Theme& theme) {
    const QTextBlockFormat now = block.blockFormat();
    QTextBlockFormat look;
    cursor.setPosition(block.position());
    if (now.hasProperty(QTextFormat::BlockCodeFence)) {
        look.setBackground(codeGround(theme));
        const bool first = !block.previous().blockFormat().hasProperty(QTextFormat::BlockCodeFence);
        const bool last = !block.next().blockFormat().hasProperty(QTextFormat::BlockCodeFence);
        look.setTopMargin(first ? 8 : 0);
        look.setBottomMargin(last ? 10 : 0);
        look.setLeftMargin(8);
        look.setRightMargin(8);
        look.setNonBreakableLines(false); // a page is read, not scrolled to and fro
    } else if (now.headingLevel() > 0) {
        look.setTopMargin(now.headingLevel() == 1 ? 4 : 16);
        look.setBottomMargin(6);
    } else if (cursor.currentTable() != nullptr) {
        look.setTopMargin(0);
        look.setBottomMargin(0);
    } else if (QTextList* list = block.textList(); list != nullptr) {
        QTextListFormat marks = list->format();
        if (marks.style() == QTextListFormat::ListCircle)
            marks.setStyle(QTextListFormat::ListDisc);
        list->setFormat(marks);
        look.setTopMargin(2);
        look.setBottomMargin(3);
        look.setLineHeight(118, QTextBlockFormat::ProportionalHeight);
    } else {
        look.setTopMargin(4);
        look.setBottomMargin(7);
        look.setLineHeight(118, QTextBlockFormat::ProportionalHeight);
    }
    cursor.mergeBlockFormat(look);
}

void styleTable(QTextTable& table, const Theme& theme) {
    QTextTableFormat look = table.format();
    look.setBorderCollapse(true);
    look.setBorder(1);
    look.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
    look.setBorderBrush(mix(theme.text(), theme.card(), 0.22));
    look.setCellPadding(5);
    look.setCellSpacing(0);
    look.setTopMargin(6);
    look.setBottomMargin(12);
    table.setFormat(look);
    for (int column = 0; column < table.columns(); ++column) {
        QTextTableCell head = table.cellAt(0, column);
        QTextCharFormat cell = head.format();
        cell.setBackground(codeGround(theme));
        head.setFormat(cell);
    }
}

} // namespace

void styleHelp(QTextDocument& document, const QPalette& palette) {
    const Theme theme = Theme::of(palette);
    const QFont code = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    document.setUndoRedoEnabled(false);
    document.setDocumentMargin(18);
    document.setIndentWidth(24);
    QTextCursor cursor(&document);
    cursor.beginEditBlock();
    const QList<QTextFrame*> frames = document.rootFrame()->childFrames();
    for (QTextFrame* frame : frames) {
        if (auto* table = qobject_cast<QTextTable*>(frame))
            styleTable(*table, theme);
    }
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        styleBlock(block, cursor, theme);
        styleText(block, cursor, theme, code);
    }
    cursor.endEditBlock();
}

} // namespace migscope
