// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The facts of the selected device.
#include "ui/panels/facts_panel.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <utility>

#include "ui/panels/command_box.h"
#include "ui/panels/scroll_column.h"

namespace migscope {
namespace {

bool sameNames(const std::vector<FactSection>& a, const std::vector<FactSection>& b) {
    if (a.size() != b.size())
        return false;
    for (std::size_t section = 0; section < a.size(); ++section) {
        if (a[section].title != b[section].title || a[section].facts.size() != b[section].facts.size())
            return false;
        for (std::size_t fact = 0; fact < a[section].facts.size(); ++fact) {
            if (a[section].facts[fact].name != b[section].facts[fact].name)
                return false;
        }
    }
    return true;
}

} // namespace

FactsPanel::FactsPanel(QWidget* parent) : QScrollArea(parent) {
    setAccessibleName(tr("Facts"));
    layout_ = makeScrollColumn(*this);
    layout_->setSpacing(3);
}

void FactsPanel::setFacts(const std::vector<FactSection>& sections, const QString& empty) {
    std::vector<FactSection> wanted = sections;
    if (wanted.empty() && !empty.isEmpty())
        wanted.push_back({{}, {{{}, empty}}});
    if (wanted == sections_)
        return;
    const bool same = sameNames(wanted, sections_);
    sections_ = std::move(wanted);
    if (!same) {
        rebuild();
        return;
    }
    std::size_t at = 0;
    for (const FactSection& section : sections_) {
        for (const Fact& fact : section.facts)
            values_[at++]->setText(fact.value);
    }
}

void FactsPanel::rebuild() {
    clearLayout(*layout_);
    values_.clear();
    for (const FactSection& section : sections_) {
        auto* block = new QWidget(widget());
        auto* grid = new QGridLayout(block);
        grid->setContentsMargins(0, 0, 0, 6);
        grid->setVerticalSpacing(2);
        grid->setHorizontalSpacing(8);
        grid->setColumnMinimumWidth(0, 74);
        grid->setColumnStretch(1, 1);
        int row = 0;
        if (!section.title.isEmpty()) {
            auto* title = new QLabel(section.title, block);
            QFont bold = title->font();
            bold.setBold(true);
            title->setFont(bold);
            grid->addWidget(title, row++, 0, 1, 2);
        }
        for (const Fact& fact : section.facts) {
            auto* value = plainLabel(fact.value, block);
            values_.push_back(value);
            if (fact.name.isEmpty()) {
                grid->addWidget(value, row++, 0, 1, 2);
                continue;
            }
            auto* name = new QLabel(fact.name, block);
            name->setForegroundRole(QPalette::PlaceholderText);
            name->setAlignment(Qt::AlignTop | Qt::AlignLeft);
            grid->addWidget(name, row, 0);
            grid->addWidget(value, row++, 1);
        }
        layout_->addWidget(block);
    }
    layout_->addStretch(1);
}

} // namespace migscope
