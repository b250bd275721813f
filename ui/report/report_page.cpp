// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A report as one HTML page that needs nothing else.
#include "ui/report/report_page.h"

#include <QCoreApplication>
#include <QPainter>

#include "ui/charts/picture_file.h"
#include "ui/report/html_writer.h"
#include "ui/report/inline_svg.h"
#include "ui/theme.h"

namespace migscope {
namespace {

constexpr int narrowStrip = 372;

QString tr(const char* text) {
    return QCoreApplication::translate("report", text);
}

QString className(ReportTone tone) {
    switch (tone) {
    case ReportTone::Quiet:
        return QStringLiteral("quiet");
    case ReportTone::Good:
        return QStringLiteral("good");
    case ReportTone::Warning:
        return QStringLiteral("warning");
    case ReportTone::Bad:
        return QStringLiteral("bad");
    case ReportTone::Plain:
        break;
    }
    return {};
}

HtmlWriter::Attributes classed(const QString& name) {
    return name.isEmpty() ? HtmlWriter::Attributes{} : HtmlWriter::Attributes{{"class", name}};
}

/// The strip of the Compare tab, drawn without being shown.
QByteArray stripSvg(const ReportStrip& strip, int width, bool dark) {
    SpreadStrip widget;
    widget.setPalette(dark ? darkPalette() : lightPalette());
    widget.setRows(strip.unit, strip.rows);
    widget.resize(width, widget.sizeHint().height());
    return svgOf(Drawing{
        widget.size(), {}, Theme::of(widget.palette()).card(), [&](QPaintDevice& device, bool /*vector*/) {
            QPainter painter(&device);
            widget.render(&painter, {}, {}, {});
        }});
}

class Page {
public:
    Page(const ReportContent& content, const ReportOptions& options) : content_(content), options_(options) {}

    [[nodiscard]] QByteArray make() {
        // The drawings come first: the style has their colours.
        body();
        const QByteArray body = out_.take();
        HtmlWriter page;
        page.open("html", {{"lang", QStringLiteral("en")}}).open("head");
        page.empty("meta", {{"charset", QStringLiteral("utf-8")}});
        page.empty("meta", {{"http-equiv", QStringLiteral("Content-Security-Policy")},
                            {"content", QStringLiteral("default-src 'none'; style-src 'unsafe-inline'; "
                                                       "img-src data:")}});
        page.empty("meta", {{"name", QStringLiteral("viewport")},
                            {"content", QStringLiteral("width=device-width, initial-scale=1")}});
        page.element("title", content_.simulated ? tr("%1 · SIMULATED · Migscope").arg(content_.title)
                                                 : tr("%1 · Migscope").arg(content_.title));
        page.open("style").markup(
            reportStyle(drawings_.variables(false), drawings_.variables(true), options_.dark));
        page.close().close();
        page.open("body").markup(body.mid(body.indexOf('\n') + 1)); // behind the document's type
        return page.take();
    }

private:
    void body() {
        out_.open("main");
        header();
        for (const ReportSection& section : content_.sections) {
            out_.open("section").element("h2", section.title);
            out_.open("div", {{"class", QStringLiteral("parts")}});
            for (const ReportPart& part : section.parts)
                std::visit([this](const auto& each) { add(each); }, part);
            out_.close().close();
        }
        out_.close();
        out_.element(
            "footer",
            tr("Made by Migscope %1 from the events of the recording. Hover over a number for the exact "
               "value. This page loads nothing and runs nothing.")
                .arg(QCoreApplication::applicationVersion()));
    }

    void header() {
        out_.open("header");
        if (content_.simulated)
            out_.element("p", tr("SIMULATED"), {{"class", QStringLiteral("simulated")}});
        out_.element("h1", content_.title);
        for (const QString& line : content_.about)
            out_.element("p", line, {{"class", QStringLiteral("about")}});
        out_.open("div", {{"class", QStringLiteral("verdict ") + className(content_.tone)}});
        out_.element("p", content_.verdict);
        for (const ReportLine& line : content_.evidence)
            add(line);
        out_.close();
        if (!content_.cautions.empty()) {
            out_.open("ul", {{"class", QStringLiteral("cautions")}});
            for (const ReportLine& line : content_.cautions)
                out_.element("li", line.text, classed(className(line.tone)));
            out_.close();
        }
        out_.close();
    }

    void add(const ReportLine& line) { out_.element("p", line.text, classed(className(line.tone))); }

    void add(const ReportTable& table) {
        if (table.folded)
            out_.open("details", {{"class", QStringLiteral("part")}}).element("summary", table.title);
        else
            out_.open("div", {{"class", QStringLiteral("part")}}).element("h3", table.title);
        // What scrolls is reached by the keyboard, too.
        out_.open("div", {{"class", QStringLiteral("scroll")},
                          {"role", QStringLiteral("region")},
                          {"aria-label", table.title},
                          {"tabindex", QStringLiteral("0")}});
        out_.open("table").open("thead").open("tr");
        for (const ReportTable::Column& column : table.columns) {
            HtmlWriter::Attributes attributes{{"scope", QStringLiteral("col")}};
            if (column.number)
                attributes.emplace_back("class", QStringLiteral("n"));
            out_.element("th", column.head, attributes);
        }
        out_.close().close().open("tbody");
        for (const auto& row : table.rows) {
            out_.open("tr");
            for (std::size_t column = 0; column < row.size(); ++column)
                cell(row[column], table.columns[column].number, column == 0 && table.rowHeads);
            out_.close();
        }
        out_.close().close().close();
        if (!table.note.isEmpty())
            out_.element("p", table.note, {{"class", QStringLiteral("note")}});
        out_.close();
    }

    void cell(const ReportCell& cell, bool number, bool head) {
        HtmlWriter::Attributes attributes;
        if (head)
            attributes.emplace_back("scope", QStringLiteral("row"));
        QStringList classes;
        if (number)
            classes << QStringLiteral("n");
        if (cell.tone != ReportTone::Plain)
            classes << className(cell.tone);
        if (!classes.isEmpty())
            attributes.emplace_back("class", classes.join(QLatin1Char(' ')));
        if (!cell.exact.isEmpty())
            attributes.emplace_back("title", cell.exact);
        out_.element(head ? "th" : "td", cell.text, attributes);
    }

    void add(const ReportPicture& picture) {
        const auto drawn = [&](const PictureContent& content, PictureOptions options, bool dark) {
            options.dark = dark;
            return svgOf(content, options);
        };
        figure(picture.title, picture.words, [&](bool wide, bool dark) {
            return wide ? drawn(picture.wideContent, picture.wide, dark)
                        : drawn(picture.narrowContent, picture.narrow, dark);
        });
    }

    void add(const ReportStrip& strip) {
        figure(strip.title, strip.words, [&](bool wide, bool dark) {
            return stripSvg(strip, wide ? options_.chart.width() : narrowStrip, dark);
        });
    }

    template<class Draw>
    void figure(const QString& title, const QString& words, Draw draw) {
        out_.open("figure").element("figcaption", title);
        for (const bool wide : {true, false}) {
            const QByteArray light = draw(wide, options_.dark.value_or(false));
            const QByteArray dark = options_.dark ? light : draw(wide, true);
            out_.markup(drawings_.picture(light, dark, words,
                                          wide ? QStringLiteral("wide") : QStringLiteral("narrow")));
        }
        out_.close();
    }

    void add(const ReportFacts& sections) {
        out_.open("div", {{"class", sections.size() > 1 ? QStringLiteral("facts") : QStringLiteral("part")}});
        for (const FactSection& section : sections) {
            out_.open("section").element("h3", section.title).open("dl");
            for (const Fact& fact : section.facts)
                out_.element("dt", fact.name).element("dd", fact.value);
            out_.close().close();
        }
        out_.close();
    }

    const ReportContent& content_;
    const ReportOptions& options_;
    HtmlWriter out_;
    InlineSvg drawings_;
};

} // namespace

QByteArray reportPage(const ReportContent& content, const ReportOptions& options) {
    return Page(content, options).make();
}

} // namespace migscope
