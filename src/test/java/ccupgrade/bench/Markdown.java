package ccupgrade.bench;

import java.util.ArrayList;
import java.util.List;

/** A table that reads well on a terminal, and is one in Markdown, too. */
final class Markdown {

    private final List<List<String>> rows = new ArrayList<>();

    Markdown(String... header) {
        rows.add(List.of(header));
    }

    void row(String... cells) {
        row(List.of(cells));
    }

    void row(List<String> cells) {
        if (cells.size() != rows.get(0).size()) {
            throw new IllegalArgumentException(cells.size() + " cells below " + rows.get(0));
        }
        rows.add(List.copyOf(cells));
    }

    @Override
    public String toString() {
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < rows.get(0).size(); column++) {
            int its = column;
            widths.add(
                    rows.stream().mapToInt(row -> row.get(its).length()).max().orElse(0));
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                text.append("| ").append(cell).append(" ".repeat(widths.get(column) - cell.length() + 1));
            }
            text.append("|\n");
            if (row == rows.get(0)) {
                widths.forEach(width -> text.append('|').append("-".repeat(width + 2)));
                text.append("|\n");
            }
        }
        return text.toString();
    }
}
