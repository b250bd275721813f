// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The guide's window.
#include "ui/panels/help_window.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QSettings>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTextBrowser>
#include <QTextDocument>
#include <QToolBar>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "ui/help_style.h"
#include "ui/panels/command_box.h"

namespace migscope {
namespace {

QUrl urlOf(const QString& name) {
    return QUrl(QStringLiteral("help:/%1.md").arg(name));
}

QString nameOf(const QUrl& url) {
    QString name = url.fileName();
    if (name.endsWith(QLatin1String(".md")))
        name.chop(3);
    return name;
}

} // namespace

/// Takes its pages from the list: one of them is made at run time.
class HelpWindow::Browser : public QTextBrowser {
public:
    Browser(const std::vector<HelpPage>& pages, QWidget* parent) : QTextBrowser(parent), pages_(pages) {
        setOpenLinks(false); // a link to the world is shown, never opened by itself
        setOpenExternalLinks(false);
        setFrameShape(QFrame::NoFrame);
    }
    QVariant loadResource(int type, const QUrl& name) override {
        const auto page = std::find_if(pages_.begin(), pages_.end(),
                                       [&](const HelpPage& each) { return each.name == nameOf(name); });
        return page != pages_.end() ? QVariant(page->markdown) : QTextBrowser::loadResource(type, name);
    }

private:
    const std::vector<HelpPage>& pages_;
};

HelpWindow::HelpWindow(std::vector<HelpPage> pages, QWidget* parent)
    : QMainWindow(parent, Qt::Window), pages_(std::move(pages)) {
    setObjectName(QStringLiteral("help"));
    browser_ = new Browser(pages_, this);
    browser_->setAccessibleName(tr("Page of the guide"));
    message_ = plainLabel({}, this);
    message_->setContentsMargins(10, 4, 10, 4);
    message_->hide();
    auto* right = new QWidget(this);
    auto* layout = new QVBoxLayout(right);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(browser_, 1);
    layout->addWidget(message_);
    layout->addWidget(makeFindBar());
    splitter_ = new QSplitter(Qt::Horizontal, this);
    splitter_->setChildrenCollapsible(false);
    splitter_->addWidget(makeLeft());
    splitter_->addWidget(right);
    splitter_->setStretchFactor(1, 1);
    splitter_->setSizes({220, 680});
    setCentralWidget(splitter_);
    makeTools();
    connect(browser_, &QTextBrowser::sourceChanged, this, &HelpWindow::onPage);
    connect(browser_, &QTextBrowser::anchorClicked, this, &HelpWindow::follow);
    resize(940, 700);
    const QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("help/geometry")).toByteArray());
    splitter_->restoreState(settings.value(QStringLiteral("help/splitter")).toByteArray());
    showPage({});
    browser_->setFocus();
}

HelpWindow::~HelpWindow() = default;

QWidget* HelpWindow::makeLeft() {
    auto* left = new QWidget(this);
    search_ = new QLineEdit(left);
    search_->setPlaceholderText(tr("Search all pages…"));
    search_->setClearButtonEnabled(true);
    search_->setAccessibleName(tr("Search all pages"));
    search_->setToolTip(tr("Lists the pages that hold all words (Ctrl+K); Enter opens the first"));
    contents_ = new QListWidget(left);
    contents_->setAccessibleName(tr("Contents of the guide"));
    contents_->setTabKeyNavigation(false);
    contents_->setFrameShape(QFrame::NoFrame);
    contents_->setSpacing(2);
    contents_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (const HelpPage& page : pages_) {
        auto* item = new QListWidgetItem(page.title, contents_);
        item->setData(Qt::UserRole, page.name);
    }
    auto* layout = new QVBoxLayout(left);
    layout->setContentsMargins(4, 4, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(search_);
    layout->addWidget(contents_, 1);
    left->setMinimumWidth(150);
    connect(search_, &QLineEdit::textChanged, this, &HelpWindow::filter);
    connect(search_, &QLineEdit::returnPressed, this, [this] {
        if (const QStringList found = listed(); !found.isEmpty())
            showPage(found.front());
    });
    connect(contents_, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem* item) {
        if (item != nullptr)
            showPage(item->data(Qt::UserRole).toString());
    });
    return left;
}

QWidget* HelpWindow::makeFindBar() {
    findBar_ = new QWidget(this);
    find_ = new QLineEdit(findBar_);
    find_->setPlaceholderText(tr("Find in this page…"));
    find_->setAccessibleName(tr("Find in this page"));
    auto* layout = new QHBoxLayout(findBar_);
    layout->setContentsMargins(8, 4, 8, 4);
    layout->setSpacing(4);
    layout->addWidget(find_, 1);
    const auto button = [&](const QString& text, const QString& name) {
        auto* made = new QToolButton(findBar_);
        made->setText(text);
        made->setAccessibleName(name);
        made->setToolTip(name);
        made->setAutoRaise(true);
        made->setFocusPolicy(Qt::StrongFocus);
        layout->addWidget(made);
        return made;
    };
    connect(button(QStringLiteral("▴"), tr("Find the previous one (Shift+F3)")), &QToolButton::clicked, this,
            [this] { findNext(false); });
    connect(button(QStringLiteral("▾"), tr("Find the next one (F3)")), &QToolButton::clicked, this,
            [this] { findNext(true); });
    connect(button(QStringLiteral("✕"), tr("Close the search in the page (Escape)")), &QToolButton::clicked,
            this, &HelpWindow::hideFind);
    connect(find_, &QLineEdit::returnPressed, this, [this] { findNext(true); });
    connect(find_, &QLineEdit::textChanged, this, [this] {
        // From the begin of what is found: it grows with the word.
        QTextCursor cursor = browser_->textCursor();
        cursor.setPosition(cursor.selectionStart());
        browser_->setTextCursor(cursor);
        findNext(true);
    });
    findBar_->hide();
    return findBar_;
}

QAction* HelpWindow::act(const QString& text, const QString& name, const QList<QKeySequence>& keys,
                         const QString& help) {
    auto* made = new QAction(text, this);
    made->setShortcuts(keys);
    made->setToolTip(QStringLiteral("%1 (%2)").arg(help, keys.front().toString(QKeySequence::NativeText)));
    made->setObjectName(name);
    addAction(made);
    return made;
}

void HelpWindow::makeTools() {
    QToolBar* bar = addToolBar(tr("Guide"));
    bar->setObjectName(QStringLiteral("guide tools"));
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    QAction* back = act(tr("◂ Back"), QStringLiteral("back"), {QKeySequence(Qt::ALT | Qt::Key_Left)},
                        tr("The page before"));
    QAction* forward = act(tr("Forward ▸"), QStringLiteral("forward"),
                           {QKeySequence(Qt::ALT | Qt::Key_Right)}, tr("Forward again"));
    QAction* home = act(tr("Start"), QStringLiteral("home"), {QKeySequence(Qt::ALT | Qt::Key_Home)},
                        tr("The first page"));
    QAction* find = act(tr("Find in page"), QStringLiteral("find"), {QKeySequence(Qt::CTRL | Qt::Key_F)},
                        tr("Find words in this page"));
    bar->addActions({back, forward, home});
    bar->addSeparator();
    bar->addAction(find);
    const QList<QAction*> shown = bar->actions();
    for (QAction* each : shown) {
        if (QWidget* button = bar->widgetForAction(each); button != nullptr && !each->isSeparator()) {
            button->setFocusPolicy(Qt::TabFocus);
            button->setAccessibleName(each->toolTip());
        }
    }
    back->setEnabled(false);
    forward->setEnabled(false);
    connect(back, &QAction::triggered, browser_, &QTextBrowser::backward);
    connect(forward, &QAction::triggered, browser_, &QTextBrowser::forward);
    connect(browser_, &QTextBrowser::backwardAvailable, back, &QAction::setEnabled);
    connect(browser_, &QTextBrowser::forwardAvailable, forward, &QAction::setEnabled);
    connect(home, &QAction::triggered, this, [this] { showPage({}); });
    connect(find, &QAction::triggered, this, &HelpWindow::showFind);
    connect(act(tr("Find next"), QStringLiteral("find next"), {QKeySequence(Qt::Key_F3)}, tr("Find on")),
            &QAction::triggered, this, [this] { findNext(true); });
    connect(act(tr("Find previous"), QStringLiteral("find previous"), {QKeySequence(Qt::SHIFT | Qt::Key_F3)},
                tr("Find back")),
            &QAction::triggered, this, [this] { findNext(false); });
    connect(act(tr("Search"), QStringLiteral("search"), {QKeySequence(Qt::CTRL | Qt::Key_K)},
                tr("Search all pages")),
            &QAction::triggered, this, [this] {
                search_->setFocus(Qt::ShortcutFocusReason);
                search_->selectAll();
            });
    connect(act(tr("Close"), QStringLiteral("close"),
                {QKeySequence(Qt::Key_Escape), QKeySequence(Qt::CTRL | Qt::Key_W)}, tr("Close")),
            &QAction::triggered, this, [this] {
                if (findBar_->isVisible())
                    hideFind();
                else
                    close();
            });
}

QTextBrowser* HelpWindow::browser() const {
    return browser_;
}

void HelpWindow::showPage(const QString& name) {
    const bool known =
        std::any_of(pages_.begin(), pages_.end(), [&](const HelpPage& page) { return page.name == name; });
    if (!known && pages_.empty())
        return;
    const QString shown = known ? name : pages_.front().name;
    if (shown != page_)
        browser_->setSource(urlOf(shown));
}

void HelpWindow::onPage(const QUrl& url) {
    page_ = nameOf(url); // source() still says the page before
    styleHelp(*browser_->document(), palette());
    say({});
    for (int row = 0; row < contents_->count(); ++row) {
        QListWidgetItem* item = contents_->item(row);
        if (item->data(Qt::UserRole).toString() != page_)
            continue;
        const QSignalBlocker quiet(contents_);
        contents_->setCurrentItem(item);
        setWindowTitle(tr("%1 · Migscope guide").arg(item->text()));
    }
    // What was searched for is what the person wants to see.
    const QStringList words = search_->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (!words.isEmpty())
        browser_->find(words.front());
}

void HelpWindow::follow(const QUrl& link) {
    const QUrl whole = browser_->source().resolved(link);
    const QString name = nameOf(whole);
    const bool ours =
        std::any_of(pages_.begin(), pages_.end(), [&](const HelpPage& page) { return page.name == name; });
    if (whole.scheme() == QLatin1String("help") && ours)
        showPage(name);
    else
        say(tr("This leads out of the guide and is not opened from here: %1").arg(link.toDisplayString()));
}

void HelpWindow::say(const QString& text) {
    message_->setText(text);
    message_->setVisible(!text.isEmpty());
}

QStringList HelpWindow::listed() const {
    QStringList names;
    for (int row = 0; row < contents_->count(); ++row) {
        if (!contents_->item(row)->isHidden())
            names << contents_->item(row)->data(Qt::UserRole).toString();
    }
    return names;
}

void HelpWindow::filter() {
    if (texts_.empty()) {
        for (const HelpPage& page : pages_) {
            QTextDocument document;
            document.setMarkdown(page.markdown);
            texts_.push_back(document.toPlainText());
        }
    }
    const QStringList words = search_->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (int row = 0; row < contents_->count(); ++row) {
        const QString& text = texts_[static_cast<std::size_t>(row)];
        const bool holds = std::all_of(words.begin(), words.end(), [&](const QString& word) {
            return text.contains(word, Qt::CaseInsensitive);
        });
        contents_->item(row)->setHidden(!holds);
    }
    say(listed().isEmpty() ? tr("No page holds these words.") : QString());
}

void HelpWindow::showFind() {
    findBar_->show();
    find_->setFocus(Qt::ShortcutFocusReason);
    find_->selectAll();
}

void HelpWindow::hideFind() {
    findBar_->hide();
    say({});
    browser_->setFocus(Qt::OtherFocusReason);
}

void HelpWindow::findNext(bool forward) {
    const QString text = find_->text();
    if (text.isEmpty()) {
        say({});
        return;
    }
    const auto way = forward ? QTextDocument::FindFlags() : QTextDocument::FindBackward;
    bool found = browser_->find(text, way);
    if (!found) { // once around
        const QTextCursor before = browser_->textCursor();
        browser_->moveCursor(forward ? QTextCursor::Start : QTextCursor::End);
        found = browser_->find(text, way);
        if (!found)
            browser_->setTextCursor(before);
    }
    say(found ? QString() : tr("“%1” is not in this page.").arg(text));
}

void HelpWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && browser_ != nullptr)
        styleHelp(*browser_->document(), palette());
}

void HelpWindow::hideEvent(QHideEvent* event) {
    QMainWindow::hideEvent(event);
    QSettings settings;
    settings.setValue(QStringLiteral("help/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("help/splitter"), splitter_->saveState());
}

} // namespace migscope
