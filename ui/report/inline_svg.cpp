// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Drawings inside a page.
#include "ui/report/inline_svg.h"

#include <QFont>
#include <QFontMetricsF>
#include <QXmlStreamReader>

#include <algorithm>
#include <optional>
#include <vector>

#include "ui/report/html_writer.h"

namespace migscope {
namespace {

using Attribute = std::pair<QString, QString>;

/// A shape or a text, or a group of them.
struct Node {
    QString name;
    std::vector<Attribute> attributes;
    QString text;
    std::vector<Node> children;
    friend bool operator==(const Node&, const Node&) = default;
};

Node nodeOf(QXmlStreamReader& xml) {
    Node node;
    node.name = xml.name().toString();
    for (const QXmlStreamAttribute& attribute : xml.attributes())
        node.attributes.emplace_back(attribute.qualifiedName().toString(), attribute.value().toString());
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isEndElement())
            break;
        if (xml.isStartElement())
            node.children.push_back(nodeOf(xml));
        else if (xml.isCharacters() && (node.name == QLatin1String("text") || !xml.isWhitespace()))
            node.text += xml.text();
    }
    return node;
}

std::optional<Node> parsed(const QByteArray& svg) {
    QXmlStreamReader xml(svg);
    while (!xml.atEnd() && !xml.isStartElement())
        xml.readNext();
    if (xml.atEnd())
        return std::nullopt;
    Node node = nodeOf(xml);
    return xml.hasError() ? std::nullopt : std::optional(std::move(node));
}

QString valueOf(const Node& node, const char* name) {
    for (const auto& [key, value] : node.attributes) {
        if (key == QLatin1String(name))
            return value;
    }
    return {};
}

/// What says nothing: the values that hold anyway, and the fonts of what is no text.
bool isIdle(const QString& element, const Attribute& attribute) {
    static const std::map<QString, QString> defaults{
        {QStringLiteral("fill-opacity"), QStringLiteral("1")},
        {QStringLiteral("stroke-opacity"), QStringLiteral("1")},
        {QStringLiteral("stroke-width"), QStringLiteral("1")},
        {QStringLiteral("vector-effect"), QStringLiteral("none")},
        {QStringLiteral("font-style"), QStringLiteral("normal")},
        {QStringLiteral("font-weight"), QStringLiteral("400")},
        {QStringLiteral("transform"), QStringLiteral("matrix(1,0,0,1,0,0)")}};
    const auto& [name, value] = attribute;
    if (name == QLatin1String("font-family") || name == QLatin1String("space") ||
        name == QLatin1String("xml:space"))
        return true;
    if (element != QLatin1String("text") && name.startsWith(QLatin1String("font-")))
        return true;
    const auto found = defaults.find(name);
    return found != defaults.end() && found->second == value;
}

/// Width that the text has in the font that it was laid out with.
double widthOf(const Node& text) {
    QFont font(valueOf(text, "font-family"));
    font.setPixelSize(std::max(1, qRound(valueOf(text, "font-size").toDouble())));
    font.setBold(valueOf(text, "font-weight").toInt() > 500);
    return QFontMetricsF(font).horizontalAdvance(text.text);
}

class Emitter {
public:
    explicit Emitter(QString prefix) : prefix_(std::move(prefix)) {}

    void group(const Node& group) {
        if (group.children.empty())
            return;
        std::vector<Attribute> attributes;
        for (const Attribute& each : group.attributes) {
            if (!isIdle(group.name, each))
                attributes.push_back(each);
        }
        // Qt begins a group with each change of its pen and brush, mostly to and fro.
        if (attributes != open_ || !isOpen_) {
            end();
            out_ += "<g";
            for (const Attribute& each : attributes)
                attribute(each);
            out_ += '>';
            open_ = std::move(attributes);
            isOpen_ = true;
        }
        for (const Node& each : group.children)
            shape(each);
    }
    void end() {
        if (isOpen_)
            out_ += "</g>\n";
        isOpen_ = false;
    }
    void shape(const Node& node) {
        out_ += '<' + node.name.toLatin1();
        for (const Attribute& each : node.attributes) {
            const bool inherited = std::find(open_.begin(), open_.end(), each) != open_.end();
            if (!inherited && !isIdle(node.name, each))
                attribute(each);
        }
        if (node.name == QLatin1String("text") && !node.text.isEmpty()) {
            // Another reader's font must not run into its neighbours.
            attribute({QStringLiteral("textLength"), QString::number(widthOf(node), 'f', 1)});
            attribute({QStringLiteral("lengthAdjust"), QStringLiteral("spacingAndGlyphs")});
        }
        if (node.text.isEmpty() && node.children.empty()) {
            out_ += "/>";
            return;
        }
        out_ += '>' + htmlEscaped(node.text);
        for (const Node& each : node.children)
            shape(each);
        out_ += "</" + node.name.toLatin1() + '>';
    }
    [[nodiscard]] QByteArray take() {
        end();
        return std::move(out_);
    }

private:
    void attribute(const Attribute& attribute) {
        QString value = attribute.second;
        // Names are those of one drawing; a page has several.
        if (attribute.first == QLatin1String("id"))
            value.prepend(prefix_);
        value.replace(QLatin1String("url(#"), QLatin1String("url(#") + prefix_);
        if (attribute.first.endsWith(QLatin1String("href")) && value.startsWith(QLatin1Char('#')))
            value.insert(1, prefix_);
        out_ += ' ' + attribute.first.section(QLatin1Char(':'), -1).toLatin1() + "=\"" +
                htmlEscaped(value.trimmed()) + '"';
    }
    QString prefix_;
    QByteArray out_;
    std::vector<Attribute> open_;
    bool isOpen_ = false;
};

bool sameShape(const Node& a, const Node& b) {
    return a.name == b.name && a.text == b.text &&
           std::equal(a.attributes.begin(), a.attributes.end(), b.attributes.begin(), b.attributes.end(),
                      [](const Attribute& x, const Attribute& y) { return x.first == y.first; }) &&
           std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(), sameShape);
}

} // namespace

QString InlineSvg::merged(const QString& light, const QString& dark) {
    if (light == dark)
        return light;
    const auto [at, isNew] =
        variables_.try_emplace({light, dark}, QStringLiteral("--v%1").arg(variables_.size()));
    return QStringLiteral("var(%1)").arg(at->second);
}

QByteArray InlineSvg::variables(bool dark) const {
    QByteArray out;
    for (const auto& [values, name] : variables_)
        out += name.toLatin1() + ':' + (dark ? values.second : values.first).toLatin1() + ';';
    return out;
}

QByteArray InlineSvg::picture(const QByteArray& light, const QByteArray& dark, const QString& words,
                              const QString& kind) {
    std::optional<Node> drawing = parsed(light);
    if (!drawing)
        return {};
    const std::optional<Node> other = parsed(dark);
    if (other && sameShape(*drawing, *other)) {
        const auto merge = [this](const auto& self, Node& into, const Node& from) -> void {
            for (std::size_t at = 0; at < into.attributes.size(); ++at)
                into.attributes[at].second = merged(into.attributes[at].second, from.attributes[at].second);
            for (std::size_t at = 0; at < into.children.size(); ++at)
                self(self, into.children[at], from.children[at]);
        };
        merge(merge, *drawing, *other);
    }
    const QStringList box = valueOf(*drawing, "viewBox").split(QLatin1Char(' '));
    QByteArray out = "<svg class=\"" + htmlEscaped(kind) + "\" role=\"img\" aria-label=\"" +
                     htmlEscaped(words) + "\" viewBox=\"" + htmlEscaped(box.join(QLatin1Char(' '))) +
                     "\" width=\"" + htmlEscaped(box.value(2)) + "\" height=\"" + htmlEscaped(box.value(3)) +
                     "\">\n";
    Emitter emitter(QStringLiteral("p%1-").arg(++pictures_));
    for (const Node& part : drawing->children) {
        if (part.name == QLatin1String("defs") && !part.children.empty())
            emitter.shape(part);
        if (part.name != QLatin1String("g"))
            continue;
        for (const Node& each : part.children)
            emitter.group(each);
    }
    out += emitter.take();
    return out + "</svg>\n";
}

} // namespace migscope
