// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of the Compliance tab alone: the form, the models.
#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>

#include <gtest/gtest.h>

#include "ui/models/check_models.h"
#include "ui/panels/check_form.h"

namespace migscope::testing {
namespace {

/// A device of hardware that others share.
CheckFormView realOne(const char* name) {
    CheckFormView view;
    view.device = {name, {}, false, false};
    view.peers = {{"0000:3b:00.3", {}, false, false}};
    return view;
}

TEST(CheckFormTest, junkNeedsTheNameOfTheDevice) {
    CheckForm form;
    form.setView(realOne("0000:3b:00.2"));
    form.show();
    const auto box = [&](const char* name) { return form.findChild<QCheckBox*>(QLatin1String(name)); };
    auto* names = form.findChild<QLineEdit*>(QStringLiteral("check hostile"));
    EXPECT_FALSE(box("check class hostile")->isChecked()) << "never unasked on hardware";
    EXPECT_FALSE(names->isVisible());
    EXPECT_FALSE(form.choice().hostileDevice);
    EXPECT_TRUE(form.whyNot().isEmpty());
    box("check class hostile")->setChecked(true);
    EXPECT_TRUE(names->isVisible());
    EXPECT_TRUE(form.whyNot().contains(QStringLiteral("type its name")));
    EXPECT_FALSE(form.findChild<QPushButton*>(QStringLiteral("check start"))->isEnabled());
    names->setText(QStringLiteral("3b:00"));
    EXPECT_FALSE(form.choice().hostileDevice) << "half a name is none";
    names->setText(QStringLiteral("3b:00.2"));
    EXPECT_TRUE(form.choice().hostileDevice);
    EXPECT_TRUE(form.whyNot().isEmpty());
    auto* peers = form.findChild<QComboBox*>(QStringLiteral("check peer"));
    peers->setCurrentIndex(1);
    EXPECT_FALSE(form.choice().hostilePeer);
    names->setText(QStringLiteral("0000:3b:00.2 0000:3b:00.3"));
    EXPECT_TRUE(form.choice().hostilePeer);
    // Said of one device, not of the next.
    form.setView(realOne("0000:3b:00.4"));
    EXPECT_FALSE(form.choice().hostileDevice);
    EXPECT_TRUE(names->text().isEmpty());
    EXPECT_TRUE(form.choice().peer.empty());
}

TEST(CheckModels, theyKeepTheRulesOfModels) {
    CheckListModel list;
    CheckListFilter filter;
    filter.setSourceModel(&list);
    StatePairModel pairs;
    CheckCallModel calls;
    const QAbstractItemModelTester ofList(&list, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const QAbstractItemModelTester ofFilter(&filter, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const QAbstractItemModelTester ofPairs(&pairs, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const QAbstractItemModelTester ofCalls(&calls, QAbstractItemModelTester::FailureReportingMode::Fatal);
    CheckResult result;
    result.check = &checkCatalogue().front();
    result.begun = Ns{5};
    result.outcome.verdict = CheckVerdict::Pass;
    result.sets = {{0, MigState::Running, MigState::Stop, 0, Ns{10}, Ns{10 + 12'400}},
                   {0, MigState::Stop, MigState::Running, 0, Ns{10}, Ns{10 + 6'100'000}},
                   {0, MigState::Stop, MigState::Stop, 0, Ns{10}, Ns{11}}};
    list.setResults({result});
    CheckResult failed = result;
    failed.outcome.verdict = CheckVerdict::Fail;
    list.setResults({result, failed});
    EXPECT_EQ(list.rowCount(), 2);
    EXPECT_EQ(filter.index(0, 0).data(CheckListModel::RankRole).toInt(), 0) << "a failed must came second";
    pairs.setPairs(statePairs(MigFlags(1), {result}));
    EXPECT_EQ(pairs.indexOf(MigState::Running, MigState::Stop).data().toString(), QStringLiteral("12 µs"));
    EXPECT_EQ(pairs.indexOf(MigState::Stop, MigState::Running).data().toString(), QStringLiteral("6.1 ms"));
    EXPECT_EQ(pairs.indexOf(MigState::Running, MigState::Stop).data(StatePairModel::ShareRole).toDouble(),
              0.0);
    EXPECT_EQ(pairs.indexOf(MigState::Stop, MigState::Running).data(StatePairModel::ShareRole).toDouble(),
              1.0);
    EXPECT_EQ(pairs.indexOf(MigState::Stop, MigState::Stop).data(StatePairModel::ShareRole).toDouble(), 0.0)
        << "what does nothing is no measure";
    calls.setSets(setsOf({result}, MigState::Stop, MigState::Running), Ns{0});
    EXPECT_EQ(calls.rowCount(), 1);
    EXPECT_EQ(calls.index(0, CheckCallModel::Took).data().toString(), QStringLiteral("6.10 ms"));
    EXPECT_EQ(calls.lastBadRow(), -1);
    CheckResult another = result;
    another.begun = Ns{77};
    list.setResults({another}); // of another run
    EXPECT_EQ(list.rowCount(), 1);
}

} // namespace
} // namespace migscope::testing
