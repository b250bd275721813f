// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The what-if page: controls to a change of the model, its answer in words.
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QTest>

#include "tests/core/transfer/run_builder.h"
#include "tests/ui/ui_test.h"
#include "ui/panels/timeline_page.h"
#include "ui/panels/what_if_panel.h"
#include "ui/recordings.h"
#include "ui/what_if_words.h"
#include "ui/words.h"

#include "test_paths.h"

namespace migscope::testing {
namespace {

WhatIfInputs inputsOf(const test::RunBuilder& run) {
    return whatIfInputs(test::recorded({run}), 1);
}

class WhatIf : public ::testing::Test {
protected:
    [[nodiscard]] QDoubleSpinBox* box(const char* name) const {
        for (auto* each : panel_.findChildren<QDoubleSpinBox*>()) {
            if (each->accessibleName() == QLatin1String(name))
                return each;
        }
        return nullptr;
    }
    [[nodiscard]] QString text(const char* name) const {
        return panel_.findChild<QLabel*>(QLatin1String(name))->text();
    }
    WhatIfPanel panel_;
};

TEST_F(WhatIf, asMeasuredIsWhatWasMeasured) {
    panel_.setInputs(QStringLiteral("run.migrec"), inputsOf(test::migration()), true);
    ASSERT_TRUE(panel_.answer().downtime.has_value()) << panel_.answer().why;
    EXPECT_EQ(panel_.answer().downtime, test::ms(93));
    EXPECT_TRUE(text("what-if answer").startsWith(QStringLiteral("downtime would be 93.0 ms")))
        << text("what-if answer").toStdString();
    EXPECT_TRUE(text("what-if title").contains(QStringLiteral("SIMULATED")));
    EXPECT_TRUE(text("what-if title").contains(QStringLiteral("prediction")));
    EXPECT_FALSE(text("what-if assumptions").isEmpty());
    EXPECT_FALSE(panel_.change().bandwidthFactor || panel_.change().stateBytes ||
                 panel_.change().downtimeLimit);
}

TEST_F(WhatIf, eachControlChangesItsPartOfTheModel) {
    const WhatIfInputs inputs = inputsOf(test::migration());
    panel_.setInputs(QStringLiteral("run.migrec"), inputs, false);
    box("Bandwidth")->setValue(0.5);
    EXPECT_EQ(panel_.change().bandwidthFactor, 0.5);
    WhatIfChange slower;
    slower.bandwidthFactor = 0.5;
    EXPECT_EQ(panel_.answer().downtime, whatIf(inputs, slower).downtime);
    EXPECT_GT(*panel_.answer().downtime, test::ms(93));
    EXPECT_TRUE(text("what-if answer").contains(durationText(*panel_.answer().downtime)));
    auto* reset = panel_.findChild<QPushButton*>();
    QTest::mouseClick(reset, Qt::LeftButton);
    EXPECT_EQ(panel_.answer().downtime, test::ms(93));
    box("State size")->setValue(box("State size")->value() * 2);
    EXPECT_EQ(panel_.change().stateBytes, 6U << 20U);
    EXPECT_GT(*panel_.answer().downtime, test::ms(93));
    EXPECT_FALSE(box("Dirty rate")->isEnabled()) << "the run had no pre-copy";
    EXPECT_TRUE(box("Dirty rate")->accessibleDescription().contains(QStringLiteral("no pre-copy")));
}

TEST_F(WhatIf, theSlidersAreTenthToTenTimes) {
    panel_.setInputs(QStringLiteral("run.migrec"), inputsOf(test::migration()), false);
    auto* slider = panel_.findChildren<QSlider*>().front();
    slider->setValue(slider->maximum());
    EXPECT_NEAR(box("Bandwidth")->value(), 10, 0.001);
    slider->setValue(slider->minimum());
    EXPECT_NEAR(box("Bandwidth")->value(), 0.1, 0.001);
    box("Bandwidth")->setValue(1);
    EXPECT_EQ(slider->value(), 0);
}

TEST_F(WhatIf, outsideTheModelItSaysSoInsteadOfANumber) {
    test::RunBuilder failed = test::migration();
    for (Event& event : failed.events) {
        if (auto* end = std::get_if<event::RunEnd>(&event.body))
            end->outcome = RunOutcome::Failed;
    }
    panel_.setInputs(QStringLiteral("run.migrec"), inputsOf(failed), false);
    EXPECT_FALSE(panel_.answer().downtime);
    EXPECT_EQ(text("what-if answer"), QStringLiteral("No number: the run did not end ok."));
    EXPECT_FALSE(box("Bandwidth")->isEnabled());
    for (const char* id :
         {"no-such-run",       "not-ended",      "failed-run",     "several-pairs",   "samples-lost",
          "no-downtime",       "no-bytes-seen",  "stamps-missing", "no-precopy-seen", "no-round-seen",
          "no-time-in-calls",  "no-estimate",    "still-grows",    "inside-save",     "inside-load",
          "not-seen",          "invalid-change", "no-link",        "work-in-set",     "no-dirty-rate",
          "does-not-converge", "round-limit",    "time-limit"})
        EXPECT_NE(whatIfReason(id), QString::fromLatin1(id)) << "the id " << id << " has no sentence";
}

using WhatIfWindow = WindowTest;

TEST_F(WhatIfWindow, thePageIsOfTheRunThatIsShown) {
    parts().recordings->open(QStringLiteral(MIGSCOPE_TEST_DATA "/recordings/mtty-migrate.migrec"));
    ASSERT_TRUE(waitUntil([this] { return parts().timeline->source() != nullptr; }));
    parts().timeline->showPage(RunView::WhatIfPage);
    spin(20);
    std::optional<Ns> measured;
    parts().timeline->source()->look(
        [&](const Recording& recording) { measured = recording.metrics().runs().front().downtime; });
    ASSERT_TRUE(measured);
    const WhatIfAnswer& answer = parts().timeline->whatIfPanel()->answer();
    ASSERT_TRUE(answer.downtime) << answer.why;
    EXPECT_NEAR(static_cast<double>(answer.downtime->count()), static_cast<double>(measured->count()),
                0.01 * static_cast<double>(measured->count()));
}

} // namespace
} // namespace migscope::testing
