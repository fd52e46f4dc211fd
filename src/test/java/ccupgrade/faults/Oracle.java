package ccupgrade.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/** Says whether a deployment is exactly the old or exactly the new, and as good as either ever was. */
final class Oracle {

    private final Prepared prepared;
    private final Sandbox sandbox;

    Oracle(Prepared prepared, Sandbox sandbox) {
        this.prepared = prepared;
        this.sandbox = sandbox;
    }

    /** It is neither; the message says in what. */
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1;

        Wrong(String message) {
            super(message);
        }
    }

    /**
     * To be asked when nothing is under way.
     *
     * @param promised the row that the service had promised last
     * @return whether it is the new one
     */
    boolean isNew(String promised) throws Wrong, IOException, SQLException {
        State is = State.of(sandbox.home, prepared.scenario().sample);
        // Where the command leaves all as it was, that is the old one.
        boolean isNew = is.equals(prepared.fresh()) && !is.equals(prepared.old());
        check(
                isNew || is.equals(prepared.old()),
                "neither old nor new: " + is + ", old " + prepared.old() + ", new " + prepared.fresh());
        check(!sandbox.hasOpenOperation(), "the operation is still open");
        service(is);
        rows(isNew, promised);
        return isNew;
    }

    private void service(State is) throws Wrong, IOException {
        List<String> running = running();
        Scenario scenario = prepared.scenario();
        if (running.isEmpty() && (scenario.maybeStopped() || is.release().equals("none"))) {
            return;
        }
        check(running.size() == 1, "the service should run once, but there are: " + running);
        String file = sandbox.home.resolve("releases/current").toRealPath().toString();
        check(running.get(0).contains(file), "what runs is not what the link names: " + running + ", " + file);
        String health = sandbox.get("/health");
        check(health.equals("200 ok jobs " + is.release()), "the service says '" + health + "'");
    }

    private void rows(boolean isNew, String promised) throws Wrong, IOException, SQLException {
        Path database = sandbox.home.resolve("var/jobs.db");
        if (!Files.exists(database)) {
            check(promised.isEmpty() || prepared.old().release().equals("none"), "there is no database");
            if (!promised.isEmpty()) {
                // A first install that is taken back takes its database with it, and keeps it.
                String lost = State.whatIsWrongWithChain(
                        sandbox.home.resolve(".ccupgrade/operations/1/evidence/jobs.db"), promised);
                check(lost.isEmpty(), "in what the first release left " + lost);
            }
            return;
        }
        boolean givenUp = isNew && prepared.scenario().givesUpRows();
        String wrong = State.whatIsWrongWithChain(database, givenUp ? prepared.kept() : promised);
        check(wrong.isEmpty(), wrong);
        if (givenUp) {
            List<Path> abandoned = Prepared.databases(sandbox.home, ".*-abandoned");
            check(!abandoned.isEmpty(), "the state that was given up is not kept");
            String lost = State.whatIsWrongWithChain(abandoned.get(0), promised);
            check(lost.isEmpty(), "in the state that was given up " + lost);
        }
    }

    /** The command lines of what carries the service's mark. */
    private List<String> running() {
        String mark = "CCUPGRADE_SERVICE=" + sandbox.home;
        return ProcessHandle.allProcesses()
                .filter(process -> read(process, "environ").contains(mark))
                .map(process -> read(process, "cmdline").replace('\0', ' '))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(
                    Path.of("/proc", Long.toString(process.pid()), file), java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It has ended meanwhile.
            return "";
        }
    }

    /** After one more install: every release is whole, and nothing temporary is left. */
    void isTidy() throws Wrong, IOException {
        try (Stream<Path> all = Files.walk(sandbox.home)) {
            List<String> left = all.map(file -> sandbox.home.relativize(file).toString())
                    .filter(name -> name.endsWith(".ccupgrade-tmp"))
                    .toList();
            check(left.isEmpty(), "left behind: " + left);
        }
        try (Stream<Path> releases = Files.list(sandbox.home.resolve("releases"))) {
            for (Path release : releases.filter(
                            file -> file.getFileName().toString().matches("\\d+(\\.jar)?"))
                    .toList()) {
                State.version(release);
            }
        }
    }

    static void check(boolean holds, String otherwise) throws Wrong {
        if (!holds) {
            throw new Wrong(otherwise);
        }
    }
}
