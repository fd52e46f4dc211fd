package ccupgrade.bench;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What all is measured on, and the state that its disk and page cache are brought into before each measurement. */
final class Machine {

    private static final Path DROP = Path.of("/proc/sys/vm/drop_caches");

    private final Path directory;
    private final boolean cold;

    /** @param cold whether the page cache is to be emptied, as far as we may */
    Machine(Path directory, boolean cold) {
        this.directory = directory;
        this.cold = cold && Files.isWritable(DROP);
    }

    boolean isCold() {
        return cold;
    }

    /** Nothing is left to be written, and, where we may, nothing is in memory. */
    void settle() throws IOException, InterruptedException {
        Command.run("sync");
        if (cold) {
            Files.writeString(DROP, "3\n");
        }
    }

    JsonObject facts() throws IOException, InterruptedException {
        JsonObject facts = new JsonObject();
        facts.addProperty(
                "measured", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.addProperty("processors", Runtime.getRuntime().availableProcessors());
        facts.addProperty("processor", found("/proc/cpuinfo", "model name\\s*:\\s*(.*)"));
        facts.addProperty("memoryKb", Long.parseLong(found("/proc/meminfo", "MemTotal:\\s+(\\d+) kB")));
        facts.addProperty("kernel", Command.asked("uname", "-sr"));
        facts.addProperty("system", found("/etc/os-release", "PRETTY_NAME=\"(.*)\""));
        facts.addProperty("fileSystem", Files.getFileStore(directory).type());
        facts.addProperty("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        facts.addProperty("sqlite3", Command.asked("sqlite3", "--version").split(" ")[0]);
        facts.addProperty("coreutils", Command.asked("dd", "--version").split("\n")[0]);
        facts.addProperty("ccupgrade", Command.asked(Tool.SCRIPT.toString(), "--version"));
        facts.addProperty(
                "loadBefore", Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
        facts.addProperty("pageCache", cold ? "emptied before each measurement" : "as it was");
        return facts;
    }

    private static String found(String file, String pattern) throws IOException {
        Path path = Path.of(file);
        Matcher found = Pattern.compile(pattern).matcher(Files.isReadable(path) ? Files.readString(path) : "");
        return found.find() ? found.group(1) : "0";
    }

    long freeBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    static String describe(JsonObject facts) {
        return String.format(
                Locale.ROOT,
                "%s, %d processors, %.0f GB of memory, %s on %s, %s, %s, load %s before, page cache %s",
                facts.get("processor").getAsString(),
                facts.get("processors").getAsInt(),
                facts.get("memoryKb").getAsLong() / 1e6,
                facts.get("fileSystem").getAsString(),
                facts.get("system").getAsString(),
                facts.get("kernel").getAsString(),
                facts.get("java").getAsString(),
                facts.get("loadBefore").getAsString(),
                facts.get("pageCache").getAsString());
    }
}
