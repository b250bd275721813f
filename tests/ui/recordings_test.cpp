// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings in files: opened, followed while another process or thread writes, cancelled, saved.
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>

#include <sys/stat.h>

#include <cerrno>
#include <thread>

#include "core/transfer/recording_io.h"
#include "tests/core/transfer/run_builder.h"
#include "tests/ui/ui_test.h"
#include "ui/recordings.h"

namespace migscope::testing {
namespace {

using test::migration;

RecordingHeader header() {
    RecordingHeader header;
    header.simulated = true;
    header.hostName = "lab";
    header.devices.resize(2);
    header.devices[0].name = "0000:3b:00.2";
    header.devices[1].name = "0000:3b:00.3";
    return header;
}

std::vector<std::string> wholeFile() {
    std::vector<std::string> lines{headerLine(header()) + "\n"};
    Recording recording(header());
    for (const Event& event : migration().events) {
        lines.push_back(eventLine(event) + "\n");
        recording.apply(event);
    }
    lines.push_back(summaryLine(recording) + "\n");
    return lines;
}

std::string text(const std::vector<std::string>& lines) {
    std::string all;
    for (const std::string& line : lines)
        all += line;
    return all;
}

void append(const QString& path, const std::string& bytes) {
    std::ofstream(path.toStdString(), std::ios::binary | std::ios::app) << bytes;
}

std::string numbers(const RunSource& source) {
    std::string line;
    source.look([&](const Recording& recording) { line = summaryLine(recording); });
    return line;
}

QStringList notes(const RunSource& source) {
    QStringList all;
    source.look([&](const Recording& recording) {
        for (const std::string& note : recording.notes)
            all << QString::fromStdString(note);
    });
    return all;
}

std::size_t events(const RunSource& source) {
    std::size_t count = 0;
    source.look([&](const Recording& recording) { count = recording.events().size(); });
    return count;
}

struct RecordingFiles : ::testing::Test {
    RecordingFiles() {
        QSettings().remove(QStringLiteral("recordings"));
        QObject::connect(&recordings, &Recordings::opened, &recordings,
                         [this](const RunSourcePtr& source) { opened.push_back(source); });
        QObject::connect(&recordings, &Recordings::failed, &recordings,
                         [this](const QString&, const Error& error) { failed.push_back(error); });
        QObject::connect(&recordings, &Recordings::stopped, &recordings,
                         [this](SourceId, const Error& error) { stopped.push_back(error); });
        QObject::connect(&recordings, &Recordings::saveFailed, &recordings,
                         [this](const QString&, const Error& error) { saveFailed.push_back(error); });
    }
    QString path(const QString& name) const {
        return QString::fromStdString(folder.file(name.toStdString()));
    }
    QString written(const QString& name, const std::string& bytes) const {
        test::writeAll(path(name).toStdString(), bytes);
        return path(name);
    }
    RunSourcePtr open(const QString& file) {
        const std::size_t before = opened.size();
        recordings.open(file);
        EXPECT_TRUE(waitUntil([&] { return opened.size() > before || !failed.empty(); }));
        return opened.size() > before ? opened.back() : nullptr;
    }
    Error failure(const QString& file) {
        failed.clear();
        recordings.open(file);
        EXPECT_TRUE(waitUntil([&] { return !failed.empty(); }));
        return failed.empty() ? Error{} : failed.back();
    }

    test::Folder folder;
    std::vector<RunSourcePtr> opened;
    std::vector<Error> failed;
    std::vector<Error> stopped;
    std::vector<Error> saveFailed;
    Recordings recordings; // first to go
};

TEST_F(RecordingFiles, aWholeFileIsOpenedOnceAndStaysTheSameSource) {
    const auto lines = wholeFile();
    const QString file = written(QStringLiteral("a.migrec"), text(lines));
    const RunSourcePtr source = open(file);
    ASSERT_NE(source, nullptr);
    EXPECT_EQ(source->name(), QStringLiteral("a.migrec"));
    EXPECT_EQ(source->path(), file);
    EXPECT_FALSE(source->growing());
    EXPECT_EQ(numbers(*source) + "\n", lines.back());
    EXPECT_TRUE(notes(*source).isEmpty());
    EXPECT_EQ(open(file), source);
    EXPECT_EQ(open(path(QStringLiteral("./a.migrec"))), source);

    test::writeAll(file.toStdString(), lines[0] + lines[1] + lines[2]);
    const RunSourcePtr again = open(file);
    ASSERT_NE(again, nullptr);
    EXPECT_NE(again, source) << "what was read is another recording now";
    EXPECT_EQ(again->path(), file);
    EXPECT_EQ(events(*again), 2U);
}

TEST_F(RecordingFiles, aFileThatAnotherThreadWritesAppearsAndGrowsToItsEnd) {
    const auto lines = wholeFile();
    const QString file = written(QStringLiteral("grows.migrec"), lines[0] + lines[1]);
    const RunSourcePtr source = open(file);
    ASSERT_NE(source, nullptr);
    EXPECT_EQ(events(*source), 1U);
    const QSignalSpy grew(&recordings, &Recordings::grew);
    const QSignalSpy ended(&recordings, &Recordings::ended);
    std::thread writer([&] {
        const std::string rest = text({lines.begin() + 2, lines.end()});
        for (std::size_t at = 0; at < rest.size(); at += 60) {
            append(file, rest.substr(at, 60));
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    });
    EXPECT_TRUE(waitUntil([&] { return grew.count() > 0; }));
    EXPECT_TRUE(source->growing() || ended.count() > 0);
    EXPECT_TRUE(waitUntil([&] { return ended.count() > 0; }));
    writer.join();
    ASSERT_EQ(ended.count(), 1);
    EXPECT_GE(grew.count(), 2) << "seen while it grew, not only at its end";
    EXPECT_EQ(ended.front().front().value<SourceId>(), source->id());
    EXPECT_FALSE(source->growing());
    EXPECT_EQ(numbers(*source) + "\n", lines.back());
    EXPECT_EQ(open(file), source);
}

TEST_F(RecordingFiles, whatACommandLineRecordsInATerminalIsShownLive) {
    const QString file = path(QStringLiteral("cli.migrec"));
    QProcess cli;
    cli.setProcessChannelMode(QProcess::MergedChannels);
    cli.start(QStringLiteral(MIGSCOPE_CLI),
              {QStringLiteral("--backend"), QStringLiteral("sim"), QStringLiteral("migrate"),
               QString::fromLatin1(mlx5A), QString::fromLatin1(mlx5B), QStringLiteral("--record"), file,
               QStringLiteral("--runs"), QStringLiteral("2"), QStringLiteral("--hook"),
               QStringLiteral("loaded=sleep 0.5")});
    ASSERT_TRUE(waitUntil([&] { return QFile::exists(file) || cli.state() == QProcess::NotRunning; }));
    const RunSourcePtr source = open(file); // perhaps before its header is there
    ASSERT_NE(source, nullptr) << cli.readAll().toStdString();
    const QSignalSpy ended(&recordings, &Recordings::ended);
    EXPECT_TRUE(source->growing()) << "the recorder holds it";
    const std::size_t before = events(*source);
    ASSERT_TRUE(waitUntil([&] { return ended.count() > 0; }, 30'000)) << cli.readAll().toStdString();
    EXPECT_FALSE(source->growing());
    EXPECT_GT(events(*source), before);
    EXPECT_TRUE(waitUntil([&] { return cli.state() == QProcess::NotRunning; }));
    source->look([](const Recording& recording) {
        EXPECT_TRUE(recording.complete);
        EXPECT_TRUE(recording.notes.empty());
        EXPECT_EQ(recording.metrics().runs().size(), 2U);
    });
    const auto loaded = loadRecording(file.toStdString());
    ASSERT_TRUE(loaded);
    EXPECT_EQ(numbers(*source), summaryLine(**loaded));
}

TEST_F(RecordingFiles, aWriterThatDiesIsNoticedAndTheRecordingIsIncomplete) {
    const QString file = path(QStringLiteral("dies.migrec"));
    QProcess cli;
    cli.start(QStringLiteral(MIGSCOPE_CLI),
              {QStringLiteral("--backend"), QStringLiteral("sim"), QStringLiteral("migrate"),
               QString::fromLatin1(mlx5A), QString::fromLatin1(mlx5B), QStringLiteral("--record"), file,
               QStringLiteral("--hook"), QStringLiteral("stopped=exec sleep 3")});
    ASSERT_TRUE(waitUntil([&] { return QFile::exists(file); }));
    const RunSourcePtr source = open(file);
    ASSERT_NE(source, nullptr);
    const QSignalSpy ended(&recordings, &Recordings::ended);
    ASSERT_TRUE(waitUntil([&] { return events(*source) > 3; }));
    EXPECT_TRUE(source->growing());
    EXPECT_TRUE(notes(*source).isEmpty());
    cli.kill();
    ASSERT_TRUE(cli.waitForFinished());
    ASSERT_TRUE(waitUntil([&] { return ended.count() > 0; }, 3'000)) << "sooner than by its silence";
    EXPECT_FALSE(source->growing());
    ASSERT_EQ(notes(*source).size(), 1);
    EXPECT_TRUE(notes(*source).front().startsWith(QStringLiteral("ends without a summary")));
}

TEST_F(RecordingFiles, anIncompleteFileIsNotLiveUntilItChanges) {
    const auto lines = wholeFile();
    const QString file = written(QStringLiteral("old.migrec"), lines[0] + lines[1] + lines[2].substr(0, 5));
    const RunSourcePtr source = open(file);
    ASSERT_NE(source, nullptr);
    EXPECT_FALSE(source->growing());
    EXPECT_EQ(notes(*source),
              QStringList(QStringLiteral("cut off in line 3: shown up to line 2, the last whole one")));
    const QSignalSpy grew(&recordings, &Recordings::grew);
    append(file, lines[2].substr(5));
    ASSERT_TRUE(waitUntil([&] { return grew.count() == 1; }));
    EXPECT_TRUE(source->growing());
    EXPECT_TRUE(notes(*source).isEmpty());
    const QSignalSpy ended(&recordings, &Recordings::ended);
    ASSERT_TRUE(waitUntil([&] { return ended.count() == 1; })) << "silence is the end";
    EXPECT_FALSE(source->growing());
    EXPECT_EQ(notes(*source).size(), 1);
}

TEST_F(RecordingFiles, aDamagedLineIsSaidAndWhatWasGoodIsShown) {
    const auto lines = wholeFile();
    const QString file =
        written(QStringLiteral("bad.migrec"), lines[0] + lines[1] + "{\"kind\":7}\n" + lines[2]);
    const RunSourcePtr source = open(file);
    ASSERT_NE(source, nullptr);
    ASSERT_TRUE(waitUntil([&] { return !stopped.empty(); }));
    EXPECT_TRUE(stopped.front().is(Errc::Damaged));
    EXPECT_EQ(stopped.front().where, file.toStdString() + ":3");
    EXPECT_EQ(events(*source), 1U);
    EXPECT_FALSE(source->growing());
    EXPECT_EQ(notes(*source).size(), 1);

    // The same while it grows.
    const QString other = written(QStringLiteral("later.migrec"), lines[0] + lines[1]);
    const RunSourcePtr later = open(other);
    ASSERT_NE(later, nullptr);
    append(other, lines[2] + "nonsense\n");
    ASSERT_TRUE(waitUntil([&] { return stopped.size() == 2; }));
    EXPECT_EQ(stopped.back().where, other.toStdString() + ":4");
    EXPECT_EQ(events(*later), 2U);
}

TEST_F(RecordingFiles, aReplacedFileIsSaidAndOpenedAgainIsTheNewOne) {
    const auto lines = wholeFile();
    const QString file = written(QStringLiteral("r.migrec"), lines[0] + lines[1]);
    const RunSourcePtr source = open(file);
    ASSERT_NE(source, nullptr);
    test::writeAll(file.toStdString() + ".new", text(lines));
    std::filesystem::rename(file.toStdString() + ".new", file.toStdString());
    ASSERT_TRUE(waitUntil([&] { return !stopped.empty(); }));
    EXPECT_EQ(stopped.front().detail, "another file stands in its place");
    EXPECT_EQ(events(*source), 1U) << "what was read stays";
    const RunSourcePtr fresh = open(file);
    ASSERT_NE(fresh, nullptr);
    EXPECT_NE(fresh, source);
    EXPECT_EQ(numbers(*fresh) + "\n", lines.back());
}

TEST_F(RecordingFiles, whatIsNoRecordingIsRefusedWithWords) {
    EXPECT_EQ(failure(path(QString())).detail, "it is a directory");
    EXPECT_EQ(failure(QStringLiteral("/dev/zero")).detail, "it is a device");
    ASSERT_EQ(::mkfifo(folder.file("fifo").c_str(), 0600), 0);
    EXPECT_NE(failure(path(QStringLiteral("fifo"))).detail.find("pipe"), std::string::npos);
    EXPECT_TRUE(failure(path(QStringLiteral("none"))).isErrno(ENOENT));
    EXPECT_TRUE(failure(written(QStringLiteral("hello"), "hello\n")).is(Errc::Damaged));
    const Error empty = failure(written(QStringLiteral("empty"), ""));
    EXPECT_TRUE(empty.is(Errc::Incomplete));
    EXPECT_EQ(empty.detail, "the file is empty");
    EXPECT_TRUE(recordings.recent().isEmpty());
}

TEST_F(RecordingFiles, aLargeOneShowsHowFarItIsAndIsCancelled) {
    const QString file = path(QStringLiteral("large.migrec"));
    {
        event::Samples samples{1, {}, {}, {}, {}};
        for (int i = 0; i < 500; ++i) {
            samples.time.emplace_back(1'000'000'000LL + i);
            samples.bytes.push_back(1'048'576);
            samples.source.emplace_back(12'345);
            samples.destination.emplace_back(23'456);
        }
        Event event;
        event.device = 0;
        event.body = samples;
        const std::string line = eventLine(event) + "\n";
        std::ofstream out(file.toStdString(), std::ios::binary);
        out << headerLine(header()) << '\n';
        for (std::size_t size = 0; size < (60U << 20U); size += line.size())
            out << line;
    }
    const auto size = static_cast<quint64>(QFileInfo(file).size());
    QSignalSpy progress(&recordings, &Recordings::progress);
    const QSignalSpy ends(&recordings, &Recordings::progressEnded);
    const QSignalSpy cancelled(&recordings, &Recordings::cancelled);
    recordings.open(file);
    ASSERT_TRUE(waitUntil([&] { return progress.count() >= 2; }, 60'000));
    quint64 last = 0;
    for (const QList<QVariant>& each : progress) {
        EXPECT_EQ(each[0].toString(), file);
        EXPECT_GT(each[1].toULongLong(), last);
        EXPECT_EQ(each[2].toULongLong(), size);
        last = each[1].toULongLong();
    }
    EXPECT_LT(last, size);
    recordings.cancel(file);
    ASSERT_TRUE(waitUntil([&] { return cancelled.count() == 1; }, 5'000));
    EXPECT_EQ(ends.count(), 1);
    progress.clear();
    spin(250);
    EXPECT_EQ(progress.count(), 0);
    EXPECT_TRUE(opened.empty());
    EXPECT_TRUE(failed.empty()) << "who cancels needs not be told of a failure";
    QFile::resize(file, 100'000); // and it can be opened again
    EXPECT_NE(open(file), nullptr);
}

TEST_F(RecordingFiles, aClosedOneIsNoLongerFollowed) {
    const auto lines = wholeFile();
    const QString file = written(QStringLiteral("c.migrec"), lines[0] + lines[1]);
    const RunSourcePtr source = open(file);
    ASSERT_NE(source, nullptr);
    recordings.close(source->id());
    const QSignalSpy grew(&recordings, &Recordings::grew);
    append(file, lines[2]);
    spin(600);
    EXPECT_EQ(grew.count(), 0);
    EXPECT_EQ(events(*source), 1U);
    EXPECT_NE(open(file), source);
}

TEST_F(RecordingFiles, savingCopiesTheBytesOfTheFileEvenWhenItIsGone) {
    const std::string bytes = text(wholeFile());
    const QString file = written(QStringLiteral("a.migrec"), bytes);
    const RunSourcePtr source = open(file);
    ASSERT_NE(source, nullptr);
    ASSERT_TRUE(QFile::remove(file));
    const QSignalSpy saved(&recordings, &Recordings::saved);
    const QString target = path(QStringLiteral("b.migrec"));
    recordings.saveAs(source, target);
    ASSERT_TRUE(waitUntil([&] { return saved.count() == 1; }));
    EXPECT_EQ(test::readAll(target.toStdString()), bytes);
    EXPECT_EQ(recordings.recent().front(), target);
}

TEST_F(RecordingFiles, aGrowingOneIsSavedUpToItsLastWholeLine) {
    const auto lines = wholeFile();
    const QString file = written(QStringLiteral("g.migrec"), lines[0]);
    const RunSourcePtr source = open(file);
    ASSERT_NE(source, nullptr);
    append(file, lines[1] + lines[2].substr(0, 8));
    ASSERT_TRUE(waitUntil([&] { return source->growing(); }));
    const QSignalSpy saved(&recordings, &Recordings::saved);
    recordings.saveAs(source, path(QStringLiteral("part.migrec")));
    ASSERT_TRUE(waitUntil([&] { return saved.count() == 1; }));
    EXPECT_EQ(test::readAll(folder.file("part.migrec")), lines[0] + lines[1]);
}

TEST_F(RecordingFiles, whatIsOnlyInMemoryIsWrittenAndLoadsToTheSame) {
    auto recording = std::make_shared<Recording>(header());
    for (const Event& event : migration().events)
        recording->apply(event);
    recording->complete = true;
    const RunSourcePtr source = wholeSource(QStringLiteral("memory"), {}, recording);
    const QSignalSpy saved(&recordings, &Recordings::saved);
    recordings.saveAs(source, path(QStringLiteral("m.migrec")));
    ASSERT_TRUE(waitUntil([&] { return saved.count() == 1; }));
    const RunSourcePtr read = open(path(QStringLiteral("m.migrec")));
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(numbers(*read), numbers(*source));
    EXPECT_TRUE(notes(*read).isEmpty());
    recordings.saveAs(source, path(QStringLiteral("no/such/folder.migrec")));
    ASSERT_TRUE(waitUntil([&] { return !saveFailed.empty(); }));
    EXPECT_TRUE(saveFailed.front().isErrno(ENOENT));
}

TEST_F(RecordingFiles, theTenLastOnesAreRememberedAndGoneOnesDropped) {
    const std::string bytes = text(wholeFile());
    QStringList all;
    for (int i = 0; i < 12; ++i) {
        all.prepend(written(QStringLiteral("%1.migrec").arg(i), bytes));
        ASSERT_NE(open(all.front()), nullptr);
    }
    EXPECT_EQ(recordings.recent(), all.mid(0, 10));
    ASSERT_NE(open(all[5]), nullptr);
    EXPECT_EQ(recordings.recent().front(), all[5]);
    EXPECT_EQ(recordings.recent().size(), 10);
    ASSERT_TRUE(QFile::remove(all[3]));
    Recordings next;
    EXPECT_TRUE(next.recent().contains(all[3]));
    ASSERT_TRUE(waitUntil([&] { return !next.recent().contains(all[3]); }));
    EXPECT_EQ(next.recent().size(), 9);
    EXPECT_EQ(QSettings().value(QStringLiteral("recordings/recent")).toStringList().size(), 9);
}

} // namespace
} // namespace migscope::testing
