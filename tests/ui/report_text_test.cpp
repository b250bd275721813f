// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// No text of a file becomes markup of a report, and its drawings are the page's own.
#include "tests/core/transfer/run_builder.h"
#include "tests/ui/report_pages.h"
#include "ui/report/html_writer.h"
#include "ui/report/inline_svg.h"
#include "ui/words.h"

namespace migscope::testing {
namespace {

using test::ms;
using test::RunBuilder;

/// Nothing of it may become markup, hide, or break the page.
const std::vector<std::string>& hostile() {
    static const std::vector<std::string> texts{"<script>alert(1)</script>",
                                                "\"><img src=x onerror=alert(1)>",
                                                "' onload='x",
                                                "]]> --> <!-- <![CDATA[",
                                                "</style></svg></title><b>",
                                                "&amp;&#x3c;&lt",
                                                std::string("nul\0esc\x1b[31m\r\n\t", 14),
                                                "invalid \xff\xfe\xc0\xaf utf-8",
                                                "u+ffff \xef\xbf\xbf \xef\xbf\xbe",
                                                "right to left \xe2\x80\xae override"};
    return texts;
}

std::shared_ptr<Recording> hostileRecording(const std::string& text) {
    RecordingHeader header;
    header.simulated = true;
    header.hostName = header.kernel = header.tool = header.bootId = header.clockId = header.detail = text;
    header.devices = {{text, text, text, {}, text, 7, text}, {text + "2", text, text, {}, text, 7, text}};
    auto recording = std::make_shared<Recording>(header);
    recording->notes.push_back(text);
    RunBuilder run = failedRun();
    run.add(ms(41), {}, event::Mark{text});
    run.add(ms(42), 0, event::KernelLog{3, 1, text, 7});
    run.add(ms(43), 0, event::Stuck{text, Ns{1}, text});
    run.add(ms(44), 1, event::Wait{text, Ns{1}, Ns{2}});
    run.add(ms(45), 1, event::Reset{text, 1, ms(44), ms(45), 0, MigState::Running});
    std::get<event::RunEnd>(run.events[run.events.size() - 6].body).reason = text;
    for (const Event& event : run.events)
        recording->apply(event);
    return recording;
}

TEST(Report, everyTextOfAFileStaysText) {
    const auto harmless = [](const std::string& text) {
        const QString name = QString::fromStdString(text);
        return std::vector{inMemory(name, hostileRecording(text)), inMemory(name, hostileRecording(text))};
    };
    // The page of plain words has the elements and attributes that a page may have.
    const ReadPage plain = readPage(reportBytes({harmless("plain").front()}));
    const ReadPage plainCompared = readPage(reportBytes(harmless("plain")));
    // Elements and attributes, in words that a failure can show.
    const auto names = [](const ReadPage& page) {
        QStringList all(page.elements.begin(), page.elements.end());
        for (const auto& [name, values] : page.attributes)
            all << name;
        all.sort();
        return all.join(QLatin1Char(' ')).toStdString();
    };
    for (const std::string& text : hostile()) {
        const std::vector<ReportSource> sources = harmless(text);
        const QByteArray bytes = reportBytes({sources.front()});
        const ReadPage page = readPage(bytes);
        ASSERT_EQ(page.error, QString()) << text;
        EXPECT_EQ(names(page), names(plain)) << text;
        for (const char c : bytes)
            ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << text;
        EXPECT_TRUE(QString::fromUtf8(bytes).toUtf8() == bytes) << text << ": all of it is UTF-8";
        EXPECT_FALSE(bytes.contains("\xe2\x80\xae")) << text;
        // It is there, as it is shown everywhere.
        QString shownText = shown(text);
        shownText.replace(QChar(0xffff), QChar(0xfffd)).replace(QChar(0xfffe), QChar(0xfffd));
        EXPECT_GE(page.text.count(shownText), 10) << text;
        const ReadPage compared = readPage(reportBytes(sources));
        ASSERT_EQ(compared.error, QString()) << text;
        EXPECT_EQ(names(compared), names(plainCompared)) << text;
    }
}

TEST(InlineSvg, whatDiffersBecomesAVariableAndNamesAreThePages) {
    const QByteArray light =
        "<?xml version=\"1.0\"?><svg viewBox=\"0 0 9 8\" xmlns=\"http://x\"><defs><p id=\"a\"/></defs>"
        "<g><g fill=\"#111111\" stroke=\"none\"></g><g fill=\"#222222\" font-family=\"x\">"
        "<rect x=\"1\" fill=\"url(#a)\"/></g><g fill=\"#222222\"><rect x=\"2\"/></g></g></svg>";
    const QByteArray dark = QByteArray(light).replace("#222222", "#eeeeee");
    InlineSvg drawings;
    const QByteArray first = drawings.picture(light, dark, QStringLiteral("a < b"), QStringLiteral("wide"));
    EXPECT_EQ(first, "<svg class=\"wide\" role=\"img\" aria-label=\"a &lt; b\" viewBox=\"0 0 9 8\" "
                     "width=\"9\" height=\"8\">\n"
                     "<defs><p id=\"p1-a\"/></defs><g fill=\"var(--v0)\"><rect x=\"1\" fill=\"url(#p1-a)\"/>"
                     "<rect x=\"2\"/></g>\n</svg>\n");
    EXPECT_EQ(drawings.variables(false), "--v0:#222222;");
    EXPECT_EQ(drawings.variables(true), "--v0:#eeeeee;");
    EXPECT_TRUE(drawings.picture(light, dark, {}, {}).contains("id=\"p2-a\""));
    // Another shape in the dark: the light one stands alone.
    const QByteArray other = QByteArray(dark).replace("<rect x=\"2\"/>", "");
    EXPECT_FALSE(drawings.picture(light, other, {}, {}).contains("var("));
    EXPECT_EQ(drawings.picture("no drawing", dark, {}, {}), QByteArray());
}

TEST(HtmlWriter, closesWhatIsOpen) {
    HtmlWriter writer;
    writer.open("a", {{"b", QStringLiteral("\"<>&'")}}).open("c").text(QStringLiteral("x\x01"));
    EXPECT_EQ(writer.take(), "<!DOCTYPE html>\n<a b=\"&quot;&lt;&gt;&amp;'\"><c>x\\x01</c>\n</a>\n");
}

} // namespace
} // namespace migscope::testing
