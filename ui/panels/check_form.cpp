// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is to be checked and how.
#include "ui/panels/check_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>
#include <array>

#include "ui/panels/command_box.h"
#include "ui/panels/flat_parts.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr std::array allClasses{CheckClass::Passive, CheckClass::Session, CheckClass::Resets,
                                CheckClass::Hostile};

QString classText(CheckClass kind) {
    switch (kind) {
    case CheckClass::Passive:
        return CheckForm::tr("&Passive");
    case CheckClass::Session:
        return CheckForm::tr("Sess&ion");
    case CheckClass::Resets:
        return CheckForm::tr("Rese&ts");
    case CheckClass::Hostile:
        break;
    }
    return CheckForm::tr("H&ostile");
}

QString classHelp(CheckClass kind) {
    switch (kind) {
    case CheckClass::Passive:
        return CheckForm::tr("Asks: no SET, no stream.");
    case CheckClass::Session:
        return CheckForm::tr("Walks through states, reads and writes streams.");
    case CheckClass::Resets:
        return CheckForm::tr("Resets the device, or closes and opens it.");
    case CheckClass::Hostile:
        break;
    }
    return CheckForm::tr(
        "Writes junk into the device. On hardware its firmware may be shared with other functions.");
}

/// What a person types to name it. An mdev's short name leaves out what tells two of them apart.
QString typedName(const std::string& device) {
    const QString whole = shown(device);
    const QString brief = shortName(device);
    return whole.endsWith(brief) ? brief : whole;
}

} // namespace

CheckForm::CheckForm(QWidget* parent) : QWidget(parent) {
    makeRows();
    connect(peers_, &QComboBox::activated, this, &CheckForm::refresh);
    connect(hostile_, &QLineEdit::textChanged, this, &CheckForm::refresh);
    for (const auto& [kind, box] : classes_)
        connect(box, &QCheckBox::toggled, this, &CheckForm::refresh);
    connect(force_, &QCheckBox::toggled, this, &CheckForm::refresh);
    connect(start_, &QPushButton::clicked, this, &CheckForm::startAsked);
    connect(cancel_, &QPushButton::clicked, this, &CheckForm::cancelAsked);
    connect(copy_, &QToolButton::clicked, this, &CheckForm::copyAsked);
    connect(release_, &QPushButton::clicked, this, [this] { emit releaseAsked(openOnes()); });
}

void CheckForm::makeRows() {
    const auto button = [this](const QString& text, const char* name, const QString& help) {
        auto* made = new QPushButton(text, this);
        made->setObjectName(QLatin1String(name));
        made->setAutoDefault(false);
        made->setToolTip(help);
        made->setAccessibleDescription(help);
        return made;
    };
    start_ =
        button(tr("Chec&k device (resets the function)"), "check start",
               tr("Opens the device, asks it the catalogue of checks, brings it back to RUNNING and closes "
                  "it. Opening and closing reset a PCI function."));
    cancel_ = button(tr("Ca&ncel"), "check cancel",
                     tr("After the call under way the rest is skipped; the devices are brought back."));
    release_ = button(tr("Re&lease"), "check release", tr("Close what is open in this window."));
    copy_ = flatButton(tr("Copy command"), tr("Copy the check as a command"),
                       tr("migscope-cli check with what is chosen here"), this);
    peers_ = new QComboBox(this);
    peers_->setObjectName(QStringLiteral("check peer"));
    peers_->setAccessibleName(tr("Peer: a second device of its kind"));
    peers_->setToolTip(
        tr("Some checks take two: its state is loaded into a second device of its kind, which is "
           "opened, reset and closed too."));
    auto* peerLabel = new QLabel(tr("P&eer:"), this);
    peerLabel->setBuddy(peers_);
    auto* first = new QHBoxLayout;
    first->setSpacing(6);
    first->addWidget(peerLabel);
    first->addWidget(peers_);
    for (const CheckClass kind : allClasses) {
        auto* box = new QCheckBox(classText(kind), this);
        box->setObjectName(
            QStringLiteral("check class %1").arg(QString::fromStdString(std::string(classWord(kind)))));
        box->setToolTip(classHelp(kind));
        box->setAccessibleDescription(classHelp(kind));
        box->setChecked(kind != CheckClass::Hostile);
        classes_[kind] = box;
        first->addWidget(box);
    }
    first->addStretch(1);
    force_ = new QCheckBox(tr("Reset it fi&rst"), this);
    force_->setObjectName(QStringLiteral("check force"));
    force_->setToolTip(tr("A device that is found not RUNNING is left alone; with this it is reset, and its "
                          "migration state is lost."));
    force_->setAccessibleDescription(force_->toolTip());
    hostile_ = new QLineEdit(this);
    hostile_->setObjectName(QStringLiteral("check hostile"));
    auto* second = new QHBoxLayout;
    second->setSpacing(6);
    second->addWidget(start_);
    second->addWidget(cancel_);
    second->addWidget(release_);
    second->addWidget(force_);
    second->addStretch(1);
    second->addWidget(copy_);
    why_ = plainLabel({}, this);
    why_->setObjectName(QStringLiteral("check why"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(first);
    layout->addWidget(hostile_);
    layout->addLayout(second);
    layout->addWidget(why_);
}

void CheckForm::setView(const CheckFormView& view) {
    const bool other = view.device.name != view_.device.name;
    view_ = view;
    fillPeers();
    if (other) {
        // What was said of one device is not said of another.
        const QSignalBlocker quietText(hostile_);
        const QSignalBlocker quietForce(force_);
        const QSignalBlocker quietClass(classes_.at(CheckClass::Hostile));
        hostile_->clear();
        force_->setChecked(false);
        classes_.at(CheckClass::Hostile)->setChecked(view.device.takesJunk);
        peers_->setCurrentIndex(0);
    }
    refresh();
}

void CheckForm::fillPeers() {
    QStringList names;
    for (const CheckCandidate& each : view_.peers)
        names << QString::fromStdString(each.name);
    QStringList before;
    for (int i = 1; i < peers_->count(); ++i)
        before << peers_->itemData(i).toString();
    if (peers_->count() > 0 && before == names)
        return;
    const QString chosen = peers_->currentData().toString();
    peers_->clear();
    peers_->addItem(names.isEmpty() ? tr("none of its kind") : tr("none"), QString());
    for (const CheckCandidate& each : view_.peers)
        peers_->addItem(shortName(each.name), QString::fromStdString(each.name));
    peers_->setCurrentIndex(std::max(0, peers_->findData(chosen)));
}

const CheckCandidate* CheckForm::peer() const {
    const std::string name = peers_->currentData().toString().toStdString();
    const auto at = std::ranges::find(view_.peers, name, &CheckCandidate::name);
    return at == view_.peers.end() ? nullptr : &*at;
}

QStringList CheckForm::openOnes() const {
    QStringList names;
    if (view_.device.open)
        names << QString::fromStdString(view_.device.name);
    if (const CheckCandidate* other = peer(); other != nullptr && other->open)
        names << QString::fromStdString(other->name);
    return names;
}

bool CheckForm::wants(CheckClass kind) const {
    return classes_.at(kind)->isChecked();
}

bool CheckForm::named(const CheckCandidate& device) const {
    const QStringList words = hostile_->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    return device.takesJunk || words.contains(QString::fromStdString(device.name)) ||
           words.contains(typedName(device.name));
}

CheckChoice CheckForm::choice() const {
    CheckChoice choice;
    const CheckCandidate* other = peer();
    choice.peer = other != nullptr ? other->name : std::string();
    std::ranges::copy_if(allClasses, std::back_inserter(choice.classes),
                         [this](CheckClass kind) { return wants(kind); });
    choice.force = force_->isChecked();
    choice.hostileDevice = wants(CheckClass::Hostile) && named(view_.device);
    choice.hostilePeer = wants(CheckClass::Hostile) && other != nullptr && named(*other);
    return choice;
}

QString CheckForm::whyNot() const {
    if (!view_.why.isEmpty())
        return view_.why;
    QStringList open;
    for (const QString& each : openOnes())
        open << shortName(each.toStdString());
    if (!open.isEmpty())
        return tr("%1 is open here, and a check opens it itself: release it first.")
            .arg(open.join(tr(" and ")));
    if (std::ranges::none_of(allClasses, [this](CheckClass kind) { return wants(kind); }))
        return tr("No class of checks is chosen.");
    if (wants(CheckClass::Hostile) && !named(view_.device))
        return tr("Hostile checks write junk into %1. Its firmware may be shared with other functions: type "
                  "its name "
                  "to allow that, or leave them out.")
            .arg(typedName(view_.device.name));
    return {};
}

void CheckForm::refresh() {
    const QString why = view_.running ? QString() : whyNot();
    const bool idle = !view_.running;
    start_->setEnabled(idle && why.isEmpty());
    cancel_->setEnabled(view_.running && !view_.cancelling);
    release_->setVisible(idle && view_.why.isEmpty() && !openOnes().isEmpty());
    copy_->setEnabled(!view_.device.name.empty() && !choice().classes.empty());
    peers_->setEnabled(idle);
    force_->setEnabled(idle);
    for (const auto& [kind, box] : classes_)
        box->setEnabled(idle);
    const CheckCandidate* other = peer();
    hostile_->setVisible(idle && wants(CheckClass::Hostile) &&
                         (!view_.device.takesJunk || (other != nullptr && !other->takesJunk)));
    const QString names = other != nullptr && !other->takesJunk
                              ? tr("%1 %2").arg(typedName(view_.device.name), typedName(other->name))
                              : typedName(view_.device.name);
    hostile_->setPlaceholderText(tr("%1, to let junk be written into it").arg(names));
    hostile_->setAccessibleName(tr("Names of devices that junk may be written into"));
    why_->setText(why);
    why_->setVisible(!why.isEmpty());
    emit changed();
}

} // namespace migscope
