// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a run is to do: ends, file, mode, bounds, as controls.
#include "ui/panels/run_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "ui/words.h"

namespace migscope {
namespace {

// What a combo's entry stands for: a device's name, or one of these, which no device is called.
const QString loopEntry = QStringLiteral("<same device>");
const QString fileEntry = QStringLiteral("<file>");
const QString discardEntry = QStringLiteral("<discard>");

struct Entry {
    QString text;
    QString key;
};

QString deviceText(const RunCandidate& device) {
    QString text = shortName(device.name);
    if (!device.label.isEmpty())
        text += QStringLiteral("  ") + device.label;
    if (!device.open)
        text += RunForm::tr(" (not open)");
    else if (device.phase == SessionPhase::Idle && device.state && *device.state != MigState::Running)
        text += RunForm::tr(" (%1)").arg(QString::fromStdString(stateName(*device.state)));
    return text;
}

/// Only what differs: an open list must not jump while the person chooses from it.
void fill(QComboBox& combo, const std::vector<Entry>& entries) {
    bool same = combo.count() == static_cast<int>(entries.size());
    for (int at = 0; same && at < combo.count(); ++at)
        same = combo.itemData(at).toString() == entries[static_cast<std::size_t>(at)].key;
    const QSignalBlocker quiet(combo);
    if (!same) {
        const QString chosen = combo.currentData().toString();
        combo.clear();
        for (const Entry& entry : entries)
            combo.addItem(entry.text, entry.key);
        combo.setCurrentIndex(std::max(0, combo.findData(chosen)));
        return;
    }
    for (int at = 0; at < combo.count(); ++at) {
        const QString& text = entries[static_cast<std::size_t>(at)].text;
        if (combo.itemText(at) != text)
            combo.setItemText(at, text);
    }
}

void choose(QComboBox& combo, const QString& key) {
    if (const int at = combo.findData(key); at >= 0)
        combo.setCurrentIndex(at);
}

QComboBox* makeCombo(const QString& object, const QString& name, QWidget* parent) {
    auto* combo = new QComboBox(parent);
    combo->setObjectName(object);
    combo->setAccessibleName(name);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMinimumContentsLength(10);
    return combo;
}

QSpinBox* makeSpin(const QString& object, const QString& name, int from, int to, const QString& unit,
                   QWidget* parent) {
    auto* spin = new QSpinBox(parent);
    spin->setObjectName(object);
    spin->setAccessibleName(name);
    spin->setRange(from, to);
    spin->setSuffix(unit);
    return spin;
}

QLabel* makeLabel(const QString& text, QWidget* buddy, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setBuddy(buddy);
    return label;
}

} // namespace

RunForm::RunForm(FileChooser chooser, QWidget* parent) : QWidget(parent), chooser_(std::move(chooser)) {
    makeEnds();
    makeFile();
    makeLimits();
    load();
    layOut();
    fillSources();
    fillDestinations();
    connect(source_, &QComboBox::currentIndexChanged, this, &RunForm::onSource);
    for (QComboBox* combo : {destination_, mode_, convergence_})
        connect(combo, &QComboBox::currentIndexChanged, this, &RunForm::onChanged);
    for (QSpinBox* spin : {runs_, downtime_, rounds_, seconds_})
        connect(spin, &QSpinBox::valueChanged, this, &RunForm::onChanged);
    for (QCheckBox* box : {raw_, overwrite_, runLoaded_, calls_})
        connect(box, &QCheckBox::toggled, this, &RunForm::onChanged);
    for (QLineEdit* line : {path_, workload_})
        connect(line, &QLineEdit::textChanged, this, &RunForm::onChanged);
    connect(more_, &QToolButton::toggled, this, [this](bool shown) {
        limits_->setVisible(shown);
        more_->setArrowType(shown ? Qt::DownArrow : Qt::RightArrow);
        onChanged();
    });
    onChanged();
}

void RunForm::makeEnds() {
    source_ = makeCombo(QStringLiteral("run source"), tr("Source"), this);
    destination_ = makeCombo(QStringLiteral("run destination"), tr("Destination"), this);
    mode_ = makeCombo(QStringLiteral("run mode"), tr("Mode"), this);
    mode_->addItem(tr("auto"), static_cast<int>(CopyMode::Auto));
    mode_->addItem(tr("pre-copy"), static_cast<int>(CopyMode::PreCopy));
    mode_->addItem(tr("stop-copy"), static_cast<int>(CopyMode::StopCopy));
    mode_->setToolTip(tr("auto: pre-copy where the device has it"));
    runs_ = makeSpin(QStringLiteral("run count"), tr("Runs"), 1, 10'000, {}, this);
    runs_->setToolTip(tr("The devices are brought back between two runs."));
    workload_ = new QLineEdit(this);
    workload_->setObjectName(QStringLiteral("run workload"));
    workload_->setAccessibleName(tr("Workload"));
    workload_->setPlaceholderText(tr("none (idle function)"));
    workload_->setToolTip(tr("What uses the source meanwhile. It is printed with every figure."));
}

void RunForm::makeFile() {
    fileRow_ = new QWidget(this);
    path_ = new QLineEdit(fileRow_);
    path_->setObjectName(QStringLiteral("run file"));
    path_->setAccessibleName(tr("File"));
    auto* browse = new QPushButton(tr("Browse…"), fileRow_);
    browse->setObjectName(QStringLiteral("run browse"));
    browse->setAccessibleName(tr("Choose the file"));
    browse->setAutoDefault(false);
    const auto box = [this](const char* object, const QString& text, const QString& tip) {
        auto* made = new QCheckBox(text, fileRow_);
        made->setObjectName(QLatin1String(object));
        made->setToolTip(tip);
        made->setAccessibleDescription(tip);
        return made;
    };
    raw_ = box("run raw", tr("bare"), tr("Only the stream's bytes: no checksums, no identity."));
    overwrite_ = box("run overwrite", tr("replace"), tr("A file of this name is replaced."));
    runLoaded_ = box("run loaded", tr("let it run"),
                     tr("The loaded state runs. Else the device ends in STOP, and only a reset is left."));
    runLoaded_->setChecked(true);
    auto* row = new QHBoxLayout(fileRow_);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(makeLabel(tr("&File:"), path_, fileRow_));
    row->addWidget(path_, 1);
    for (QWidget* widget : std::initializer_list<QWidget*>{browse, raw_, overwrite_, runLoaded_})
        row->addWidget(widget);
    connect(browse, &QPushButton::clicked, this, &RunForm::chooseAFile);
}

void RunForm::makeLimits() {
    more_ = new QToolButton(this);
    more_->setObjectName(QStringLiteral("run limits"));
    more_->setText(tr("Limits"));
    more_->setAccessibleName(tr("Show the limits of pre-copy and more"));
    more_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    more_->setArrowType(Qt::RightArrow);
    more_->setAutoRaise(true);
    more_->setCheckable(true);
    more_->setFocusPolicy(Qt::StrongFocus);
    limits_ = new QWidget(this);
    downtime_ = makeSpin(QStringLiteral("run downtime limit"), tr("Downtime limit"), 0, 1'000'000, tr(" ms"),
                         limits_);
    downtime_->setToolTip(tr("Pre-copy ends when the rest takes less than this at the measured rate."));
    rounds_ =
        makeSpin(QStringLiteral("run rounds"), tr("Most rounds of pre-copy"), 1, 1'000'000, {}, limits_);
    seconds_ =
        makeSpin(QStringLiteral("run seconds"), tr("Most seconds of pre-copy"), 0, 86'400, tr(" s"), limits_);
    convergence_ = makeCombo(QStringLiteral("run convergence"), tr("When a bound is reached"), limits_);
    convergence_->addItem(tr("go on: stop and copy"), static_cast<int>(OnNoConvergence::Go));
    convergence_->addItem(tr("give up"), static_cast<int>(OnNoConvergence::GiveUp));
    calls_ = new QCheckBox(tr("&record every call"), limits_);
    calls_->setObjectName(QStringLiteral("run calls"));
    calls_->setToolTip(tr("With its bytes, as evidence. It costs time within the downtime."));
    auto* grid = new QGridLayout(limits_);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->addWidget(makeLabel(tr("Downtime &limit:"), downtime_, limits_), 0, 0);
    grid->addWidget(downtime_, 0, 1);
    grid->addWidget(makeLabel(tr("Most ro&unds:"), rounds_, limits_), 0, 2);
    grid->addWidget(rounds_, 0, 3);
    grid->addWidget(makeLabel(tr("Most &time:"), seconds_, limits_), 0, 4);
    grid->addWidget(seconds_, 0, 5);
    grid->addWidget(makeLabel(tr("&At a bound:"), convergence_, limits_), 1, 0);
    grid->addWidget(convergence_, 1, 1, 1, 2);
    grid->addWidget(calls_, 1, 3, 1, 3);
    grid->setColumnStretch(6, 1);
}

void RunForm::layOut() {
    auto* ends = new QHBoxLayout;
    ends->addWidget(makeLabel(tr("Fr&om:"), source_, this));
    ends->addWidget(source_, 1);
    ends->addWidget(makeLabel(tr("&To:"), destination_, this));
    ends->addWidget(destination_, 1);
    auto* how = new QHBoxLayout;
    how->addWidget(makeLabel(tr("&Mode:"), mode_, this));
    how->addWidget(mode_);
    how->addWidget(makeLabel(tr("&Runs:"), runs_, this));
    how->addWidget(runs_);
    how->addWidget(makeLabel(tr("&Workload:"), workload_, this));
    how->addWidget(workload_, 1);
    how->addWidget(more_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(ends);
    layout->addWidget(fileRow_);
    layout->addLayout(how);
    layout->addWidget(limits_);
    // In the order in which they are read.
    QWidget* last = source_;
    for (QWidget* next : std::initializer_list<QWidget*>{
             destination_, path_, findChild<QWidget*>(QStringLiteral("run browse")), raw_, overwrite_,
             runLoaded_, mode_, runs_, workload_, more_, downtime_, rounds_, seconds_, convergence_,
             calls_}) {
        setTabOrder(last, next);
        last = next;
    }
}

void RunForm::load() {
    const QSettings settings;
    const auto number = [&](const char* key, int otherwise) {
        return settings.value(QLatin1String("run/") + QLatin1String(key), otherwise).toInt();
    };
    const PreCopyLimits usual;
    const auto pick = [](QComboBox& combo, int value) {
        combo.setCurrentIndex(std::max(0, combo.findData(value)));
    };
    pick(*mode_, number("mode", static_cast<int>(CopyMode::Auto)));
    runs_->setValue(number("runs", 1));
    downtime_->setValue(
        number("downtimeLimitMs", static_cast<int>(usual.downtimeLimit / std::chrono::milliseconds(1))));
    rounds_->setValue(number("maxRounds", static_cast<int>(usual.maxRounds)));
    seconds_->setValue(number("maxSeconds", static_cast<int>(usual.maxTime / std::chrono::seconds(1))));
    pick(*convergence_, number("onNoConvergence", static_cast<int>(OnNoConvergence::Go)));
    calls_->setChecked(number("recordCalls", 0) != 0);
    more_->setChecked(number("showLimits", 0) != 0);
    limits_->setVisible(more_->isChecked());
    more_->setArrowType(more_->isChecked() ? Qt::DownArrow : Qt::RightArrow);
}

void RunForm::save() const {
    QSettings settings;
    const auto put = [&](const char* key, int value) {
        settings.setValue(QLatin1String("run/") + QLatin1String(key), value);
    };
    put("mode", mode_->currentData().toInt());
    put("runs", runs_->value());
    put("downtimeLimitMs", downtime_->value());
    put("maxRounds", rounds_->value());
    put("maxSeconds", seconds_->value());
    put("onNoConvergence", convergence_->currentData().toInt());
    put("recordCalls", calls_->isChecked() ? 1 : 0);
    put("showLimits", more_->isChecked() ? 1 : 0);
}

void RunForm::setDevices(const std::vector<RunCandidate>& devices) {
    if (devices == devices_)
        return;
    devices_ = devices;
    fillSources();
    fillDestinations();
    onChanged();
}

void RunForm::fillSources() {
    std::vector<Entry> entries;
    for (const RunCandidate& device : devices_)
        entries.push_back({deviceText(device), QString::fromStdString(device.name)});
    entries.push_back({tr("file … (load it)"), fileEntry});
    fill(*source_, entries);
}

void RunForm::fillDestinations() {
    const QString from = source_->currentData().toString();
    const auto source = std::find_if(devices_.begin(), devices_.end(), [&](const RunCandidate& device) {
        return QString::fromStdString(device.name) == from;
    });
    std::vector<Entry> likely;
    std::vector<Entry> others;
    for (const RunCandidate& device : devices_) {
        if (source != devices_.end() && device.name == source->name)
            continue;
        const Entry entry{deviceText(device), QString::fromStdString(device.name)};
        if (source == devices_.end() || fits(*source, device))
            likely.push_back(entry);
        else
            others.push_back({tr("%1, other kind").arg(entry.text), entry.key});
    }
    if (source != devices_.end()) {
        likely.push_back({tr("same device (loopback)"), loopEntry});
        likely.push_back({tr("file …"), fileEntry});
        likely.push_back({tr("discard (state size and blackout only)"), discardEntry});
    }
    likely.insert(likely.end(), others.begin(), others.end());
    fill(*destination_, likely);
}

void RunForm::select(const std::string& device) {
    choose(*source_, QString::fromStdString(device));
}

void RunForm::onSource() {
    fillDestinations();
    onChanged();
}

void RunForm::onChanged() {
    const PlanKind now = kind();
    const bool file = now == PlanKind::Save || now == PlanKind::Load;
    const bool load = now == PlanKind::Load;
    fileRow_->setVisible(file);
    raw_->setVisible(!load);
    overwrite_->setVisible(!load);
    runLoaded_->setVisible(load);
    mode_->setEnabled(!load);
    // Repeating is for what can begin again by itself.
    runs_->setEnabled(!file);
    for (QWidget* bound : std::initializer_list<QWidget*>{downtime_, rounds_, seconds_, convergence_})
        bound->setEnabled(!load && mode_->currentData().toInt() != static_cast<int>(CopyMode::StopCopy));
    save();
    emit changed();
}

void RunForm::chooseAFile() {
    const bool load = kind() == PlanKind::Load;
    const QString path = chooser_(this, load ? FileUse::Read : FileUse::Write,
                                  load ? tr("Load the state from a file") : tr("Save the state to a file"));
    if (!path.isEmpty())
        path_->setText(path);
}

PlanKind RunForm::kind() const {
    if (source_->currentData().toString() == fileEntry)
        return PlanKind::Load;
    const QString to = destination_->currentData().toString();
    if (to == loopEntry)
        return PlanKind::Loopback;
    if (to == fileEntry)
        return PlanKind::Save;
    return to == discardEntry ? PlanKind::Discard : PlanKind::Migrate;
}

RunRequest RunForm::request() const {
    RunRequest request;
    request.kind = kind();
    const bool load = request.kind == PlanKind::Load;
    if (!load)
        request.source = source_->currentData().toString().toStdString();
    if (load || request.kind == PlanKind::Migrate)
        request.destination = destination_->currentData().toString().toStdString();
    if (load || request.kind == PlanKind::Save)
        request.path = path_->text().toStdString();
    request.raw = raw_->isChecked() && request.kind == PlanKind::Save;
    request.overwrite = overwrite_->isChecked() && request.kind == PlanKind::Save;
    request.loadThenRun = !load || runLoaded_->isChecked();
    request.mode = load ? CopyMode::Auto : static_cast<CopyMode>(mode_->currentData().toInt());
    request.limits.downtimeLimit = std::chrono::milliseconds(downtime_->value());
    request.limits.maxRounds = static_cast<std::uint32_t>(rounds_->value());
    request.limits.maxTime = std::chrono::seconds(seconds_->value());
    request.limits.onNoConvergence = static_cast<OnNoConvergence>(convergence_->currentData().toInt());
    request.runs = runs_->isEnabled() ? static_cast<std::uint32_t>(runs_->value()) : 1;
    request.recordCalls = calls_->isChecked();
    const QString workload = workload_->text().trimmed();
    request.workload = workload.isEmpty() ? "none" : workload.toStdString();
    return request;
}

} // namespace migscope
