// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Two saved states compared, in a window of their own.
#pragma once

#include <QMainWindow>
#include <QStringList>

#include <array>
#include <memory>

#include "ui/image_comparing.h"
#include "ui/models/image_diff_model.h"
#include "ui/panels/file_chooser.h"

class QLabel;
class QLineEdit;
class QProgressBar;
class QTabWidget;
class QTableView;
class QToolButton;

namespace migscope {

class HexView;

/// Not modal: two rows of bytes need the width that the main window's docks leave to nobody. Verdict first,
/// then both headers, the records and ranges, and the bytes of what is selected. Geometry is remembered.
class ImagesWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit ImagesWindow(QWidget* parent = nullptr);
    ~ImagesWindow() override;

    /// Takes one or two paths: two replace both, one fills the first that is empty, else B. Compares as soon
    /// as there are two.
    void setFiles(const QStringList& paths);
    void setChooser(FileChooser chooser) { chooser_ = std::move(chooser); }
    /// What the command line says to the same end; empty without two files.
    [[nodiscard]] QString command() const;

    [[nodiscard]] ImageComparing& comparing() { return comparing_; }
    [[nodiscard]] QLineEdit* field(bool second) const { return fields_[second ? 1 : 0]; }
    [[nodiscard]] QLabel* verdict() const { return verdict_; }
    [[nodiscard]] QLabel* details() const { return details_; }
    [[nodiscard]] HexView* hex() const { return hex_; }
    [[nodiscard]] QTabWidget* tabs() const { return tabs_; }
    [[nodiscard]] QTableView* records() const { return recordTable_; }
    [[nodiscard]] QTableView* ranges() const { return rangeTable_; }
    [[nodiscard]] SideFactsModel& facts() { return facts_; }
    [[nodiscard]] QProgressBar* progress() const { return bar_; }

public slots:
    void compare();
    void nextDifference();
    void previousDifference();

signals:
    void helpAsked();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeChoice();
    QWidget* makeBody();
    QWidget* makeTables();
    QWidget* makeBytes();
    void makeKeys();
    void choose(bool second);
    void swap();
    void step(bool forward);
    void showDiff(const std::shared_ptr<const ComparedImages>& found);
    void showFailure(const QString& path, const Error& error);
    void showProgress(ImageComparing::Stage stage, quint64 done, quint64 total);
    void say(const QString& verdict, const QString& details);
    void showPlace(const QTableView& table, int row);
    void copyTable();
    void copyCommand();
    [[nodiscard]] QTableView* table() const; ///< the one whose tab is in front

    ImageComparing comparing_;
    SideFactsModel facts_;
    RecordDiffModel records_;
    RangeDiffModel ranges_;
    FileChooser chooser_ = chooseFile;
    std::shared_ptr<const ComparedImages> found_;
    std::array<QLineEdit*, 2> fields_{};
    QLabel* verdict_ = nullptr;
    QLabel* details_ = nullptr;
    QWidget* running_ = nullptr;
    QLabel* stage_ = nullptr;
    QProgressBar* bar_ = nullptr;
    QWidget* body_ = nullptr;
    QTabWidget* tabs_ = nullptr;
    QTableView* factTable_ = nullptr;
    QTableView* recordTable_ = nullptr;
    QTableView* rangeTable_ = nullptr;
    QToolButton* next_ = nullptr;
    QToolButton* previous_ = nullptr;
    QLabel* readout_ = nullptr;
    HexView* hex_ = nullptr;
};

} // namespace migscope
