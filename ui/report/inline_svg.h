// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Drawings inside a page: one element for light and dark, without what a page need not repeat.
#pragma once

#include <QByteArray>
#include <QString>

#include <map>
#include <utility>

namespace migscope {

/// Of one page. Each drawing is made twice, in the colours of light and dark; what differs becomes a variable
/// of the page's style, so that the drawing itself stands in it once. GUI thread: it measures text.
class InlineSvg {
public:
    /// Two drawings of QSvgGenerator's. `words`: for those who do not see it; `kind`: a class of the style.
    /// Different in more than values: the light one stands alone.
    [[nodiscard]] QByteArray picture(const QByteArray& light, const QByteArray& dark, const QString& words,
                                     const QString& kind);
    /// "--v0:#ffffff;…", of what picture() has returned so far.
    [[nodiscard]] QByteArray variables(bool dark) const;

private:
    [[nodiscard]] QString merged(const QString& light, const QString& dark);
    std::map<std::pair<QString, QString>, QString> variables_;
    int pictures_ = 0;
};

} // namespace migscope
