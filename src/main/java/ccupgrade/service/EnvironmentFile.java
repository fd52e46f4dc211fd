package ccupgrade.service;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files that {@code EnvironmentFile=} names: assignments, a line each, with the quoting of {@code systemd.exec(5)}. It is not a shell's:
 * nothing is expanded.
 */
final class EnvironmentFile {

    private final String text;
    private int at;

    private EnvironmentFile(String text) {
        this.text = text;
    }

    /** What it assigns; what is no assignment is passed over, as systemd does. */
    static Map<String, String> parse(String text) {
        return new EnvironmentFile(text.replace("\r\n", "\n")).assignments();
    }

    private Map<String, String> assignments() {
        Map<String, String> assigned = new LinkedHashMap<>();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == '#' || c == ';') {
                comment();
            } else {
                assignment(assigned);
            }
        }
        return assigned;
    }

    /** A backslash at its end makes the next line one, too. */
    private void comment() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
    }

    private void assignment(Map<String, String> assigned) {
        int begin = at;
        while (at < text.length() && text.charAt(at) != '=' && text.charAt(at) != '\n') {
            at++;
        }
        if (at == text.length() || text.charAt(at) == '\n') {
            return;
        }
        String name = text.substring(begin, at++).strip();
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        String value = value();
        if (name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            assigned.put(name, value);
        }
    }

    /** A quote means something only where the value, or the next part of it behind another quote, begins. */
    private String value() {
        StringBuilder value = new StringBuilder();
        boolean before = true;
        // Blanks at the end count only within quotes, or behind a backslash.
        int kept = 0;
        while (at < text.length() && text.charAt(at) != '\n') {
            char c = text.charAt(at++);
            if (before && c == '\'') {
                quoted(value);
                kept = value.length();
            } else if (before && c == '"') {
                doublyQuoted(value);
                kept = value.length();
            } else if (c == '\\') {
                before = false;
                if (at < text.length() && text.charAt(at) != '\n') {
                    value.append(text.charAt(at));
                    kept = value.length();
                }
                at++;
            } else if (!Character.isWhitespace(c)) {
                before = false;
                value.append(c);
                kept = value.length();
            } else if (!before) {
                value.append(c);
            }
        }
        return value.substring(0, kept);
    }

    private void quoted(StringBuilder value) {
        while (at < text.length() && text.charAt(at) != '\'') {
            value.append(text.charAt(at++));
        }
        at++;
    }

    private void doublyQuoted(StringBuilder value) {
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c != '\\') {
                value.append(c);
                continue;
            }
            if (at == text.length()) {
                return;
            }
            char escaped = text.charAt(at++);
            if (escaped == '\n') {
                continue;
            }
            if ("\"\\`$".indexOf(escaped) < 0) {
                value.append(c);
            }
            value.append(escaped);
        }
        at++;
    }
}
