package ccupgrade.cli;

import ccupgrade.fault.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What a failure comes down to for its reader: what happened, why, how things stand now, what to do next.
 *
 * @param because the causes, outermost first, only those that add something
 * @param standing how things stand now; null where the message says it, or nothing has changed
 * @param next a command or a sentence
 * @param thrown for a stack trace where one is wanted
 */
public record Problem(
        ExitCode code,
        String message,
        List<String> because,
        @Nullable String standing,
        @Nullable String next,
        @Nullable Throwable thrown) {

    private static final String INTERNAL =
            "this is a mistake in ccupgrade: run it again with CCUPGRADE_DEBUG=1 to see where, and report it";

    /** A problem that nothing was thrown for. */
    public static Problem of(ExitCode code, String message, @Nullable String next) {
        return new Problem(code, message, List.of(), null, next, null);
    }

    public static Problem of(Throwable failure) {
        Throwable top = unwrap(failure);
        List<String> because = new ArrayList<>();
        String message = internal(top) ? "internal error: " + describe(top) : describe(top);
        String next = internal(top) ? INTERNAL : null;
        StringBuilder said = new StringBuilder(message);
        int depth = 0;
        for (Throwable each = top; each != null && depth < 20; each = each.getCause(), depth++) {
            if (next == null && each instanceof Fault fault) {
                next = fault.remedy();
            }
            String description = describe(each);
            if (said.indexOf(description) < 0 && !isOnlyAWrapper(each)) {
                because.add(description);
                said.append('\n').append(description);
            }
            // What failed on the way out as well (an undo, a clean-up) is never kept back.
            for (Throwable also : each.getSuppressed()) {
                because.add("also: " + describe(unwrap(also)));
            }
        }
        return new Problem(ExitCode.of(top), message, List.copyOf(because), null, next, top);
    }

    /** The same problem, where something had been changed when it came up. */
    public Problem as(ExitCode actual) {
        return new Problem(actual, message, because, standing, next, thrown);
    }

    public Problem standing(String now) {
        return new Problem(code, message, because, now, next, thrown);
    }

    /** @param command replaces the way out that the failure itself knew */
    public Problem next(String command) {
        return new Problem(code, message, because, standing, command, thrown);
    }

    /** The failure in words, without its causes. */
    static String describe(Throwable failure) {
        String message = failure.getMessage();
        // These say no more than the file's name.
        if (failure instanceof FileSystemException file && file.getReason() == null) {
            String what = bareFileFailure(file);
            return what.isEmpty() ? String.valueOf(message) : what + ": " + file.getFile();
        }
        if (failure instanceof InterruptedException) {
            return "interrupted";
        }
        String name = failure.getClass().getSimpleName();
        if (message == null || message.isBlank()) {
            return name;
        }
        boolean speaksForItself = failure instanceof Fault || failure instanceof IOException || !isUnchecked(failure);
        return speaksForItself ? message.strip() : name + ": " + message.strip();
    }

    private static String bareFileFailure(FileSystemException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "already exists";
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return "directory is not empty";
        }
        return failure instanceof NotDirectoryException ? "not a directory" : "";
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        while (inner.getCause() != null && isOnlyAWrapper(inner)) {
            inner = inner.getCause();
        }
        return inner;
    }

    private static boolean isOnlyAWrapper(Throwable failure) {
        return failure.getCause() != null
                && (failure instanceof UncheckedIOException
                        || failure instanceof ExecutionException
                        || failure instanceof InvocationTargetException
                        || failure.getCause().toString().equals(failure.getMessage()));
    }

    private static boolean internal(Throwable failure) {
        return isUnchecked(failure);
    }

    private static boolean isUnchecked(Throwable failure) {
        return failure instanceof RuntimeException || failure instanceof Error;
    }
}
