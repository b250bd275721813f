// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The examples that come with the window: whole, honest about where they were made, and each entry of the
// menu opens.
#include <QLabel>
#include <QMenu>
#include <QTabWidget>

#include <unistd.h>

#include <array>
#include <set>

#include "tests/ui/ui_test.h"
#include "ui/charts/chart_words.h"
#include "ui/examples.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/run_view.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/recording_edits.h"
#include "ui/recording_facts.h"

namespace migscope::testing {
namespace {

/// The number behind a key of the summary, as its text has it; -1 for null or none.
long long summaryNumber(const QByteArray& file, const char* key) {
    const QByteArray last = file.mid(file.trimmed().lastIndexOf('\n') + 1);
    const QByteArray name = QByteArray("\"") + key + "\":";
    const qsizetype at = last.indexOf(name);
    if (at < 0)
        return -1;
    qsizetype end = at + name.size();
    while (end < last.size() && last[end] >= '0' && last[end] <= '9')
        ++end;
    bool good = false;
    const long long value = last.mid(at + name.size(), end - at - name.size()).toLongLong(&good);
    return good ? value : -1;
}

QStringList factsOfExample(const Recording& recording) {
    QStringList words;
    for (const FactSection& section : recordingFacts(recording, {}, false)) {
        for (const Fact& fact : section.facts)
            words << fact.name + QStringLiteral(": ") + fact.value;
    }
    return words;
}

TEST(Examples, areWholeAndTheirFiguresAreThoseOfTheirEvents) {
    ASSERT_GE(examples().size(), 5U);
    std::set<QString> seen;
    for (const Example& example : examples()) {
        const std::string name = example.name.toStdString();
        EXPECT_FALSE(example.words.isEmpty());
        EXPECT_TRUE(seen.insert(example.words).second) << name << ": words of another";
        const QByteArray bytes = exampleBytes(example.name);
        EXPECT_LT(bytes.size(), 60'000) << name;
        const auto opened = openExample(example.name);
        ASSERT_TRUE(opened) << name << ": " << describe(opened.error());
        (*opened)->look([&](const Recording& recording) {
            EXPECT_TRUE(recording.complete) << name;
            EXPECT_TRUE(recording.notes.empty()) << name << ": " << recording.notes.front();
            const auto& runs = recording.metrics().runs();
            ASSERT_EQ(runs.size(), 1U) << name;
            const bool failed = example.name == QLatin1String("failed-set");
            EXPECT_EQ(runs.front().outcome, failed ? RunOutcome::Failed : RunOutcome::Ok) << name;
            // "runs" follows the percentiles: the first one with this key is a run's own.
            const QByteArray own = bytes.mid(bytes.lastIndexOf("\"runs\":["));
            EXPECT_EQ(summaryNumber(own, "downtime_ns"), runs.front().downtime.value_or(Ns{-1}).count())
                << name;
            EXPECT_EQ(summaryNumber(own, "state_bytes"), static_cast<long long>(runs.front().stateBytes))
                << name;
            EXPECT_EQ(runs.front().downtime.has_value(), !failed) << name;
        });
    }
}

TEST(Examples, sayThatTheirMachineWasEmulatedAndNothingOfWhereTheyWereMade) {
    std::array<char, 256> host{};
    ASSERT_EQ(::gethostname(host.data(), host.size() - 1), 0);
    for (const Example& example : examples()) {
        const std::string name = example.name.toStdString();
        const QByteArray bytes = exampleBytes(example.name);
        for (const char* folder : {"/work", "/home", "/root", "/tmp", "/lab-work", "/usr"})
            EXPECT_FALSE(bytes.contains(folder)) << name << ": " << folder;
        const QByteArray own(host.data());
        const bool telling = own.size() > 3 && own != "lab-guest";
        EXPECT_FALSE(telling && bytes.contains(own)) << name << ": the name of a machine";
        const auto opened = openExample(example.name);
        ASSERT_TRUE(opened);
        (*opened)->look([&](const Recording& recording) {
            const RecordingHeader& header = recording.header();
            EXPECT_FALSE(header.simulated) << name;
            EXPECT_TRUE(header.emulated) << name;
            EXPECT_EQ(header.hostName, "lab-guest") << name;
            const QString facts = factsOfExample(recording).join(QLatin1Char('\n'));
            EXPECT_TRUE(facts.contains(QStringLiteral("machine: emulated: times are not a real machine's")))
                << name;
            EXPECT_TRUE(facts.contains(QStringLiteral("lab's own driver (miglab) on a real kernel"))) << name;
            EXPECT_TRUE(
                captionLines(recording, {}).join(QLatin1Char(' ')).contains(QStringLiteral("EMULATED")))
                << name;
            EXPECT_NE(reportText(recording).find("EMULATED machine"), std::string::npos) << name;
        });
    }
}

class ExampleMenu : public WindowTest {};

TEST_F(ExampleMenu, eachEntryOpensItsRecordingReadOnly) {
    const auto entries = parts().examples->actions();
    ASSERT_EQ(entries.size(), static_cast<qsizetype>(examples().size()));
    for (qsizetype at = 0; at < entries.size(); ++at) {
        entries[at]->trigger();
        const RunSourcePtr shown = parts().timeline->source();
        ASSERT_TRUE(shown) << entries[at]->text().toStdString();
        EXPECT_EQ(shown->name(), entries[at]->data().toString() + QStringLiteral(".migrec"));
        EXPECT_EQ(entries[at]->text(), examples()[static_cast<std::size_t>(at)].words);
        EXPECT_EQ(parts().tabs->currentWidget(), parts().timeline);
        EXPECT_TRUE(parts().timeline->caption()->text().contains(QStringLiteral("EMULATED")));
        EXPECT_TRUE(RecordingEdits::whyNoMark(shown).contains(QStringLiteral("An example is not changed")));
        EXPECT_EQ(parts().runs->model().rowCount(), at + 1);
    }
    entries.front()->trigger();
    EXPECT_EQ(parts().runs->model().rowCount(), entries.size()) << "it was there already";
    EXPECT_EQ(parts().timeline->source()->name(),
              entries.front()->data().toString() + QStringLiteral(".migrec"));
    EXPECT_FALSE(parts().notice->isVisible()) << parts().notice->text().toStdString();
}

TEST_F(ExampleMenu, anEntryWithoutAFileSaysSo) {
    QAction entry;
    entry.setData(QStringLiteral("no-such"));
    emit parts().examples -> triggered(&entry);
    EXPECT_TRUE(parts().notice->isVisible());
    EXPECT_TRUE(parts().notice->text().contains(QStringLiteral("no-such")))
        << parts().notice->text().toStdString();
}

} // namespace
} // namespace migscope::testing
