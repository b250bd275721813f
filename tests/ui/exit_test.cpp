// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The real program: it ends in time, also with a thread that never comes back, and its journal is whole.
#include <gtest/gtest.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QThread>

#include <csignal>

#include "core/transfer/recording.h"

namespace migscope::testing {
namespace {

class Program : public ::testing::Test {
public:
    ~Program() override {
        if (process_.state() != QProcess::NotRunning) {
            process_.kill();
            process_.waitForFinished(2000);
        }
    }

protected:
    Program() {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"})
            environment.insert(QLatin1String(name), folder_.path());
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
        process_.setProcessEnvironment(environment);
        process_.setProcessChannelMode(QProcess::MergedChannels);
    }
    void start(const QStringList& arguments) { process_.start(QStringLiteral(MIGSCOPE_PROGRAM), arguments); }
    [[nodiscard]] QString journal() const {
        const QDir journals(folder_.filePath(QStringLiteral("migscope/journals")));
        const QStringList names = journals.entryList({QStringLiteral("*.migrec")});
        return names.isEmpty() ? QString() : journals.filePath(names.front());
    }
    [[nodiscard]] bool journalHas(const char* words, int milliseconds) const {
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < milliseconds) {
            QFile file(journal());
            if (!file.fileName().isEmpty() && file.open(QIODevice::ReadOnly) &&
                file.readAll().contains(words))
                return true;
            QThread::msleep(20);
        }
        return false;
    }
    QTemporaryDir folder_;
    QProcess process_;
};

TEST_F(Program, endsWithinThreeSecondsAlthoughAThreadNeverComesBack) {
    start({QStringLiteral("--backend"), QStringLiteral("sim:lab"), QStringLiteral("--device"),
           QStringLiteral("0000:88:00.2"), QStringLiteral("--step"), QStringLiteral("STOP_COPY")});
    ASSERT_TRUE(journalHas("\"kind\":\"stuck\"", 20'000)) << process_.readAll().toStdString();
    QElapsedTimer timer;
    timer.start();
    ASSERT_EQ(::kill(static_cast<pid_t>(process_.processId()), SIGTERM), 0);
    ASSERT_TRUE(process_.waitForFinished(5000));
    EXPECT_LT(timer.elapsed(), 3000);
    EXPECT_EQ(process_.exitStatus(), QProcess::NormalExit);
    EXPECT_EQ(process_.exitCode(), 0);
    const auto recording = loadRecording(journal().toStdString());
    ASSERT_TRUE(recording.has_value());
    EXPECT_TRUE((*recording)->complete) << "the journal was finished before leaving";
}

TEST_F(Program, releasesAnOpenDeviceAndEnds) {
    start({QStringLiteral("--backend"), QStringLiteral("sim:lab"), QStringLiteral("--device"),
           QStringLiteral("0000:3b:00.2"), QStringLiteral("--step"), QStringLiteral("STOP")});
    ASSERT_TRUE(journalHas("\"to\":\"STOP\"", 20'000)) << process_.readAll().toStdString();
    ASSERT_EQ(::kill(static_cast<pid_t>(process_.processId()), SIGTERM), 0);
    ASSERT_TRUE(process_.waitForFinished(5000));
    EXPECT_EQ(process_.exitCode(), 0);
}

TEST_F(Program, drawsAPictureWithoutADisplay) {
    const QString file = folder_.filePath(QStringLiteral("window.png"));
    start({QStringLiteral("--backend"), QStringLiteral("sim:lab"), QStringLiteral("--screenshot"), file});
    ASSERT_TRUE(process_.waitForFinished(30'000));
    EXPECT_EQ(process_.exitCode(), 0) << process_.readAll().toStdString();
    EXPECT_GT(QFile(file).size(), 20'000);
    EXPECT_FALSE(QDir(folder_.filePath(QStringLiteral("migscope/journals"))).exists())
        << "looking records nothing";
}

TEST_F(Program, aWordThatIsNoStateIsAUsageError) {
    start({QStringLiteral("--device"), QStringLiteral("x"), QStringLiteral("--step"),
           QStringLiteral("NOWHERE")});
    ASSERT_TRUE(process_.waitForFinished(10'000));
    EXPECT_EQ(process_.exitCode(), 2);
}

} // namespace
} // namespace migscope::testing
