// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The guide's window: contents and search on the left, the page on the right.
#pragma once

#include <QMainWindow>
#include <QStringList>

#include <vector>

#include "ui/help_pages.h"

class QLabel;
class QLineEdit;
class QListWidget;
class QSplitter;
class QTextBrowser;
class QTextDocument;

namespace migscope {

/// Not modal, so that one can read and do. Geometry is remembered.
class HelpWindow : public QMainWindow {
    Q_OBJECT
public:
    /// `parent` keeps it; it is a window of its own all the same.
    explicit HelpWindow(std::vector<HelpPage> pages, QWidget* parent = nullptr);
    ~HelpWindow() override;

    /// By its name; the start page when there is no such page.
    void showPage(const QString& name);
    /// The name of the page that is shown.
    [[nodiscard]] const QString& page() const { return page_; }
    [[nodiscard]] const std::vector<HelpPage>& pages() const { return pages_; }
    /// Names of the pages that the search leaves in the contents.
    [[nodiscard]] QStringList listed() const;
    [[nodiscard]] QTextBrowser* browser() const;
    [[nodiscard]] QListWidget* contents() const { return contents_; }
    [[nodiscard]] QLineEdit* search() const { return search_; }
    [[nodiscard]] QLineEdit* findField() const { return find_; }
    /// What stands below the page: a link that leads outside, or what was not found.
    [[nodiscard]] QLabel* message() const { return message_; }

protected:
    void changeEvent(QEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    class Browser;
    QWidget* makeLeft();
    QWidget* makeFindBar();
    void makeTools();
    QAction* act(const QString& text, const QString& name, const QList<QKeySequence>& keys,
                 const QString& help);
    void showFind();
    void hideFind();
    void findNext(bool forward);
    void filter();
    void follow(const QUrl& link);
    void onPage(const QUrl& url);
    void say(const QString& text);

    std::vector<HelpPage> pages_;
    std::vector<QString> texts_; ///< of the pages, for the search; filled by the first one
    QString page_;
    QSplitter* splitter_ = nullptr;
    QListWidget* contents_ = nullptr;
    QLineEdit* search_ = nullptr;
    Browser* browser_ = nullptr;
    QWidget* findBar_ = nullptr;
    QLineEdit* find_ = nullptr;
    QLabel* message_ = nullptr;
};

} // namespace migscope
