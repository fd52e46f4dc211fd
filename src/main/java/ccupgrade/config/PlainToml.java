package ccupgrade.config;

import ccupgrade.config.TomlNode.Items;
import ccupgrade.config.TomlNode.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * TOML as most files have it: tables and keys with plain names, texts without escapes, numbers, flags, lists and inline tables of them.
 * It is read by every command, and what reads {@linkplain AnyToml all of TOML} takes a fifth of the time of one that only looks.
 *
 * <p>Of everything else, be it right or wrong, it says nothing: a file is read here whole or not at all.
 */
final class PlainToml {

    /** Digits of a number that fits a long whatever they are. */
    private static final int DIGITS = 18;

    private final String text;
    private int at;
    private int line = 1;

    private PlainToml(String text) {
        this.text = text;
    }

    /** @return what {@link AnyToml} would; empty when the text is not plain */
    static Optional<Table> read(String text) {
        try {
            return Optional.of(new PlainToml(text).file());
        } catch (NotPlain e) {
            return Optional.empty();
        }
    }

    private Table file() throws NotPlain {
        Map<String, TomlNode> root = new LinkedHashMap<>();
        Map<String, TomlNode> table = root;
        for (skipLines(); at < text.length(); skipLines()) {
            if (skip('[')) {
                int where = line;
                skipBlanks();
                String name = name();
                skipBlanks();
                expect(']');
                table = new LinkedHashMap<>();
                put(root, name, new TomlNode(new Table(table), where));
            } else {
                pair(table);
            }
            endOfLine();
        }
        return new Table(root);
    }

    private void pair(Map<String, TomlNode> table) throws NotPlain {
        int where = line;
        String name = nameOfValue();
        put(table, name, new TomlNode(value(), where));
    }

    private String nameOfValue() throws NotPlain {
        String name = name();
        skipBlanks();
        expect('=');
        skipBlanks();
        return name;
    }

    private Object value() throws NotPlain {
        if (skip('[')) {
            return list();
        }
        return skip('{') ? inline() : single();
    }

    private Items list() throws NotPlain {
        List<TomlNode> elements = new ArrayList<>();
        skipLines();
        while (!skip(']')) {
            int where = line;
            elements.add(new TomlNode(single(), where));
            skipLines();
            if (!skip(',')) {
                expect(']');
                break;
            }
            skipLines();
        }
        return new Items(elements);
    }

    private Table inline() throws NotPlain {
        Map<String, TomlNode> entries = new LinkedHashMap<>();
        skipBlanks();
        if (skip('}')) {
            return new Table(entries);
        }
        do {
            skipBlanks();
            String name = nameOfValue();
            put(entries, name, new TomlNode(single(), line));
            skipBlanks();
        } while (skip(','));
        expect('}');
        return new Table(entries);
    }

    /** A text, a number or a flag. */
    private Object single() throws NotPlain {
        char c = peek();
        if (c == '"' || c == '\'') {
            return quoted(c);
        }
        String word = name();
        if (word.equals("true") || word.equals("false")) {
            return word.equals("true");
        }
        boolean number = word.chars().allMatch(digit -> digit >= '0' && digit <= '9')
                && word.length() <= DIGITS
                && (word.length() == 1 || word.charAt(0) != '0');
        // A point, a colon or a plus would make it something else.
        if (!number || ".:+".indexOf(peek()) >= 0) {
            throw NotPlain.INSTANCE;
        }
        return Long.valueOf(word);
    }

    private String quoted(char quote) throws NotPlain {
        expect(quote);
        int begin = at;
        while (peek() != quote) {
            if (peek() == '\\' && quote == '"' || isControl(peek())) {
                throw NotPlain.INSTANCE;
            }
            at++;
        }
        String content = text.substring(begin, at);
        expect(quote);
        // The begin of a text over several lines.
        if (content.isEmpty() && peek() == quote) {
            throw NotPlain.INSTANCE;
        }
        return content;
    }

    private String name() throws NotPlain {
        int begin = at;
        while (isOfName(peek())) {
            at++;
        }
        if (at == begin) {
            throw NotPlain.INSTANCE;
        }
        return text.substring(begin, at);
    }

    private static boolean isOfName(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    /** The end of the text counts as one: no text and no comment goes on there. */
    private static boolean isControl(char c) {
        return c < ' ' && c != '\t' || c == '\u007f';
    }

    private static void put(Map<String, TomlNode> table, String name, TomlNode node) throws NotPlain {
        if (table.putIfAbsent(name, node) != null) {
            throw NotPlain.INSTANCE;
        }
    }

    private void endOfLine() throws NotPlain {
        skipBlanks();
        skipComment();
        if (at < text.length() && !newLine()) {
            throw NotPlain.INSTANCE;
        }
    }

    private void skipLines() throws NotPlain {
        do {
            skipBlanks();
            skipComment();
        } while (newLine());
    }

    private void skipBlanks() {
        while (peek() == ' ' || peek() == '\t') {
            at++;
        }
    }

    private void skipComment() throws NotPlain {
        if (skip('#')) {
            while (at < text.length() && peek() != '\n') {
                if (isControl(peek())) {
                    throw NotPlain.INSTANCE;
                }
                at++;
            }
        }
    }

    private boolean newLine() {
        if (!skip('\n')) {
            return false;
        }
        line++;
        return true;
    }

    private void expect(char c) throws NotPlain {
        if (!skip(c)) {
            throw NotPlain.INSTANCE;
        }
    }

    private boolean skip(char c) {
        if (at >= text.length() || text.charAt(at) != c) {
            return false;
        }
        at++;
        return true;
    }

    /** The next character; at the end NUL, which no plain text holds. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private static final class NotPlain extends Exception {
        private static final long serialVersionUID = 1L;
        static final NotPlain INSTANCE = new NotPlain();

        private NotPlain() {
            super("not plain", null, false, false);
        }
    }
}
