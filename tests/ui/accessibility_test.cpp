// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Every control has a name for those who do not see it, and is reached by Tab.
#include <QAbstractButton>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTest>

#include <algorithm>
#include <set>

#include "tests/ui/ui_test.h"
#include "ui/actions.h"
#include "ui/check_presenter.h"
#include "ui/panels/compare_page.h"
#include "ui/panels/dirty_page.h"
#include "ui/panels/dirty_view.h"
#include "ui/panels/machines_panel.h"
#include "ui/panels/run_view.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/recordings.h"

#include "test_paths.h"

namespace migscope::testing {
namespace {

class Accessibility : public WindowTest {
protected:
    /// What a person can act on, in the view that is shown.
    [[nodiscard]] QList<QWidget*> controls() const {
        QList<QWidget*> found;
        for (auto* widget : window_->findChildren<QWidget*>()) {
            if (widget->isVisible() && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus) != 0 &&
                widget->focusProxy() == nullptr && !widget->objectName().startsWith(QLatin1String("qt_")))
                found << widget;
        }
        return found;
    }
    void expectNames() const {
        for (QWidget* widget : controls()) {
            QAccessibleInterface* face = QAccessible::queryAccessibleInterface(widget);
            ASSERT_NE(face, nullptr);
            EXPECT_FALSE(face->text(QAccessible::Name).isEmpty())
                << widget->metaObject()->className() << " \"" << widget->objectName().toStdString()
                << "\" in " << widget->parentWidget()->metaObject()->className();
            // A combo box without a name says its value as one: that tells nobody what it is.
            const bool isNamed = !widget->accessibleName().isEmpty() || hasLabel(widget);
            EXPECT_TRUE(qobject_cast<QComboBox*>(widget) == nullptr || isNamed)
                << "combo box \"" << widget->objectName().toStdString() << "\" in "
                << widget->parentWidget()->metaObject()->className();
        }
    }
    [[nodiscard]] bool hasLabel(const QWidget* widget) const {
        const auto labels = window_->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](const QLabel* label) { return label->buddy() == widget; });
    }
    void expectReachedByTab() {
        window_->activateWindow();
        window_->setFocus();
        QApplication::setActiveWindow(window_.get());
        std::set<QWidget*> reached;
        for (int press = 0; press < 400; ++press) {
            QTest::keyClick(QApplication::focusWidget() != nullptr ? QApplication::focusWidget()
                                                                   : window_.get(),
                            Qt::Key_Tab);
            if (QWidget* now = QApplication::focusWidget();
                now != nullptr && !reached.insert(now).second && press > 100)
                break;
        }
        for (QWidget* widget : controls())
            EXPECT_TRUE(reached.contains(widget))
                << widget->metaObject()->className() << " \"" << widget->objectName().toStdString() << "\" "
                << widget->accessibleName().toStdString();
        EXPECT_GT(reached.size(), 6U);
    }
};

TEST_F(Accessibility, ofTheMachinePage) {
    machine("sim:lab");
    spin(50);
    expectNames();
    expectReachedByTab();
}

TEST_F(Accessibility, ofAnOpenDevice) {
    machine("sim:lab");
    open(mlx5A);
    spin(50);
    expectNames();
    expectReachedByTab();
    for (const MigState state : allMigStates) {
        auto* button = window_->findChild<QAbstractButton*>(QStringLiteral("state ") +
                                                            QString::fromStdString(stateName(state)));
        ASSERT_NE(button, nullptr);
        EXPECT_EQ(button->accessibleName().toStdString(), stateName(state));
        EXPECT_FALSE(button->accessibleDescription().isEmpty()) << stateName(state);
    }
}

TEST_F(Accessibility, ofADeviceThatCannotMigrate) {
    machine("sim:lab");
    select("0000:80:00.2");
    spin(50);
    expectNames();
    expectReachedByTab();
}

TEST_F(Accessibility, ofTheMigrateTab) {
    machine("sim:lab");
    open(mlx5A);
    (*parts().actions)[ActionId::ShowMigrate]->trigger();
    spin(50);
    expectNames();
    expectReachedByTab();
}

TEST_F(Accessibility, ofTheTimelineWithARecording) {
    machine("sim:lab");
    parts().recordings->open(QStringLiteral(MIGSCOPE_TEST_DATA "/recordings/mtty-migrate.migrec"));
    ASSERT_TRUE(waitUntil([this] { return parts().timeline->source() != nullptr; }));
    spin(50);
    expectNames();
    expectReachedByTab();
    EXPECT_FALSE(parts().timeline->chart()->accessibleDescription().isEmpty()) << "a chart says its values";
    EXPECT_FALSE(parts().timeline->bar()->accessibleDescription().isEmpty());
    for (const auto page : {RunView::TablePage, RunView::ReportPage, RunView::PropertiesPage,
                            RunView::WhatIfPage, RunView::DirtyPagesPage}) {
        parts().timeline->showPage(page);
        spin(30);
        expectNames();
        expectReachedByTab();
    }
}

TEST_F(Accessibility, ofTheCompareTab) {
    machine("sim:lab");
    (*parts().actions)[ActionId::ShowCompare]->trigger();
    spin(30);
    expectNames();
    expectReachedByTab();
    parts().recordings->open(QStringLiteral(MIGSCOPE_TEST_DATA "/recordings/mtty-migrate.migrec"));
    ASSERT_TRUE(waitUntil([this] { return parts().runs->model().rowCount() > 0; }));
    RunsModel& runs = parts().runs->model();
    ASSERT_TRUE(runs.setData(runs.index(0, 0), Qt::Checked, Qt::CheckStateRole));
    (*parts().actions)[ActionId::ShowCompare]->trigger();
    spin(50);
    expectNames();
    expectReachedByTab();
    EXPECT_FALSE(parts().compare->overlay()->accessibleDescription().isEmpty());
    EXPECT_FALSE(parts().compare->strip()->accessibleDescription().isEmpty());
}

TEST_F(Accessibility, ofTheDirtyPagesTab) {
    machine("sim:lab");
    open(mlx5A);
    (*parts().actions)[ActionId::ShowDirty]->trigger();
    spin(30);
    expectNames();
    expectReachedByTab();
    host_->logDma(mlx5A, job::DmaLog{{{0, 64U << 20U}}, smallestDmaPage, std::chrono::milliseconds(1), 3});
    ASSERT_TRUE(waitIdle(mlx5A));
    ASSERT_TRUE(waitUntil([this] { return parts().dirty->view()->rounds().rowCount() == 3; }));
    expectNames();
    expectReachedByTab();
    EXPECT_FALSE(parts().dirty->view()->heat()->accessibleDescription().isEmpty());
}

TEST_F(Accessibility, ofTheComplianceTab) {
    machine("sim:lab");
    select(virtioA);
    (*parts().actions)[ActionId::ShowCompliance]->trigger();
    spin(30);
    expectNames();
    expectReachedByTab();
    parts().checkPresenter->start();
    ASSERT_TRUE(waitUntil([this] { return host_->activeCheck() == nullptr; }, 30'000));
    spin(30);
    expectNames();
    expectReachedByTab();
}

TEST_F(Accessibility, ofAStreamOpenedByHand) {
    machine("sim:lab");
    open(mlx5A);
    host_->step(mlx5A, MigState::StopCopy, false);
    ASSERT_TRUE(waitUntil([this] { return state(mlx5A).stream.has_value() && waitIdle(mlx5A); }));
    spin(50);
    expectNames();
    expectReachedByTab();
}

} // namespace
} // namespace migscope::testing
