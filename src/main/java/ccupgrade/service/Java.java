package ccupgrade.service;

import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code java} that runs jars: which it is, and how new. */
public final class Java {

    private static final Pattern IN_RELEASE_FILE = Pattern.compile("(?m)^JAVA_VERSION=\"([^\"]+)\"");
    private static final Pattern PRINTED = Pattern.compile("version \"([^\"]+)\"");
    private static final Pattern NUMBERS = Pattern.compile("(\\d+)(?:\\.(\\d+))?.*");

    private final Launcher launcher;

    /** @param environment what ccupgrade itself was started with */
    public Java(Map<String, String> environment) {
        this(new Launcher(environment));
    }

    Java(Launcher launcher) {
        this.launcher = launcher;
    }

    /**
     * The configured one, else that of {@code JAVA_HOME}, else the first of {@code PATH}. One that was asked for and is not there is
     * never replaced by another.
     *
     * @param configured a {@code java}, or the directory of a Java installation; null: not configured
     * @param environment as the service will see it
     */
    public Path find(@Nullable Path configured, Map<String, String> environment) throws Refused {
        if (configured != null) {
            return executable(configured, "java in [service]");
        }
        String home = environment.get("JAVA_HOME");
        if (home != null && !home.isBlank()) {
            return executable(Path.of(home), "JAVA_HOME");
        }
        return Launcher.onPath("java", environment)
                .orElseThrow(() -> new Refused(
                        "cannot find a java to run jars with: not configured, no JAVA_HOME, and none in PATH",
                        "install one (Debian: apt install default-jre-headless; Fedora: dnf install java-latest-openjdk-headless),"
                                + " or name it as java in [service]"));
    }

    /**
     * What runs a release: a jar is run by Java, anything else runs by itself.
     *
     * @param release the file
     * @param configured as in {@link #find}
     */
    public List<String> run(Path release, @Nullable Path configured, Map<String, String> environment) throws Refused {
        return release.toString().endsWith(".jar")
                ? List.of(find(configured, environment).toString(), "-jar", release.toString())
                : List.of(release.toString());
    }

    private static Path executable(Path named, String where) throws Refused {
        Path java = Files.isDirectory(named) ? named.resolve("bin/java") : named;
        if (Files.isDirectory(java) || !Files.isExecutable(java)) {
            throw new Refused("cannot run jars with " + java + ": it is not an executable file", "correct " + where);
        }
        return java.toAbsolutePath();
    }

    /** 17 for 17.0.12, 8 for 1.8.0_392. Read from the installation where it says so; otherwise asked, which takes a moment. */
    public int featureVersion(Path java) throws Fault, IOException, InterruptedException {
        Path real = java.toRealPath();
        // One level higher in a JDK 8, whose java lies in its jre directory.
        for (String release : List.of("../../release", "../../../release")) {
            Path file = real.resolve(release).normalize();
            if (Files.isRegularFile(file) && Files.isReadable(file)) {
                Matcher found = IN_RELEASE_FILE.matcher(Files.readString(file));
                if (found.find()) {
                    return feature(found.group(1), java);
                }
            }
        }
        Path here = java.toAbsolutePath().getParent();
        Capture.Answer answer = new Capture(launcher)
                .run(
                        List.of(java.toString(), "-version"),
                        here == null ? java : here,
                        Map.of(),
                        Duration.ofSeconds(30));
        Matcher found = PRINTED.matcher(answer.output());
        if (!found.find()) {
            throw notUnderstood(java, answer.timedOut() ? "no answer within 30 s" : answer.lastWords());
        }
        return feature(found.group(1), java);
    }

    private static int feature(String version, Path java) throws Refused {
        Matcher numbers = NUMBERS.matcher(version);
        if (!numbers.matches()) {
            throw notUnderstood(java, version);
        }
        String first = numbers.group(1);
        String second = numbers.group(2);
        return Integer.parseInt(first.equals("1") && second != null ? second : first);
    }

    private static Refused notUnderstood(Path java, String said) {
        return new Refused(
                "cannot tell the version of " + java + ": " + said,
                "try " + java + " -version, or name another java in [service]");
    }
}
