// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Streams of a click: bytes so far, drain, save, load, by the panel under the grid.
#include <QCheckBox>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTest>

#include <set>

#include "tests/ui/ui_test.h"
#include "ui/grid_rules.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/stream_panel.h"
#include "ui/state_button.h"
#include "ui/state_grid.h"

namespace migscope::testing {
namespace {

constexpr const char* hisiB = "0000:3c:00.2";
constexpr const char* stalledOne = "0000:89:00.2";
constexpr const char* qatA = "0000:3e:00.1";
constexpr const char* qatB = "0000:3e:00.2";

class Stream : public WindowTest {
protected:
    Stream() {
        StreamPanel* panel = parts().inspect->stream();
        panel->setChooser([this](QWidget*, FileUse use, const QString&) {
            lastUse_ = use;
            return answer_;
        });
    }
    [[nodiscard]] std::string wanted() const { return window_->presenter().device().toStdString(); }
    void click(MigState goal) {
        QTest::mouseClick(parts().inspect->grid()->button(goal), Qt::LeftButton);
        ASSERT_TRUE(waitUntil([&] {
            return state(wanted()).phase == SessionPhase::Idle && state(wanted()).state == goal;
        })) << stateName(goal);
    }
    template<class Widget>
    [[nodiscard]] Widget* part(const char* name) const {
        return parts().inspect->stream()->findChild<Widget*>(QLatin1String(name));
    }
    [[nodiscard]] QString text(const char* label) const { return part<QLabel>(label)->text(); }
    void press(const char* name) {
        ASSERT_TRUE(part<QPushButton>(name)->isVisible() && part<QPushButton>(name)->isEnabled())
            << name << ": " << text("stream why").toStdString();
        QTest::mouseClick(part<QPushButton>(name), Qt::LeftButton);
    }
    [[nodiscard]] bool waitDone() {
        return waitUntil([this] { return state(wanted()).phase == SessionPhase::Idle; });
    }

    QString answer_;
    std::optional<FileUse> lastUse_;
};

TEST_F(Stream, drainsWhatPreCopyHasForNowAndSaysHowMuch) {
    machine("sim:lab");
    open(mlx5A);
    EXPECT_FALSE(parts().inspect->stream()->isVisible()) << "there is no stream";
    click(MigState::PreCopy);
    ASSERT_TRUE(parts().inspect->stream()->isVisible());
    EXPECT_TRUE(text("stream words").startsWith(QString::fromUtf8("Saving stream · 0 B so far")));
    EXPECT_FALSE(part<QPushButton>("stream load")->isEnabled());
    EXPECT_TRUE(text("stream why").contains(QLatin1String("RESUMING opens one")));
    EXPECT_FALSE(part<QPushButton>("stream cancel")->isEnabled());
    press("stream drain");
    std::set<QString> seen;
    ASSERT_TRUE(waitUntil([&] {
        seen.insert(text("stream words"));
        return state(mlx5A).phase == SessionPhase::Idle;
    }));
    EXPECT_GT(seen.size(), 1U) << "the bytes are counted while they move";
    EXPECT_TRUE(text("stream words").endsWith(QString::fromUtf8("· drained for now")))
        << text("stream words").toStdString();
    EXPECT_GT(state(mlx5A).stream->bytes, 1U << 20U);
    EXPECT_TRUE(sim_->violations().empty());
}

TEST_F(Stream, aDrainCanBeCancelled) {
    machine("sim:lab");
    open(mlx5A);
    click(MigState::PreCopy);
    press("stream drain");
    ASSERT_TRUE(waitUntil([this] { return part<QPushButton>("stream cancel")->isEnabled(); }, 2000));
    press("stream cancel");
    ASSERT_TRUE(waitDone());
    EXPECT_TRUE(text("stream error").contains(QLatin1String("ancelled")) || state(mlx5A).stream->drained)
        << text("stream error").toStdString();
    EXPECT_EQ(state(mlx5A).state, MigState::PreCopy);
}

TEST_F(Stream, aReadThatDoesNotReturnCanBeCancelledToo) {
    machine("sim:lab");
    open(stalledOne);
    click(MigState::PreCopy);
    press("stream drain");
    ASSERT_TRUE(waitUntil([this] { return state(stalledOne).phase == SessionPhase::Stuck; }));
    spin(100);
    EXPECT_TRUE(text("stream why").startsWith(QStringLiteral("stuck in read")))
        << text("stream why").toStdString();
    press("stream cancel");
    ASSERT_TRUE(waitDone()) << "a stalled read ends when it is interrupted";
    EXPECT_EQ(state(stalledOne).state, MigState::PreCopy);
    EXPECT_TRUE(sim_->violations().empty());
}

TEST_F(Stream, isSavedToAFileAndLoadedIntoAnotherDevice) {
    machine("sim:lab");
    open(qatA);
    click(MigState::StopCopy);
    answer_.clear();
    press("stream save");
    spin(30);
    EXPECT_EQ(lastUse_, FileUse::Write);
    EXPECT_EQ(state(qatA).job, "step to STOP_COPY") << "a choice that is taken back does nothing";
    answer_ = temporaryFolder() + QStringLiteral("/by hand.migstate");
    QFile::remove(answer_); // of an earlier repetition
    press("stream save");
    ASSERT_TRUE(waitDone());
    ASSERT_TRUE(waitUntil([this] { return text("stream words").endsWith(QLatin1String("at its end")); }))
        << text("stream words").toStdString() << text("stream error").toStdString();
    EXPECT_TRUE(QFile::exists(answer_));
    EXPECT_FALSE(part<QPushButton>("stream drain")->isEnabled());
    EXPECT_TRUE(text("stream why").contains(QLatin1String("Nothing is left to read or save")));

    open(qatB);
    click(MigState::Resuming);
    EXPECT_TRUE(text("stream words").startsWith(QLatin1String("Loading stream")));
    EXPECT_FALSE(part<QPushButton>("stream save")->isEnabled());
    press("stream load");
    ASSERT_TRUE(waitDone());
    EXPECT_EQ(lastUse_, FileUse::Read);
    EXPECT_FALSE(state(qatB).error) << describe(*state(qatB).error);
    EXPECT_EQ(state(qatB).stream->bytes, 4096U);
    click(MigState::Stop);
    EXPECT_TRUE(sim_->lastLoad(qatB).accepted);
    EXPECT_EQ(sim_->lastLoad(qatB).seed, sim_->savedSeed(qatA));
    EXPECT_FALSE(parts().inspect->stream()->isVisible()) << "leaving RESUMING ends the stream";
    EXPECT_TRUE(sim_->violations().empty());
}

TEST_F(Stream, whatCannotBeWrittenOrReadIsToldInPlaceWithWhatHelps) {
    machine("sim:lab");
    open(hisiA);
    click(MigState::StopCopy);
    answer_ = temporaryFolder() + QStringLiteral("/there already.migstate");
    QFile::remove(answer_); // of an earlier repetition
    QFile file(answer_);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write("not a state");
    file.close();
    press("stream save");
    ASSERT_TRUE(waitDone());
    EXPECT_TRUE(text("stream error").contains(QLatin1String("EEXIST"))) << text("stream error").toStdString();
    EXPECT_TRUE(text("stream error").contains(QLatin1String("The device stands in STOP_COPY.")));
    EXPECT_TRUE(text("stream error").contains(QLatin1String("Next: name another file.")));
    EXPECT_EQ(state(hisiA).stream->bytes, 0U) << "nothing was read for a file that cannot be";

    open(hisiB);
    click(MigState::Resuming);
    answer_ = QStringLiteral("/does/not/exist.migstate");
    press("stream load");
    ASSERT_TRUE(waitDone());
    EXPECT_TRUE(text("stream error").contains(QLatin1String("ENOENT"))) << text("stream error").toStdString();
    EXPECT_TRUE(part<QPushButton>("stream load")->isEnabled())
        << "nothing was written: another file may follow";
}

TEST_F(Stream, aBareStreamIsSavedWithoutAnEnvelope) {
    machine("sim:lab");
    open(qatA);
    click(MigState::StopCopy);
    QTest::mouseClick(part<QCheckBox>("stream raw"), Qt::LeftButton, {},
                      QPoint(6, part<QCheckBox>("stream raw")->height() / 2));
    ASSERT_TRUE(part<QCheckBox>("stream raw")->isChecked());
    answer_ = temporaryFolder() + QStringLiteral("/bare.bin");
    QFile::remove(answer_); // of an earlier repetition
    press("stream save");
    ASSERT_TRUE(waitDone());
    EXPECT_EQ(QFile(answer_).size(), 4096);
}

TEST_F(Stream, theTimeAfterWhichAnIdleDeviceIsReleasedIsRemembered) {
    auto* idle = parts().inspect->findChild<QSpinBox*>(QStringLiteral("idle release"));
    ASSERT_NE(idle, nullptr);
    EXPECT_EQ(parts().inspect->idleRelease(), std::chrono::minutes(0)) << "off by default";
    std::vector<std::chrono::minutes> said;
    QObject::connect(parts().inspect, &InspectPage::idleReleaseChanged, window_.get(),
                     [&](std::chrono::minutes after) { said.push_back(after); });
    idle->setFocus();
    QTest::keyClick(idle, Qt::Key_Up);
    EXPECT_EQ(said, std::vector<std::chrono::minutes>{std::chrono::minutes(1)});
    EXPECT_EQ(InspectPage({}).idleRelease(), std::chrono::minutes(1));
    QSettings().remove(QStringLiteral("devices/idleReleaseMinutes"));
}

} // namespace
} // namespace migscope::testing
