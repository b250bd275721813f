// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the guide says of commands and options, against what the programs themselves say.
#include <QProcess>
#include <QRegularExpression>

#include <map>
#include <set>

#include "tests/ui/ui_test.h"
#include "ui/help_pages.h"

namespace migscope::testing {
namespace {

using GuideWords = WindowTest;

/// The options in a text: --word.
std::set<QString> optionsIn(const QString& text) {
    static const QRegularExpression form(QStringLiteral("(?<![\\w-])--[a-z][a-z-]*"));
    std::set<QString> found;
    for (auto at = form.globalMatch(text); at.hasNext();)
        found.insert(at.next().captured());
    return found;
}

QString helpOf(const char* program, const QStringList& command) {
    QProcess process;
    process.start(QString::fromLocal8Bit(program), command + QStringList{QStringLiteral("--help")});
    EXPECT_TRUE(process.waitForFinished(30000)) << program;
    EXPECT_EQ(process.exitCode(), 0) << program << ' ' << command.join(QLatin1Char(' ')).toStdString();
    return QString::fromUtf8(process.readAllStandardOutput());
}

TEST_F(GuideWords, nameNoCommandOrOptionThatTheProgramsDoNotKnow) {
    static const QRegularExpression code(QStringLiteral("```\\n(.*?)```|`([^`]+)`"),
                                         QRegularExpression::DotMatchesEverythingOption);
    const std::set<QString> window = optionsIn(helpOf(MIGSCOPE_PROGRAM, {}));
    const QString whole = helpOf(MIGSCOPE_CLI, {});
    std::map<QString, std::set<QString>> known;
    int commands = 0;
    for (const HelpPage& page : helpPages(*parts().actions)) {
        for (auto at = code.globalMatch(page.markdown); at.hasNext();) {
            const auto match = at.next();
            const QStringList lines = (match.captured(1) + match.captured(2)).split(QLatin1Char('\n'));
            for (const QString& line : lines) {
                QStringList words = line.split(QLatin1Char(' '), Qt::SkipEmptyParts);
                if (words.value(0) == QLatin1String("migscope")) {
                    for (const QString& option : optionsIn(line))
                        EXPECT_TRUE(window.contains(option))
                            << page.name.toStdString() << ": " << line.toStdString();
                    continue;
                }
                if (words.value(0) != QLatin1String("migscope-cli")) {
                    // Alone in a sentence: one of the two programs has it.
                    for (const QString& option : optionsIn(line)) {
                        bool any = window.contains(option);
                        for (const QString& command :
                             {QStringLiteral("compare"), QStringLiteral("export"), QStringLiteral("save"),
                              QStringLiteral("migrate"), QStringLiteral("check")})
                            any = any || optionsIn(helpOf(MIGSCOPE_CLI, {command})).contains(option) ||
                                  optionsIn(whole).contains(option);
                        EXPECT_TRUE(any) << page.name.toStdString() << ": " << line.toStdString();
                    }
                    continue;
                }
                words.removeFirst();
                while (words.value(0).startsWith(QLatin1String("--"))) {
                    EXPECT_TRUE(optionsIn(whole).contains(words.front())) << line.toStdString();
                    const bool hasValue = words.front() == QLatin1String("--backend");
                    words.removeFirst();
                    if (hasValue)
                        words.removeFirst();
                }
                const QString command = words.value(0);
                if (command.isEmpty())
                    continue;
                ++commands;
                EXPECT_TRUE(whole.contains(QRegularExpression(QStringLiteral("\\n  %1\\s").arg(command))))
                    << page.name.toStdString() << ": no such command: " << command.toStdString();
                if (!known.contains(command)) {
                    known[command] = optionsIn(helpOf(MIGSCOPE_CLI, {command}));
                    known[command].merge(optionsIn(whole));
                }
                for (const QString& option : optionsIn(line))
                    EXPECT_TRUE(known[command].contains(option))
                        << page.name.toStdString() << ": " << line.toStdString();
            }
        }
        // What stands outside of code too.
        EXPECT_TRUE(optionsIn(QString(page.markdown).remove(code)).empty())
            << page.name.toStdString() << ": an option is written as code";
    }
    EXPECT_GE(commands, 12);
}

} // namespace
} // namespace migscope::testing
