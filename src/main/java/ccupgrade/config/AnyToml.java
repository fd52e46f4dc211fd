package ccupgrade.config;

import ccupgrade.config.TomlNode.Items;
import ccupgrade.config.TomlNode.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** All of TOML, and what is wrong in it. */
final class AnyToml {

    private AnyToml() {}

    /** @return what could be understood; all of it unless there are problems */
    static Table read(String text, Problems problems) {
        TomlParseResult toml = Toml.parse(text);
        for (TomlParseError error : toml.errors()) {
            problems.add(error.position().line(), String.valueOf(error.getMessage()));
        }
        return table(toml, 1);
    }

    /** A path of keys as it is written in the file. */
    static String dotted(List<String> path) {
        return Toml.joinKeyPath(path);
    }

    private static Table table(TomlTable toml, int line) {
        Map<String, TomlNode> entries = new LinkedHashMap<>();
        for (String key : toml.keySet()) {
            List<String> path = List.of(key);
            Object value = toml.get(path);
            if (value != null) {
                entries.put(key, node(value, toml.inputPositionOf(path), line));
            }
        }
        return new Table(entries);
    }

    private static Items items(TomlArray toml, int line) {
        List<TomlNode> elements = new ArrayList<>();
        for (int i = 0; i < toml.size(); i++) {
            elements.add(node(toml.get(i), toml.inputPositionOf(i), line));
        }
        return new Items(elements);
    }

    private static TomlNode node(Object value, @Nullable TomlPosition position, int around) {
        int line = position == null ? around : position.line();
        if (value instanceof TomlTable table) {
            return new TomlNode(table(table, line), line);
        }
        return new TomlNode(value instanceof TomlArray array ? items(array, line) : value, line);
    }
}
