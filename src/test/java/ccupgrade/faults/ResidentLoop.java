package ccupgrade.faults;

import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What runs in the process of a {@link Resident}. */
final class ResidentLoop {

    /** Begins the line that answers a command: its exit code, a blank, and what it has left behind. */
    static final String ANSWER = "answer: ";

    private ResidentLoop() {}

    public static void main(String[] arguments) throws IOException {
        Gson gson = new Gson();
        PrintStream answers = System.out;
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.setIn(InputStream.nullInputStream());
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            String[] places = gson.fromJson(line, String[].class);
            String[] command = gson.fromJson(orders.readLine(), String[].class);
            Set<Thread> before = Thread.getAllStackTraces().keySet();
            int exit;
            try (PrintStream out = new PrintStream(new FileOutputStream(places[1]), true, StandardCharsets.UTF_8);
                    PrintStream err = new PrintStream(new FileOutputStream(places[2]), true, StandardCharsets.UTF_8)) {
                System.setOut(out);
                System.setErr(err);
                exit = ccupgrade.Main.commandLine(command).execute(command);
            }
            answers.println(ANSWER + exit + " " + left(Path.of(places[0]), before));
        }
    }

    /** Descriptors below the home, and threads that may still do something. */
    private static String left(Path home, Set<Thread> before) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            Stream<String> files = descriptors.map(ResidentLoop::target).filter(file -> file.startsWith(home + "/"));
            Stream<String> threads = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> !before.contains(thread) && !thread.isDaemon())
                    .map(Thread::getName);
            return Stream.concat(files, threads).collect(Collectors.joining(", "));
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // That of the listing itself.
            return "";
        }
    }
}
