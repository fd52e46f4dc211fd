package ccupgrade.config;

import ccupgrade.config.Config.Address;
import ccupgrade.config.Config.Health;
import ccupgrade.config.Config.Rehearsal;
import ccupgrade.config.Config.Service;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules of {@code [health]}, and of {@code [rehearsal]}, which says the same of a release on a copy. */
final class HealthReader {

    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(\\[[0-9A-Fa-f:.]+(?:%[0-9A-Za-z]+)?]|[^:/\\[\\]\\s]+):([0-9]{1,5})");

    private HealthReader() {}

    static Health health(Section section, Health defaults) {
        URI http = http(section);
        Address tcp = tcp(section);
        List<String> command = section.command("command");
        checks(section);
        return new Health(
                http,
                tcp,
                command,
                section.duration("timeout", defaults.timeout()),
                section.durationOrZero("stable", defaults.stable()));
    }

    /** The keys of the checks that a section gives, of which it should be one. */
    private static List<String> checks(Section section) {
        List<String> given =
                Stream.of("http", "tcp", "command").filter(section::has).toList();
        for (String key : given.stream().skip(1).toList()) {
            section.problem(key, "and " + section.dotted(given.get(0)) + " exclude each other: give one check");
        }
        return given;
    }

    static Rehearsal rehearsal(Section section, Service service, Health health) {
        Map<String, String> environment = new LinkedHashMap<>(service.environment());
        environment.putAll(section.environment("environment"));
        List<String> args = section.strings("args");
        Rehearsal rehearsal = new Rehearsal(
                Collections.unmodifiableMap(environment),
                args == null ? service.args() : args,
                http(section),
                tcp(section),
                section.command("command"));
        List<String> checks = checks(section);
        List<String> differing =
                Stream.of("environment", "args").filter(section::has).toList();
        if (checks.isEmpty() && !differing.isEmpty()) {
            section.problem(
                    differing.get(0),
                    "is of no use without a check of the release that it starts: http, tcp or command");
        }
        Address address = rehearsal.address();
        if (address == null) {
            return rehearsal;
        }
        if (address.isSame(health.address())) {
            section.problem(
                    checks.get(0),
                    "is where the service itself answers, by [health]: let the rehearsed release listen elsewhere");
        } else if (differing.isEmpty()) {
            section.problem(
                    checks.get(0),
                    "needs environment or args, so that the rehearsed release listens there and not where the service does");
        }
        return rehearsal;
    }

    private static @Nullable URI http(Section section) {
        String text = section.string("http");
        if (text == null) {
            return null;
        }
        try {
            URI uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https"))
                    && uri.getHost() != null
                    && (uri.getPort() == -1 || isPort(uri.getPort()))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Told below, in the words of the file.
        }
        section.problem("http", "is \"" + text + "\"; it must be an address such as \"http://127.0.0.1:8080/health\"");
        return null;
    }

    private static @Nullable Address tcp(Section section) {
        String text = section.string("tcp");
        if (text == null) {
            return null;
        }
        Matcher matcher = HOST_AND_PORT.matcher(text);
        if (matcher.matches() && isPort(Integer.parseInt(matcher.group(2)))) {
            String host = matcher.group(1);
            return new Address(
                    host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                    Integer.parseInt(matcher.group(2)));
        }
        section.problem("tcp", "is \"" + text + "\"; it must be a host and a port, such as \"127.0.0.1:8080\"");
        return null;
    }

    private static boolean isPort(int number) {
        return number > 0 && number <= 65535;
    }
}
