// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a page that is HTML and well-formed XML at once.
#pragma once

#include <QByteArray>
#include <QString>

#include <utility>
#include <vector>

namespace migscope {

/// Text that can stand inside an element and between double quotes. Control characters, what is no Unicode
/// text, direction overrides and what XML does not allow are shown as \xNN or as U+FFFD. *Reentrant.*
[[nodiscard]] QByteArray htmlEscaped(const QString& text);

/// Every text goes through htmlEscaped(); elements without content are closed in themselves, all others by
/// close(). Names of elements and attributes are ours. *Thread-bound.*
class HtmlWriter {
public:
    using Attributes = std::vector<std::pair<const char*, QString>>;
    HtmlWriter& open(const char* element, const Attributes& attributes = {});
    HtmlWriter& close();
    HtmlWriter& text(const QString& text);
    /// Opened, its text, closed.
    HtmlWriter& element(const char* element, const QString& text, const Attributes& attributes = {});
    /// <meta …/> and the like.
    HtmlWriter& empty(const char* element, const Attributes& attributes = {});
    /// Markup of our own making: a style sheet, a drawing. It stands as it is.
    HtmlWriter& markup(const QByteArray& markup);
    /// Closes what is open and gives the page away.
    [[nodiscard]] QByteArray take();

private:
    void begin(const char* element, const Attributes& attributes);
    QByteArray page_ = "<!DOCTYPE html>\n";
    std::vector<const char*> open_;
};

} // namespace migscope
