package ccupgrade.release;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the name of a file says that says nothing of itself: {@code cc-backend_1.5.4_Linux_x86_64.tar.gz}.
 *
 * @param version without a {@code v} before it; null where nothing in the name looks like one
 */
record FileTitle(String title, @Nullable String version) {

    private static final Pattern SUFFIX =
            Pattern.compile("(?i)\\.(tar\\.(gz|zst|xz)|tgz|tzst|txz|tar|zip|jar|sh|py|pl|rb|bin|run|elf)$");

    /** With a dot in it, or a v before it: a number alone is rather a part of the name. */
    private static final Pattern VERSION = Pattern.compile(
            "(?i)^(.*?)[-_.]?(?:v(\\d+(?:\\.\\d+)*)|(?<![\\d.])(\\d+(?:\\.\\d+)+))((?:[-.+~]?(?:rc|alpha|beta|pre|dev|snapshot|m)[.\\d]*)?)(?:[-_+.].*)?$");

    private static final Pattern PLATFORM = Pattern.compile(
            "(?i)[-_.](linux|gnu|musl|static|x86_64|x86-64|amd64|x64|i[3-6]86|aarch64|arm64|armv?\\d*[a-z]*|riscv64|ppc64le|s390x|any|all)$");

    static FileTitle of(String fileName) {
        String name = SUFFIX.matcher(fileName).replaceFirst("");
        Matcher found = VERSION.matcher(name);
        if (found.matches() && !found.group(1).isEmpty()) {
            String number = found.group(2) != null ? found.group(2) : found.group(3);
            return new FileTitle(
                    withoutPlatform(found.group(1)), number + found.group(4).toLowerCase(Locale.ROOT));
        }
        return new FileTitle(withoutPlatform(name), null);
    }

    private static String withoutPlatform(String name) {
        String rest = name;
        for (Matcher last = PLATFORM.matcher(rest); last.find() && last.start() > 0; last = PLATFORM.matcher(rest)) {
            rest = rest.substring(0, last.start());
        }
        return rest;
    }
}
