// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The centre while no device is selected: what this host has, what can migrate, why the rest cannot, what
// next.
#include "ui/panels/host_page.h"

#include <QAction>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

#include "ui/facts.h"
#include "ui/panels/command_box.h"
#include "ui/theme.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr std::size_t mostChoices = 8;
constexpr std::size_t mostNames = 12; ///< of the devices that share a reason; the rest is counted

QPushButton* buttonOf(QAction* action, const QString& text, QWidget* parent) {
    auto* button = new QPushButton(action->icon(), text, parent);
    button->setAccessibleDescription(action->toolTip());
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    return button;
}

/// Reasons whose sentence names what differs from device to device: what is common to several of them.
QString commonText(const std::string& id) {
    if (id == "host-driver")
        return HostPage::tr(
            "Not migratable: drivers of this host use them, and no migration driver for them is known here.");
    if (id == "plain-vfio-pci")
        return HostPage::tr(
            "Not migratable: bound to vfio-pci, which has no migration, and no variant driver for them is "
            "known here.");
    return {};
}

QString headOf(int can, int likely, int all) {
    if (can > 0)
        return HostPage::tr("%1 of %2 devices can migrate").arg(can).arg(all);
    if (likely > 0)
        return HostPage::tr("%1 of %2 devices can likely migrate").arg(likely).arg(all);
    return HostPage::tr("Nothing here can migrate");
}

} // namespace

HostPage::HostPage(QAction* lab, QAction* host, QWidget* parent)
    : QScrollArea(parent), lab_(lab), host_(host) {
    setAccessibleName(tr("This machine"));
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* content = new QWidget(this);
    layout_ = new QVBoxLayout(content);
    layout_->setContentsMargins(18, 14, 18, 18);
    layout_->setSpacing(10);
    setWidget(content);
}

QVBoxLayout* HostPage::addCard(const QString& title) {
    auto* card = new QFrame(widget());
    card->setFrameShape(QFrame::StyledPanel);
    card->setBackgroundRole(QPalette::Base);
    card->setAutoFillBackground(true);
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(12, 8, 12, 10);
    inside->setSpacing(6);
    auto* label = new QLabel(title, card);
    QFont bold = label->font();
    bold.setBold(true);
    label->setFont(bold);
    inside->addWidget(label);
    layout_->addWidget(card);
    return inside;
}

void HostPage::addHead(const QString& head, const QString& words) {
    auto* label = plainLabel(head, widget());
    label->setObjectName(QStringLiteral("host head"));
    QFont large = label->font();
    large.setPointSizeF(large.pointSizeF() * 1.7);
    large.setWeight(QFont::DemiBold);
    label->setFont(large);
    layout_->addWidget(label);
    auto* line = plainLabel(words, widget());
    line->setObjectName(QStringLiteral("host words"));
    layout_->addWidget(line);
}

void HostPage::addWayOn(bool simulated, bool prominent) {
    auto* row = new QWidget(widget());
    auto* inside = new QHBoxLayout(row);
    inside->setContentsMargins(0, 0, 0, 0);
    if (simulated) {
        inside->addWidget(buttonOf(host_, tr("Show this host"), row));
    } else {
        auto* button = buttonOf(lab_, tr("Open the simulated lab"), row);
        button->setObjectName(QStringLiteral("open lab"));
        QFont font = button->font();
        font.setBold(prominent);
        button->setFont(font);
        inside->addWidget(button);
        inside->addWidget(
            plainLabel(tr("Good and faulty devices to try everything on, without hardware."), row), 1);
    }
    inside->addStretch(simulated ? 1 : 0);
    layout_->addWidget(row);
}

void HostPage::addChoices(const Topology& topology, const VerdictOf& verdict) {
    std::vector<std::pair<const Device*, VerdictKind>> choices;
    for (const Device& device : topology.devices) {
        const VerdictKind kind = verdict(device).kind;
        if (kind == VerdictKind::Migratable || kind == VerdictKind::Likely ||
            (kind == VerdictKind::Unknown && device.boundToVfio()))
            choices.emplace_back(&device, kind);
    }
    if (choices.empty())
        return;
    std::stable_sort(choices.begin(), choices.end(),
                     [](const auto& a, const auto& b) { return a.second < b.second; });
    QVBoxLayout* inside = addCard(tr("Start here"));
    auto* rows = new QWidget(inside->parentWidget());
    auto* grid = new QGridLayout(rows);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(3);
    int row = 0;
    const std::size_t more = choices.size() > mostChoices ? choices.size() - mostChoices : 0;
    choices.resize(choices.size() - more);
    for (const auto& [device, kind] : choices) {
        const QString name = QString::fromStdString(device->name);
        auto* button = new QPushButton(shortName(device->name), rows);
        button->setAccessibleDescription(deviceTitle(*device));
        button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        connect(button, &QPushButton::clicked, this, [this, name] { emit deviceChosen(name); });
        grid->addWidget(button, row, 0);
        grid->addWidget(new QLabel(verdictMark(kind) + QLatin1Char(' ') + verdictWords(kind), rows), row, 1);
        QString words = deviceTitle(*device);
        if (!device->label.empty())
            words = shown(device->label) + QStringLiteral(" · ") + words;
        grid->addWidget(plainLabel(words, rows), row, 2);
        ++row;
    }
    if (more > 0)
        grid->addWidget(plainLabel(tr("and %1 more in the list").arg(more), rows), row, 2);
    grid->setColumnStretch(2, 1);
    inside->addWidget(rows);
}

void HostPage::addReadiness(const Topology& topology) {
    QVBoxLayout* inside = addCard(tr("What this host has"));
    auto* rows = new QWidget(inside->parentWidget());
    auto* grid = new QGridLayout(rows);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(3);
    grid->setHorizontalSpacing(10);
    const Theme theme = Theme::of(palette());
    int row = 0;
    for (const Readiness& line : readinessOf(topology)) {
        const bool yes = line.answer == Readiness::Answer::Yes;
        const bool no = line.answer == Readiness::Answer::No;
        auto* mark = new QLabel(yes  ? QStringLiteral("✓")
                                : no ? QStringLiteral("✗")
                                     : QStringLiteral("·"),
                                rows);
        mark->setAccessibleName(yes ? tr("there") : no ? tr("missing") : tr("not known"));
        QPalette colours = mark->palette();
        for (const auto role : {QPalette::WindowText, QPalette::Text}) // on a Base background Qt takes Text
            colours.setColor(role, yes ? theme.good() : no ? theme.bad() : theme.quiet());
        mark->setPalette(colours);
        grid->addWidget(mark, row, 0, Qt::AlignTop);
        auto* what = new QLabel(line.what, rows);
        what->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        grid->addWidget(what, row, 1);
        grid->addWidget(plainLabel(line.detail, rows), row, 2);
        ++row;
    }
    grid->setColumnStretch(2, 1);
    inside->addWidget(rows);
}

void HostPage::addHostReasons(const Topology& topology) {
    const std::vector<Reason> reasons = judgeHost(topology);
    if (reasons.empty())
        return;
    QVBoxLayout* inside = addCard(tr("What the host lacks, and what next"));
    for (const Reason& reason : reasons)
        inside->addWidget(new ReasonCard(shownReason(reason), {}, inside->parentWidget()));
}

void HostPage::addDeviceReasons(const Topology& topology, const VerdictOf& verdict) {
    struct Shared {
        ShownReason reason;
        QString common;
        std::vector<const Device*> devices;
    };
    // Devices that share their first reason share a card.
    std::map<QString, Shared> cards;
    std::vector<QString> order;
    for (const Device& device : topology.devices) {
        const Verdict& judged = verdict(device);
        if (judged.kind != VerdictKind::NotMigratable || judged.reasons.empty())
            continue;
        const ShownReason reason = shownReason(judged.reasons.front());
        const QString common = commonText(judged.reasons.front().id);
        const QString key = common.isEmpty() ? reason.text : common;
        auto [at, fresh] = cards.try_emplace(key, Shared{reason, common, {}});
        if (fresh)
            order.push_back(key);
        at->second.devices.push_back(&device);
    }
    if (order.empty())
        return;
    // What VFIO already has is nearest to migration: it comes first.
    std::stable_partition(order.begin(), order.end(), [&](const QString& key) {
        const auto& devices = cards.at(key).devices;
        return std::any_of(devices.begin(), devices.end(),
                           [](const Device* device) { return device->boundToVfio(); });
    });
    QVBoxLayout* inside = addCard(tr("Why each device cannot"));
    for (const QString& key : order) {
        const Shared& card = cards.at(key);
        QStringList names;
        for (std::size_t at = 0; at < card.devices.size() && at < mostNames; ++at) {
            const Device& device = *card.devices[at];
            const QString kind = deviceKindText(device);
            QString line = shortName(device.name);
            if (!kind.isEmpty())
                line += QStringLiteral("  ") + kind;
            if (!card.common.isEmpty() && !device.driver.empty())
                line += QStringLiteral(" · ") + shown(device.driver);
            names << line;
        }
        if (card.devices.size() > mostNames)
            names << tr("and %1 more").arg(card.devices.size() - mostNames);
        ShownReason reason = card.reason;
        if (card.devices.size() > 1 && !card.common.isEmpty())
            reason.text = card.common;
        if (card.devices.size() > 1)
            reason.next.resize(std::min<std::size_t>(reason.next.size(), 1));
        if (card.devices.size() > 1 && !reason.next.empty())
            reason.next.front().commands.clear(); // they name one device: the device's own page has them
        inside->addWidget(new ReasonCard(reason, names.join(QLatin1Char('\n')), inside->parentWidget()));
    }
}

void HostPage::showMachine(const std::shared_ptr<const Topology>& topology, const VerdictOf& verdict) {
    const int scroll = verticalScrollBar()->value();
    const bool same = shown_ && shown_->source == topology->source;
    shown_ = topology;
    clearLayout(*layout_);
    int can = 0;
    int likely = 0;
    for (const Device& device : topology->devices) {
        const VerdictKind kind = verdict(device).kind;
        can += kind == VerdictKind::Migratable ? 1 : 0;
        likely += kind == VerdictKind::Likely ? 1 : 0;
    }
    const int all = static_cast<int>(topology->devices.size());
    QString words;
    if (topology->simulated)
        words = tr("A simulated machine: nothing here touches hardware.");
    else if (can + likely > 0)
        words =
            tr("Nothing was opened to find that out. Choose a device to see what it can, or why it cannot.");
    else if (all == 0)
        words = tr("No device of this host is in an IOMMU group or bound to VFIO. Below: what is missing, "
                   "and what to do.");
    else
        words = tr(
            "That is how most machines are. Below: what this host has, why each device cannot migrate, and "
            "what to do about it. Nothing was opened to find that out.");
    const QString host = shown(topology->host.hostName);
    if (!host.isEmpty())
        words += QLatin1Char('\n') + tr("Host %1, kernel %2, %3 groups, %4 devices.")
                                         .arg(host, topology->host.kernelRelease.empty()
                                                        ? tr("unknown")
                                                        : shown(topology->host.kernelRelease))
                                         .arg(topology->groups.size())
                                         .arg(all);
    addHead(headOf(can, likely, all), words);
    if (can + likely == 0)
        addWayOn(topology->simulated, true);
    addChoices(*topology, verdict);
    addReadiness(*topology);
    addHostReasons(*topology);
    addDeviceReasons(*topology, verdict);
    if (can + likely > 0)
        addWayOn(topology->simulated, false);
    layout_->addStretch(1);
    if (same)
        verticalScrollBar()->setValue(scroll);
}

void HostPage::showWords(const QString& head, const QString& words) {
    shown_.reset();
    clearLayout(*layout_);
    addHead(head, words);
    addWayOn(false, true);
    layout_->addStretch(1);
}

} // namespace migscope
