// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The guide: every page is there, leads somewhere, and says what the programs know.
#include <QAccessible>
#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenuBar>
#include <QSettings>
#include <QTabWidget>
#include <QTest>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextDocument>
#include <QTextFrame>
#include <QTextTable>

#include <cmath>
#include <map>
#include <set>

#include "tests/ui/ui_test.h"
#include "ui/actions.h"
#include "ui/help_pages.h"
#include "ui/panels/event_log_panel.h"
#include "ui/panels/facts_panel.h"
#include "ui/panels/help_window.h"
#include "ui/panels/machines_panel.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/why_panel.h"
#include "ui/theme.h"

namespace migscope::testing {
namespace {

/// All that a page links to, as it stands there.
QStringList linksOf(const QTextDocument& document) {
    QStringList links;
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        for (auto part = block.begin(); !part.atEnd(); ++part) {
            const QString link = part.fragment().charFormat().anchorHref();
            if (!link.isEmpty() && !links.contains(link))
                links << link;
        }
    }
    return links;
}

double luminance(const QColor& colour) {
    const auto linear = [](double part) {
        return part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

double contrast(const QColor& a, const QColor& b) {
    const double one = luminance(a);
    const double other = luminance(b);
    return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

class Guide : public WindowTest {
protected:
    /// As a person does: F1 in the main window.
    HelpWindow& open() {
        QApplication::setActiveWindow(window_.get());
        QTest::keyClick(window_.get(), Qt::Key_F1);
        EXPECT_NE(guide(), nullptr) << "F1 opened nothing";
        return *guide();
    }
    [[nodiscard]] HelpWindow* guide() const { return window_->findChild<HelpWindow*>(); }
    void openAt(const char* page) {
        EXPECT_EQ(open().page().toStdString(), page);
        guide()->hide();
    }
};

TEST_F(Guide, isMadeWhenItIsFirstOpenedAndOnlyOnce) {
    EXPECT_EQ(guide(), nullptr) << "a window's start must stay quick";
    HelpWindow& first = open();
    EXPECT_TRUE(first.isVisible());
    EXPECT_FALSE(first.isModal());
    EXPECT_TRUE(first.isWindow());
    first.close();
    EXPECT_EQ(&open(), &first);
    EXPECT_EQ(window_->findChildren<HelpWindow*>().size(), 1);
    // And it is in the menu.
    bool offered = false;
    for (QAction* menu : window_->menuBar()->actions()) {
        if (menu->text() == QLatin1String("&Help"))
            offered = menu->menu()->actions().contains((*parts().actions)[ActionId::Help]);
    }
    EXPECT_TRUE(offered);
}

TEST_F(Guide, listsEveryPageOfTheProgramAndEachOpensWithATitle) {
    HelpWindow& guide = open();
    QStringList files = QDir(QStringLiteral(":/help")).entryList();
    QStringList names;
    for (const QString& name : helpPageNames())
        names << name + QStringLiteral(".md");
    files.sort();
    names.sort();
    EXPECT_EQ(files, names);
    ASSERT_EQ(guide.contents()->count(), names.size());
    std::set<QString> titles;
    for (int row = 0; row < guide.contents()->count(); ++row) {
        guide.contents()->setCurrentRow(row); // a warning of Qt's fails the test
        const HelpPage& page = guide.pages()[static_cast<std::size_t>(row)];
        EXPECT_EQ(guide.page().toStdString(), page.name.toStdString());
        EXPECT_FALSE(page.title.isEmpty()) << page.name.toStdString();
        EXPECT_TRUE(titles.insert(page.title).second) << page.title.toStdString();
        EXPECT_EQ(guide.browser()->document()->firstBlock().text().toStdString(), page.title.toStdString());
        EXPECT_GT(guide.browser()->document()->characterCount(), 400) << page.name.toStdString();
        EXPECT_TRUE(guide.windowTitle().contains(page.title));
        // Qt takes a table that follows code at once for a part of it.
        for (QTextFrame* frame : guide.browser()->document()->rootFrame()->childFrames()) {
            auto* table = qobject_cast<QTextTable*>(frame);
            ASSERT_NE(table, nullptr);
            const QTextTableCell head = table->cellAt(0, 0);
            EXPECT_EQ(head.firstCursorPosition().block(), head.lastCursorPosition().block())
                << page.name.toStdString() << ": a sentence must stand between code and table";
        }
        // Marks of Markdown that was not read as such.
        const QString text = guide.browser()->toPlainText();
        for (const char* raw : {"**", "](", "|--", "<!--", "```"})
            EXPECT_FALSE(text.contains(QLatin1String(raw))) << page.name.toStdString() << ": " << raw;
    }
}

TEST_F(Guide, everyLinkLeadsToAPageAndEveryPageCanBeReached) {
    HelpWindow& guide = open();
    std::set<QString> reached{QStringLiteral("index")};
    for (const HelpPage& page : guide.pages()) {
        guide.showPage(page.name);
        for (const QString& link : linksOf(*guide.browser()->document())) {
            guide.showPage(page.name);
            emit guide.browser()->anchorClicked(QUrl(link));
            if (link.contains(QLatin1String("://"))) {
                EXPECT_EQ(guide.page().toStdString(), page.name.toStdString())
                    << "a link to the world is shown, not opened";
                EXPECT_TRUE(guide.message()->isVisible());
                EXPECT_TRUE(guide.message()->text().contains(link)) << guide.message()->text().toStdString();
                continue;
            }
            EXPECT_EQ(guide.page() + QStringLiteral(".md"), link) << "in " << page.name.toStdString();
            EXPECT_FALSE(guide.message()->isVisible()) << guide.message()->text().toStdString();
            if (page.name == QLatin1String("index"))
                reached.insert(guide.page());
        }
    }
    EXPECT_EQ(reached.size(), guide.pages().size()) << "the start page leads to all";
}

TEST_F(Guide, everyViewHasItsPage) {
    machine("sim:lab");
    openAt("machines"); // the page of the machine; the list of devices has the focus
    select(mlx5A);
    std::map<QString, const char*> pages{
        {QStringLiteral("Inspect"), "inspect"},   {QStringLiteral("Migrate"), "migrate"},
        {QStringLiteral("Timeline"), "timeline"}, {QStringLiteral("Compare"), "compare"},
        {QStringLiteral("Dirty pages"), "dirty"}, {QStringLiteral("Compliance"), "check"}};
    for (int tab = 0; tab < parts().tabs->count(); ++tab) {
        parts().tabs->setCurrentIndex(tab);
        ASSERT_TRUE(pages.contains(parts().tabs->tabText(tab))) << parts().tabs->tabText(tab).toStdString();
        openAt(pages.at(parts().tabs->tabText(tab)));
    }
    parts().tabs->setCurrentIndex(0);
    // The list of devices belongs to what it shows; the other docks to themselves.
    const std::map<QString, const char*> docks{{QStringLiteral("machines"), "inspect"},
                                               {QStringLiteral("runs"), "runs"},
                                               {QStringLiteral("facts"), "machines"},
                                               {QStringLiteral("why"), "machines"},
                                               {QStringLiteral("log"), "event-log"}};
    for (auto* dock : window_->findChildren<QDockWidget*>()) {
        ASSERT_TRUE(docks.contains(dock->objectName())) << dock->objectName().toStdString();
        QWidget* inside = nullptr;
        for (auto* widget : dock->widget()->findChildren<QWidget*>()) {
            if (widget->isVisible() && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus) != 0)
                inside = widget;
        }
        if (inside == nullptr) // a list without a control: it can be scrolled
            inside = dock->widget();
        QApplication::setActiveWindow(window_.get());
        inside->setFocus();
        openAt(docks.at(dock->objectName()));
    }
}

TEST_F(Guide, theSearchFindsAWordThatOnlyOnePageHas) {
    HelpWindow& guide = open();
    EXPECT_EQ(guide.listed().size(), guide.contents()->count());
    guide.search()->setText(QStringLiteral("cold_percent"));
    ASSERT_EQ(guide.listed(), QStringList{QStringLiteral("simulated")});
    QTest::keyClick(guide.search(), Qt::Key_Return);
    EXPECT_EQ(guide.page(), QStringLiteral("simulated"));
    EXPECT_EQ(guide.browser()->textCursor().selectedText(), QStringLiteral("cold_percent"));
    guide.search()->setText(QStringLiteral("bootstrap rank"));
    EXPECT_EQ(guide.listed(), QStringList{QStringLiteral("compare")}) << "all words, wherever they stand";
    guide.search()->setText(QStringLiteral("xyzzy"));
    EXPECT_TRUE(guide.listed().isEmpty());
    EXPECT_TRUE(guide.message()->isVisible()) << "an empty list explains itself";
    guide.search()->clear();
    EXPECT_EQ(guide.listed().size(), guide.contents()->count());
    EXPECT_FALSE(guide.message()->isVisible());
}

TEST_F(Guide, everyActWithAKeyIsOnThePageOfTheKeys) {
    HelpWindow& guide = open();
    guide.showPage(QStringLiteral("keyboard"));
    const QString text = guide.browser()->toPlainText();
    int keys = 0;
    for (const ActionId id : parts().actions->ids()) {
        const QAction* action = (*parts().actions)[id];
        if (action->shortcut().isEmpty())
            continue;
        ++keys;
        const QString row = action->shortcut().toString(QKeySequence::NativeText) + QLatin1Char('\n') +
                            QString(action->text()).remove(QLatin1Char('&')) + QLatin1Char('\n') +
                            Actions::help(id);
        EXPECT_TRUE(text.contains(row)) << row.toStdString() << "\nin\n" << text.toStdString();
    }
    EXPECT_GT(keys, 10);
}

TEST_F(Guide, backForwardAndFindWorkByKeys) {
    HelpWindow& guide = open();
    const QString first = guide.page();
    guide.showPage(QStringLiteral("downtime"));
    guide.showPage(QStringLiteral("charts"));
    QApplication::setActiveWindow(&guide);
    QTest::keyClick(&guide, Qt::Key_Left, Qt::AltModifier);
    EXPECT_EQ(guide.page(), QStringLiteral("downtime"));
    EXPECT_EQ(guide.contents()->currentItem()->data(Qt::UserRole).toString(), QStringLiteral("downtime"));
    QTest::keyClick(&guide, Qt::Key_Right, Qt::AltModifier);
    EXPECT_EQ(guide.page(), QStringLiteral("charts"));
    QTest::keyClick(&guide, Qt::Key_Home, Qt::AltModifier);
    EXPECT_EQ(guide.page(), QStringLiteral("index"));
    guide.showPage(QStringLiteral("downtime"));
    EXPECT_FALSE(guide.findField()->isVisible());
    QTest::keyClick(&guide, Qt::Key_F, Qt::ControlModifier);
    ASSERT_TRUE(guide.findField()->isVisible());
    QTest::keyClicks(guide.findField(), QStringLiteral("blackout"));
    EXPECT_EQ(guide.browser()->textCursor().selectedText().toLower(), QStringLiteral("blackout"));
    const int at = guide.browser()->textCursor().position();
    QTest::keyClick(&guide, Qt::Key_F3);
    EXPECT_GT(guide.browser()->textCursor().position(), at);
    QTest::keyClick(&guide, Qt::Key_F3, Qt::ShiftModifier);
    EXPECT_EQ(guide.browser()->textCursor().position(), at);
    guide.findField()->setText(QStringLiteral("xyzzy"));
    EXPECT_TRUE(guide.message()->isVisible());
    QTest::keyClick(&guide, Qt::Key_Escape);
    EXPECT_FALSE(guide.findField()->isVisible());
    EXPECT_TRUE(guide.isVisible());
    QTest::keyClick(&guide, Qt::Key_Escape);
    EXPECT_FALSE(guide.isVisible());
    EXPECT_NE(first, QString());
}

TEST_F(Guide, remembersItsGeometry) {
    HelpWindow& guide = open();
    guide.resize(777, 555);
    guide.close();
    EXPECT_FALSE(QSettings().value(QStringLiteral("help/geometry")).toByteArray().isEmpty());
    HelpWindow next(helpPages(*parts().actions));
    EXPECT_EQ(next.size(), QSize(777, 555));
}

TEST_F(Guide, canBeReadInLightAndDark) {
    HelpWindow& guide = open();
    for (const QPalette& palette : {lightPalette(), darkPalette(), lightPalette()}) {
        guide.setPalette(palette);
        spin(10);
        for (const char* name : {"index", "simulated", "keyboard"}) {
            guide.showPage(QLatin1String(name));
            const QColor base = guide.browser()->palette().color(QPalette::Base);
            const QTextDocument& document = *guide.browser()->document();
            int links = 0;
            for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
                for (auto part = block.begin(); !part.atEnd(); ++part) {
                    const QTextCharFormat look = part.fragment().charFormat();
                    links += look.isAnchor() ? 1 : 0;
                    const bool ground = look.background().style() != Qt::NoBrush;
                    const QColor under = ground ? look.background().color()
                                         : block.blockFormat().background().style() != Qt::NoBrush
                                             ? block.blockFormat().background().color()
                                             : base;
                    EXPECT_GE(contrast(look.foreground().color(), under), 4.5)
                        << name << ": " << part.fragment().text().left(40).toStdString();
                }
            }
            EXPECT_TRUE(links > 0 || name == QLatin1String("keyboard"));
        }
    }
}

TEST_F(Guide, everyControlHasANameAndIsReachedByTab) {
    HelpWindow& guide = open();
    guide.showPage(QStringLiteral("downtime"));
    guide.showPage(QStringLiteral("charts"));
    QApplication::setActiveWindow(&guide);
    QTest::keyClick(&guide, Qt::Key_F, Qt::ControlModifier);
    QTest::keyClick(&guide, Qt::Key_Left, Qt::AltModifier); // back and forward are both possible now
    std::set<QWidget*> reached;
    guide.search()->setFocus();
    for (int press = 0; press < 200; ++press) {
        if (QWidget* now = QApplication::focusWidget(); now != nullptr) {
            reached.insert(now);
            QTest::keyClick(now, Qt::Key_Tab);
        }
    }
    int controls = 0;
    for (auto* widget : guide.findChildren<QWidget*>()) {
        if (!widget->isVisible() || !widget->isEnabled() || (widget->focusPolicy() & Qt::TabFocus) == 0 ||
            widget->objectName().startsWith(QLatin1String("qt_")))
            continue;
        ++controls;
        EXPECT_TRUE(reached.contains(widget))
            << widget->metaObject()->className() << " " << widget->accessibleName().toStdString();
        QAccessibleInterface* face = QAccessible::queryAccessibleInterface(widget);
        ASSERT_NE(face, nullptr);
        EXPECT_FALSE(face->text(QAccessible::Name).isEmpty()) << widget->metaObject()->className();
    }
    EXPECT_GE(controls, 11) << "search, contents, page, four tools, the field and its three buttons";
}

} // namespace
} // namespace migscope::testing
