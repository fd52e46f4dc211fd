package ccupgrade.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PlotTest {

    private static Document parsed(Plot plot) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(plot.svg())));
    }

    private static List<Element> elements(Document document, String name) {
        NodeList found = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    @Test
    void points_lie_in_proportion_to_both_values() throws Exception {
        Plot plot = new Plot("t", "x", "y");
        plot.line(
                "grows",
                List.of(
                        new Plot.Point(0, Samples.of(0)),
                        new Plot.Point(5, Samples.of(10)),
                        new Plot.Point(10, Samples.of(20))));
        List<Element> points = elements(parsed(plot), "circle");
        assertThat(points).hasSize(3);
        assertThat(number(points.get(2), "cx") - number(points.get(1), "cx"))
                .isCloseTo(number(points.get(1), "cx") - number(points.get(0), "cx"), within(0.2))
                .isPositive();
        // Up is less in SVG.
        assertThat(number(points.get(1), "cy") - number(points.get(2), "cy"))
                .isCloseTo(number(points.get(0), "cy") - number(points.get(1), "cy"), within(0.2))
                .isPositive();
    }

    @Test
    void labels_of_lines_that_end_together_do_not_cover_each_other() throws Exception {
        Plot plot = new Plot("t", "x", "y");
        for (String name : List.of("one", "two", "three")) {
            plot.line(name, List.of(new Plot.Point(1, Samples.of(0.1))));
        }
        List<Double> heights = elements(parsed(plot), "text").stream()
                .filter(text -> List.of("one", "two", "three").contains(text.getTextContent()))
                .map(text -> number(text, "y"))
                .sorted()
                .toList();
        assertThat(heights).hasSize(3);
        assertThat(heights.get(1) - heights.get(0)).isGreaterThanOrEqualTo(13);
        assertThat(heights.get(2) - heights.get(1)).isGreaterThanOrEqualTo(13);
    }

    @Test
    void names_may_hold_what_means_something_to_xml() throws Exception {
        Plot plot = new Plot("a < b & c", "x", "y");
        plot.line("<&>", List.of(new Plot.Point(1, Samples.of(1))));
        assertThat(elements(parsed(plot), "title").get(0).getTextContent()).isEqualTo("a < b & c");
    }

    @Test
    void axes_are_divided_by_round_numbers() {
        assertThat(Plot.step(10)).isEqualTo(2);
        assertThat(Plot.step(4)).isEqualTo(1);
        assertThat(Plot.step(0.31)).isCloseTo(0.05, within(1e-9));
        assertThat(Plot.step(0)).isEqualTo(1);
    }
}
