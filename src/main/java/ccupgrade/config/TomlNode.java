package ccupgrade.config;

import java.util.List;
import java.util.Map;

/**
 * What a TOML file says, and where.
 *
 * @param value a {@code String}, {@code Long}, {@code Double}, {@code Boolean} or something of {@code java.time}; a {@link Table} or a
 *     {@link Items}
 * @param line from 1
 */
record TomlNode(Object value, int line) {

    /** @param entries in the order of the file */
    record Table(Map<String, TomlNode> entries) {}

    record Items(List<TomlNode> elements) {}
}
