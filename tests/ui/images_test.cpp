// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Two saved states compared in their window: verdict, tables, bytes, keys, and what cannot be compared.
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QDropEvent>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QProcess>
#include <QProgressBar>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QUrl>

#include <sys/stat.h>
#include <unistd.h>

#include <span>

#include "core/transfer/image_file.h"
#include "tests/core/transfer/run_builder.h"
#include "tests/core/transfer/state_streams.h"
#include "tests/ui/ui_test.h"
#include "ui/actions.h"
#include "ui/images.h"
#include "ui/models/table_text.h"
#include "ui/panels/help_window.h"
#include "ui/panels/hex_view.h"
#include "ui/panels/images_window.h"

namespace migscope::testing {
namespace {

ImageHeader headerOf(const std::string& driver) {
    ImageHeader header;
    header.tool = "0.1.0";
    header.device = "0000:01:00.1";
    header.driver = driver;
    header.pciId = "15b3:101e";
    header.flags = 7;
    header.kernel = "6.12";
    header.mode = "stop-copy";
    header.realtimeNs = 1'700'000'000'000'000'000;
    return header;
}

QString written(const test::Folder& folder, const char* name, const std::string& content,
                const ImageHeader& header) {
    auto writer = ImageWriter::create(folder.file(name), header, false, true);
    EXPECT_TRUE(writer);
    EXPECT_TRUE((*writer)->append(std::as_bytes(std::span(content))));
    EXPECT_TRUE((*writer)->finish());
    return QString::fromStdString(folder.file(name));
}

/// Records as mlx5 has them: three, of these bodies.
std::string mlx5(const std::string& first, const std::string& second, const std::string& third) {
    return test::tagged(first.size(), 0, 0, first) + test::tagged(second.size(), 0, 0, second) +
           test::tagged(third.size(), 0, 0, third);
}

class ImagesTest : public ::testing::Test {
protected:
    ImagesTest() {
        view_.resize(1180, 720);
        view_.show();
        view_.activateWindow();
        QApplication::setActiveWindow(&view_);
        spin(20);
    }
    QString image(const char* name, const std::string& content, const ImageHeader& header) {
        return written(folder_, name, content, header);
    }
    QString image(const char* name, const std::string& content) {
        return image(name, content, headerOf("mlx5_vfio_pci"));
    }
    QString bare(const char* name, const std::string& content) {
        test::writeAll(folder_.file(name), content);
        return QString::fromStdString(folder_.file(name));
    }
    void compare(const QString& a, const QString& b) {
        view_.setFiles({a, b});
        ASSERT_TRUE(waitUntil([this] { return !view_.comparing().running(); }));
        ASSERT_TRUE(waitUntil([this] { return view_.hex()->loaded(); }));
        spin(10);
    }
    [[nodiscard]] QString verdict() const { return view_.verdict()->text(); }
    [[nodiscard]] QString details() const { return view_.details()->text(); }
    static QString cell(const QTableView& table, int row, int column) {
        return table.model()->index(row, column).data().toString();
    }
    void click(const char* name) {
        for (auto* button : view_.findChildren<QToolButton*>()) {
            if (button->accessibleName() == QLatin1String(name)) {
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        }
        ADD_FAILURE() << "no button " << name;
    }

    test::Folder folder_;
    ImagesWindow view_;
};

TEST_F(ImagesTest, explainsItselfWhenThereIsNothing) {
    EXPECT_TRUE(details().contains(QStringLiteral("Choose two saved states, or drop them here")));
    EXPECT_FALSE(view_.hex()->isVisible());
    QTest::keyClick(view_.field(false), Qt::Key_Return);
    EXPECT_TRUE(details().contains(QStringLiteral("Two files are needed")));
    EXPECT_TRUE(view_.command().isEmpty());
    // One is chosen by its button, then the other: it compares by itself.
    const QString a = image("a", mlx5("aaaa", "bbbb", "cccc"));
    view_.setChooser([a](QWidget*, FileUse use, const QString&) {
        EXPECT_EQ(use, FileUse::Read);
        return a;
    });
    click("Choose file B");
    EXPECT_EQ(view_.field(true)->text(), a);
    EXPECT_FALSE(view_.comparing().running());
    click("Choose file A");
    ASSERT_TRUE(waitUntil([this] { return !view_.comparing().running(); }));
    EXPECT_TRUE(verdict().startsWith(QStringLiteral("Equal: ")));
    EXPECT_TRUE(details().contains(QStringLiteral("A and B are the same file.")));
}

TEST_F(ImagesTest, equalStatesAreSaidToBeEqual) {
    const std::string content = mlx5("aaaa", "bbbb", "cccc");
    ImageHeader other = headerOf("mlx5_vfio_pci");
    other.device = "0000:01:00.2";
    other.realtimeNs += 1;
    compare(image("a", content), image("b", content));
    EXPECT_EQ(verdict(), QStringLiteral("Equal: the states are the same 60 B, byte for byte."));
    EXPECT_EQ(view_.records()->model()->rowCount(), 3);
    EXPECT_EQ(view_.ranges()->model()->rowCount(), 0);
    compare(image("a", content), image("c", content, other));
    EXPECT_EQ(
        verdict(),
        QStringLiteral("Equal: the states are the same 60 B, byte for byte. Their headers differ: device."));
    QStringList differing;
    for (const SideFact& fact : view_.facts().facts()) {
        if (fact.differs)
            differing << fact.name;
    }
    EXPECT_EQ(differing, QStringList{"Device"});
    EXPECT_EQ(view_.facts().facts().front().a, QStringLiteral("a"));
    EXPECT_EQ(view_.facts().facts().front().b, QStringLiteral("c"));
    // No difference to go to.
    QTest::keyClick(&view_, Qt::Key_Down, Qt::AltModifier);
    EXPECT_EQ(view_.hex()->cursor(), 0);
}

TEST_F(ImagesTest, recordsAndBytesOfADifferenceAreShownAndKeysLeadThroughThem) {
    std::string third(4000, 'c');
    const QString a = image("a", mlx5("aaaa", "bbbb", third));
    third[1] = 'X';
    third[3000] = '\x01';
    ImageHeader simulated = headerOf("mlx5_vfio_pci");
    const QString b = image("b", mlx5("aaaa", "bYbb", third), simulated);
    const QAbstractItemModelTester records(view_.records()->model(),
                                           QAbstractItemModelTester::FailureReportingMode::Fatal);
    const QAbstractItemModelTester ranges(view_.ranges()->model(),
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    const QAbstractItemModelTester facts(&view_.facts(),
                                         QAbstractItemModelTester::FailureReportingMode::Fatal);
    compare(a, b);
    EXPECT_TRUE(verdict().startsWith(QStringLiteral(
        "The same 3 records, but 2 of them differ in content. First difference at offset 0x25 (record 1")))
        << verdict().toStdString();
    EXPECT_TRUE(details().contains(QStringLiteral("Differing: 3 bytes in 3 ranges.")))
        << details().toStdString();
    QTableView& table = *view_.records();
    ASSERT_EQ(table.model()->rowCount(), 3);
    EXPECT_EQ(cell(table, 0, RecordDiffModel::Verdict), QStringLiteral("same"));
    EXPECT_EQ(cell(table, 0, RecordDiffModel::First), QString());
    EXPECT_EQ(cell(table, 1, RecordDiffModel::Offset), QStringLiteral("0x14"));
    EXPECT_EQ(cell(table, 1, RecordDiffModel::SizeA), QStringLiteral("20"));
    EXPECT_EQ(cell(table, 1, RecordDiffModel::Verdict), QStringLiteral("differs"));
    EXPECT_EQ(cell(table, 1, RecordDiffModel::First), QStringLiteral("+0x11"));
    EXPECT_EQ(cell(table, 2, RecordDiffModel::First), QStringLiteral("+0x11"));
    // At once the first one, with its bytes.
    EXPECT_EQ(table.currentIndex().row(), 1);
    HexView& hex = *view_.hex();
    EXPECT_EQ(hex.cursor(), 0x25);
    EXPECT_EQ(hex.bytesARow(), 16);
    EXPECT_EQ(hex.rowText(0x25),
              QStringLiteral("00000020  00 00 00 00 62*62 62 62 a0 0f 00 00 00 00 00 00 |....bbbb........|   "
                             "00000020  00 00 00 00 62*59 62 62 a0 0f 00 00 00 00 00 00 |....bYbb........|"));
    EXPECT_EQ(hex.readout(), QStringLiteral("A 0x25: 62 “b” · B 0x25: 59 “Y” · differs"));
    // On by the keys of the window, back again, and what is said at the end.
    QTest::keyClick(&view_, Qt::Key_Down, Qt::AltModifier);
    EXPECT_EQ(hex.cursor(), 0x28 + 16 + 1);
    QTest::keyClick(&view_, Qt::Key_Down, Qt::AltModifier);
    EXPECT_EQ(view_.findChild<QLabel*>(QStringLiteral("images readout"))->text(),
              QStringLiteral("This is the last difference."));
    QTest::keyClick(&view_, Qt::Key_F3, Qt::ShiftModifier);
    EXPECT_EQ(hex.cursor(), 0x25);
    // In the ranges each of the three, the far one too.
    view_.tabs()->setCurrentIndex(1);
    ASSERT_EQ(view_.ranges()->model()->rowCount(), 3);
    EXPECT_EQ(cell(*view_.ranges(), 2, RangeDiffModel::Offset), QStringLiteral("0xbf0"));
    for (int press = 0; press < 3; ++press)
        click("Next difference");
    EXPECT_EQ(hex.cursor(), 0xbf0);
    ASSERT_TRUE(waitUntil([&] { return hex.loaded(); }));
    EXPECT_TRUE(hex.rowText(0xbf0).startsWith(QStringLiteral("00000bf0 *63 63")))
        << hex.rowText(0xbf0).toStdString();
    EXPECT_TRUE(hex.rowText(0xbf0).contains(QStringLiteral("00000bf0 *01 63")));
    // The cursor by its keys.
    hex.setFocus();
    QTest::keyClick(&hex, Qt::Key_Right);
    EXPECT_EQ(hex.cursor(), 0xbf1);
    EXPECT_TRUE(hex.readout().endsWith(QStringLiteral("the same")));
    QTest::keyClick(&hex, Qt::Key_Home, Qt::ControlModifier);
    EXPECT_EQ(hex.cursor(), 0);
    ASSERT_TRUE(waitUntil([&] { return hex.loaded(); }));
    QTest::keyClick(&hex, Qt::Key_C, Qt::ControlModifier);
    EXPECT_TRUE(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("00000000  04 00")));
    EXPECT_TRUE(QGuiApplication::clipboard()->text().contains(QStringLiteral("62*59 62")));
}

TEST_F(ImagesTest, recordsThatMovedAreLaidBesideEachOther) {
    compare(image("a", mlx5("aaaa", "bbbb", "0123456789")), image("b", mlx5("aaaa", "bbbbbb", "01x3456789")));
    EXPECT_TRUE(verdict().startsWith(QStringLiteral("The states differ."))) << verdict().toStdString();
    QTableView& table = *view_.records();
    EXPECT_EQ(cell(table, 1, RecordDiffModel::Verdict), QStringLiteral("other size"));
    EXPECT_EQ(cell(table, 1, RecordDiffModel::SizeB), QStringLiteral("22"));
    EXPECT_EQ(cell(table, 2, RecordDiffModel::Offset), QStringLiteral("0x28 (B: 0x2a)"));
    table.selectRow(2);
    ASSERT_TRUE(waitUntil([this] { return view_.hex()->loaded(); }));
    EXPECT_EQ(view_.hex()->shift(), 2);
    EXPECT_EQ(view_.hex()->cursor(), 0x28 + 16 + 2);
    const QString row = view_.hex()->rowText(view_.hex()->cursor());
    EXPECT_TRUE(row.contains(QStringLiteral("*32"))) << row.toStdString();
    EXPECT_TRUE(row.contains(QStringLiteral("*78"))) << row.toStdString();
    EXPECT_EQ(row.count(QLatin1Char('*')), 2) << "nothing else of that record differs: " << row.toStdString();
}

TEST_F(ImagesTest, aLongerOneAndOtherDevicesAreSaidInWords) {
    compare(image("a", "0123456789", headerOf("pds_vfio_pci")),
            image("b", "01234567", headerOf("pds_vfio_pci")));
    EXPECT_TRUE(verdict().startsWith(QStringLiteral("The states differ. First difference at offset 0x8.")))
        << verdict().toStdString();
    EXPECT_TRUE(details().contains(QStringLiteral("A is longer by 2 bytes, from offset 0x8 on.")));
    EXPECT_TRUE(details().contains(QStringLiteral("how this driver divides its state is not known")));
    EXPECT_FALSE(view_.tabs()->isTabVisible(0)) << "no records";
    ASSERT_EQ(view_.ranges()->model()->rowCount(), 1);
    EXPECT_EQ(cell(*view_.ranges(), 0, RangeDiffModel::Length), QStringLiteral("2"));
    EXPECT_EQ(view_.hex()->cursor(), 8);
    EXPECT_EQ(view_.hex()->readout(), QStringLiteral("A 0x8: 38 “8” · B ended · differs"));
    ImageHeader simulated = headerOf("qat_vfio_pci");
    simulated.simulated = true;
    compare(image("c", "0123", headerOf("mlx5_vfio_pci")), image("d", "0x23", simulated));
    EXPECT_EQ(verdict(),
              QStringLiteral("Other device type: A is a state of mlx5_vfio_pci, B of qat_vfio_pci. First "
                             "difference at offset 0x1. · SIMULATED"));
    click("Copy the table of differences");
    const QString copied = QGuiApplication::clipboard()->text();
    EXPECT_TRUE(copied.startsWith(tableText(*view_.ranges()->model()))) << copied.toStdString();
    EXPECT_TRUE(copied.endsWith(QStringLiteral("SIMULATED\n")));
    EXPECT_EQ(view_.windowTitle(), QStringLiteral("c and d – Compare images (SIMULATED)"));
    // A and B change places.
    click("Swap A and B");
    ASSERT_TRUE(waitUntil([this] { return !view_.comparing().running(); }));
    EXPECT_TRUE(verdict().startsWith(QStringLiteral("Other device type: A is a state of qat_vfio_pci")));
}

TEST_F(ImagesTest, theCommandDoesTheSame) {
    const QString a = image("it's a.migstate", "0123");
    compare(a, image("b.migstate", "0123"));
    QTest::keyClick(&view_, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QString command = QGuiApplication::clipboard()->text();
    EXPECT_EQ(command, view_.command());
    EXPECT_TRUE(command.startsWith(QStringLiteral("migscope-cli diff ")));
    command.replace(0, 12, QStringLiteral(MIGSCOPE_CLI));
    QProcess shell;
    shell.start(QStringLiteral("sh"), {QStringLiteral("-c"), command});
    ASSERT_TRUE(shell.waitForFinished());
    EXPECT_EQ(shell.exitCode(), 0) << shell.readAllStandardError().toStdString();
    EXPECT_TRUE(shell.readAllStandardOutput().startsWith("equal"));
}

TEST_F(ImagesTest, whatCannotBeComparedIsSaidInWords) {
    const QString good = image("good", mlx5("aaaa", "bbbb", "cccc"));
    const std::string whole = test::readAll(good.toStdString());
    std::string flipped = whole;
    flipped[whole.find("bbbb")] = 'x';
    ASSERT_EQ(::mkfifo(folder_.file("pipe").c_str(), 0600), 0);
    const std::tuple<QString, const char*, const char*> bad[] = {
        {bare("cut", whole.substr(0, whole.size() - 50)), "trailer is missing", "cut off or damaged"},
        {bare("flipped", flipped), "checksum", "cut off or damaged"},
        {bare("empty", ""), "it is empty", "cut off or damaged"},
        {QString::fromStdString(folder_.file("")), "no regular file", "migscope-cli save made"},
        {QString::fromStdString(folder_.file("pipe")), "no regular file", "migscope-cli save made"},
        {QString::fromStdString(folder_.file("gone")), "ENOENT", "No such file"}};
    for (const auto& [file, says, helps] : bad) {
        view_.setFiles({good, file});
        ASSERT_TRUE(waitUntil([this] { return !view_.comparing().running(); })) << file.toStdString();
        EXPECT_EQ(verdict(), QStringLiteral("Not compared: B cannot be read as a saved state."))
            << file.toStdString();
        EXPECT_TRUE(details().contains(QLatin1String(says))) << details().toStdString();
        EXPECT_TRUE(details().contains(QLatin1String(helps))) << details().toStdString();
        EXPECT_FALSE(view_.hex()->isVisible());
        EXPECT_TRUE(view_.command().isEmpty());
    }
    view_.setFiles({QString::fromStdString(folder_.file("gone")), good});
    ASSERT_TRUE(waitUntil([this] { return !view_.comparing().running(); }));
    EXPECT_TRUE(verdict().startsWith(QStringLiteral("Not compared: A cannot")));
    // A bare stream is compared, and said to be one.
    compare(bare("bare", mlx5("aaaa", "bbbb", "cccc")), good);
    EXPECT_TRUE(verdict().startsWith(QStringLiteral("Equal: "))) << verdict().toStdString();
    EXPECT_TRUE(details().contains(QStringLiteral("A is no file that Migscope saved as a container")));
    EXPECT_EQ(view_.records()->model()->rowCount(), 3) << "taken for what the other one says";
}

/// A file of that size that takes no room.
QString sparse(const test::Folder& folder, const char* name, std::uint64_t bytes) {
    test::writeAll(folder.file(name), "begin");
    EXPECT_EQ(::truncate(folder.file(name).c_str(), static_cast<off_t>(bytes)), 0);
    return QString::fromStdString(folder.file(name));
}

TEST_F(ImagesTest, aLongComparisonTellsHowFarItIsAndIsCancelled) {
    const QString a = sparse(folder_, "a", 6ULL << 30U);
    view_.setFiles({a, sparse(folder_, "b", 6ULL << 30U)});
    EXPECT_EQ(verdict(), QStringLiteral("Comparing…"));
    ASSERT_TRUE(waitUntil([this] { return view_.progress()->isVisible(); }));
    EXPECT_LT(view_.progress()->value(), 1000);
    click("Cancel the comparison");
    EXPECT_FALSE(view_.comparing().running());
    EXPECT_EQ(verdict(), QStringLiteral("Cancelled: the two were not compared."));
    EXPECT_FALSE(view_.progress()->isVisible());
    // Another one at once: the old thread's news do not come into it.
    compare(image("c", "0123"), image("d", "0123"));
    EXPECT_TRUE(verdict().startsWith(QStringLiteral("Equal: ")));
    spin(100);
    EXPECT_TRUE(verdict().startsWith(QStringLiteral("Equal: ")));
}

TEST(HexViewTest, readsOnlyWhatIsShownOfFilesOfAnySize) {
    const test::Folder folder;
    constexpr std::uint64_t size = 100ULL << 30U;
    const auto a = ImageBytes::open(sparse(folder, "a", size).toStdString());
    const auto b = ImageBytes::open(sparse(folder, "b", size - 5).toStdString());
    ASSERT_TRUE(a && b);
    HexView hex;
    hex.resize(1180, 300);
    hex.show();
    hex.setImages(*a, *b);
    ASSERT_TRUE(waitUntil([&] { return hex.loaded(); }, 2000));
    EXPECT_TRUE(hex.rowText(0).startsWith(QStringLiteral("0000000000  62 65 67 69 6e 00")))
        << hex.rowText(0).toStdString();
    hex.showAt(static_cast<qint64>(size) - 1, 0);
    ASSERT_TRUE(waitUntil([&] { return hex.loaded(); }, 2000));
    EXPECT_EQ(hex.cursor(), static_cast<qint64>(size) - 1);
    EXPECT_TRUE(hex.rowText(hex.cursor()).startsWith(QStringLiteral("18fffffff0  00")));
    EXPECT_EQ(hex.rowText(hex.cursor()).count(QLatin1Char('*')), 10)
        << "five bytes that only A has, on both sides";
    QTest::keyClick(&hex, Qt::Key_PageUp);
    EXPECT_LT(hex.cursor(), static_cast<qint64>(size) - 16);
    // A file that changed since is not shown as if it were what was compared.
    ASSERT_EQ(::truncate(folder.file("a").c_str(), 1000), 0);
    hex.showAt(static_cast<qint64>(size) / 2, 0);
    ASSERT_TRUE(waitUntil([&] { return hex.readout().contains(QStringLiteral("the file changed")); }, 2000))
        << hex.readout().toStdString();
    // Narrow: eight bytes a row.
    hex.resize(700, 300);
    spin(20);
    EXPECT_EQ(hex.bytesARow(), 8);
}

class ImagesOfWindow : public WindowTest {};

TEST_F(ImagesOfWindow, areOpenedByTheirActDroppedAndExplainedByF1) {
    machine("sim:lab");
    EXPECT_EQ(parts().images->made(), nullptr) << "a window's start must stay quick";
    QApplication::setActiveWindow(window_.get());
    QTest::keyClick(window_.get(), Qt::Key_I, Qt::ControlModifier);
    ImagesWindow* view = parts().images->made();
    ASSERT_NE(view, nullptr);
    EXPECT_TRUE(view->isVisible());
    EXPECT_FALSE(view->isModal());
    const test::Folder folder;
    const QString a = written(folder, "a.migstate", "0123", headerOf("pds_vfio_pci"));
    const QString b = written(folder, "b.migstate", "0x23", headerOf("pds_vfio_pci"));
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(a), QUrl::fromLocalFile(b)});
    QDragEnterEvent enter({100, 100}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window_.get(), &enter);
    ASSERT_TRUE(enter.isAccepted());
    QDropEvent drop(QPointF(100, 100), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window_.get(), &drop);
    ASSERT_TRUE(waitUntil([&] { return !view->comparing().running(); }));
    EXPECT_TRUE(view->verdict()->text().startsWith(QStringLiteral("The states differ.")));
    // It fits a small screen.
    view->resize(1024, 700);
    spin(30);
    EXPECT_LE(view->width(), 1024);
    EXPECT_LE(view->height(), 700);
    // Every control has a name and is reached by Tab.
    view->activateWindow();
    QApplication::setActiveWindow(view);
    QList<QWidget*> controls;
    for (auto* widget : view->findChildren<QWidget*>()) {
        if (widget->isVisible() && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus) != 0 &&
            widget->focusProxy() == nullptr && !widget->objectName().startsWith(QLatin1String("qt_")))
            controls << widget;
    }
    EXPECT_GT(controls.size(), 8);
    QList<QWidget*> reached;
    for (int press = 0; press < 60; ++press) {
        QTest::keyClick(view->focusWidget() != nullptr ? view->focusWidget() : view, Qt::Key_Tab);
        reached << view->focusWidget();
    }
    for (QWidget* each : controls) {
        EXPECT_TRUE(reached.contains(each))
            << each->metaObject()->className() << each->accessibleName().toStdString();
        const bool isNamed = !each->accessibleName().isEmpty() || each->inherits("QTabBar");
        EXPECT_TRUE(isNamed) << each->metaObject()->className();
    }
    QTest::keyClick(view, Qt::Key_F1);
    auto* guide = window_->findChild<HelpWindow*>();
    ASSERT_NE(guide, nullptr);
    EXPECT_EQ(guide->page(), QStringLiteral("diff"));
}

} // namespace
} // namespace migscope::testing
