package ccupgrade.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A line chart as SVG, both axes linear from 0: whether something grows is what it is to show. It has a background of its own, so that it
 * can be read on a white and on a dark page.
 */
final class Plot {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int LEFT = 64;
    private static final int RIGHT = 170;
    private static final int TOP = 56;
    private static final int BOTTOM = 52;

    /** A label needs so much height. */
    private static final double LABEL = 16;

    /** Told apart also by those who see fewer colours. */
    private static final List<String> COLOURS = List.of("#b2182b", "#d8730f", "#1f66ad", "#3b7d3b", "#6b4c9a");

    private final String title;
    private final String across;
    private final String up;
    private final List<Line> lines = new ArrayList<>();

    record Point(double x, Samples y) {}

    private record Line(String name, List<Point> points) {}

    Plot(String title, String across, String up) {
        this.title = title;
        this.across = across;
        this.up = up;
    }

    /** @param points in the order of their x; at least one */
    void line(String name, List<Point> points) {
        lines.add(new Line(name, List.copyOf(points)));
    }

    String svg() {
        double highest = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(point -> point.y().max())
                .max()
                .orElse(0);
        double widest = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::x)
                .max()
                .orElse(0);
        double stepUp = step(highest);
        double stepAcross = step(widest);
        double top = Math.max(stepUp, Math.ceil(highest / stepUp) * stepUp);
        double right = Math.max(stepAcross, Math.ceil(widest / stepAcross) * stepAcross);
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\""
                        + " fill=\"#222\" role=\"img\">",
                WIDTH,
                HEIGHT);
        add(svg, "<title>%s</title>", escaped(title));
        add(svg, "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#fcfcfa\"/>", WIDTH, HEIGHT);
        add(svg, "<text x=\"%d\" y=\"24\" font-size=\"15\" font-weight=\"bold\">%s</text>", 16, escaped(title));
        add(svg, "<text x=\"%d\" y=\"44\">%s</text>", 16, escaped(up));
        add(
                svg,
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                (LEFT + WIDTH - RIGHT) / 2.0,
                HEIGHT - 14,
                escaped(across));
        for (int i = 0; i * stepUp <= top + stepUp / 2; i++) {
            double y = y(i * stepUp, top);
            add(
                    svg,
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"%s\"/>",
                    LEFT,
                    y,
                    WIDTH - RIGHT,
                    y,
                    i == 0 ? "#222" : "#ddd");
            add(
                    svg,
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT - 8,
                    y + 4,
                    tick(i * stepUp, stepUp));
        }
        for (int i = 0; i * stepAcross <= right + stepAcross / 2; i++) {
            double x = x(i * stepAcross, right);
            add(
                    svg,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#222\"/>",
                    x,
                    HEIGHT - BOTTOM,
                    x,
                    HEIGHT - BOTTOM + 5);
            add(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    x,
                    HEIGHT - BOTTOM + 20,
                    tick(i * stepAcross, stepAcross));
        }
        List<Double> labels = labels(top);
        for (int i = 0; i < lines.size(); i++) {
            draw(svg, lines.get(i), COLOURS.get(i % COLOURS.size()), top, right, labels.get(i));
        }
        return svg.append("</svg>\n").toString();
    }

    private static void draw(StringBuilder svg, Line line, String colour, double top, double right, double label) {
        StringBuilder path = new StringBuilder();
        for (Point point : line.points()) {
            double x = x(point.x(), right);
            path.append(path.isEmpty() ? "M" : " L")
                    .append(String.format(
                            Locale.ROOT, "%.1f,%.1f", x, y(point.y().median(), top)));
            add(
                    svg,
                    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-opacity=\"0.5\" stroke-width=\"5\"/>",
                    x,
                    y(point.y().min(), top),
                    x,
                    y(point.y().max(), top),
                    colour);
            add(
                    svg,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>",
                    x,
                    y(point.y().median(), top),
                    colour);
        }
        add(svg, "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", path, colour);
        add(
                svg,
                "<text x=\"%d\" y=\"%.1f\" fill=\"%s\">%s</text>",
                WIDTH - RIGHT + 10,
                label + 4,
                colour,
                escaped(line.name()));
    }

    /** Beside the end of each line, moved up so that none covers another. */
    private List<Double> labels(double top) {
        List<Double> wanted = lines.stream()
                .map(line -> y(line.points().get(line.points().size() - 1).y().median(), top))
                .toList();
        List<Integer> fromBelow = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            fromBelow.add(i);
        }
        fromBelow.sort((one, other) -> Double.compare(wanted.get(other), wanted.get(one)));
        List<Double> placed = new ArrayList<>(wanted);
        double free = HEIGHT;
        for (int i : fromBelow) {
            free = Math.min(wanted.get(i), free);
            placed.set(i, free);
            free -= LABEL;
        }
        return placed;
    }

    private static double x(double value, double right) {
        return LEFT + value / right * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
    }

    /** 1, 2 or 5 times a power of ten, so that there are four to ten of them. */
    static double step(double most) {
        if (most <= 0) {
            return 1;
        }
        double step = Math.pow(10, Math.floor(Math.log10(most)));
        for (double finer : new double[] {1, 0.5, 0.2, 0.1}) {
            if (most / (step * finer) >= 4) {
                return step * finer;
            }
        }
        return step;
    }

    private static String tick(double value, double step) {
        return Samples.number(value, (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static void add(StringBuilder svg, String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
