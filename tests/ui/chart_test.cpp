// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The chart, the downtime bar and pictures of them: driven by real clicks and keys, without a machine.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>
#include <QXmlStreamReader>

#include <algorithm>

#include "tests/core/transfer/run_builder.h"
#include "tests/ui/ui_test.h"
#include "ui/charts/chart_look.h"
#include "ui/charts/render.h"
#include "ui/panels/run_view.h"
#include "ui/theme.h"

namespace migscope::testing {
namespace {

using test::migration;
using test::ms;

std::shared_ptr<Recording> recordingOf(const test::RunBuilder& builder) {
    RecordingHeader header;
    header.simulated = true;
    header.devices.resize(2);
    header.devices[0].name = "0000:3b:00.2";
    header.devices[1].name = "0000:3b:00.3";
    auto recording = std::make_shared<Recording>(std::move(header));
    for (const Event& event : builder.events)
        recording->apply(event);
    recording->complete = true;
    return recording;
}

/// A recording that a test lets grow.
struct Growing {
    std::shared_ptr<Recording> recording = recordingOf(test::RunBuilder());
    RunSourcePtr source = std::make_shared<RunSource>(
        QStringLiteral("live"), QString(), [this](const auto& see) { see(*recording); }, true);
    void sample(Ns time) {
        Event event;
        event.time = time;
        event.device = 0;
        event.body = event::Samples{1, {time}, {4096}, {Ns{1000}}, {Ns{2000}}};
        recording->apply(std::move(event));
    }
};

class Chart : public ::testing::Test {
protected:
    Chart() {
        view_.resize(900, 520);
        view_.setSource(source_);
        view_.show();
        view_.activateWindow();
        QApplication::setActiveWindow(&view_);
        spin(30);
    }
    [[nodiscard]] ChartView& chart() { return *view_.chart(); }
    [[nodiscard]] QPoint at(Ns time, Track track = Track::Size) {
        const QPointF point(chart().canvas().xOf(time), chart().canvas().area(track).center().y());
        return point.toPoint();
    }
    void drag(QPoint from, QPoint to, Qt::KeyboardModifiers modifiers = {}) {
        QTest::mousePress(&chart(), Qt::LeftButton, modifiers, from);
        for (int part = 1; part <= 4; ++part) {
            QMouseEvent move(QEvent::MouseMove, from + (to - from) * part / 4.0,
                             chart().mapToGlobal(from + (to - from) * part / 4.0), Qt::NoButton,
                             Qt::LeftButton, modifiers);
            QApplication::sendEvent(&chart(), &move);
        }
        QTest::mouseRelease(&chart(), Qt::LeftButton, modifiers, to);
    }
    void wheel(QPoint where, int notches) {
        QWheelEvent turn(where, chart().mapToGlobal(where), {}, {0, notches * 120}, Qt::NoButton,
                         Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&chart(), &turn);
    }
    [[nodiscard]] const event::ArcEnd& picked() {
        return std::get<event::ArcEnd>(recording_->events()[selection_.pick().value().event].body);
    }

    std::shared_ptr<Recording> recording_ = recordingOf(migration());
    RunSourcePtr source_ = wholeSource(QStringLiteral("a.migrec"), {}, recording_);
    Selection selection_;
    RunView view_{selection_};
};

TEST_F(Chart, theWheelZoomsAtThePointerAndBackGoesBack) {
    const TimeRange all = chart().range();
    EXPECT_EQ(all.from, Ns{0});
    EXPECT_GE(all.to, ms(210));
    const Ns under = chart().canvas().timeAt(at(ms(150)).x());
    wheel(at(ms(150)), 4);
    EXPECT_LT(chart().range().length(), all.length() / 2);
    EXPECT_NEAR(static_cast<double>(chart().canvas().timeAt(at(under).x()).count()),
                static_cast<double>(under.count()), 1e6)
        << "what is under the pointer stays there";
    QTest::keyClick(&chart(), Qt::Key_Left, Qt::AltModifier);
    EXPECT_EQ(chart().range(), all) << "several notches are one step back";
    QTest::keyClick(&chart(), Qt::Key_Right, Qt::AltModifier);
    EXPECT_LT(chart().range().length(), all.length() / 2);
    QTest::keyClick(&chart(), Qt::Key_Home);
    EXPECT_EQ(chart().range(), all);
}

TEST_F(Chart, aDraggedBoxIsZoomedIntoAndShiftDragPans) {
    drag(at(ms(100)), at(ms(193)));
    EXPECT_NEAR(static_cast<double>(chart().range().from.count()), 100e6, 1e6);
    EXPECT_NEAR(static_cast<double>(chart().range().to.count()), 193e6, 1e6);
    const Ns before = chart().range().from;
    const QPoint middle = at(ms(150));
    drag(middle, middle + QPoint(80, 0), Qt::ShiftModifier);
    EXPECT_LT(chart().range().from, before);
    EXPECT_NEAR(static_cast<double>(chart().range().length().count()), 93e6, 2e6);
}

TEST_F(Chart, zoomNeverLeavesTheRecording) {
    wheel(at(ms(10)), -30);
    EXPECT_EQ(chart().range().from, Ns{0});
    for (int turn = 0; turn < 20; ++turn)
        wheel(at(ms(100)), 10);
    EXPECT_GE(chart().range().length(), Ns{2000});
    for (int press = 0; press < 40; ++press)
        QTest::keyClick(&chart(), Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_LE(chart().range().to, ms(220));
}

TEST_F(Chart, theCursorReadsAllTracks) {
    QTest::mouseClick(&chart(), Qt::LeftButton, {}, at(ms(140)));
    ASSERT_TRUE(selection_.cursor().has_value());
    EXPECT_NEAR(static_cast<double>(selection_.cursor()->time.count()), 140e6, 1e6);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(&chart(), &leave);
    const QString text = view_.readout()->text();
    for (const char* words :
         {"3b:00.2 STOP_COPY", "3b:00.3 RESUMING", "moved 2.0 MiB", "read ", "write ", "in save"})
        EXPECT_TRUE(text.contains(QLatin1String(words))) << words << " in " << text.toStdString();
    const Ns before = selection_.cursor()->time;
    QTest::keyClick(&chart(), Qt::Key_Right);
    EXPECT_GT(selection_.cursor()->time, before);
    QTest::keyClick(&chart(), Qt::Key_Escape);
    EXPECT_FALSE(selection_.cursor().has_value());
    EXPECT_TRUE(view_.readout()->text().isEmpty());
}

TEST_F(Chart, aClickOnACallPicksItAndThePhaseOfItIsChosen) {
    QTest::mouseClick(&chart(), Qt::LeftButton, {},
                      at(ms(116), Track::Lanes) + QPoint(0, -12)); // the upper lane
    ASSERT_TRUE(selection_.pick().has_value());
    EXPECT_EQ(picked().to, MigState::StopCopy);
    ASSERT_TRUE(view_.bar()->selected().has_value());
    EXPECT_EQ(view_.bar()->content()->parts[*view_.bar()->selected()].name, PhaseName::Save);
}

TEST_F(Chart, aPhaseOfTheBarPicksItsCall) {
    ASSERT_TRUE(view_.bar()->content().has_value());
    const auto& parts = view_.bar()->content()->parts;
    ASSERT_EQ(parts.size(), 4U);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        QTest::mouseClick(view_.bar(), Qt::LeftButton, {}, view_.bar()->partRect(i).center().toPoint());
        EXPECT_EQ(view_.bar()->selected(), i);
    }
    EXPECT_EQ(picked().to, MigState::Running);
    view_.bar()->setFocus();
    QTest::keyClick(view_.bar(), Qt::Key_Left);
    EXPECT_EQ(picked().from, MigState::Resuming);
    QTest::keyClick(&chart(), Qt::Key_PageDown);
}

TEST_F(Chart, whatIsPickedElsewhereComesIntoView) {
    drag(at(ms(5)), at(ms(40)));
    for (std::size_t i = 0; i < recording_->events().size(); ++i) {
        if (const auto* arc = std::get_if<event::ArcEnd>(&recording_->events()[i].body);
            arc != nullptr && arc->from == MigState::Resuming)
            selection_.set(Pick{source_->id(), i});
    }
    EXPECT_LE(chart().range().from, ms(175));
    EXPECT_GE(chart().range().to, ms(175));
}

TEST_F(Chart, keysGoFromEventToEvent) {
    QTest::keyClick(&chart(), Qt::Key_PageDown);
    EXPECT_EQ(picked().from, MigState::Running);
    EXPECT_EQ(picked().called, ms(10));
    QTest::keyClick(&chart(), Qt::Key_PageDown);
    EXPECT_EQ(picked().called, ms(20));
    QTest::keyClick(&chart(), Qt::Key_PageUp);
    EXPECT_EQ(picked().called, ms(10));
}

TEST_F(Chart, theBarsNumbersMoveWithOneStamp) {
    EXPECT_EQ(view_.bar()->content()->words.figure, QStringLiteral("downtime 93.0 ms ± 2.0"));
    test::RunBuilder builder = migration();
    for (Event& event : builder.events) {
        if (auto* arc = std::get_if<event::ArcEnd>(&event.body); arc != nullptr && arc->called == ms(191))
            arc->returned += ms(7);
    }
    view_.setSource(wholeSource(QStringLiteral("b.migrec"), {}, recordingOf(builder)));
    EXPECT_EQ(view_.bar()->content()->words.figure, QStringLiteral("downtime 100 ms ± 2.0"));
    EXPECT_EQ(view_.bar()->content()->parts[3].duration, ms(10));
    EXPECT_TRUE(view_.bar()->accessibleDescription().contains(QStringLiteral("resume 10.0 ms, 10 %")))
        << view_.bar()->accessibleDescription().toStdString();
}

TEST_F(Chart, theCriticalPhaseStandsInWords) {
    const auto& words = view_.bar()->content()->words;
    EXPECT_EQ(words.critical, QStringLiteral("load is 47 % of 93.0 ms, 75 % of it inside calls"));
    EXPECT_EQ(words.workload, QStringLiteral("idle function"));
    EXPECT_TRUE(view_.caption()->text().contains(QStringLiteral("SIMULATED")));
}

TEST_F(Chart, theTableAndTheReportSayTheSame) {
    const QAbstractItemModelTester tester(&view_.table());
    auto* pages = view_.findChild<QComboBox*>(QString(), Qt::FindChildrenRecursively);
    ASSERT_NE(pages, nullptr);
    view_.showPage(RunView::TablePage);
    const auto& rows = view_.table().rows();
    const auto has = [&](const QString& value, const QString& duration) {
        return std::any_of(rows.begin(), rows.end(), [&](const ChartRow& row) {
            return row.value == value && row.duration == duration;
        });
    };
    EXPECT_TRUE(has(QStringLiteral("STOP → STOP_COPY"), QStringLiteral("8.00 ms")));
    EXPECT_TRUE(has(QStringLiteral("STOP_COPY"), QStringLiteral("80.0 ms")));
    EXPECT_TRUE(has(QStringLiteral("load"), QStringLiteral("40.0 ms")));
    auto* table = view_.findChild<QTableView*>();
    for (int row = 0; row < view_.table().rowCount(); ++row) {
        if (view_.table().rows()[static_cast<std::size_t>(row)].value == QStringLiteral("STOP → STOP_COPY"))
            table->selectRow(row);
    }
    ASSERT_TRUE(selection_.pick().has_value());
    EXPECT_EQ(picked().to, MigState::StopCopy);
    view_.showPage(RunView::ReportPage);
    EXPECT_TRUE(
        view_.findChild<QPlainTextEdit*>()->toPlainText().contains(QStringLiteral("downtime 93.0 ms")));
}

TEST_F(Chart, followsTheNewestUntilThePersonLooksElsewhere) {
    Growing growing;
    view_.setSource(growing.source);
    for (int i = 1; i <= 10; ++i)
        growing.sample(ms(i * 10));
    view_.refresh();
    EXPECT_TRUE(chart().following());
    EXPECT_GE(chart().range().to, ms(100));
    wheel(at(ms(20)), 6);
    EXPECT_FALSE(chart().following());
    const TimeRange looked = chart().range();
    growing.sample(ms(300));
    view_.refresh();
    EXPECT_EQ(chart().range(), looked) << "what is new must not push it away";
    QTest::keyClick(&chart(), Qt::Key_End);
    EXPECT_TRUE(chart().following());
    EXPECT_EQ(chart().range().to, ms(300));
    growing.sample(ms(400));
    view_.refresh();
    EXPECT_EQ(chart().range().to, ms(400));
    EXPECT_EQ(chart().range().length(), looked.length());
}

TEST_F(Chart, aPaletteSwitchRepaintsTheAxes) {
    const QColor before = chart().canvas().axisColour();
    QApplication::setPalette(darkPalette());
    spin(60);
    const QColor after = chart().canvas().axisColour();
    EXPECT_NE(before, after);
    EXPECT_EQ(after, darkPalette().color(QPalette::WindowText));
    const QImage dark = chart().grab().toImage();
    EXPECT_LT(dark.pixelColor(3, 3).lightness(), 60);
    QApplication::setPalette(lightPalette());
    spin(60);
    EXPECT_EQ(chart().canvas().axisColour(), before);
    EXPECT_GT(chart().grab().toImage().pixelColor(3, 3).lightness(), 200);
}

TEST_F(Chart, saysWhatItShowsToWhoCannotSeeIt) {
    EXPECT_EQ(chart().accessibleName(), QStringLiteral("Chart"));
    for (const char* words : {"3b:00.2: RUNNING, RUNNING_P2P, STOP, STOP_COPY, STOP", "Size up to 3.0 MiB"})
        EXPECT_TRUE(chart().accessibleDescription().contains(QLatin1String(words)))
            << chart().accessibleDescription().toStdString();
}

/// All coordinates of lines, polylines, paths and rects of an SVG, after their transforms.
std::vector<QRectF> shapesOf(const QByteArray& svg) {
    std::vector<QRectF> shapes;
    QXmlStreamReader xml(svg);
    std::vector<QTransform> stack{QTransform()};
    static const QRegularExpression number(QStringLiteral("-?[0-9.]+(e-?[0-9]+)?"));
    const auto numbers = [](const QString& text) {
        std::vector<double> values;
        for (auto it = number.globalMatch(text); it.hasNext();)
            values.push_back(it.next().captured().toDouble());
        return values;
    };
    while (!xml.atEnd()) {
        const auto token = xml.readNext();
        if (token == QXmlStreamReader::EndElement)
            stack.pop_back();
        if (token != QXmlStreamReader::StartElement)
            continue;
        QTransform transform = stack.back();
        const auto matrix = numbers(xml.attributes().value(QLatin1String("transform")).toString());
        if (matrix.size() == 6)
            transform =
                QTransform(matrix[0], matrix[1], matrix[2], matrix[3], matrix[4], matrix[5]) * transform;
        stack.push_back(transform);
        std::vector<double> points;
        if (xml.name() == QLatin1String("polyline") || xml.name() == QLatin1String("polygon"))
            points = numbers(xml.attributes().value(QLatin1String("points")).toString());
        else if (xml.name() == QLatin1String("path"))
            points = numbers(xml.attributes().value(QLatin1String("d")).toString());
        else if (xml.name() == QLatin1String("rect")) {
            const auto value = [&](const char* name) {
                return xml.attributes().value(QLatin1String(name)).toDouble();
            };
            points = {value("x"), value("y"), value("x") + value("width"), value("y") + value("height")};
        }
        if (points.size() < 2)
            continue;
        QRectF box(transform.map(QPointF(points[0], points[1])), QSizeF(0, 0));
        for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
            const QPointF point = transform.map(QPointF(points[i], points[i + 1]));
            box.setLeft(std::min(box.left(), point.x()));
            box.setRight(std::max(box.right(), point.x()));
            box.setTop(std::min(box.top(), point.y()));
            box.setBottom(std::max(box.bottom(), point.y()));
        }
        shapes.push_back(box);
    }
    return shapes;
}

TEST(Picture, aZoomedSvgHasNoCoordinateOutsideItsAxes) {
    test::RunBuilder builder = migration();
    for (int i = 0; i < 400; ++i)
        builder.sample(0, 1, ms(150) + Ns{i * 1000}, 100000, Ns{900}, Ns{500});
    const auto recording = recordingOf(builder);
    PictureOptions options;
    options.size = {900, 560};
    options.range = TimeRange{ms(125), ms(140)}; // inside: much lies on both sides of it
    const auto svg = renderRecording(*recording, options);
    ASSERT_TRUE(svg.has_value());
    const auto shapes = shapesOf(*svg);
    ASSERT_GT(shapes.size(), 30U);
    // Where the axes are is what a canvas of that size says.
    double left = 0;
    double right = 0;
    {
        PlotCanvas canvas;
        canvas.setContent(chartContent(*recording, {ms(125), ms(140), 800, ms(210)}));
        QImage image(900 - 28, 420, QImage::Format_RGB32);
        canvas.paintTo(image, true, image.rect(), [](QPainter&) {});
        left = canvas.area(Track::Size).left() + 14;
        right = canvas.area(Track::Size).right() + 14;
    }
    int inside = 0;
    for (const QRectF& shape : shapes) {
        const bool backgroundOrBar = shape.width() > right - left || shape.top() > 560 - 90;
        if (backgroundOrBar)
            continue;
        EXPECT_GE(shape.left(), left - 6) << shape.top(); // a tick's length
        EXPECT_LE(shape.right(), right + 2) << shape.top();
        EXPECT_GE(shape.top(), 0);
        EXPECT_LE(shape.bottom(), 560);
        inside += shape.left() > left + 1 ? 1 : 0;
    }
    EXPECT_GT(inside, 20) << "the chart is there at all";
    QSvgRenderer renderer(*svg);
    EXPECT_TRUE(renderer.isValid());
}

TEST(Picture, everyFormatSaysThatItIsSimulated) {
    const auto recording = recordingOf(migration());
    for (const char* word : {"svg", "png", "pdf"}) {
        PictureOptions options;
        options.format = parsePictureFormat(QLatin1String(word)).value();
        options.name = QStringLiteral("run <1>.migrec");
        const auto bytes = renderRecording(*recording, options);
        ASSERT_TRUE(bytes.has_value()) << word;
        EXPECT_GT(bytes->size(), 5000) << word;
        if (options.format == PictureFormat::Png) {
            const QImage image = QImage::fromData(*bytes);
            EXPECT_EQ(image.size(), QSize(1200, 640));
            EXPECT_TRUE(image.text(QStringLiteral("Description")).contains(QStringLiteral("SIMULATED")));
        } else if (options.format == PictureFormat::Pdf) {
            EXPECT_TRUE(bytes->startsWith("%PDF-"));
        } else {
            EXPECT_TRUE(bytes->contains("SIMULATED")) << word;
            EXPECT_FALSE(bytes->contains("run <1>")) << word << ": names are escaped";
        }
    }
    EXPECT_FALSE(parsePictureFormat(QStringLiteral("gif")).has_value());
    EXPECT_FALSE(parsePictureFormat(QStringLiteral("html")).has_value()) << "that is a report";
}

TEST(Picture, aLongNameDoesNotPushSimulatedOutOfTheCaption) {
    const auto recording = recordingOf(migration());
    PictureOptions options;
    options.size = QSize(360, 300);
    options.name = QString(300, QLatin1Char('n'));
    QXmlStreamReader xml(*renderRecording(*recording, options));
    QStringList drawn;
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isStartElement() && xml.name() == QLatin1String("text"))
            drawn << xml.readElementText();
    }
    EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
    EXPECT_EQ(drawn.filter(QStringLiteral("SIMULATED")).size(), 1)
        << drawn.join(QLatin1Char('\n')).toStdString();
    EXPECT_EQ(drawn.filter(options.name).size(), 0) << "what is too wide is shortened";
}

TEST(Picture, anSvgIsWellFormedWhateverANoteSays) {
    test::RunBuilder builder = migration();
    builder.add(ms(50), {}, event::Mark{"esc \x1b nul-like \x01 and \xef\xbf\xbf"});
    std::stable_sort(builder.events.begin(), builder.events.end(),
                     [](const Event& a, const Event& b) { return a.time < b.time; });
    PictureOptions options;
    options.name = QStringLiteral("bell\a <name>");
    QXmlStreamReader xml(*renderRecording(*recordingOf(builder), options));
    QString text;
    while (!xml.atEnd()) {
        xml.readNext();
        text += xml.isCharacters() ? xml.text().toString() : QString();
    }
    EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
    EXPECT_TRUE(text.contains(QStringLiteral("esc \\x1b")));
    EXPECT_TRUE(text.contains(QStringLiteral("bell? <name>")));
}

TEST(Picture, darkAndLightDiffer) {
    const auto recording = recordingOf(migration());
    PictureOptions options;
    options.format = PictureFormat::Png;
    const QImage light = QImage::fromData(*renderRecording(*recording, options));
    options.dark = true;
    const QImage dark = QImage::fromData(*renderRecording(*recording, options));
    EXPECT_GT(light.pixelColor(2, 2).lightness(), 200);
    EXPECT_LT(dark.pixelColor(2, 2).lightness(), 60);
}

/// Height of what two pictures differ in; 0: they are alike.
int differingHeight(const QImage& one, const QImage& other) {
    int first = -1;
    int last = -2;
    for (int y = 0; y < one.height(); ++y) {
        for (int x = 0; x < one.width(); ++x) {
            if (one.pixel(x, y) == other.pixel(x, y))
                continue;
            first = first < 0 ? y : first;
            last = y;
            break;
        }
    }
    return last - first + 1;
}

TEST(Picture, linesOfTheKernelsLogStandOnTheirLaneOrOnAll) {
    PictureOptions options;
    options.format = PictureFormat::Png;
    const auto picture = [&](std::optional<int> device, unsigned priority) {
        test::RunBuilder builder = migration();
        builder.add(ms(135), device, event::KernelLog{priority, 1, "x", 7});
        // In the order in which it was heard of.
        std::stable_sort(builder.events.begin(), builder.events.end(),
                         [](const Event& a, const Event& b) { return a.time < b.time; });
        return QImage::fromData(*renderRecording(*recordingOf(builder), options));
    };
    const QImage without = QImage::fromData(*renderRecording(*recordingOf(migration()), options));
    const int own = differingHeight(without, picture(0, 6));
    EXPECT_GT(own, 2);
    EXPECT_LT(own, 12);
    EXPECT_GT(differingHeight(without, picture({}, 6)), 20) << "on both lanes";
    EXPECT_GT(differingHeight(picture(0, 6), picture(0, 3)), 2) << "an error has the colour of what is bad";
    const Theme theme = Theme::of(QPalette());
    EXPECT_EQ(markLook(theme, ChartMark::What::KernelError).colour, theme.bad());
    EXPECT_TRUE(markLook(theme, ChartMark::What::KernelLog).square);
    EXPECT_FALSE(markLook(theme, ChartMark::What::Note).square);
}

TEST(Picture, aSizeThatCannotBeDrawnIsRefused) {
    const auto recording = recordingOf(migration());
    PictureOptions options;
    options.size = {10, 10};
    const auto bytes = renderRecording(*recording, options);
    ASSERT_FALSE(bytes.has_value());
    EXPECT_TRUE(bytes.error().is(Errc::InvalidArgument));
    const auto written = writePicture("x", QStringLiteral("/does/not/exist/x.svg"));
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().errnoValue(), ENOENT);
}

TEST(ZoomStack, isLikeABrowsers) {
    ZoomStack stack;
    stack.reset({ms(0), ms(10)});
    stack.go({ms(1), ms(9)});
    stack.go({ms(2), ms(8)}, true);
    stack.go({ms(3), ms(7)}, true);
    stack.back();
    EXPECT_EQ(stack.current(), (TimeRange{ms(1), ms(9)})) << "merged steps are one";
    stack.forward();
    EXPECT_EQ(stack.current(), (TimeRange{ms(3), ms(7)}));
    stack.back();
    stack.go({ms(4), ms(5)});
    EXPECT_FALSE(stack.canGoForward());
    for (int i = 0; i < 300; ++i)
        stack.go({ms(0), ms(i + 20)});
    int back = 0;
    for (; stack.canGoBack(); ++back)
        stack.back();
    EXPECT_LE(back, 100);
}

} // namespace
} // namespace migscope::testing
