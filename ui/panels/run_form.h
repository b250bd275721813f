// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a run is to do: ends, file, mode, bounds, as controls.
#pragma once

#include <QWidget>

#include <string>
#include <vector>

#include "ui/panels/file_chooser.h"
#include "ui/run_request.h"

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace migscope {

/// Remembers everything but the ends, the file and the workload: a stale workload would put a wrong name on
/// figures.
class RunForm : public QWidget {
    Q_OBJECT
public:
    explicit RunForm(FileChooser chooser, QWidget* parent = nullptr);
    /// Keeps what is chosen, as long as it is there.
    void setDevices(const std::vector<RunCandidate>& devices);
    /// As the source; the destination follows to the first that fits when it cannot stay.
    void select(const std::string& device);
    [[nodiscard]] RunRequest request() const;
    void setChooser(FileChooser chooser) { chooser_ = std::move(chooser); }

signals:
    void changed();

private:
    void makeEnds();
    void makeFile();
    void makeLimits();
    void layOut();
    void load();
    void save() const;
    void onSource();
    void onChanged();
    void fillSources();
    void fillDestinations();
    void chooseAFile();
    [[nodiscard]] PlanKind kind() const;

    FileChooser chooser_;
    std::vector<RunCandidate> devices_;
    QComboBox* source_ = nullptr;
    QComboBox* destination_ = nullptr;
    QWidget* fileRow_ = nullptr;
    QLineEdit* path_ = nullptr;
    QCheckBox* raw_ = nullptr;
    QCheckBox* overwrite_ = nullptr;
    QCheckBox* runLoaded_ = nullptr;
    QComboBox* mode_ = nullptr;
    QSpinBox* runs_ = nullptr;
    QLineEdit* workload_ = nullptr;
    QToolButton* more_ = nullptr;
    QWidget* limits_ = nullptr;
    QSpinBox* downtime_ = nullptr;
    QSpinBox* rounds_ = nullptr;
    QSpinBox* seconds_ = nullptr;
    QComboBox* convergence_ = nullptr;
    QCheckBox* calls_ = nullptr;
};

} // namespace migscope
