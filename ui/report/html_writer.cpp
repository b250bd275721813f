// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a page that is HTML and well-formed XML at once.
#include "ui/report/html_writer.h"

#include "core/base/escape.h"
#include "core/base/markup.h"

namespace migscope {

QByteArray htmlEscaped(const QString& text) {
    QByteArray out = QByteArray::fromStdString(escapeMarkup(escapeText(text.toStdString())));
    // U+FFFE and U+FFFF are characters to Unicode, but not to XML.
    out.replace("\xef\xbf\xbe", "\xef\xbf\xbd");
    out.replace("\xef\xbf\xbf", "\xef\xbf\xbd");
    return out;
}

void HtmlWriter::begin(const char* element, const Attributes& attributes) {
    page_ += '<';
    page_ += element;
    for (const auto& [name, value] : attributes) {
        page_ += ' ';
        page_ += name;
        page_ += "=\"";
        page_ += htmlEscaped(value);
        page_ += '"';
    }
}

HtmlWriter& HtmlWriter::open(const char* element, const Attributes& attributes) {
    begin(element, attributes);
    page_ += '>';
    open_.push_back(element);
    return *this;
}

HtmlWriter& HtmlWriter::close() {
    page_ += "</";
    page_ += open_.back();
    page_ += ">\n";
    open_.pop_back();
    return *this;
}

HtmlWriter& HtmlWriter::text(const QString& text) {
    page_ += htmlEscaped(text);
    return *this;
}

HtmlWriter& HtmlWriter::element(const char* element, const QString& text, const Attributes& attributes) {
    return open(element, attributes).text(text).close();
}

HtmlWriter& HtmlWriter::empty(const char* element, const Attributes& attributes) {
    begin(element, attributes);
    page_ += "/>\n";
    return *this;
}

HtmlWriter& HtmlWriter::markup(const QByteArray& markup) {
    page_ += markup;
    return *this;
}

QByteArray HtmlWriter::take() {
    while (!open_.empty())
        close();
    return std::exchange(page_, {});
}

} // namespace migscope
