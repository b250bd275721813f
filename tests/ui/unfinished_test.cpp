// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Journals of recorders that died: which are offered, and what is said of them.
#include <QFile>
#include <QLocale>
#include <QProcess>
#include <QSettings>

#include "core/transfer/recorder.h"
#include "core/transfer/recording_io.h"
#include "tests/core/transfer/run_builder.h"
#include "tests/ui/ui_test.h"
#include "ui/unfinished.h"

namespace migscope::testing {
namespace {

using test::migration;
using test::ms;
using test::RunBuilder;
using State = MigState;

RecordingHeader header(bool simulated = false) {
    RecordingHeader header;
    header.simulated = simulated;
    header.devices.resize(2);
    header.devices[0].name = "0000:3b:00.2";
    header.devices[1].name = "0000:3b:00.3";
    return header;
}

Event begun(int device, State from, State to) {
    Event event;
    event.device = device;
    event.body = event::ArcBegin{from, to, to, false, 1};
    return event;
}

/// Without the numbers of runs that RunBuilder gives: as a session by hand records.
std::vector<Event> byHand(std::vector<Event> events) {
    for (Event& event : events)
        event.run.reset();
    return events;
}

struct Journals : ::testing::Test {
    Journals() { QSettings().remove(QStringLiteral("recordings")); }
    QString write(const std::string& name, const std::vector<Event>& events, const std::string& tail = {},
                  bool simulated = false) {
        std::string text = headerLine(header(simulated)) + "\n";
        for (const Event& event : events)
            text += eventLine(event) + "\n";
        test::writeAll(folder.file(name), text + tail);
        return QString::fromStdString(folder.file(name));
    }
    /// Without the date.
    QString words(const std::vector<Event>& events, const std::string& tail = {}) {
        const auto one = unfinishedJournal(write("one.migrec", events, tail));
        if (!one)
            return {};
        const QString date =
            QLocale::c().toString(one->when, QStringLiteral("d MMM HH:mm")) + QStringLiteral(", ");
        EXPECT_TRUE(one->words.startsWith(date)) << one->words.toStdString();
        return one->words.mid(date.size());
    }
    QList<Unfinished> scan() {
        QList<Unfinished> all;
        bool done = false;
        UnfinishedJournals journals;
        QObject::connect(&journals, &UnfinishedJournals::found, &journals,
                         [&](const QList<Unfinished>& list) {
                             all = list;
                             done = true;
                         });
        journals.scan(QString::fromStdString(folder.file("")));
        EXPECT_TRUE(waitUntil([&] { return done; }));
        return all;
    }

    test::Folder folder;
};

TEST_F(Journals, sayWhatWasUnderWayByHand) {
    RunBuilder run;
    run.arc(0, State::Running, State::Stop, ms(1), ms(2));
    auto events = byHand(run.events);
    EXPECT_EQ(words(events), QStringLiteral("3b:00.2 stood in STOP"));
    EXPECT_EQ(words(events, "{\"kind\":\"ar"), QStringLiteral("3b:00.2 stood in STOP")) << "half a line";
    EXPECT_EQ(words(events, std::string(300, '\0') + "\n"), QStringLiteral("3b:00.2 stood in STOP"));
    events.push_back(begun(0, State::Stop, State::StopCopy));
    EXPECT_EQ(words(events), QStringLiteral("3b:00.2: SET STOP_COPY had not returned when it ended"));
    RunBuilder failed;
    failed.failedArc(1, State::Running, State::Stop, ms(1), ms(2), EIO, State::Error);
    EXPECT_EQ(words(byHand(failed.events)), QStringLiteral("3b:00.3 stood in ERROR"));
    failed.reset(1, ms(3), ms(4));
    EXPECT_EQ(words(byHand(failed.events)), QStringLiteral("3b:00.3 stood in RUNNING"));
}

TEST_F(Journals, sayInWhichPhaseOfWhichRunItEnded) {
    const auto& all = migration().events;
    const auto upTo = [&](std::size_t count, int run = 2) {
        std::vector<Event> events(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
        for (Event& event : events) {
            event.run = run;
            if (auto* begin = std::get_if<event::RunBegin>(&event.body))
                begin->plan.runs = 5;
        }
        return events;
    };
    const auto phase = [](const char* which) {
        return QStringLiteral("run 2 of 5 (migrate 3b:00.2 to 3b:00.3) ") + QLatin1String(which);
    };
    EXPECT_EQ(words(upTo(1)), phase("before the source stopped"));
    EXPECT_EQ(words(upTo(5)), phase("in stop"));
    EXPECT_EQ(words(upTo(7)), phase("in save"));
    EXPECT_EQ(words(upTo(10)), phase("in save")) << "samples";
    EXPECT_EQ(words(upTo(12)), phase("in load")) << "the end of the stream";
    EXPECT_EQ(words(upTo(13)), phase("in resume"));
    EXPECT_EQ(words(upTo(15)), phase("after the destination ran"));
    EXPECT_EQ(words(upTo(all.size())), QStringLiteral("3b:00.2 stood in STOP, 3b:00.3 stood in RUNNING"))
        << "between two runs";
    // A SET that had not returned belongs to its phase, whose stamp only the return would have told.
    auto stuck = upTo(6);
    stuck.push_back(begun(0, State::Stop, State::StopCopy));
    stuck.back().run = 2;
    EXPECT_EQ(words(stuck),
              phase("in save") + QStringLiteral(", 3b:00.2: SET STOP_COPY had not returned when it ended"));
    auto single = upTo(7, 1);
    std::get<event::RunBegin>(single.front().body).plan.runs = 1;
    EXPECT_EQ(words(single), QStringLiteral("migrate 3b:00.2 to 3b:00.3 in save"));
}

TEST_F(Journals, finishedEmptyAndForeignFilesAreNotOffered) {
    Recording recording(header());
    for (const Event& event : migration().events)
        recording.apply(event);
    write("finished.migrec", migration().events, summaryLine(recording) + "\n");
    write("nonewline.migrec", migration().events, summaryLine(recording));
    write("empty.migrec", {});
    write("other.txt", migration().events);
    test::writeAll(folder.file("zero.migrec"), "");
    test::writeAll(folder.file("text.migrec"), "hello\nworld\n");
    EXPECT_TRUE(scan().isEmpty());
    write("behind.migrec", migration().events,
          summaryLine(recording) + "\n" + eventLine(begun(0, State::Running, State::Stop)) + "\n");
    ASSERT_EQ(scan().size(), 1) << "the summary is the last line or none";
}

TEST_F(Journals, theNewestStandsFirstAndADismissedOneIsNotOfferedAgain) {
    RunBuilder run;
    run.arc(0, State::Running, State::Stop, ms(1), ms(2));
    const QString old = write("a.migrec", byHand(run.events));
    const QString fresh = write("b.migrec", byHand(run.events), {}, true);
    std::filesystem::last_write_time(old.toStdString(),
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(30));
    auto all = scan();
    ASSERT_EQ(all.size(), 2);
    EXPECT_EQ(all[0].path, fresh);
    EXPECT_TRUE(all[0].words.endsWith(QStringLiteral("3b:00.2 stood in STOP, simulated")));
    EXPECT_EQ(all[1].path, old);
    EXPECT_LT(all[1].when, all[0].when.addSecs(-29L * 3600));
    UnfinishedJournals().dismiss(old);
    all = scan();
    ASSERT_EQ(all.size(), 1);
    EXPECT_EQ(all[0].path, fresh);
    ASSERT_TRUE(QFile::remove(old));
    (void)scan();
    EXPECT_TRUE(QSettings().value(QStringLiteral("recordings/dismissed")).toStringList().isEmpty());
}

TEST_F(Journals, oneThatALivingRecorderHoldsIsNotOffered) {
    SteadyClock clock;
    Recorder::Options options;
    options.path = folder.file("held.migrec");
    auto recorder = Recorder::start(clock, header(), options);
    ASSERT_TRUE(recorder);
    (*recorder)->sink().push(begun(0, State::Running, State::Stop));
    ASSERT_TRUE(
        waitUntil([&] { return test::readAll(options.path).find("arc-begin") != std::string::npos; }));
    EXPECT_TRUE(scan().isEmpty());
    std::filesystem::copy_file(options.path, folder.file("copy.migrec"));
    const auto all = scan();
    ASSERT_EQ(all.size(), 1) << "the same without the lock";
    EXPECT_TRUE(all[0].words.contains(QStringLiteral("3b:00.2: SET STOP had not returned when it ended")));
    ASSERT_TRUE((*recorder)->finish());
    EXPECT_EQ(scan().size(), 1) << "it has its summary now";
}

TEST_F(Journals, theOneOfAKilledProcessIsOffered) {
    const std::string file = folder.file("killed.migrec");
    QProcess cli;
    cli.start(QStringLiteral(MIGSCOPE_CLI),
              {QStringLiteral("--backend"), QStringLiteral("sim"), QStringLiteral("migrate"),
               QString::fromLatin1(mlx5A), QString::fromLatin1(mlx5B), QStringLiteral("--record"),
               QString::fromStdString(file), QStringLiteral("--runs"), QStringLiteral("3"),
               QStringLiteral("--hook"), QStringLiteral("saved=exec sleep 3")});
    ASSERT_TRUE(waitUntil([&] { return test::readAll(file).find("\"eof\"") != std::string::npos; }));
    EXPECT_TRUE(scan().isEmpty()) << "it is alive";
    cli.kill();
    ASSERT_TRUE(cli.waitForFinished());
    const auto all = scan();
    ASSERT_EQ(all.size(), 1);
    EXPECT_EQ(all[0].path.toStdString(), file);
    EXPECT_TRUE(
        all[0].words.contains(QStringLiteral("run 1 of 3 (migrate 3b:00.2 to 3b:00.3) in load, simulated")))
        << all[0].words.toStdString();
}

TEST_F(Journals, ofAVeryLargeOneHeadAndTailSuffice) {
    auto events = migration().events;
    std::get<event::RunBegin>(events.front().body).plan.runs = 2;
    const std::string file = write("large.migrec", {events.begin(), events.begin() + 8}).toStdString();
    {
        // A hole: what stands between head and tail is not read, and costs no disk.
        std::filesystem::resize_file(file, 300U << 20U);
        std::ofstream out(file, std::ios::binary | std::ios::app);
        out << "\n" << eventLine(events[11]) << "\n";
    }
    const auto one = unfinishedJournal(QString::fromStdString(file));
    ASSERT_TRUE(one);
    EXPECT_TRUE(one->words.contains(QStringLiteral("run 1 of 2 (migrate 3b:00.2 to 3b:00.3) in load")))
        << one->words.toStdString();
}

} // namespace
} // namespace migscope::testing
