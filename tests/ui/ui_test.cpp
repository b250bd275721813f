// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The frame of the window's tests: their main(), and the fixture.
#include "tests/ui/ui_test.h"

#include <QApplication>
#include <QFont>
#include <QSettings>
#include <QStyleFactory>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>
#include <QToolButton>

#include <cstdio>

#include "app/backends.h"
#include "ui/actions.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/machines_panel.h"
#include "ui/theme.h"

namespace {

QTemporaryDir* folder = nullptr;

/// What one test remembers must not meet the next.
class ForgetSettings : public ::testing::EmptyTestEventListener {
    void OnTestEnd(const ::testing::TestInfo& /*test*/) override { QSettings().clear(); }
};

/// A warning of Qt's is a mistake of ours.
void onMessage(QtMsgType type, const QMessageLogContext&, const QString& text) {
    // The offscreen platform says of each window that it has no window manager, and of each menu that it
    // cannot hold the keyboard.
    if (text.contains(QLatin1String("propagateSizeHints")) ||
        text.contains(QLatin1String("This plugin does not support")))
        return;
    if (type != QtDebugMsg && type != QtInfoMsg)
        ADD_FAILURE() << "Qt said: " << text.toStdString();
}

} // namespace

namespace migscope::testing {

QString temporaryFolder() {
    return folder->path();
}

WindowTest::WindowTest() {
    const BackendFactory factory = [this](const std::string& spec) -> Result<std::shared_ptr<Backend>> {
        auto made = makeBackend(spec);
        if (!made)
            return std::unexpected(made.error());
        std::shared_ptr<Backend> backend(std::move(*made));
        sim_ = std::dynamic_pointer_cast<SimBackend>(backend);
        return backend;
    };
    host_ = std::make_unique<HostSession>(factory, temporaryFolder());
    window_ =
        std::make_unique<MainWindow>(*host_, MainWindow::About{QStringLiteral("0"), QStringLiteral("7.3")});
    window_->resize(1280, 800);
    window_->show();
}

WindowTest::~WindowTest() {
    if (sim_)
        sim_->releaseStuck();
    window_.reset();
    auto leftovers = host_->takeLeftovers(); // their threads have come back: they can be joined now
    host_.reset();
    spin(20);
    leftovers.clear();
    // A check's worker holds the machine until it came back.
    EXPECT_TRUE(sim_ == nullptr || waitUntil([this] { return sim_.use_count() <= 1; }));
}

void WindowTest::machine(const std::string& spec) {
    window_->presenter().useMachine(QString::fromStdString(spec));
    ASSERT_TRUE(
        waitUntil([this] { return host_->topology() && host_->topology()->enriched && !host_->scanning(); }));
}

void WindowTest::select(const std::string& device) {
    parts().machines->select(QString::fromStdString(device));
    ASSERT_EQ(window_->presenter().device().toStdString(), device);
}

void WindowTest::open(const std::string& device) {
    select(device);
    QAction* act = (*parts().actions)[ActionId::OpenDevice];
    for (auto* button : parts().inspect->findChildren<QToolButton*>()) {
        if (button->defaultAction() == act)
            QTest::mouseClick(button, Qt::LeftButton);
    }
    ASSERT_TRUE(waitIdle(device)) << "the device did not open";
}

bool WindowTest::waitIdle(const std::string& device) {
    return waitUntil([&] {
        const SessionState* now = host_->state(device);
        return now != nullptr && now->phase == SessionPhase::Idle;
    });
}

} // namespace migscope::testing

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    QTemporaryDir temporary;
    folder = &temporary;
    for (const char* name :
         {"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"})
        qputenv(name, temporary.path().toUtf8());
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qInstallMessageHandler(onMessage);
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("migscope"));
    QApplication::setApplicationName(QStringLiteral("migscope-test"));
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(migscope::lightPalette());
    QApplication::setFont(QFont(QStringLiteral("DejaVu Sans"), 9));
    ::testing::UnitTest::GetInstance()->listeners().Append(new ForgetSettings); // gtest owns it
    return RUN_ALL_TESTS();
}
