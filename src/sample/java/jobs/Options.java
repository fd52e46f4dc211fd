package jobs;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * What to do, and with what. Every option can also come from the environment, which an argument overrides.
 *
 * @param port 0 = any free one
 * @param writeEvery milliseconds between two rows of the chain; 0 = no writer
 */
record Options(Mode mode, Path db, int port, long writeEvery, String promised) {

    enum Mode {
        VERSION,
        MIGRATE_DB,
        SERVER,
        VERIFY
    }

    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message);
        }
    }

    static Options parse(List<String> args, Map<String, String> environment, boolean migratesAtStart)
            throws UsageException {
        Mode mode = null;
        String db = environment.getOrDefault("JOBS_DB", "var/jobs.db");
        String port = environment.getOrDefault("JOBS_PORT", "8080");
        String promised = "";
        String writeEvery = environment.getOrDefault("JOBS_WRITE_EVERY", "0");
        Iterator<String> rest = args.iterator();
        while (rest.hasNext()) {
            String arg = rest.next();
            switch (arg) {
                case "-db" -> db = value(arg, rest);
                case "-port" -> port = value(arg, rest);
                case "-promised" -> promised = value(arg, rest);
                case "-write-every" -> writeEvery = value(arg, rest);
                default -> {
                    Mode named = mode(arg, migratesAtStart);
                    if (mode != null && mode != named) {
                        throw new UsageException("only one thing can be done at a time: " + arg);
                    }
                    mode = named;
                }
            }
        }
        if (mode == null) {
            throw new UsageException("nothing to do");
        }
        return new Options(
                mode,
                path(db),
                (int) number("port", port, 65535),
                number("write-every", writeEvery, 86_400_000),
                promised);
    }

    private static Mode mode(String arg, boolean migratesAtStart) throws UsageException {
        if (arg.equals("-migrate-db") && !migratesAtStart) {
            return Mode.MIGRATE_DB;
        }
        return switch (arg) {
            case "-version" -> Mode.VERSION;
            case "-server" -> Mode.SERVER;
            case "-verify" -> Mode.VERIFY;
            default -> throw new UsageException("unknown option " + arg);
        };
    }

    static String usage(boolean migratesAtStart) {
        return "usage: jobs -server | " + (migratesAtStart ? "" : "-migrate-db | ") + "-verify | -version"
                + "  [-db PATH] [-port N] [-write-every MILLIS] [-promised FILE]";
    }

    private static String value(String option, Iterator<String> rest) throws UsageException {
        if (!rest.hasNext()) {
            throw new UsageException(option + " needs a value");
        }
        return rest.next();
    }

    private static Path path(String db) throws UsageException {
        try {
            return Path.of(db);
        } catch (InvalidPathException e) {
            throw new UsageException("not a path: " + db);
        }
    }

    private static long number(String what, String text, long most) throws UsageException {
        try {
            long number = Long.parseLong(text);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below, like a number out of range
        }
        throw new UsageException(what + " must be a number from 0 to " + most + ", not " + text);
    }
}
