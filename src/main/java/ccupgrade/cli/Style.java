package ccupgrade.cli;

/** How a piece of text is set off where there is colour. Nothing is told by colour alone. */
public enum Style {
    PLAIN(""),
    BOLD("1"),
    FAINT("2"),
    GOOD("32"),
    BAD("31"),
    WARNING("33");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    String wrap(String text) {
        return this == PLAIN || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
